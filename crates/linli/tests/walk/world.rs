//! Two streets in one database, each with cases, files, accounts, tokens, views, texts, hand-overs, drafts and tables of
//! its own, and a mark planted in every word of them, so that an answer that holds what it should not is recognised.

use std::collections::BTreeMap;

use axum::Router;
use linli::{serve, web::ctx::Config, web::routes::Route};
use linli_engine::{
    Engine,
    attachments::{self, Attachment},
    cases::{
        CaseKey, Channel,
        act::Ask,
        call::{Became, Call},
        file::Report,
    },
    db::Tx,
    desk::{
        drafts,
        handover::{self, Handed, Handover},
        phrases::{self, Phrase},
        views::{self, List, Owner, SavedView},
    },
    edge,
    ids::{AccountId, AttachmentId, HandoverId, PersonId, PhraseId, SheetId, TokenId, ViewId},
    pack::Raw,
    seats::Seat,
    sheets::{self, Sheet, State},
    tokens::{self, Grant, Scope, Scopes},
    vault::{Caller, Secret},
    viewer::Viewer,
};
use linli_testbed::Bed;
use linli_worktime::Millis;

use super::people::{self, Person};
use crate::common::{House, MONDAY, PIXEL};

/// The street that everybody is of who has no `b-` before their name, and the other one.
pub const STREETS: [&str; 2] = ["990101001", "990101002"];

/// A case, and what was planted in it.
pub struct Case {
    pub nth: usize,
    pub name: &'static str,
    pub key: CaseKey,
    pub number: String,
    pub tracking: String,
    pub place: &'static str,
    /// The unit that has it.
    pub unit: &'static str,
    /// Who brought it.
    pub by: PersonId,
    pub file: AttachmentId,
    /// Whether they asked that nobody who handles it be told who they are.
    pub silent: bool,
}

/// Something that somebody of the staff keeps: what it is, whose it is, its id.
pub struct Thing {
    pub what: &'static str,
    pub whose: &'static str,
    pub id: String,
}

/// Who may read a planted word.
#[derive(Clone)]
pub enum For {
    /// Whoever may see the case.
    Case(usize),
    /// Whoever brought the case; others on the page that opens the vault only.
    Vault(usize),
    /// Who works for these units: an office and those below it, which have its texts at hand.
    Units(&'static [&'static str]),
    /// Whoever works for this street, and the administrators, who administer all streets.
    Staff(&'static str),
    /// Who works for these units, and the administrators.
    Office(&'static [&'static str]),
}

/// A planted word.
pub struct Mark {
    pub word: String,
    pub readers: For,
}

pub struct World {
    pub router: Router,
    pub routes: Vec<Route>,
    pub engine: Engine,
    pub cases: Vec<Case>,
    pub people: Vec<Person>,
    pub things: Vec<Thing>,
    pub marks: Vec<Mark>,
    _house: House,
}

/// What is planned of a case.
#[derive(Clone, Copy)]
struct Plan {
    name: &'static str,
    place: &'static str,
    category: &'static str,
    /// The unit that it goes to; none for a call that is put off.
    unit: &'static str,
    /// Of whoever brings it.
    phone: &'static str,
    /// Whose cases these are.
    staff: [&'static str; 2],
}

const HERE: [&str; 2] = ["dispatcher", "desk"];
const THERE: [&str; 2] = ["b-dispatcher", "b-desk"];

const fn plan(row: [&'static str; 5], staff: [&'static str; 2]) -> Plan {
    let [name, place, category, unit, phone] = row;
    Plan { name, place, category, unit, phone, staff }
}

/// The cases: name, place, category, unit, telephone. Each street counts its own.
const CASES: [Plan; 5] = [
    plan(["near", "990101001001001003", "utility.lighting", "yunzhou-municipal", "19955500001"], HERE),
    plan(["firm", "990101001001001003", "property.service", "anju-property", "19955500002"], HERE),
    plan(["far", "990101002001001001", "cityscape.stalls", "liuhe-urban", "19955500003"], THERE),
    plan(["call", "990101001001001003", "utility.lighting", "", "19955500004"], HERE),
    plan(["b-call", "990101002001001001", "cityscape.stalls", "", "19955500005"], THERE),
];

/// The case of the other street that everything names which can name a case.
pub const FAR: usize = 2;
/// A case whose number there is not in the other street.
pub const THIRD: usize = 3;

impl World {
    pub async fn build(bed: Bed) -> Self {
        let house = House::over(bed).await;
        let engine = house.engine.clone();
        let (router, routes) = serve::router(serve::app(engine.clone(), Config::default()));
        let mut people = people::staff(&engine).await;
        let mut world = Self {
            router,
            routes,
            engine,
            cases: Vec::new(),
            people: Vec::new(),
            things: Vec::new(),
            marks: Vec::new(),
            _house: house,
        };
        for person in &people {
            let street = STREETS[usize::from(person.name.starts_with("b-") || person.name == "spare")];
            world.mark(&format!("{}who", person.name), For::Staff(street));
        }
        for plan in CASES {
            let brings = people::resident(&world.engine, plan.name, plan.phone).await;
            world.file(plan, &brings, &people).await;
            people.push(brings);
        }
        people.push(people::resident(&world.engine, "neighbour", "19955500009").await);
        people.push(people::coded("code", &world.cases[0], &world.router).await);
        people.push(people::nobody());
        world.people = people;
        world.keep_things().await;
        world.grant_tokens().await;
        // Somebody who says that they sit on a seat of the other street.
        let (desk, seat) = (world.person("desk").clone(), world.thing("seat", "b-desk").to_owned());
        let headers = vec![("cookie", format!("{}; linli_seat={seat}", desk.headers[0].1))];
        world.people.push(Person { name: "desk-on-other-seat".into(), headers, ..desk });
        while world.engine.tick().await.unwrap() {}
        world
    }

    fn mark(&mut self, word: &str, readers: For) -> String {
        let word = format!("zq{word}qz");
        self.marks.push(Mark { word: word.clone(), readers });
        word
    }

    pub fn thing(&self, what: &str, whose: &str) -> &str {
        let found = self.things.iter().find(|t| t.what == what && t.whose == whose);
        found.map_or_else(|| panic!("no {what} of {whose}"), |t| &t.id)
    }

    pub fn person(&self, name: &str) -> &Person {
        self.people.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("nobody is `{name}`"))
    }

    /// A report with a mark in each of its words.
    fn report(&mut self, plan: Plan, brings: &Person) -> Report {
        let (name, nth) = (plan.name, self.cases.len());
        let mut word = |part: &str, readers| self.mark(&format!("{name}{part}"), readers);
        let [title, body, address] = ["title", "body", "address"].map(|part| word(part, For::Case(nth)));
        let called = word("name", For::Vault(nth));
        self.marks.push(Mark { word: plan.phone.to_owned(), readers: For::Vault(nth) });
        Report {
            key: format!("walk-{name}"),
            channel: Channel::Phone,
            kind: None,
            category: Some(plan.category.into()),
            title: format!("{title} lamp"),
            body: format!("{body}: it has been dark for days"),
            place: plan.place.parse().unwrap(),
            address: format!("behind {address}"),
            point: None,
            caller: Caller {
                person: brings.person,
                name: Secret::new(called),
                contact: Secret::new(plan.phone.to_owned()),
                confidential: name == "near",
            },
            at: None,
            dispatch: false,
            joins: None,
        }
    }

    /// Files a case, sends it to its unit, adds a message and a file.
    async fn file(&mut self, plan: Plan, brings: &Person, staff: &[Person]) {
        let (Plan { name, place, unit, .. }, nth) = (plan, self.cases.len());
        let report = self.report(plan, brings);
        let seat = |name: &str| staff.iter().find(|p| p.name == name).unwrap().seat.clone().unwrap();
        let [dispatcher, desk] = plan.staff.map(seat);
        let filed = if unit.is_empty() {
            let (became, took_ms) = (Became::Later, 1000);
            let call = Call { report, later: true, class: None, then: None, continues: None, became, took_ms };
            self.engine.file_call(call, &desk).await.unwrap()
        } else {
            let filed = self.engine.file(report).await.unwrap();
            let note = self.mark(&format!("{name}message"), For::Case(nth));
            let (by, person) = (Viewer::Staff(dispatcher), Viewer::Person(brings.person.unwrap()));
            act(&self.engine, filed.key, &by, "dispatch", &[("class", "general"), ("unit", unit)]).await;
            act(&self.engine, filed.key, &person, "message", &[("message", &note)]).await;
            filed
        };
        self.marks.push(Mark { word: filed.tracking.clone(), readers: For::Vault(nth) });
        // What a file of a reporter was called is kept nowhere.
        let picture = self.mark(&format!("{name}file"), For::Vault(nth));
        let stored = self.engine.files.put(&format!("{picture}.png"), PIXEL).unwrap();
        let (file, case) = (AttachmentId::new(), (filed.key.jurisdiction, filed.key.id));
        let kept = Attachment { id: file, case, stored, by: "reporter".into(), at: MONDAY };
        self.engine.db.write(move |tx: &mut Tx<'_>| attachments::record(tx, &kept)).await.unwrap();
        let (key, number, tracking, by) = (filed.key, filed.number, filed.tracking, brings.person.unwrap());
        self.cases.push(Case { nth, name, key, number, tracking, place, unit, by, file, silent: name == "near" });
    }

    /// What the desks of both streets keep for themselves.
    async fn keep_things(&mut self) {
        for (whose, case, office) in [
            ("desk", 0, &["yunxi-office", "yunxi-urban", "heyuan"] as &'static [&'static str]),
            ("b-desk", FAR, &["liuhe-office", "liuhe-urban", "liuhe"]),
        ] {
            let mut word = |part: &str| self.mark(&format!("{whose}{part}"), For::Units(office));
            let words =
                Words { view: word("view"), phrase: word("phrase"), handover: word("handover"), draft: word("draft") };
            let sheet = self.mark(&format!("{whose}sheet"), For::Units(office));
            let seat = self.person(whose).seat.clone().unwrap();
            let ids = keep(&self.engine, seat, self.cases[case].key, words, sheet).await;
            self.things.extend(ids.into_iter().map(|(what, id)| Thing { what, whose, id }));
        }
    }

    /// Tokens: one for each scope, one with all of them for a unit and an administrator, one that was revoked; and one
    /// of each desk whose secret nobody has fetched yet.
    async fn grant_tokens(&mut self) {
        let (home, now) = (self.engine.home, MONDAY);
        let mut wanted: Vec<(String, &str, Vec<Scope>)> =
            Scope::ALL.iter().map(|scope| (format!("token-{}", scope.as_str()), "desk", vec![*scope])).collect();
        for name in ["unit", "admin-system", "b-desk"] {
            wanted.push((format!("token-all-{name}"), name, Scope::ALL.to_vec()));
        }
        wanted.push(("token-revoked".into(), "desk", Scope::ALL.to_vec()));
        for (name, login, scopes) in wanted {
            let seat = self.person(login).seat.clone().unwrap();
            let (id, text) = (TokenId::new(), tokens::secret_text(edge::secret()));
            let (secret, account, revoked) = (text.clone(), seat.account, name == "token-revoked");
            let grant = grant(id, &seat, name.clone(), &scopes);
            let made = self.engine.db.write(move |tx: &mut Tx<'_>| {
                tokens::grant(tx, home, &grant, now)?;
                tokens::fetch(tx, home, id, account, &secret, now)?;
                if revoked {
                    tokens::revoke(tx, home, id, now)?;
                }
                Ok::<_, tokens::TokenError>(())
            });
            made.await.unwrap();
            self.people.push(Person::program(name, seat, Scopes::of(scopes), &text, revoked));
        }
        let offices: [(_, &'static [&'static str]); 3] =
            [("desk", &["yunxi-office"]), ("b-desk", &["liuhe-office"]), ("spare", &["liuhe"])];
        for (whose, office) in offices {
            let name = self.mark(&format!("{whose}token"), For::Office(office));
            let seat = self.person(whose).seat.clone().unwrap();
            let grant = grant(TokenId::new(), &seat, name, &[Scope::CasesRead]);
            self.things.push(Thing { what: "token", whose, id: grant.id.to_string() });
            let made = self.engine.db.write(move |tx: &mut Tx<'_>| tokens::grant(tx, home, &grant, now));
            made.await.unwrap();
        }
    }
}

fn grant(id: TokenId, seat: &Seat, name: String, scopes: &[Scope]) -> Grant {
    let scopes = Scopes::of(scopes.iter().copied());
    Grant { id, seat: seat.id, name, scopes, per_minute: 60_000, ends: None, by: seat.account }
}

struct Words {
    view: String,
    phrase: String,
    handover: String,
    draft: String,
}

/// Does an act of a case.
async fn act(engine: &Engine, case: CaseKey, by: &Viewer, act: &str, fields: &[(&str, &str)]) {
    let dossier = engine.case_by_key(case, by).await.unwrap();
    let offer = dossier.offers.iter().find(|o| o.act == act);
    let offer = offer.unwrap_or_else(|| panic!("`{act}` is not on offer: {:?}", dossier.offers));
    let raw: Raw = fields.iter().map(|(n, v)| ((*n).to_owned(), vec![(*v).to_owned()])).collect();
    let command = offer.command(dossier.pack.check_form(&offer.form, &raw).unwrap());
    let key = linli_engine::hex(&edge::new_id());
    engine.act(Ask { case, command, by: by.clone(), key }).await.unwrap();
}

/// Keeps one of each for a seat; their ids.
async fn keep(engine: &Engine, seat: Seat, case: CaseKey, words: Words, sheet: String) -> Vec<(&'static str, String)> {
    let (home, now, account): (_, Millis, AccountId) = (engine.home, MONDAY, seat.account);
    let view = SavedView {
        id: ViewId(edge::new_id()),
        owner: Owner::Account(account),
        name: words.view,
        list: List::Inbox,
        query: "due=late".into(),
        made_by: account,
    };
    let phrase = Phrase {
        id: PhraseId(edge::new_id()),
        org: seat.org.clone(),
        title: format!("{} title", words.phrase),
        body: format!("{} body", words.phrase),
        field: "reply".into(),
        review_on: "2026-09-01".into(),
        kept_by: words.phrase,
    };
    let given = Handover {
        id: HandoverId(edge::new_id()),
        target: format!("role:{}", seat.role.as_str()),
        place: seat.place.clone(),
        account,
        name: format!("{} name", words.handover),
        org: seat.org.clone(),
        note: format!("{} note", words.handover),
        made_at: now,
        taken: None,
    };
    let handed = Handed { case, note: format!("{} of the case", words.handover) };
    let sheet = Sheet {
        id: SheetId(edge::new_id()),
        account,
        at: now,
        name: sheet,
        state: State::Checked,
        report: r#"{"tables":[]}"#.into(),
    };
    let ids = vec![
        ("view", view.id.to_string()),
        ("phrase", phrase.id.to_string()),
        ("handover", given.id.to_string()),
        ("sheet", sheet.id.to_string()),
        ("seat", seat.id.to_string()),
        ("account", account.to_string()),
    ];
    let typed = BTreeMap::from([("reply".to_owned(), vec![words.draft])]);
    let kept = engine.db.write(move |tx: &mut Tx<'_>| {
        views::save(tx, home, &view, now)?.unwrap();
        phrases::keep(tx, home, &phrase, now)?.unwrap();
        handover::give(tx, home, &given, std::slice::from_ref(&handed))?.unwrap();
        drafts::keep(tx, account, case, "side:::reply", &typed, i64::MAX / 2, now)?.unwrap();
        sheets::add(tx, home, &sheet, Vec::new())
    });
    kept.await.unwrap();
    ids
}

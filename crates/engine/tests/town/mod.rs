//! A small town for tests: one street with a community, a few units, and a seat for everybody who acts.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::{collections::BTreeMap, path::Path};

use linli_engine::{
    Engine, Options,
    cases::{
        CaseError, CaseKey, Channel,
        act::{Acted, Ask},
        file::{Filed, Report},
        read::Dossier,
        store::{StepRow, open_steps},
    },
    db::{Db, Tx},
    directory::{self, Org, OrgKind, Place},
    edge::Clock,
    ids::{AccountId, PersonId, PlaceCode, SeatId},
    seats::{Role, Seat},
    vault::{Caller, Secret},
    viewer::Viewer,
};
use linli_flow::{Text, Value};
use linli_testbed::Bed;
use linli_worktime::{Millis, parse_rfc3339};

pub struct Town {
    pub engine: Engine,
    pub clock: Clock,
}

pub const STREET: &str = "990101001";
pub const COMMUNITY: &str = "990101001001";
pub const BUILDING: &str = "990101001001001003";

pub fn code(text: &str) -> PlaceCode {
    text.parse().unwrap()
}

/// A working Monday morning.
pub fn monday() -> Millis {
    parse_rfc3339("2026-03-02T09:00:00+08:00").unwrap()
}

pub async fn open(bed: &Bed, clock: &Clock) -> Engine {
    open_with(bed, clock, linli_engine::notices::Plugs::default()).await
}

pub async fn open_with(bed: &Bed, clock: &Clock, plugs: linli_engine::notices::Plugs) -> Engine {
    try_open(bed, clock, plugs).await.unwrap()
}

pub async fn try_open(
    bed: &Bed,
    clock: &Clock,
    plugs: linli_engine::notices::Plugs,
) -> Result<Engine, linli_engine::EngineError> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
    let options = Options {
        url: bed.url.clone(),
        seats: 4,
        folder: bed.folder.path().join("files"),
        pack: linli_engine::pack::read_dir(&root).unwrap(),
        home: Some(code(STREET).jurisdiction()),
        clock: clock.clone(),
        plugs,
    };
    Engine::open(options).await
}

impl Town {
    pub async fn new(bed: &Bed) -> Self {
        let clock = Clock::set(monday());
        Self::over(open(bed, &clock).await, clock).await
    }

    /// The town over an engine that was set up otherwise.
    pub async fn over(engine: Engine, clock: Clock) -> Self {
        let (home, now) = (engine.home, clock.now());
        engine
            .db
            .write(move |tx: &mut Tx<'_>| {
                directory::save_places(tx, home, &places(), now)?;
                directory::save_orgs(tx, home, &orgs(), now)
            })
            .await
            .unwrap();
        engine.refresh().await.unwrap();
        // What was recorded of the setting-up has its places before anything happens.
        while engine.sequence().await.unwrap() > 0 {}
        Self { engine, clock }
    }

    pub fn later(&self, ms: i64) {
        self.clock.move_to(self.clock.now().plus(ms));
    }

    pub async fn file(&self, key: &str) -> Filed {
        self.engine.file(report(key)).await.unwrap()
    }

    pub async fn see(&self, case: CaseKey, by: &Viewer) -> Dossier {
        self.engine.case_by_key(case, by).await.unwrap()
    }

    /// Does an act as a page would: finds what is offered, fills it in, sends it.
    pub async fn act(&self, case: CaseKey, by: &Viewer, act: &str, form: &[(&str, &str)]) -> Result<Acted, CaseError> {
        let dossier = self.engine.case_by_key(case, by).await?;
        let offer = dossier.offers.iter().find(|o| o.act == act).ok_or(CaseError::NotYours(Vec::new()))?;
        let ask = Ask {
            case,
            command: offer.command(fill(form)),
            by: by.clone(),
            key: format!("{act}-{}-{}", dossier.head.seq, dossier.head.number),
        };
        self.engine.act(ask).await
    }

    pub async fn done(&self, case: CaseKey, by: &Viewer, act: &str, form: &[(&str, &str)]) {
        let out = self.act(case, by, act, form).await;
        assert!(out.is_ok(), "{act}: {out:?}");
    }

    pub async fn steps(&self, case: CaseKey) -> Vec<String> {
        rows(&self.engine.db, case).await.into_iter().map(|r| r.step).collect()
    }

    /// Lets time pass and everything fall due.
    pub async fn wake(&self) {
        while self.engine.wake_due().await.unwrap() > 0 {}
    }
}

pub fn fill(form: &[(&str, &str)]) -> linli_flow::Form {
    let value = |name: &str, text: &str| match name {
        "co_units" => Value::List(text.split(' ').filter(|t| !t.is_empty()).map(str::to_owned).collect()),
        "extend_days" => Value::Number(text.parse().unwrap()),
        _ => Value::from(text),
    };
    form.iter().map(|(n, t)| ((*n).to_owned(), value(n, t))).collect::<BTreeMap<_, _>>()
}

pub async fn rows(db: &Db, case: CaseKey) -> Vec<StepRow> {
    db.read(move |tx: &mut Tx<'_>| open_steps(tx, case)).await.unwrap()
}

pub fn caller(person: Option<PersonId>) -> Caller {
    let (name, contact) = (Secret::new("Zhao Guiying".to_owned()), Secret::new("19900000001".to_owned()));
    Caller { person, name, contact, confidential: false }
}

pub fn report(key: &str) -> Report {
    Report {
        key: format!("test-{key}"),
        channel: Channel::Web,
        kind: None,
        category: Some("utility.lighting".into()),
        title: "The lamp is dark".into(),
        body: "The lamp at building 3 has been dark for three days.".into(),
        place: code(BUILDING),
        address: "Building 3".into(),
        point: None,
        caller: caller(None),
        at: None,
        dispatch: false,
        joins: None,
    }
}

pub fn staff(role: &str, org: &str, place: &str) -> Viewer {
    let role: Role = role.parse().unwrap();
    Viewer::Staff(Seat {
        id: SeatId::new(),
        account: AccountId::new(),
        org: org.parse().unwrap(),
        role,
        place: code(place),
        from: Millis(0),
        until: None,
        cover: None,
    })
}

pub fn dispatcher() -> Viewer {
    staff("dispatcher", "office", STREET)
}
pub fn desk() -> Viewer {
    staff("desk", "office", STREET)
}
pub fn head() -> Viewer {
    staff("desk-head", "office", STREET)
}
pub fn overseer() -> Viewer {
    staff("overseer", "office", STREET)
}
pub fn handler(org: &str) -> Viewer {
    staff("handler", org, STREET)
}

fn places() -> Vec<Place> {
    let all = [
        ("9901", "City"),
        ("990101", "District"),
        (STREET, "Cloud Street"),
        (COMMUNITY, "Harmony Community"),
        ("990101001001001", "Grid One"),
        (BUILDING, "Building 3"),
        ("990101001002", "Bridge Community"),
        ("990101002", "Willow Street"),
        ("990101002001", "Willow Community"),
    ];
    let place = |(c, name): (&str, &str)| Place {
        code: code(c),
        name: Text { zh: name.into(), en: name.into() },
        aliases: Vec::new(),
        point: None,
        retired_at: None,
    };
    all.into_iter().map(place).collect()
}

fn orgs() -> Vec<Org> {
    let all = [
        ("office", OrgKind::Government, "street-office", STREET),
        ("urban", OrgKind::Government, "urban-management", STREET),
        ("municipal", OrgKind::Government, "municipal", "990101"),
        ("firm", OrgKind::Property, "property", COMMUNITY),
        ("harmony", OrgKind::Community, "community", COMMUNITY),
        ("bridge", OrgKind::Community, "community", "990101001002"),
    ];
    let org = |(id, kind, function, place): (&str, OrgKind, &str, &str)| Org {
        id: id.parse().unwrap(),
        parent: None,
        kind,
        function: function.into(),
        place: code(place),
        name: Text { zh: id.into(), en: id.into() },
        phone: None,
        retired_at: None,
    };
    all.into_iter().map(org).collect()
}

/// Brings a case from the start to its end: solved, as the reporter says.
pub async fn solve(town: &Town, case: CaseKey) {
    let unit = handler("municipal");
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    town.done(case, &unit, "accept", &[]).await;
    town.done(case, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "after six")]).await;
    let result = [
        ("facts", "the fuse was blown"),
        ("law", "the rule on street lights"),
        ("measure", "a new fuse"),
        ("done_by", "Zhang"),
        ("done_on", "2026-03-02"),
    ];
    town.done(case, &unit, "result", &result).await;
    town.done(case, &head(), "approve", &[]).await;
    town.done(case, &unit, "told", &[("contact_way", "phone")]).await;
    let said = [("contacted", "yes"), ("solved", "yes"), ("satisfied", "satisfied")];
    town.done(case, &Viewer::Code(case), "answered", &said).await;
}

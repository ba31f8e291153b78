//! A life that is written after it was lived leaves the same rows as one that is filed, acted on and woken.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::{collections::BTreeMap, sync::Arc};

use linli_engine::{
    cases::{
        CaseError, CaseKey,
        act::Ask,
        history::{Deed, Life},
        read::{Dossier, Offer, OfferWay},
    },
    db::Url,
    ids::PersonId,
    viewer::Viewer,
};
use linli_flow::{FieldKind, Form, Value};
use linli_testbed::{Bed, Kind, bed, on_both};
use linli_worktime::Millis;
use town::{BUILDING, COMMUNITY, STREET, Town, caller, desk, dispatcher, handler, head, overseer, report};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Chance that can be had again (SplitMix64).
struct Chance(u64, usize);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    /// Mostly minutes and hours, now and then weeks: enough for every limit to run out sometimes.
    fn gap(&mut self) -> i64 {
        let most =
            [20 * MINUTE, 5 * 60 * MINUTE, 2 * DAY, 45 * DAY][[0, 0, 0, 1, 1, 1, 1, 2, 2, 3][self.below(self.1)]];
        i64::try_from(self.below(usize::try_from(most).unwrap())).unwrap()
    }
}

fn form(chance: &mut Chance, dossier: &Dossier, offer: &Offer) -> Form {
    let mut form = BTreeMap::new();
    for field in &offer.form {
        let units = ["office", "urban", "municipal", "firm", "harmony"];
        let value = match &dossier.flow.fields()[&field.name] {
            FieldKind::Text if field.name == "place" => Value::from([STREET, COMMUNITY, BUILDING][chance.below(3)]),
            FieldKind::Text => Value::from("words"),
            FieldKind::Number => Value::Number(3),
            FieldKind::Bool => Value::Bool(true),
            FieldKind::Date => {
                let day = dossier.head.opened_at.plus(i64::try_from(chance.below(60)).unwrap() * DAY);
                Value::from(dossier.pack.calendar.date_of(day).to_string())
            }
            FieldKind::Time => {
                let day = dossier.head.opened_at.plus(i64::try_from(chance.below(60)).unwrap() * DAY);
                Value::from(format!("{} 15:30", dossier.pack.calendar.date_of(day)))
            }
            FieldKind::Choice(codes) => Value::from(codes[chance.below(codes.len())].as_str()),
            FieldKind::Org => Value::from(units[chance.below(5)]),
            FieldKind::Orgs => Value::List((0..chance.below(3)).map(|i| units[i + 1].to_owned()).collect()),
            FieldKind::Case => continue,
        };
        form.insert(field.name.clone(), value);
    }
    form
}

/// Lives one life by chance, as pages would, and tells what was done.
async fn live(
    town: &Town,
    chance: &mut Chance,
    people: &[Arc<[Viewer]>],
    named: Option<&(String, String)>,
) -> (Life, String) {
    let mut report = report(&format!("life-{}", chance.below(1 << 40)));
    report.at = Some(town.clock.now());
    report.dispatch = chance.below(4) == 0;
    let Viewer::Person(person) = people[0][0] else { panic!("the reporter comes first") };
    report.caller = caller((chance.below(3) > 0).then_some(person));
    let filed = town.engine.file(report.clone()).await.unwrap();
    let mut life = Life { report, deeds: Vec::new(), named: true };
    for _ in 0..chance.below(if chance.1 == 10 { 30 } else { 8 }) {
        town.later(chance.gap());
        town.wake().await;
        // Somebody who can do something; others shake their heads.
        let first = chance.below(people.len());
        for by in people.iter().cycle().skip(first).take(people.len()) {
            if let Some(deed) = deed(town, chance, filed.key, by, named, &life.report.key).await {
                life.deeds.push(deed);
                break;
            }
        }
    }
    (life, filed.number)
}

async fn deed(
    town: &Town,
    chance: &mut Chance,
    case: CaseKey,
    by: &Arc<[Viewer]>,
    named: Option<&(String, String)>,
    key: &str,
) -> Option<Deed> {
    let dossier = town.engine.case_by_key(case, &by[0]).await.ok()?;
    // The way onwards more often than a word aside, and that more often than the way out.
    let ends = ["withdraw", "emergency", "merge", "merge_later", "legal", "answer"];
    let likely = |offer: &&Offer| match &offer.way {
        _ if ends.contains(&offer.act.as_str()) => 24,
        OfferWay::Step { .. } => 1,
        _ => 5,
    };
    // What goes along with another case looks at that one when it is there; see `merged_lives_go_along`.
    let alone = |offer: &&Offer| offer.form.iter().all(|field| field.name != "main_case");
    let open: Vec<&Offer> = dossier.offers.iter().filter(alone).filter(|o| chance.below(likely(o)) == 0).collect();
    let offer = *open.get(chance.below(open.len().max(1)))?;
    let form = form(chance, &dossier, offer);
    let (mut asked, refers) = (form.clone(), offer.form.iter().find(|f| f.name == "main_case").and(named));
    if let Some((_, number)) = refers {
        asked.insert("main_case".into(), Value::from(number.as_str()));
    }
    let ask =
        Ask { case, command: offer.command(asked), by: by[0].clone(), key: format!("{key}:{}", dossier.head.seq + 1) };
    match town.engine.act(ask).await {
        Ok(_) => {
            let refers = refers.map(|(key, _)| ("main_case".to_owned(), key.clone()));
            Some(Deed { at: town.clock.now(), by: Arc::clone(by), act: offer.act.clone(), form, refers })
        }
        Err(CaseError::Db(error)) => panic!("{error:?}"),
        Err(_) => None,
    }
}

const TABLES: [&str; 11] = [
    "cases",
    "event",
    "feed_change",
    "open_step",
    "timer",
    "deed",
    "notice",
    "telling",
    "told",
    "vault_caller",
    "warning",
];

/// All rows that cases leave, as texts: ids replaced by what they stand for, and without what only the key knows.
async fn rows(bed: &Bed) -> BTreeMap<&'static str, Vec<String>> {
    let mut all = BTreeMap::new();
    for table in TABLES {
        let query = format!("SELECT * FROM {table}");
        let rows: Vec<Vec<(String, String)>> = match &bed.url {
            Url::Lite(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                let mut statement = connection.prepare(&query).unwrap();
                let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
                let read = |row: &rusqlite::Row<'_>| {
                    names.iter().enumerate().map(|(i, n)| Ok((n.clone(), text(row.get_ref(i)?)))).collect()
                };
                statement.query_map([], read).unwrap().collect::<Result<_, _>>().unwrap()
            }
            Url::Pg(url) => {
                let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
                tokio::spawn(connection);
                let query = format!("SELECT CAST(to_jsonb(t) AS TEXT) FROM ({query}) t");
                let rows = client.query(&query, &[]).await.unwrap();
                let read = |row: &tokio_postgres::Row| {
                    let json: serde_json::Map<String, serde_json::Value> =
                        serde_json::from_str(row.get::<_, &str>(0)).unwrap();
                    json.into_iter().map(|(n, v)| (n, v.to_string())).collect()
                };
                rows.iter().map(read).collect()
            }
        };
        all.insert(table, rows);
    }
    // Places of what is no event of a case: the setting-up of each.
    all.entry("feed_change").and_modify(|rows| rows.retain(|row| !row.iter().any(|(n, v)| n == "kind" && v != "0")));
    // Drawn anew each time, and what hangs on it.
    for (table, rows) in &mut all {
        let sealed = *table == "vault_caller";
        for row in rows {
            row.retain(|(name, _)| !["salt", "leaf"].contains(&name.as_str()));
            row.retain(|(name, _)| !sealed || !["name", "contact"].contains(&name.as_str()));
        }
    }
    let cell = |row: &[(String, String)], name: &str| row.iter().find(|(n, _)| n == name).unwrap().1.clone();
    let plain = |id: &str| id.replace(['-', '"'], "");
    let cases: Vec<(String, String)> =
        all["cases"].iter().map(|row| (plain(&cell(row, "id")), cell(row, "number"))).collect();
    let named = |text: String| {
        cases.iter().fold(text, |text, (id, number)| {
            let dashed = format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]);
            text.replace(id, number).replace(&dashed, number)
        })
    };
    let mut out = BTreeMap::new();
    for (table, rows) in &all {
        let text = |row: &Vec<(String, String)>| {
            let kept = row.iter().filter(|(n, _)| {
                n != "tracking" && n != "n" && !(["notice", "telling", "told"].contains(table) && n == "id")
            });
            named(kept.map(|(n, v)| format!("{n}={v} ")).collect())
        };
        let mut rows: Vec<String> = rows.iter().map(text).collect();
        rows.sort();
        out.insert(*table, rows);
    }
    out
}

fn text(value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef as V;
    match value {
        V::Null => "null".into(),
        V::Integer(i) => i.to_string(),
        V::Real(r) => r.to_string(),
        V::Text(t) => String::from_utf8_lossy(t).into_owned(),
        V::Blob(b) => b.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

async fn the_same_rows(lived: Bed) {
    let kind = if matches!(lived.url, Url::Lite(_)) { Kind::Lite } else { Kind::Pg };
    let written = bed(kind).await.unwrap();
    let (town, other) = (Town::new(&lived).await, Town::new(&written).await);
    let reporter = Viewer::Person(PersonId::new());
    let staff = [dispatcher(), dispatcher(), desk(), head(), head(), overseer()];
    let units = ["office", "urban", "municipal", "firm", "harmony"].map(handler);
    let people: Vec<Arc<[Viewer]>> =
        [reporter].into_iter().chain(staff).chain(units).map(|viewer| Arc::from([viewer])).collect();
    let (mut chance, mut lives, mut named) = (Chance(7, 10), Vec::new(), None);
    for n in 0..30 {
        // The last ones are in the middle of it when the story is told.
        chance.1 = if n < 20 { 10 } else { 5 };
        let (life, number) = live(&town, &mut chance, &people, named.as_ref()).await;
        named = Some((life.report.key.clone(), number));
        lives.push(life);
        town.later(chance.gap() % DAY + MINUTE);
    }
    town.wake().await;
    while town.engine.sequence().await.unwrap() > 0 {}
    let acts: std::collections::BTreeSet<String> =
        lives.iter().flat_map(|life| life.deeds.iter().map(|d| d.act.clone())).collect();
    assert!(acts.len() > 20, "chance reached only {acts:?}");

    other.clock.move_to(town.clock.now());
    let count = lives.len() as u64;
    let done = other.engine.write_history(lives.into_iter(), Millis(0)).await.unwrap();
    assert_eq!((done.cases, done.refusals), (count, Vec::new()));
    let (lived, written) = (rows(&lived).await, rows(&written).await);
    for table in TABLES {
        assert!(table == "warning" || !lived[table].is_empty(), "{table} is empty");
        for (a, b) in lived[table].iter().zip(&written[table]) {
            assert_eq!(a, b, "{table}");
        }
        assert_eq!(lived[table].len(), written[table].len(), "{table}");
    }
    assert_eq!(done.events, lived["event"].len() as u64);
}

async fn old_news_is_not_told(bed: Bed) {
    let town = Town::new(&bed).await;
    let life = |key: &str, at: Millis| {
        let mut report = report(key);
        report.at = Some(at);
        Life { report, deeds: Vec::new(), named: false }
    };
    let now = town.clock.now();
    let lives = vec![life("old", now.plus(-90 * DAY)), life("new", now.plus(-40 * MINUTE))];
    let done = town.engine.write_history(lives.into_iter(), now.plus(-DAY)).await.unwrap();
    assert_eq!(done.cases, 2);
    let rows = rows(&bed).await;
    assert!(!rows["telling"].is_empty());
    let since = now.plus(-DAY).0;
    for notice in &rows["telling"] {
        let at = notice.split(' ').find_map(|p| p.strip_prefix("at=")).unwrap().parse::<i64>().unwrap();
        assert!(at >= since, "{notice}");
    }
    // What has yet to come still comes.
    town.later(9 * DAY);
    assert!(town.engine.wake_due().await.unwrap() > 0);
}

/// A life that was merged into another one goes along with it once both are there, and closes when that one did.
async fn merged_lives_go_along(bed: Bed) {
    let town = Town::new(&bed).await;
    let (start, by) = (town.clock.now().plus(-20 * DAY), Arc::from([dispatcher()]));
    let life = |key: &str, hours: i64, deeds: Vec<Deed>| {
        let mut report = report(key);
        report.at = Some(start.plus(hours * 60 * MINUTE));
        Life { report, deeds, named: true }
    };
    let deed = |hours: i64, act: &str, form: Form, refers: Option<&str>| Deed {
        at: start.plus(hours * 60 * MINUTE),
        by: Arc::clone(&by),
        act: act.into(),
        form,
        refers: refers.map(|key| ("main_case".to_owned(), format!("test-{key}"))),
    };
    let answer = Form::from([("answer".to_owned(), Value::from("Mended."))]);
    let merge = |into: &str| vec![deed(3, "merge", Form::new(), Some(into))];
    let lives = vec![
        life("closed", 0, vec![deed(9, "answer", answer, None)]),
        life("open", 0, Vec::new()),
        life("a", 1, merge("closed")),
        life("b", 2, merge("open")),
    ];
    let done = town.engine.write_history(lives.into_iter(), start).await.unwrap();
    assert_eq!((done.cases, done.refused), (4, 0), "{:?}", done.refusals);
    town.wake().await;
    let steps: Vec<String> = rows(&bed).await["open_step"].clone();
    for (number, step) in [("00003", "followed"), ("00004", "joined")] {
        assert!(steps.iter().any(|s| s.contains(number) && s.contains(step)), "{number}: {steps:#?}");
    }
}

async fn what_the_flow_refuses_is_counted(bed: Bed) {
    let town = Town::new(&bed).await;
    let (mut report, by) = (report("bad"), Arc::from([handler("urban")]));
    report.at = Some(town.clock.now());
    let at = town.clock.now();
    let deed = |act: &str| Deed { at, by: Arc::clone(&by), act: act.into(), form: Form::new(), refers: None };
    let deeds = vec![deed("dispatch"), deed("no-such-act")];
    let done = town.engine.write_history([Life { report, deeds, named: false }].into_iter(), at).await.unwrap();
    assert_eq!((done.cases, done.events, done.refused), (1, 1, 2));
    assert!(done.refusals[0].contains("dispatch"), "{:?}", done.refusals);
}

on_both! {
    a_life_leaves_the_same_rows_however_it_is_written => the_same_rows;
    nobody_is_told_old_news => old_news_is_not_told;
    merged => merged_lives_go_along;
    a_refused_deed_is_told => what_the_flow_refuses_is_counted;
}

//! Search against the plainest search there is: every case looked at, one by one. Three years of cases, questions drawn by
//! a seeded generator, page by page.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::collections::BTreeMap;

use linli_engine::{
    cases::{Head, inbox::ListAfter, search::Query},
    seats::Seat,
    viewer::Viewer,
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRng, TestRunner},
};
use town::{Town, dispatcher, head, monday, report};

const DAY: i64 = 24 * 3_600_000;
const PLACES: [&str; 4] = ["990101001001001003", "990101001001001", "990101001001", "990101001002"];
const CATEGORIES: [&str; 4] =
    ["utility.lighting", "utility.drainage", "construction.housing", "construction.housing.quality"];
const WORDS: [&str; 6] = ["路灯", "不亮", "漏水", "电梯", "lamp", "A3"];

fn seat(viewer: &Viewer) -> Seat {
    let Viewer::Staff(seat) = viewer else { panic!("staff") };
    seat.clone()
}

/// What a question may say.
fn questions() -> impl Strategy<Value = Query> {
    let word = prop::option::of(prop::sample::select(WORDS.to_vec()));
    let place = prop::option::weighted(0.4, prop::sample::select(PLACES.to_vec()));
    let category =
        prop::option::weighted(0.4, prop::sample::select(vec!["utility", "construction.housing", "utility.lighting"]));
    let unit = prop::option::weighted(0.3, prop::sample::select(vec!["urban", "firm"]));
    let state = prop::option::weighted(0.4, prop::sample::select(vec!["open", "ended", "triage", "sign"]));
    let days = || prop::option::weighted(0.3, 0_i64..1100);
    (word, place, category, unit, state, days(), days()).prop_map(
        |(word, place, category, unit, state, from, until)| Query {
            words: word.unwrap_or_default().to_owned(),
            place: place.map(|p| p.parse().unwrap()),
            category: category.map(str::to_owned),
            unit: unit.map(str::to_owned),
            state: state.map(str::to_owned),
            from: from.map(|d| monday().plus(d * DAY)),
            until: until.map(|d| monday().plus(d * DAY)),
            ..Query::default()
        },
    )
}

/// Whether a case answers a question, read from the case itself.
fn answers(query: &Query, head: &Head, step: &str) -> bool {
    let text = format!("{} {} {} {}", head.number, head.title, head.body, head.address).to_lowercase();
    let below = |code: &str| head.category == code || head.category.starts_with(&format!("{code}."));
    text.contains(&query.words.to_lowercase())
        && query.place.as_ref().is_none_or(|p| p.covers(&head.place))
        && query.category.as_deref().is_none_or(below)
        && query.unit.as_deref().is_none_or(|u| head.unit.as_deref() == Some(u))
        && query.state.as_deref().is_none_or(|s| s == head.phase.slug() || s == step)
        && query.from.is_none_or(|at| head.opened_at >= at)
        && query.until.is_none_or(|at| head.opened_at < at)
}

async fn as_by_hand(bed: Bed) {
    let town = Town::new(&bed).await;
    let mut rng = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    let mut draw = |most: i64| (0..most).new_tree(&mut rng).unwrap().current();
    let pick = |n: i64| usize::try_from(n).unwrap();
    let mut steps: BTreeMap<String, &str> = BTreeMap::new();
    for n in 0..240 {
        // Not in the order of time: records of the past come in later.
        let mut report = report(&n.to_string());
        report.at = Some(monday().plus(draw(1100) * DAY + draw(DAY)));
        report.place = PLACES[pick(draw(4))].parse().unwrap();
        report.category = Some(CATEGORIES[pick(draw(4))].into());
        report.title = format!("{} {}", WORDS[pick(draw(6))], WORDS[pick(draw(6))]);
        report.body = format!("{} and {n}", WORDS[pick(draw(6))]);
        town.clock.move_to(report.at.unwrap());
        let filed = town.engine.file(report).await.unwrap();
        let unit = ["urban", "firm"][pick(draw(2))];
        let step = match draw(3) {
            0 => "triage",
            1 => {
                let sent =
                    town.act(filed.key, &dispatcher(), "dispatch", &[("class", "general"), ("unit", unit)]).await;
                if sent.is_ok() { "sign" } else { "triage" }
            }
            _ => {
                town.done(filed.key, &dispatcher(), "emergency", &[("emergency_line", "119")]).await;
                ""
            }
        };
        steps.insert(filed.number, step);
        // Some are in the index before they get their unit.
        if n % 7 == 0 {
            town.engine.index_words().await.unwrap();
        }
    }
    while town.engine.index_words().await.unwrap() > 0 {}
    town.clock.move_to(monday().plus(1101 * DAY));
    let seat = seat(&head());
    let all = pages(&town, &seat, &Query::default()).await;
    assert_eq!(all.len(), 240);
    let mut found_any = 0;
    for _ in 0..150 {
        let query = questions().new_tree(&mut rng).unwrap().current();
        let by_hand: Vec<&str> =
            all.iter().filter(|h| answers(&query, h, steps[&h.number])).map(|h| h.number.as_str()).collect();
        let found = pages(&town, &seat, &query).await;
        assert_eq!(found.iter().map(|h| h.number.as_str()).collect::<Vec<_>>(), by_hand, "{query:?}");
        found_any += usize::from(!by_hand.is_empty());
    }
    assert!(found_any > 40, "{found_any}");
}

/// All pages of a search, checked to be in order.
async fn pages(town: &Town, seat: &Seat, query: &Query) -> Vec<Head> {
    let (mut all, mut after): (Vec<Head>, _) = (Vec::new(), None);
    loop {
        let page = town.engine.search(seat, Query { after, ..query.clone() }).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(ListAfter { opened_at: last.opened_at, key: last.key });
        all.extend(page);
    }
    let order: Vec<(Millis, _)> = all.iter().map(|h| (h.opened_at, h.key.id)).collect();
    assert!(order.is_sorted_by(|a, b| a > b), "newest first, none twice");
    all
}

on_both! {
    search_finds_what_is_there => as_by_hand;
}

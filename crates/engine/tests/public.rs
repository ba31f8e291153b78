//! What everybody may see: enough to know the neighbourhood, too little to know a neighbour.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::collections::BTreeMap;

use linli_engine::{
    cases::{
        file::Report,
        public::{FEW, FRESH_MS, PublicCases, SOLVED_MS, Spot, gathered},
    },
    ids::{Level, PlaceCode},
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use proptest::prelude::*;
use town::{BUILDING, COMMUNITY, STREET, Town, code, report};

const GRID: &str = "990101001001001";

fn at(key: &str, place: &str, category: &str) -> Report {
    Report { place: code(place), category: Some(category.into()), ..report(key) }
}

fn numbers(public: &PublicCases) -> Vec<(String, String, u64, u64)> {
    public.spots.iter().map(|s| (s.place.to_string(), s.category.clone(), s.open, s.solved)).collect()
}

async fn file(town: &Town, n: usize, place: &str, category: &str) {
    for i in 0..n {
        town.engine.file(at(&format!("{place}-{category}-{i}"), place, category)).await.unwrap();
    }
}

async fn few_are_counted_for_the_place_above(bed: Bed) {
    let town = Town::new(&bed).await;
    file(&town, 3, BUILDING, "utility.lighting").await;
    file(&town, 2, BUILDING, "utility.drainage").await;
    file(&town, 1, COMMUNITY, "utility.drainage").await;
    file(&town, 1, BUILDING, "environment.noise.trade").await;
    file(&town, 1, "990101001002", "environment.noise").await;
    let public = town.engine.take_public_cases().await.unwrap();
    let lamp = (GRID.to_owned(), "utility.lighting".to_owned(), 3, 0);
    let drains = (COMMUNITY.to_owned(), "utility.drainage".to_owned(), 3, 0);
    // Two of two communities: only the street is named.
    let noise = (STREET.to_owned(), "environment.noise".to_owned(), 2, 0);
    assert_eq!(numbers(&public), [noise, drains, lamp]);
}

async fn silence_and_private_matters_are_not_counted(bed: Bed) {
    let town = Town::new(&bed).await;
    for category in
        ["welfare.help", "health.hospital", "labour.wages", "neighbour.leak", "other.conduct", "property.fees"]
    {
        file(&town, 4, BUILDING, category).await;
    }
    for i in 0..4 {
        let mut quiet = at(&format!("quiet-{i}"), BUILDING, "utility.lighting");
        quiet.caller.confidential = true;
        town.engine.file(quiet).await.unwrap();
    }
    assert_eq!(numbers(&town.engine.take_public_cases().await.unwrap()), []);
}

async fn solved_cases_are_counted_for_thirty_days(bed: Bed) {
    let town = Town::new(&bed).await;
    for i in 0..3 {
        let filed = town.engine.file(at(&format!("lamp-{i}"), BUILDING, "utility.lighting")).await.unwrap();
        town::solve(&town, filed.key).await;
    }
    let solved = town.engine.take_public_cases().await.unwrap();
    assert_eq!(numbers(&solved), [(GRID.to_owned(), "utility.lighting".to_owned(), 0, 3)]);
    town.later(SOLVED_MS - 1);
    assert_eq!(town.engine.take_public_cases().await.unwrap().spots.len(), 1);
    town.later(2);
    assert_eq!(town.engine.take_public_cases().await.unwrap().spots, []);
}

async fn counts_are_half_a_minute_old_at_most(bed: Bed) {
    let town = Town::new(&bed).await;
    let empty = town.engine.public_cases().await.unwrap();
    file(&town, 3, BUILDING, "utility.lighting").await;
    town.later(FRESH_MS - 1);
    assert_eq!(town.engine.public_cases().await.unwrap(), empty);
    town.later(1);
    // Whoever finds them old is answered at once, and sets off the next count.
    assert_eq!(town.engine.public_cases().await.unwrap(), empty);
    while town.engine.public_cases().await.unwrap().at == empty.at {
        tokio::task::yield_now().await;
    }
    let fresh = town.engine.public_cases().await.unwrap();
    assert_eq!((fresh.at, fresh.spots.len()), (town.clock.now(), 1));
}

on_both! {
    few_are_not_named => few_are_counted_for_the_place_above;
    silence => silence_and_private_matters_are_not_counted;
    solved => solved_cases_are_counted_for_thirty_days;
    fresh => counts_are_half_a_minute_old_at_most;
}

fn any_spot() -> impl Strategy<Value = Spot> {
    let deep = prop::sample::select(vec![0_usize, 3, 6, 9, 11]);
    ((1_u32..4, 1_u32..4, 1_u32..3), deep, prop::sample::select(vec!["a", "b.c"]), 0_u64..4, 0_u64..3).prop_map(
        |((community, grid, house), deep, category, open, solved)| {
            let all = format!("990101001{community:03}{grid:03}{house:03}01");
            Spot {
                place: all[..9 + deep].parse::<PlaceCode>().unwrap(),
                category: category.into(),
                open,
                solved,
                newest: Millis(0),
            }
        },
    )
}

proptest! {
    /// Nothing is lost, nothing finer than a grid is named, and what is named below the street is never few.
    #[test]
    fn what_is_shown_is_coarse_and_whole(spots in prop::collection::vec(any_spot(), 0..30)) {
        let shown = gathered(spots.clone());
        let sum = |all: &[Spot]| all.iter().fold(BTreeMap::<String, (u64, u64)>::new(), |mut sums, s| {
            let sum = sums.entry(s.category.clone()).or_default();
            *sum = (sum.0 + s.open, sum.1 + s.solved);
            sums
        });
        prop_assert_eq!(sum(&shown), sum(&spots));
        for spot in &shown {
            prop_assert!(spot.place.level() <= Level::Grid);
            prop_assert!(spot.place.level() == Level::Street || spot.open + spot.solved >= FEW, "{:?}", spot);
        }
    }
}

//! Borders go in and come out as they were, and a process takes them anew when they change.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{db::Tx, directory};
use linli_testbed::{Bed, on_both};
use town::{COMMUNITY, STREET, Town, code};

async fn borders_go_in_and_out(bed: Bed) {
    let town = Town::new(&bed).await;
    assert_eq!(town.engine.directory().border(&code(COMMUNITY)), None, "an office may have none");
    let save = |ring: Vec<(f64, f64)>| {
        let (engine, now) = (town.engine.clone(), town.clock.now());
        async move {
            let home = engine.home;
            let borders = vec![(code(COMMUNITY), ring)];
            let save = move |tx: &mut Tx<'_>| directory::save_borders(tx, home, &borders, now);
            engine.db.write(save).await.unwrap();
            assert!(engine.refresh().await.unwrap(), "the directory has moved");
        }
    };
    let first = vec![(119.301_234, 33.842), (119.31, 33.842), (119.305, 33.85)];
    save(first.clone()).await;
    assert_eq!(town.engine.directory().border(&code(COMMUNITY)), Some(first.as_slice()));
    let second = vec![(119.3, 33.8), (119.4, 33.8), (119.4, 33.9), (119.3, 33.9)];
    save(second.clone()).await;
    assert_eq!(town.engine.directory().border(&code(COMMUNITY)), Some(second.as_slice()));
    assert_eq!(town.engine.directory().border(&code(STREET)), None);
    let around = |point| town.engine.directory().around(point).map(|place| place.code.clone());
    assert_eq!(around((119.35, 33.85)), Some(code(COMMUNITY)));
    assert_eq!(around((119.45, 33.85)), None);
}

on_both! {
    borders_are_kept => borders_go_in_and_out;
}

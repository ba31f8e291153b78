//! Opening the vault for a case: by whom, why, and that the resident reads it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    cases::{
        CaseError, CaseKey,
        act::Ask,
        reveal::{REVEAL, Shown},
        timeline::{Audience, timeline},
    },
    viewer::Viewer,
};
use linli_flow::Command;
use linli_testbed::{Bed, on_both};
use town::*;

const WHY: (&str, &str) = ("why", "to agree on a time for a visit");

async fn look(town: &Town, case: CaseKey, by: &Viewer, form: &[(&str, &str)], key: &str) -> Result<Shown, CaseError> {
    let Viewer::Staff(seat) = by else { unreachable!() };
    town.engine.reveal(case, seat, fill(form), key).await
}

async fn offered(town: &Town, case: CaseKey, by: &Viewer) -> bool {
    town.engine.case_by_key(case, by).await.is_ok_and(|dossier| dossier.reveal.is_some())
}

/// An office looks for a reason; the reason and the unit stand in the story, the name does not.
async fn for_a_reason_that_the_resident_reads(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("a").await.key;
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    let unit = handler("municipal");
    assert!(offered(&town, case, &unit).await);
    assert!(look(&town, case, &unit, &[], "no reason").await.is_err(), "not without a reason");
    let before = town.see(case, &unit).await.events.len();
    let shown = look(&town, case, &unit, &[WHY], "look").await.unwrap();
    assert_eq!((shown.name.reveal().as_str(), shown.contact.reveal().as_str()), ("Zhao Guiying", "19900000001"));
    // The page sent again shows it again, and writes nothing; a minute later it does not.
    assert!(look(&town, case, &unit, &[WHY], "look").await.is_ok());
    town.later(60_000);
    assert!(matches!(look(&town, case, &unit, &[WHY], "look").await, Err(CaseError::NotYours(_))));
    let dossier = town.see(case, &Viewer::Code(case)).await;
    assert_eq!(dossier.events.len(), before + 1);
    let written = dossier.events.last().unwrap().to_canonical_json().unwrap();
    assert!(!written.contains("Zhao") && !written.contains("19900000001"), "{written}");
    let story = timeline(&dossier, &town.engine.directory(), Audience::Resident, "en");
    let last = story.last().unwrap();
    assert!(last.text.contains(WHY.1) || last.title.contains(WHY.1), "{last:?}");
    assert!(last.who.contains("municipal"), "{last:?}");
}

/// Firms, other units, leaders and overseers do not; handlers not where silence was asked for; nobody by the act alone.
async fn not_by_everybody(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("a").await.key;
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "firm"), ("co_units", "municipal")])
        .await;
    let strangers = [handler("firm"), handler("urban"), overseer(), staff("leader", "office", STREET)];
    for by in strangers.iter().chain([&staff("desk", "bridge", "990101001002")]) {
        assert!(!offered(&town, case, by).await, "{by:?}");
        assert!(look(&town, case, by, &[WHY], "look").await.is_err(), "{by:?}");
    }
    let command = Command::Side { act: REVEAL.into(), form: fill(&[WHY]) };
    for by in [handler("firm"), desk()] {
        let ask = Ask { case, command: command.clone(), by, key: "by hand".into() };
        assert!(matches!(town.engine.act(ask).await, Err(CaseError::NotYours(_))), "the act alone is nobody's");
    }
    let dossier = town.see(case, &desk()).await;
    assert!(dossier.reveal.is_some() && !dossier.offers.iter().any(|o| o.act == REVEAL));

    let mut silent = report("b");
    silent.caller.confidential = true;
    let case = town.engine.file(silent).await.unwrap().key;
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    assert!(!offered(&town, case, &handler("municipal")).await);
    assert!(look(&town, case, &handler("municipal"), &[WHY], "silent").await.is_err());
    assert!(look(&town, case, &head(), &[WHY], "head").await.is_ok());
}

on_both! {
    reasons => for_a_reason_that_the_resident_reads;
    strangers => not_by_everybody;
}

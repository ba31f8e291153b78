//! What is said in a case and who hears it: the conversation, what followers are told of the main case, related cases.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    attachments::{self, Attachment},
    cases::{
        CaseError, CaseKey, FieldProblem,
        file::Report,
        thread::{Line, Speaker, thread},
        timeline::{Audience, Sort, timeline},
    },
    db::{DbError, Tx},
    ids::{AccountId, AttachmentId, SeatId},
    notices::{self, Recipient, Whom},
    seats::{self, Role, Seat},
    viewer::Viewer,
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use town::*;

const HOUR: i64 = 3_600_000;
const DISPATCH: &[(&str, &str)] = &[("class", "general"), ("unit", "municipal")];

async fn to_handle(town: &Town, case: CaseKey) -> Viewer {
    let unit = handler("municipal");
    town.done(case, &dispatcher(), "dispatch", DISPATCH).await;
    town.done(case, &unit, "accept", &[]).await;
    town.done(case, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "ok")]).await;
    unit
}

async fn join(town: &Town, key: &str, main: &str) -> CaseKey {
    let joins = Some(main.to_owned());
    town.engine.file(Report { joins, body: format!("{key} says so, too"), ..report(key) }).await.unwrap().key
}

fn said(lines: &[Line]) -> Vec<(Speaker, &str)> {
    lines.iter().map(|line| (line.by.clone(), line.text.as_str())).collect()
}

async fn what_is_written_both_ways_is_one_conversation(bed: Bed) {
    let town = Town::new(&bed).await;
    let member = member(&town).await;
    let case = town.file("a").await.key;
    let (unit, resident) = (to_handle(&town, case).await, Viewer::Code(case));
    town.done(case, &resident, "message", &[("message", "When do you come?")]).await;
    photo(&town, case, "reporter").await;
    town.later(HOUR);
    town.done(case, &unit, "reply", &[("reply", "At four.")]).await;
    town.done(case, &unit, "note", &[("note", "Angry neighbour")]).await;
    town.done(case, &unit, "ask", &[("question", "Which floor?")]).await;
    town.done(case, &desk(), "tell_more", &[("message", "The third")]).await;
    town.done(case, &overseer(), "urge", &[("message", "Be quick, they complain a lot")]).await;
    let seen = town.see(case, &resident).await;
    let municipal = || Speaker::Unit("municipal".into());
    let expected = [
        (Speaker::Reporter, "When do you come?"),
        (municipal(), "At four."),
        (municipal(), "Which floor?"),
        (Speaker::ReporterBy("office".into()), "The third"),
    ];
    assert_eq!(said(&thread(&seen)), expected);
    assert_eq!(thread(&seen)[0].files, [0]);
    // The story has what is no message; nobody reads twice what was written.
    let story = timeline(&seen, &town.engine.directory(), Audience::Resident, "en");
    assert!(story.iter().all(|e| !e.text.contains("At four") && !e.text.contains("complain")), "{story:#?}");
    // Whoever has it in hand hears of a message, and its writer of the answer.
    assert!(screen(&town, member).await.contains(&("message".to_owned(), case)));
    assert!(heard(&town, case, Recipient::Case(case.id)).await.contains(&"reply".to_owned()));
}

async fn photo(town: &Town, case: CaseKey, by: &str) {
    let (stored, at, by) = (town.engine.files.clone(), town.clock.now(), by.to_owned());
    let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".to_vec();
    let stored = tokio::task::spawn_blocking(move || stored.put("a.pdf", &pdf)).await.unwrap().unwrap();
    let file = Attachment { id: AttachmentId::new(), case: (case.jurisdiction, case.id), stored, by, at };
    let add = move |tx: &mut Tx<'_>| attachments::record(tx, &file);
    town.engine.db.write::<_, DbError, _>(add).await.unwrap();
}

/// Somebody who works at the lighting department.
async fn member(town: &Town) -> AccountId {
    let (home, id) = (town.engine.home, AccountId::new());
    let work = move |tx: &mut Tx<'_>| {
        let login = "zhang".parse().unwrap();
        let hash = seats::hash_password(&login, "correct horse battery").unwrap();
        seats::create_account(tx, home, id, &login, "Zhang", &hash)?;
        let (org, place) = ("municipal".parse().unwrap(), code(STREET));
        let seat = Seat {
            id: SeatId::new(),
            account: id,
            org,
            role: Role::Handler,
            place,
            from: Millis(0),
            until: None,
            cover: None,
        };
        seats::grant_seat(tx, home, &seat)
    };
    town.engine.db.write(work).await.unwrap();
    id
}

/// What stands on their screen.
async fn screen(town: &Town, member: AccountId) -> Vec<(String, CaseKey)> {
    while town.engine.tell_members().await.unwrap() > 0 {}
    let (home, now) = (town.engine.home, town.clock.now());
    let list = move |tx: &mut Tx<'_>| notices::list(tx, home, Whom::Account(member), None, now, None);
    town.engine.db.read(list).await.unwrap().into_iter().map(|told| (told.template, told.case)).collect()
}

async fn heard(town: &Town, case: CaseKey, whom: Recipient) -> Vec<String> {
    let read =
        move |tx: &mut Tx<'_>| notices::for_recipients(tx, case.jurisdiction, std::slice::from_ref(&whom), None, 100);
    town.engine.db.read(read).await.unwrap().into_iter().map(|n| n.template).collect()
}

async fn followers_read_what_is_shared_and_nothing_private(bed: Bed) {
    let town = Town::new(&bed).await;
    let mut first = report("first");
    (first.body, first.address) = ("SECRET words of flat 502".into(), "SECRET flat 502".into());
    let main = town.engine.file(first).await.unwrap();
    let unit = to_handle(&town, main.key).await;
    town.later(HOUR);
    let mine = join(&town, "Li", &main.number).await;
    let resident = Viewer::Code(main.key);
    town.done(main.key, &unit, "progress", &[("progress", "The part comes on Thursday.")]).await;
    town.done(main.key, &unit, "ask", &[("question", "SECRET question")]).await;
    town.done(main.key, &resident, "tell_more", &[("message", "SECRET answer")]).await;
    town.done(main.key, &resident, "message", &[("message", "SECRET message")]).await;
    town.done(main.key, &unit, "reply", &[("reply", "SECRET reply")]).await;
    town.done(main.key, &resident, "urge", &[("message", "SECRET urge")]).await;
    let seen = town.see(mine, &Viewer::Code(mine)).await;
    for lang in ["zh", "en"] {
        let story = timeline(&seen, &town.engine.directory(), Audience::Resident, lang);
        let shared: Vec<&str> = story.iter().filter(|e| e.sort == Sort::Shared).map(|e| e.text.as_str()).collect();
        assert_eq!(shared.len(), 3, "{story:#?}");
        assert!(shared[0].contains("municipal") && shared[2].contains("Thursday"), "{shared:?}");
        let times: Vec<_> = story.iter().map(|e| e.at).collect();
        assert!(times.is_sorted());
    }
    // Nothing else of the other case is in what the page is drawn from.
    let kept = format!("{:?} {:?} {:?} {:?}", seen.kin, seen.events, seen.attachments, seen.head);
    assert!(!kept.contains("SECRET") && !kept.contains(&main.tracking), "{kept}");
    assert!(seen.kin.main.is_none() && seen.kin.along.as_ref().unwrap().others == 1);
    assert_eq!(seen.kin.along.unwrap().promised_at, town.see(main.key, &resident).await.head.promised_at);
    // After it is taken apart, what happens there is no longer told.
    town.later(HOUR);
    town.done(mine, &head(), "separate", &[("reason", "Another lamp")]).await;
    town.later(HOUR);
    town.done(main.key, &unit, "progress", &[("progress", "LATER")]).await;
    let seen = town.see(mine, &Viewer::Code(mine)).await;
    let story = timeline(&seen, &town.engine.directory(), Audience::Resident, "en");
    assert!(story.iter().any(|e| e.text.contains("Thursday")) && story.iter().all(|e| !e.text.contains("LATER")));
}

async fn staff_see_who_joined_and_hear_their_messages(bed: Bed) {
    let town = Town::new(&bed).await;
    let member = member(&town).await;
    let main = town.file("main").await;
    let mine = join(&town, "Li", &main.number).await;
    // Before it is given to the unit, the unit knows nothing of either.
    let unit = handler("municipal");
    assert!(matches!(town.engine.case_by_key(mine, &unit).await, Err(CaseError::NotFound)));
    to_handle(&town, main.key).await;
    let seen = town.see(mine, &unit).await;
    assert_eq!(seen.kin.main.map(|m| m.number), Some(main.number.clone()));
    assert!(matches!(town.engine.case_by_key(mine, &handler("firm")).await, Err(CaseError::NotFound)));
    town.done(mine, &Viewer::Code(mine), "message", &[("message", "Mine flickers")]).await;
    assert!(screen(&town, member).await.contains(&("message".to_owned(), mine)));
    assert!(!heard(&town, mine, Recipient::Case(mine.id)).await.contains(&"message".to_owned()));
    for n in 0..3 {
        join(&town, &format!("n{n}"), &main.number).await;
    }
    let list = town.engine.followers(main.key, &unit, None).await.unwrap();
    assert_eq!((list.len(), list[0].head.body.as_str()), (4, "Li says so, too"));
    let rest = town.engine.followers(main.key, &unit, Some(list[1].head.key.id)).await.unwrap();
    assert_eq!(rest.iter().map(|f| &f.head.number).collect::<Vec<_>>(), [&list[2].head.number, &list[3].head.number]);
    assert_eq!(town.engine.follower_counts(vec![main.key, mine]).await.unwrap(), [4, 0]);
    for stranger in [handler("firm"), Viewer::Code(main.key), Viewer::Code(mine), Viewer::Anyone] {
        let out = town.engine.followers(main.key, &stranger, None).await;
        assert!(matches!(out, Err(CaseError::NotFound)), "{stranger:?}");
    }
}

async fn related_cases_stand_on_both_and_can_be_parted(bed: Bed) {
    let town = Town::new(&bed).await;
    let (a, b) = (town.file("a").await, town.file("b").await);
    let by = desk();
    town.engine.relate(a.key, &b.number, true, &by).await.unwrap();
    town.engine.relate(b.key, &a.number, true, &by).await.unwrap();
    for (case, other) in [(a.key, &b.number), (b.key, &a.number)] {
        let seen = town.see(case, &by).await;
        assert_eq!(seen.kin.related.iter().map(|h| &h.number).collect::<Vec<_>>(), [other]);
        assert!(town.see(case, &Viewer::Code(case)).await.kin.related.is_empty());
    }
    for (other, who) in [(&a.number, &by), (&"260302-99999".to_owned(), &by)] {
        let out = town.engine.relate(a.key, other, true, who).await;
        assert!(matches!(out, Err(CaseError::Field { problem: FieldProblem::Unknown, .. })), "{out:?}");
    }
    let out = town.engine.relate(a.key, &b.number, true, &Viewer::Code(a.key)).await;
    assert!(matches!(out, Err(CaseError::Field { .. })), "{out:?}");
    town.engine.relate(b.key, &a.number, false, &by).await.unwrap();
    assert!(town.see(a.key, &by).await.kin.related.is_empty());
}

on_both! {
    conversation => what_is_written_both_ways_is_one_conversation;
    shared => followers_read_what_is_shared_and_nothing_private;
    staff => staff_see_who_joined_and_hear_their_messages;
    related => related_cases_stand_on_both_and_can_be_parted;
}

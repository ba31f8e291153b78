//! Personal data that people write into a text: handlers never read it, its writer does, whoever opens the vault does.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    cases::{CaseKey, file::Report, reveal::REVEAL, search::Query},
    vault::Secret,
    viewer::Viewer,
};
use linli_testbed::{Bed, on_both, traces};
use town::*;

/// What stands in the letter and is nobody's business: a name, a mobile number, an identity number, a card, a plate.
const SECRETS: [&str; 5] = ["欧阳建国", "13912345678", "11010519491231002X", "6222021234567890128", "京A12345"];

fn letter(key: &str) -> Report {
    let body = "路灯不亮三天了。我叫欧阳建国，电话13912345678，身份证号11010519491231002X，银行卡号6222021234567890128，车牌京A12345，请尽快修。";
    Report {
        title: String::new(), body: body.into(), address: "三号楼，联系电话13912345678".into(), ..report(key)
    }
}

fn holds(text: &str) -> Vec<&str> {
    SECRETS.into_iter().filter(|secret| text.contains(secret)).collect()
}

/// All that a viewer gets of a case.
async fn all(town: &Town, case: CaseKey, by: &Viewer) -> String {
    let dossier = town.see(case, by).await;
    let events: Vec<String> = dossier.events.iter().map(|event| event.to_canonical_json().unwrap()).collect();
    let head = &dossier.head;
    format!("{}\n{}\n{}\n{}", head.title, head.body, head.address, events.join("\n"))
}

async fn a_letter_without_what_is_nobodys_business(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.engine.file(letter("a")).await.unwrap().key;
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    let (unit, own) = (handler("municipal"), Viewer::Code(case));
    town.done(case, &own, "message", &[("message", "换个号码：13800138000，我叫欧阳建国")]).await;
    let seen = all(&town, case, &unit).await;
    assert_eq!(holds(&seen), [""; 0], "{seen}");
    assert!(
        !seen.contains("13800138000") && seen.contains("〔电话已隐去〕") && seen.contains("路灯不亮三天了"),
        "{seen}"
    );
    let written = all(&town, case, &own).await;
    assert_eq!(holds(&written), SECRETS, "{written}");
    assert!(written.contains("13800138000") && !town.see(case, &own).await.head.body.contains("已隐去"), "{written}");
    // An office that asks for a reason reads it as it was written, and that it did stands in the story.
    let Viewer::Staff(seat) = &unit else { unreachable!() };
    assert!(town.see(case, &unit).await.reveal.is_some());
    let shown = town.engine.reveal(case, seat, fill(&[("why", "to ask which lamp")]), "look").await.unwrap();
    let words: Vec<&str> = shown.words.iter().map(|words| words.reveal().as_str()).collect();
    assert_eq!(holds(&words.join("\n")), SECRETS);
    assert!(town.see(case, &own).await.events.iter().any(|event| event.what.name() == REVEAL));
    // Nor is it anywhere where it is kept.
    while town.engine.index_words().await.unwrap() > 0 {}
    let traces = traces(&bed, &SECRETS).await;
    assert!(traces.is_empty(), "{traces:#?}");
    let Viewer::Staff(seat) = dispatcher() else { unreachable!() };
    for (words, finds) in [("路灯不亮", true), ("欧阳建国", false), ("13912345678", false)] {
        let found = town.engine.search(&seat, Query { words: words.into(), ..Query::default() }).await.unwrap();
        assert_eq!(!found.is_empty(), finds, "{words}");
    }
}

/// What staff write keeps the numbers of work, never whoever reported it, and never a document.
async fn what_staff_write(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("a").await.key;
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    let unit = handler("municipal");
    let note = "联系电话 199 0000 0001 打不通；物业值班手机13700137000；证件号11010519491231002X";
    town.done(case, &unit, "note", &[("note", note)]).await;
    let seen = all(&town, case, &unit).await;
    assert!(seen.contains("13700137000"), "{seen}");
    assert!(!seen.contains("199 0000 0001") && !seen.contains("11010519491231002X"), "{seen}");
}

/// A letter without anything personal is the same for everybody.
async fn nothing_to_take_out(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("plain").await.key;
    let (seen, written) = (all(&town, case, &dispatcher()).await, all(&town, case, &Viewer::Code(case)).await);
    assert_eq!(seen, written);
    assert!(seen.contains("dark for three days"));
}

/// The name that somebody gave stands nowhere, announced or not, whoever writes it; what is no name stays a word.
async fn a_name_that_was_given_is_known(bed: Bed) {
    let town = Town::new(&bed).await;
    for (n, (name, other)) in [
        ("张伟", "张伟民"),
        ("張偉", "路灯"),
        ("闾丘露薇", "路灯"),
        ("阿依古丽·买买提", "路灯"),
        ("John Smith", "Johnson"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut letter = report(&format!("known-{n}"));
        letter.body = format!("{other}的路灯不亮三天了。{name}");
        letter.address = format!("{name}家门口");
        letter.caller.name = Secret::new(name.into());
        let case = town.engine.file(letter).await.unwrap().key;
        town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
        let (unit, own) = (handler("municipal"), Viewer::Code(case));
        town.done(case, &unit, "note", &[("note", &format!("与{name}核实，属实"))]).await;
        town.done(case, &own, "message", &[("message", &format!("催一下 {name}"))]).await;
        let seen = all(&town, case, &unit).await;
        assert!(!seen.replace("张伟民", "").contains(name) && seen.contains("路灯不亮三天了"), "{name}: {seen}");
        let written = all(&town, case, &own).await;
        assert!(written.contains(&format!("三天了。{name}")), "{written}");
    }
    let mut letter = report("street");
    letter.address = "黄河路3号".into();
    letter.caller.name = Secret::new("黄河".into());
    let case = town.engine.file(letter).await.unwrap().key;
    assert_eq!(town.see(case, &dispatcher()).await.head.address, "黄河路3号");
    let mut letter = report("word");
    letter.body = "业主都说路灯不亮".into();
    letter.caller.name = Secret::new("业主".into());
    let case = town.engine.file(letter).await.unwrap().key;
    assert_eq!(town.see(case, &dispatcher()).await.head.body, "业主都说路灯不亮");
}

on_both! {
    given => a_name_that_was_given_is_known;
    letters => a_letter_without_what_is_nobodys_business;
    staff_texts => what_staff_write;
    plain => nothing_to_take_out;
}

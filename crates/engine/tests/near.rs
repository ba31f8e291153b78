//! Search as it was promised: two characters and parts of words, one spelling for many, a slip borne, within a second, and
//! for each seat only what it may see. Near hits are compared with looking at every case by hand.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    cases::{CaseKey, Head, file::Report, search::Query},
    limits,
    seats::Seat,
    viewer::Viewer,
};
use linli_testbed::{Bed, on_both};
use pinyin::ToPinyin as _;
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRng, TestRunner},
};
use town::{Town, code, dispatcher, handler, head, report, staff};

fn seat(viewer: &Viewer) -> Seat {
    let Viewer::Staff(seat) = viewer else { panic!("staff") };
    seat.clone()
}

fn words(text: &str) -> Query {
    Query { words: text.into(), ..Query::default() }
}

async fn said(town: &Town, key: &str, title: &str, body: &str) -> CaseKey {
    let report = Report { title: title.into(), body: body.into(), address: String::new(), ..report(key) };
    town.engine.file(report).await.unwrap().key
}

async fn taken_in(town: &Town) {
    while town.engine.index_words().await.unwrap() > 0 {}
}

fn keys(found: &[Head]) -> Vec<CaseKey> {
    found.iter().map(|head| head.key).collect()
}

async fn found(town: &Town, by: &Viewer, text: &str) -> Vec<CaseKey> {
    keys(&town.engine.search(&seat(by), words(text)).await.unwrap())
}

async fn near(town: &Town, by: &Viewer, text: &str) -> Vec<CaseKey> {
    keys(&town.engine.search_near(&seat(by), words(text), &[]).await.unwrap())
}

async fn words_and_parts_of_words_are_found(bed: Bed) {
    let town = Town::new(&bed).await;
    let lamp = said(&town, "a", "小区路灯不亮", "三号楼门口 Street Lamp 坏了").await;
    let old = said(&town, "b", "社區電梯停運", "門禁卡Ａ３刷不開").await;
    let wide = said(&town, "c", "ＡＢＣ便利店噪声", "半夜还在放音乐").await;
    taken_in(&town).await;
    for text in ["路灯", "不亮", "路灯不亮", "小区路灯不亮", "路灯 门口", "LAMP", "str", "路燈不亮", "小區"]
    {
        assert_eq!(found(&town, &head(), text).await, [lamp], "{text}");
    }
    for text in ["电梯", "社区电梯", "電梯", "门禁", "a3", "Ａ3", "刷不开"] {
        assert_eq!(found(&town, &head(), text).await, [old], "{text}");
    }
    assert_eq!(found(&town, &head(), "abc便利店").await, [wide]);
    for text in ["路梯", "灯亮", "amp"] {
        assert!(found(&town, &head(), text).await.is_empty(), "{text}");
    }
}

async fn slips_are_borne(bed: Bed) {
    let town = Town::new(&bed).await;
    let lamp = said(&town, "a", "小区路灯不亮", "Street lamp at the gate").await;
    let lift = said(&town, "b", "电梯停运三天", "物业不管").await;
    taken_in(&town).await;
    // Sounds alike, wrong, missing, too many, changed places; letters.
    for text in [
        "路登不亮",
        "路登",
        "鹿灯",
        "露等",
        "路灯布凉",
        "路灯很亮",
        "路灯亮",
        "路灯又不亮",
        "灯路不亮",
        "小区 路登",
        "路登，不亮",
        "lanp",
        "stret",
        "lmap",
        "laamp",
        "gatte",
        "streat lamp",
    ] {
        assert!(found(&town, &head(), text).await.is_empty(), "{text} is found as it is");
        assert_eq!(near(&town, &head(), text).await, [lamp], "{text}");
    }
    assert_eq!(near(&town, &head(), "电踢停运").await, [lift]);
    assert_eq!(near(&town, &head(), "電踢停運").await, [lift]);
    // A number of a case, another number, one character, what is two slips away, words of which one is nowhere.
    for text in ["", "路", "2024", "260302-00009", "鹿蹬亮", "laamppp", "路登 噪声"] {
        assert!(near(&town, &head(), text).await.is_empty(), "{text}");
    }
    // The same filters; what is shown already is not shown again.
    let seat = seat(&head());
    let only = |place: &str| Query { place: Some(code(place)), ..words("路登") };
    assert_eq!(town.engine.search_near(&seat, only("990101001001"), &[]).await.unwrap().len(), 1);
    assert!(town.engine.search_near(&seat, only("990101001002"), &[]).await.unwrap().is_empty());
    let ended = Query { state: Some("ended".into()), ..words("路登") };
    assert!(town.engine.search_near(&seat, ended, &[]).await.unwrap().is_empty());
    let shown = town.engine.search(&seat, words("路灯")).await.unwrap();
    assert!(town.engine.search_near(&seat, words("路登"), &shown).await.unwrap().is_empty());
}

async fn near_hits_are_what_a_seat_may_see(bed: Bed) {
    let town = Town::new(&bed).await;
    let here = said(&town, "a", "小区路灯不亮", "三号楼").await;
    let there = Report { place: code("990101002001"), ..report("b") };
    let there = town.engine.file(Report { title: "路灯不亮".into(), body: "柳".into(), ..there }).await.unwrap().key;
    town.done(here, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "urban")]).await;
    taken_in(&town).await;
    let willow = staff("dispatcher", "office", "990101002");
    let district = staff("overseer", "office", "990101");
    for text in ["路登不亮", "路登"] {
        assert_eq!(near(&town, &dispatcher(), text).await, [here]);
        assert_eq!(near(&town, &willow, text).await, [there]);
        assert_eq!(near(&town, &handler("urban"), text).await, [here]);
        assert!(near(&town, &handler("firm"), text).await.is_empty());
        assert_eq!(near(&town, &district, text).await.len(), 2);
        let admin = seat(&staff("admin-system", "office", "990101"));
        assert!(town.engine.search_near(&admin, words(text), &[]).await.is_err());
    }
}

/// The running program makes a turn every half second, and the next at once while more waits.
async fn a_case_is_found_after_one_turn(bed: Bed) {
    let town = Town::new(&bed).await;
    while town.engine.tick().await.unwrap() {}
    let lamp = said(&town, "a", "小区路灯不亮", "三号楼").await;
    assert!(found(&town, &head(), "路灯").await.is_empty());
    assert!(town.engine.tick().await.unwrap());
    assert_eq!(found(&town, &head(), "路灯").await, [lamp]);
    assert_eq!(near(&town, &head(), "路登").await, [lamp]);
    // As soon as it has a unit, the unit finds it.
    town.done(lamp, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "urban")]).await;
    town.engine.tick().await.unwrap();
    assert_eq!(found(&town, &handler("urban"), "路灯").await, [lamp]);
    for n in 0..501 {
        said(&town, &format!("more-{n}"), "电梯停运", "物业不管").await;
    }
    assert!(town.engine.tick().await.unwrap(), "the next turn comes at once");
    town.engine.tick().await.unwrap();
    let all = town.engine.search_count(&seat(&head()), words("电梯")).await.unwrap();
    assert!(all.more, "{all:?}");
    assert_eq!(town.engine.index_words().await.unwrap(), 0, "two turns took all in");
}

/// The distance of two texts in characters that are wrong, missing, too many, or have changed places with the next.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, j) in (0..=a.len()).flat_map(|i| (0..=b.len()).map(move |j| (i, j))) {
        table[i][j] = if i == 0 || j == 0 {
            i + j
        } else {
            let wrong = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let least = wrong.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
            let turned = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if turned { least.min(table[i - 2][j - 2] + 1) } else { least }
        };
    }
    table[a.len()][b.len()]
}

fn sound(c: char) -> Option<String> {
    let usual = c.to_pinyin()?.plain();
    let flat = usual.replacen("zh", "z", 1).replacen("ch", "c", 1).replacen("sh", "s", 1);
    Some(
        ["ang", "eng", "ing"]
            .iter()
            .find_map(|end| Some(format!("{}{}", flat.strip_suffix(end)?, &end[..2])))
            .unwrap_or(flat),
    )
}

/// How far a text is from a word, by hand: 0 the word itself, 1 sounds alike, 2 a slip.
fn far(word: &str, text: &str) -> Option<u32> {
    let word: Vec<char> = word.chars().collect();
    let letters = word[0].is_ascii();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let stretches: Vec<&[char]> = match letters {
        true => text.split(|c| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect(),
        false => {
            (0..text.len()).flat_map(|a| (a + 1..=text.len()).map(move |b| (a, b))).map(|(a, b)| &text[a..b]).collect()
        }
    };
    let alike = |part: &[char]| {
        part.len() == word.len()
            && word.len() > 1
            && part.iter().zip(&word).all(|(a, b)| sound(*a).is_some() && sound(*a) == sound(*b))
    };
    let far = |part: &[char]| match part {
        part if part == word || letters && part.starts_with(&word) => Some(0),
        part if !letters && alike(part) => Some(1),
        part if word.len() > 2 && distance(&word, part) == 1 => Some(2),
        _ => None,
    };
    stretches.into_iter().filter_map(far).min()
}

async fn as_by_hand(bed: Bed) {
    let town = Town::new(&bed).await;
    let mut rng = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    let han = "[路露灯登不布亮量停运电梯]{2,7}(，[路露灯登不布亮量停运电梯]{1,5})?";
    for n in 0..150 {
        let mut draw =
            |pattern: &str| prop::string::string_regex(pattern).unwrap().new_tree(&mut rng).unwrap().current();
        let body = format!("{} {}", draw(han), draw("[Ll][aiu]mp?s?|stre[ea]?ts?"));
        let title = draw(han);
        said(&town, &n.to_string(), &title, &body).await;
        town.later(3 * 24 * 3_600_000);
    }
    taken_in(&town).await;
    let seat = seat(&head());
    let mut all = town.engine.search(&seat, Query::default()).await.unwrap();
    while all.len() < 150 {
        let last = all.last().unwrap();
        let after = Some(linli_engine::cases::inbox::ListAfter { opened_at: last.opened_at, key: last.key });
        all.extend(town.engine.search(&seat, Query { after, ..Query::default() }).await.unwrap());
    }
    let mut some = 0;
    for _ in 0..150 {
        let typed = "[路露灯登不布亮量停运电梯]{2,5}( [路露灯登不布亮量停运电梯]{2,3})?|l[aiu]mp|lmap|stret|sreet|[路露][灯登] lamps";
        let typed = prop::string::string_regex(typed).unwrap().new_tree(&mut rng).unwrap().current();
        let by_hand = |head: &Head| {
            let nearest = |word| [&head.title, &head.body].into_iter().filter_map(|text| far(word, text)).min();
            typed.split(' ').map(nearest).sum::<Option<u32>>()
        };
        let found = town.engine.search_near(&seat, words(&typed), &[]).await.unwrap();
        let distances: Vec<Option<u32>> = found.iter().map(by_hand).collect();
        assert!(distances.iter().all(Option::is_some) && distances.is_sorted(), "{typed}: {distances:?}");
        let there = all.iter().filter(|head| by_hand(head).is_some()).count();
        assert_eq!(found.len(), there.min(limits::NEAR), "{typed}");
        some += usize::from((1..limits::NEAR).contains(&there));
    }
    assert!(some > 30, "{some}");
}

on_both! {
    two_characters_and_parts_of_words => words_and_parts_of_words_are_found;
    a_slip => slips_are_borne;
    near_and_permitted => near_hits_are_what_a_seat_may_see;
    within_a_turn => a_case_is_found_after_one_turn;
    near_by_hand => as_by_hand;
}

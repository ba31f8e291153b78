//! What holds of finding, whatever is typed and however the entries stand.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{path::Path, sync::LazyLock};

use linli_engine::{
    knowledge::{Kept, Knowledge, State},
    pack::{Entry, Pack, read_dir},
};
use linli_flow::Text;
use linli_worktime::{Date, Millis};
use proptest::prelude::*;

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    Pack::load(&read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn")).unwrap()).unwrap()
});

fn day(n: i8) -> Date {
    Date::constant(2026, 6, n)
}

fn kept() -> impl Strategy<Value = Kept> {
    let id = prop_oneof![
        prop::sample::select(PACK.answers()).prop_map(|entry| entry.id.clone()),
        "own-[a-c]".prop_map(String::from)
    ];
    let text = "[路灯不亮停水电梯漏吵闹暖气。 a-c]{1,20}";
    let words = prop::collection::vec("[路灯停水暖气吵 ]{0,3}", 0..4);
    (id, text, words, prop::sample::select(State::ALL), 1..29_i8, 1..9_i64).prop_map(
        |(id, zh, words, state, review, version)| {
            let text = Text { zh, en: String::new() };
            let entry = Entry {
                id,
                question: text.clone(),
                answer: text.clone(),
                category: "other".into(),
                owner: "street-office".into(),
                words,
                source: String::new(),
                mark: None,
                review: day(review),
                region: text,
            };
            Kept { entry, state, changed: Some((Millis(0), "x".into())), version }
        },
    )
}

/// One row of each state of an entry, as the table holds them.
fn rows() -> impl Strategy<Value = Vec<Kept>> {
    prop::collection::vec(kept(), 0..12).prop_map(|mut rows| {
        rows.sort_by(|a, b| (&a.entry.id, a.state == State::Draft).cmp(&(&b.entry.id, b.state == State::Draft)));
        rows.dedup_by(|a, b| a.entry.id == b.entry.id && (a.state == State::Draft) == (b.state == State::Draft));
        rows
    })
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,40}", ".{0,40}", "[路灯不亮停水电梯漏吵闹暖气，。 a-c\n]{0,60}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Any text is answered without a fault; a resident is never shown what is stale, withdrawn or a draft, and the desk
    /// never what is withdrawn or a draft; nothing is shown twice, and no more than was asked for.
    #[test]
    fn residents_see_what_is_good(rows in rows(), text in typed(), today in 1..29_i8, most in 0..5_usize) {
        let known = Knowledge::new(1, &PACK, rows);
        let (today, stands) = (day(today), |entry: &Entry| known.item(&entry.id).and_then(|item| item.now.as_ref()).cloned());
        let shown = known.suggest(&text, today, most);
        for entry in shown.iter().copied().chain(known.good(today)) {
            let kept = stands(entry).unwrap();
            prop_assert!(kept.state == State::Published && &kept.entry == entry && today <= entry.review, "{:?}", kept);
            prop_assert_eq!(known.good_one(&entry.id, today), Some(entry));
        }
        for entry in known.about(&text, most) {
            prop_assert_eq!(stands(entry).unwrap().state, State::Published);
        }
        let mut ids: Vec<&str> = shown.iter().map(|entry| entry.id.as_str()).collect();
        prop_assert!(ids.len() <= most);
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), shown.len());
    }

    /// A question as it stands, and each of its words of three characters, finds its entry.
    #[test]
    fn what_was_given_is_found(at in 0..PACK.answers().len()) {
        static KNOWN: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::new(0, &PACK, Vec::new()));
        let (known, entry) = (&KNOWN, &PACK.answers()[at]);
        for text in [&entry.question.zh, &entry.question.en].into_iter().chain(&entry.words) {
            let found = known.about(text, usize::MAX);
            prop_assert!(text.chars().count() < 3 || found.iter().any(|e| e.id == entry.id), "{}: {}", entry.id, text);
        }
    }
}

/// Own words find the answer, and what no entry answers finds none.
#[test]
fn own_words_find_it() {
    let known = Knowledge::new(0, &PACK, Vec::new());
    let best = |text: &str| known.about(text, 1).first().map(|entry| entry.id.clone());
    for (text, id) in [
        ("楼上那家人每天半夜还在拖椅子，孩子睡不着觉", "noise-neighbour"),
        ("小孩刚出生怎么落户口", "household-newborn"),
        ("身份证掉了要怎么补办", "id-card-lost"),
        ("小区门口的灯坏了好几天", "street-light"),
        ("自来水没有了什么时候来", "water-outage"),
        ("老板欠我三个月工资", "unpaid-wages"),
        ("外地医院看病能报销吗", "medical-elsewhere"),
        ("我上次反映的事到哪一步了", "my-progress"),
        ("Who repairs the street lights here?", "street-light"),
    ] {
        assert_eq!(best(text).as_deref(), Some(id), "{text}");
    }
    for text in ["公园里的树倒了", "有人乱贴小广告", "井盖丢了", "快递丢了", "电梯坏了", "工地半夜施工", "", "。。。"]
    {
        assert_eq!(best(text), None, "{text}");
    }
}

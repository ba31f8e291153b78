//! What holds for every index of letters.

mod common;

use common::soup;
use linli_insight::text::repeats::{Candidate, Common, Index, Kind, Letter, Limits};
use proptest::{collection::vec, prelude::*};

const DAY: i64 = 86_400;
const WORDS: &[&str] =
    &["路灯", "不亮", "电梯", "故障", "噪音", "搅拌站", "半夜", "三栋", "，", "abc", " ", "😀", "燈", "\u{0}", "138"];

fn letter<'l>(id: u64, text: &'l str, places: &'l [u64]) -> Letter<'l> {
    Letter { id, title: "", text, person: Some(id % 4), places, at: id as i64 * DAY }
}

fn all(index: &Index, texts: &[String]) -> Vec<Vec<Candidate>> {
    texts.iter().map(|text| index.find(&letter(9_999, text, &[3, 1]), 20)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn taking_out_leaves_no_trace(
        first in vec(soup(WORDS), 0..12), more in vec(soup(WORDS), 1..12), again in any::<bool>(),
    ) {
        let mut index = Index::new(Common::learn(first.iter().map(String::as_str)), Limits::default());
        for (id, text) in first.iter().enumerate() {
            index.add(&letter(id as u64, text, &[3, 1]));
        }
        let before = all(&index, &first);
        for (id, text) in more.iter().enumerate() {
            index.add(&letter(100 + id as u64, text, &[3, 1]));
            if again {
                index.add(&letter(100 + id as u64, "电梯", &[4, 1]));
            }
        }
        for id in 0..more.len() as u64 {
            prop_assert!(index.remove(100 + id));
            prop_assert!(!index.remove(100 + id));
        }
        prop_assert_eq!(index.len(), first.len());
        prop_assert_eq!(all(&index, &first), before);
    }

    #[test]
    fn a_letter_again_is_found_and_nothing_finds_itself(texts in vec("[一-十]{12,40}", 1..20)) {
        let mut index = Index::new(Common::default(), Limits::default());
        for (id, text) in texts.iter().enumerate() {
            index.add(&letter(id as u64, text, &[]));
        }
        for (id, text) in texts.iter().enumerate() {
            let found = index.find(&letter(1_000 + id as u64, text, &[]), 100);
            prop_assert!(found.iter().any(|one| one.id == id as u64 && one.words > 0.9), "{:?}", found);
            prop_assert!(index.find(&letter(id as u64, text, &[]), 100).iter().all(|one| one.id != id as u64));
            prop_assert!(found.iter().all(|one| (0.0..=1.0).contains(&one.score)));
            prop_assert!(found.is_sorted_by(|a, b| a.score >= b.score));
        }
    }
}

#[test]
fn kinds_are_told_apart() {
    let mut index = Index::new(Common::default(), Limits::default());
    let text = "我们小区三栋二单元的路灯已经坏了两个星期，晚上出门很危险，请尽快派人来修";
    let other = "路灯坏了，晚上很黑，老人出门摔了一跤，物业说不归他们管，希望有人来看看";
    let letters = [
        (1, text, Some(7), [30, 3, 1], 0),
        (2, text, Some(8), [30, 3, 1], DAY),
        (3, other, Some(9), [30, 3, 1], 2 * DAY),
        (4, "食堂的饭菜价格太贵，学生吃不起", Some(7), [30, 3, 1], DAY),
    ];
    for (id, text, person, places, at) in letters {
        index.add(&Letter { id, title: "路灯不亮", text, person, places: &places, at });
    }
    let own = Letter { id: 9, title: "路灯不亮", text, person: Some(7), places: &[30, 3, 1], at: 3 * DAY };
    let found = index.find(&own, 10);
    let kind = |id| found.iter().find(|one| one.id == id).map(|one| one.kind);
    assert_eq!(kind(1), Some(Kind::SamePerson), "{found:?}");
    assert_eq!(kind(2), Some(Kind::SameMatter), "{found:?}");
    assert_eq!(kind(3), Some(Kind::SameEvent), "{found:?}");
    assert_eq!(found[0].id, 1);
    // Elsewhere it is another matter.
    let elsewhere = index.find(&Letter { places: &[99, 98, 97], person: None, ..own }, 10);
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn odd_letters_are_taken() {
    let long = "路灯不亮".repeat(25_000);
    let mut index = Index::new(Common::default(), Limits::default());
    for (id, text) in
        ["", " ", "😀", "13812345678", "The lamp is broken", "路燈不亮", "\u{0}\n", &long].iter().enumerate()
    {
        index.add(&letter(id as u64, text, &[]));
        let _ = index.find(&letter(100, text, &[]), 5);
    }
    assert_eq!(index.len(), 8);
    assert!(index.bytes() < 100_000);
}

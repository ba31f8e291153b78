//! Events: what everybody knows who has read the letters, and what holds for any.

mod common;

use common::{address_words, letters, soup};
use linli_insight::text::events::{Common, Event, Letter, Limits, Stream, heat};
use proptest::{collection::vec, prelude::*};

#[test]
fn what_many_wrote_about_stands_out_as_one_event_each() {
    let Some(records) = letters("complaints/stream.jsonl") else { return };
    let common = Common::learn(records.iter().map(|record| record.text.as_str()));
    let mut stream = Stream::new(common, Limits { endings: address_words().place_endings(), ..Limits::default() });
    for record in &records {
        stream.add(&record.letter());
    }
    let table = stream.table(records.last().expect("letters").at, 2, usize::MAX);
    let known: [(&[&str], &str, usize); 3] = [
        (&["搅拌站", "搅拌厂"], "丽发", 40),
        (&["捆绑"], "滨河苑", 25),
        (&["人才购房补贴", "人才新政购房补贴", "人才购房及购房补贴", "人才新政落户"], "人才", 10),
    ];
    for (words, also, least) in known {
        let about = |id: &u64| {
            let record = records.iter().find(|record| record.id == *id).expect("a known letter");
            let says = |word: &str| record.title.contains(word) || record.text.contains(word);
            words.iter().any(|word| says(word)) && says(also)
        };
        let all = records.iter().filter(|record| about(&record.id)).count();
        let shares: Vec<(usize, usize)> = table
            .iter()
            .map(|event| (event.rank, event.letters.iter().filter(|id| about(id)).count()))
            .filter(|(_, count)| *count > 1)
            .collect();
        println!("{words:?}: {all} letters, in events {shares:?}");
        let (rank, count) = shares.iter().copied().max_by_key(|(_, count)| *count).expect("an event");
        assert!(rank <= 5 && count >= least && count * 10 >= all * 8, "{words:?}: {all} letters, events {shares:?}");
    }
    let first = &table[0];
    assert_eq!(first.place.as_deref(), Some("丽发新城"));
    assert!(first.what.iter().any(|word| word.contains("搅拌")), "{:?}", first.what);
}

fn group(texts: &[String]) -> Vec<Event> {
    let mut stream = Stream::new(Common::learn(texts.iter().map(String::as_str)), Limits::default());
    for (n, text) in texts.iter().enumerate() {
        let votes = n as u32 % 3;
        stream.add(&Letter {
            id: n as u64,
            person: n as u64 % 5,
            title: text,
            text,
            place: (n % 2 == 0).then_some("东区"),
            at: n as i64 * 3_600,
            votes_for: votes,
            votes_against: 1,
        });
    }
    stream.table(texts.len() as i64 * 3_600, 1, usize::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn every_letter_is_in_one_event(texts in vec(soup(&["路灯", "不亮", "搅拌站", "噪音", "车位", "😀", "abc", " ", "\u{0}", "，", "補貼"]), 0..40)) {
        let table = group(&texts);
        let mut ids: Vec<u64> = table.iter().flat_map(|event| event.letters.clone()).collect();
        ids.sort_unstable();
        prop_assert_eq!(ids, (0..texts.len() as u64).collect::<Vec<_>>());
        prop_assert!(table.is_sorted_by(|a, b| a.heat >= b.heat));
        prop_assert!(table.iter().enumerate().all(|(n, event)| event.rank == n + 1 && event.first <= event.last));
        prop_assert_eq!(&table, &group(&texts));
    }
}

#[test]
fn heat_is_as_documented() {
    let day = 86_400;
    assert!((heat(10, 10, 0, 0, day) - 10.0).abs() < 1e-9);
    assert!((heat(10, 10, 0, day, day) - 5.0).abs() < 1e-9);
    assert!((heat(1, 2, -5, 0, day) - (1.0 + 2.0_f64.ln())).abs() < 1e-9);
    // Forty people are more than one person forty times.
    assert!(heat(40, 40, 0, 0, day) > 5.0 * heat(1, 40, 0, 0, day));
}

#[test]
fn odd_letters_are_taken() {
    let long = "路灯不亮".repeat(25_000);
    let texts: Vec<String> =
        ["", " ", "😀", "13812345678", "Lamp", "路燈不亮", "\u{0}", &long].map(str::to_owned).to_vec();
    assert_eq!(group(&texts).iter().map(|event| event.letters.len()).sum::<usize>(), texts.len());
}

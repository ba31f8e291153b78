//! What holds of nearness, whatever the texts are.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use linli_insight::text::near::Shelf;
use proptest::prelude::*;

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[路灯不亮漏水停电吵闹a-d0-2 。]{0,12}", 1..12)
}

proptest! {
    /// A text is as near as can be to itself, to none more than 1, and to what shares nothing not at all.
    #[test]
    fn nearest_to_itself(texts in texts(), other in "\\PC{0,60}") {
        let shelf = Shelf::new(texts.iter().map(String::as_str));
        for (at, text) in texts.iter().enumerate() {
            let near = shelf.near(text);
            prop_assert_eq!(near.len(), texts.len());
            prop_assert!(near.iter().all(|n| (0.0..=1.0).contains(n)), "{:?}", near);
            let best = near.iter().copied().fold(0.0, f32::max);
            prop_assert!(near[at] >= best - 1e-4, "{} is nearer to another: {:?}", text, near);
            prop_assert!(near[at] == 0.0 || near[at] > 0.999);
        }
        prop_assert!(shelf.near(&other).iter().all(|n| (0.0..=1.0).contains(n)));
        let strange = shelf.near("你好");
        prop_assert!(strange.iter().all(|n| *n == 0.0));
    }

    /// The same answer every time.
    #[test]
    fn always_the_same(texts in texts(), asked in "[路灯不亮漏水停电吵闹]{0,20}") {
        let (one, two) = (Shelf::new(texts.iter().map(String::as_str)), Shelf::new(texts.iter().map(String::as_str)));
        prop_assert_eq!(one.near(&asked), two.near(&asked));
    }
}

#[test]
fn own_words_find_the_question() {
    let shelf = Shelf::new(["路灯坏了报给谁？路灯不亮", "停水了，什么时候来水？没水", "孩子出生怎么上户口？新生儿"]);
    let best = |text: &str| {
        let near = shelf.near(text);
        (0..near.len()).filter(|at| near[*at] > 0.1).max_by(|a, b| near[*a].total_cmp(&near[*b]))
    };
    assert_eq!(best("小区门口路灯好几天都不亮了"), Some(0));
    assert_eq!(best("小孩刚出生怎么落户口"), Some(2));
    assert_eq!(best("公园里的树倒了"), None);
}

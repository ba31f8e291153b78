//! Guards hold when they should, and say where they go wrong.

use linli_flow::{Guard, Value};
use proptest::prelude::*;

fn value_of(name: &str) -> Value {
    match name {
        "two" => Value::Number(2),
        "zero" => Value::Number(0),
        "road" => "road".into(),
        "orgs" => Value::List(vec!["x".to_owned()]),
        _ => Value::Null,
    }
}

fn holds(guard: &str) -> bool {
    Guard::parse(guard).unwrap_or_else(|error| panic!("{error}")).holds(&value_of)
}

#[test]
fn they_hold_as_they_read() {
    let hold = [
        "two",
        "orgs",
        "not zero",
        "not absent",
        "two == 2 and road == 'road'",
        "absent != 'road'",
        "two or zero and zero",
        "not zero and two",
        "not (zero or absent)",
        "road > 'rad'",
    ];
    let fail = ["zero", "(two or zero) and zero", "not two or zero", "two == '2'", "absent < 1", "absent == 0"];
    assert!(hold.iter().all(|guard| holds(guard)));
    assert!(!fail.iter().any(|guard| holds(guard)));
}

#[test]
fn they_say_where_they_go_wrong() {
    let long = vec!["a"; 150].join(" or ");
    let deep = "(".repeat(40) + "a" + &")".repeat(40);
    let wrong = [
        ("", 1),
        ("a b", 3),
        ("(a", 3),
        ("a == ", 6),
        ("a == b", 6),
        ("3 == a", 1),
        ("a == 'x", 6),
        ("a = 1", 3),
        ("a < 99999999999999999999", 5),
        (&long, 1),
    ];
    for (guard, at) in wrong {
        assert_eq!(Guard::parse(guard).map_err(|error| error.at), Err(at), "{guard}");
    }
    assert!(Guard::parse(&deep).is_err());
}

proptest! {
    #[test]
    fn comparisons_are_those_of_numbers(left in -3i64..4, right in 0i64..4) {
        let hold = |sign: &str| {
            let guard = Guard::parse(&format!("n {sign} {right}")).expect("a guard");
            guard.holds(&|_| Value::Number(left))
        };
        let held = ["==", "!=", "<", "<=", ">", ">="].map(hold);
        prop_assert_eq!(held, [left == right, left != right, left < right, left <= right, left > right, left >= right]);
    }

    #[test]
    fn no_text_brings_the_parser_down(text in "[a-z0-9 ()<>=!'\u{e9}]{0,40}") {
        if let Ok(guard) = Guard::parse(&text) {
            guard.holds(&value_of);
            prop_assert_eq!(guard.to_string(), text);
        }
    }
}

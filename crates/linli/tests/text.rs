//! `linli text` as a program: what it learns, what it refuses, what it makes of bad input.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

fn linli(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_linli")).arg("text").args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Letters about lamps and about water, told apart by their words alone.
fn letters(file: &Path, turn: usize) {
    let (lamps, water) = (["路灯不亮", "灯坏了很暗", "小区照明不亮"], ["水管漏水", "停水三天", "自来水浑浊"]);
    let mut text = String::new();
    for n in 0..30 {
        for (category, words) in [("照明", lamps), ("供水", water)] {
            let (title, body) = (words[(n + turn) % 3], format!("第{n}栋门口{}，请处理", words[(n * turn + 1) % 3]));
            text += &json!({ "title": title, "text": body, "category": category }).to_string();
            text.push('\n');
        }
    }
    std::fs::write(file, text).unwrap();
}

#[test]
fn categories_are_learnt_and_tried() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b, out] = ["a.jsonl", "b.jsonl", "model"].map(|name| folder.path().join(name));
    letters(&a, 1);
    letters(&b, 2);
    let [a, b, out] = [&a, &b, &out].map(|path| path.to_str().unwrap());
    let tried = linli(&["eval", "--train", a, "--test", b, "--json"]);
    assert!(tried.status.success(), "{}", complained(&tried));
    let figures: Value = serde_json::from_str(&said(&tried)).unwrap();
    assert_eq!((figures["macro_f1"].as_f64(), figures["letters"].as_u64()), (Some(1.0), Some(60)));
    for name in ["accuracy", "ece", "letters_per_second", "train_seconds"] {
        assert!(figures[name].is_number(), "{name}");
    }
    assert_eq!(figures["categories"]["照明"]["letters"], 30);
    let trained = linli(&["train", a, "--out", out]);
    assert!(trained.status.success() && std::fs::metadata(out).unwrap().len() > 100, "{}", complained(&trained));
    // What cannot be read is named by line and column, and the rest is learnt.
    std::fs::write(b, format!("{{\"title\": 1}}\nno letter\n{}", std::fs::read_to_string(b).unwrap())).unwrap();
    let part = linli(&["eval", "--train", b, "--test", a]);
    assert_eq!(part.status.code(), Some(1));
    assert!(
        complained(&part).contains("b.jsonl:1:") && complained(&part).contains("b.jsonl:2:"),
        "{}",
        complained(&part)
    );
    assert!(said(&part).contains("macro-F1 1.0000"));
    std::fs::write(b, "").unwrap();
    let none = linli(&["train", b, "--out", out]);
    assert_eq!(none.status.code(), Some(2));
    assert!(complained(&none).contains("two at least"), "{}", complained(&none));
}

#[test]
fn an_address_falls_into_its_parts() {
    let parts = linli(&["address", "云溪街道和苑小区3栋2单元501室", "--json"]);
    let parts: Vec<Value> = serde_json::from_str(&said(&parts)).unwrap();
    let parts: Vec<&str> = parts.iter().map(|part| part["text"].as_str().unwrap()).collect();
    assert_eq!(parts, ["云溪街道", "和苑小区", "3栋", "2单元", "501室"]);
    for odd in ["", "13912345678", "😀😀", "\u{1}\u{7f}", "樓下的燈壞了", "Room 3, Building 2", &"路".repeat(30_000)]
    {
        assert!(linli(&["address", odd]).status.success(), "{odd:.20}");
    }
}

#[test]
fn letters_about_one_thing_are_one_event() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.jsonl");
    let mut text = String::new();
    for n in 0..8 {
        let row = json!({ "id": n, "user": format!("u{n}"), "title": "搅拌站噪音扰民", "time": format!("2019/8/{} 9:0{n}:00", n + 1),
            "text": "丽发新城小区旁边的搅拌站噪音太大，灰尘也大，晚上睡不着", "likes": n, "against": 0 });
        text += &format!("{row}\n");
    }
    text += &format!(
        "{}\n",
        json!({ "id": 9, "user": "x", "title": "落户", "text": "怎么办理落户手续", "time": "2019-09-01" })
    );
    text += &format!("{}\n", json!({ "id": 10, "user": "x", "title": "y", "text": "z", "time": "soon" }));
    std::fs::write(&file, text).unwrap();
    let table = linli(&["events", file.to_str().unwrap()]);
    assert_eq!(table.status.code(), Some(1));
    assert!(complained(&table).contains("letter 10: `soon` is no time"), "{}", complained(&table));
    let rows: Vec<String> = said(&table).lines().map(str::to_owned).collect();
    assert!(rows.len() == 2 && rows[1].starts_with("1,") && rows[1].contains("2019-08-01,2019-08-08"), "{rows:?}");
}

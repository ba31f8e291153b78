//! Places are found while they are typed: by any part, by first letters and sounds, by what people call them, by numbers
//! in any form, with a slip of the hand; within a scope, near ones first; and quickly, however many there are.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::path::Path;

use linli_engine::{
    directory::{Directory, Place, initials},
    edge::Stopwatch,
    ids::PlaceCode,
};
use linli_flow::Text;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    place: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    name: Text,
    aliases: Vec<String>,
}

fn place(code: &str, zh: &str, en: &str, aliases: Vec<String>) -> Place {
    let name = Text { zh: zh.into(), en: en.into() };
    Place { code: code.parse().unwrap(), name, aliases, point: None, retired_at: None }
}

/// The places of the demonstration.
fn demo() -> Directory {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn/demo/places.toml");
    let file: File = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    file.place.into_iter().map(|r| place(&r.code, &r.name.zh, &r.name.en, r.aliases)).collect()
}

fn code(text: &str) -> PlaceCode {
    text.parse().unwrap()
}

const STREET: &str = "990101001";

fn found<'d>(directory: &'d Directory, typed: &str, most: usize) -> Vec<&'d str> {
    directory.find(typed, &code(STREET), None, most).iter().map(|p| p.name.zh.as_str()).collect()
}

#[track_caller]
fn first(directory: &Directory, typed: &str, zh: &str) {
    let found = found(directory, typed, 5);
    assert_eq!(found.first(), Some(&zh), "{typed}: {found:?}");
}

#[test]
fn a_building_is_first_however_it_is_typed() {
    let town = demo();
    for typed in [
        "hyxq3",
        "hyxq3h",
        "hyxq3hl",
        "hyxq3d",
        "hy3",
        "heyuan3",
        "heyuanxiaoqu3haolou",
        "he yuan 3",
        "和苑3",
        "和苑3栋",
        "和苑三号楼",
        "和苑小区3幢",
        "和苑小区3#",
        "和苑小区 ３ 号楼",
        "和苑小区三栋",
        "和y3",
        "何苑3号楼",
        "hyxw3",
        "heyaun3",
        "合远小区3号楼",
        "云溪街道和苑小区3号楼",
        "和苑社区3号楼",
        "和苑小区3号楼楼下",
        "heyuan court building 3",
        "Heyuan building 3",
        "3号楼和苑",
        "hcb3",
    ] {
        first(&town, typed, "和苑小区3号楼");
    }
    first(&town, "和苑3栋1单元", "和苑小区3号楼1单元");
    first(&town, "hyxq3d2dy", "和苑小区3号楼2单元");
    first(&town, "文昌路18号", "和苑小区1号楼");
    first(&town, "wcl18", "和苑小区1号楼");
    first(&town, "供销社", "和苑社区第三网格");
    first(&town, "gxsss", "和苑社区第三网格");
    first(&town, "和苑", "和苑社区");
    first(&town, "文昌里小区2号楼", "文昌里2号楼");
    first(&town, "990101001001001005", "和苑小区5号楼");
}

#[test]
fn scope_and_nearness_decide_among_namesakes() {
    let town = demo();
    let within = code("990101001002");
    let found = town.find("3号楼", &within, None, 50);
    assert!(found.len() > 2 && found.iter().all(|p| within.covers(&p.code)));
    assert!(town.find("和苑小区3号楼", &code("990101001003"), None, 9).iter().all(|p| !p.name.zh.starts_with("和苑")));
    // With nothing but a number, the one beside the last choice.
    let near = code("990101001002002003");
    let beside = town.find("3h", &code(STREET), Some(&near), 5);
    assert_eq!(beside[0].name.zh, "滨河花园3号楼");
    assert_ne!(town.find("3h", &code(STREET), None, 5)[0].name.zh, "滨河花园3号楼");
}

#[test]
fn nothing_breaks_it() {
    let town = demo();
    for typed in
        ["", " ", "###", "!!!", "号楼", "999999999999", "ü", "\u{0}", "zzzzzz", &"和".repeat(500), &"3h".repeat(300)]
    {
        let _ = town.find(typed, &code(STREET), None, 8);
    }
    assert!(town.find("zzzzzz", &code(STREET), None, 8).is_empty());
    assert!(Directory::default().find("和苑", &code(STREET), None, 8).is_empty());
    let mut retired = place("990101001001", "和苑社区", "Heyuan", Vec::new());
    retired.retired_at = Some(linli_worktime::Millis(0));
    assert!(Directory::from_iter([retired]).find("和苑", &code(STREET), None, 8).is_empty());
}

const FAMILY: &[&str] = &[
    "和", "文", "桥", "石", "柳", "云", "金", "东", "建", "长", "重", "绿", "朝", "永", "福", "安", "清", "华", "新",
    "龙",
];
const GIVEN: &[&str] = &[
    "苑", "昌", "西", "榴", "荫", "溪", "湖", "风", "设", "乐", "庆", "城", "阳", "安", "泽", "居", "河", "光", "村",
    "泉",
];
const KINDS: &[&str] = &["小区", "花园", "家园", "新村", "里", "公寓", "苑", "宿舍"];

/// Estates on 9 communities of one street, their buildings, and two entrances each.
fn town(estates: usize, buildings: usize) -> Vec<Place> {
    let mut places = vec![place(STREET, "云溪街道", "Yunxi Subdistrict", Vec::new())];
    for estate in 0..estates {
        let (a, b) = (estate % FAMILY.len(), estate / FAMILY.len() % GIVEN.len());
        let kind = KINDS[estate / (FAMILY.len() * GIVEN.len()) % KINDS.len()];
        let name = format!("{}{}{kind}", FAMILY[a], GIVEN[b]);
        let community = format!("{STREET}{:03}", estate / 999 + 1);
        let grid = format!("{community}{:03}", estate % 999 + 1);
        if estate % 999 == 0 {
            places.push(place(&community, &format!("第{}社区", estate / 999 + 1), "Community", Vec::new()));
        }
        places.push(place(&grid, &name, "Estate", vec![format!("{}{}", FAMILY[a], GIVEN[b])]));
        for n in 1..=buildings {
            let building = format!("{grid}{n:03}");
            let aliases = vec![format!("{name}{n}栋"), format!("{}{}{n}号", FAMILY[a], GIVEN[b])];
            places.push(place(
                &building,
                &format!("{name}{n}号楼"),
                &format!("Estate {estate}, Building {n}"),
                aliases,
            ));
        }
    }
    places
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_place_is_found_by_its_letters_its_aliases_and_what_is_left_of_its_name(
        estate in 0_usize..160, n in 1_usize..=9, drop in 0_usize..3,
    ) {
        let places = town(160, 9);
        let wanted = places.iter().filter(|p| p.code.as_str().len() == 18).nth(estate * 9 + n - 1).unwrap().clone();
        let directory: Directory = places.into_iter().collect();
        let has = |typed: &str| directory.find(typed, &code(STREET), None, 40).iter().any(|p| p.code == wanted.code);
        let letters = initials(&wanted.name.zh);
        prop_assert!(has(&letters), "{letters}");
        for alias in &wanted.aliases {
            prop_assert!(has(alias), "{alias}");
        }
        let mut less = wanted.name.zh.clone();
        less.pop();
        prop_assert!(has(&less), "{less}");
        // A character of the estate's name left out, or another in its place.
        let mut chars: Vec<char> = wanted.name.zh.chars().collect();
        chars[drop] = '囧';
        let other: String = chars.iter().collect();
        prop_assert!(has(&other), "{other}");
        chars.remove(drop);
        if drop > 0 {
            let short: String = chars.iter().collect();
            prop_assert!(has(&short), "{short}");
        }
    }

    #[test]
    fn what_is_found_lies_within_the_scope_and_stands_once(typed in "\\PC{0,12}", scope in 0_usize..3) {
        let directory = demo();
        let within = code([STREET, "990101001002", "990101001001001"][scope]);
        let found = directory.find(&typed, &within, Some(&code("990101001001001003")), 10);
        prop_assert!(found.len() <= 10 && found.iter().all(|p| within.covers(&p.code)));
        let mut codes: Vec<_> = found.iter().map(|p| &p.code).collect();
        codes.sort();
        codes.dedup();
        prop_assert_eq!(codes.len(), found.len());
    }
}

/// Prints what a keystroke costs over 50,000 places; `cargo test --release` gives the figure that counts.
#[test]
fn a_keystroke_over_fifty_thousand_places() {
    let begun = Stopwatch::start();
    // Without optimisation the whole town takes half a minute.
    let estates = if cfg!(debug_assertions) { 250 } else { 2_500 };
    let places = town(estates, 19);
    let count = places.len();
    let directory: Directory = places.into_iter().collect();
    println!("index of {count} places: {:?}", begun.elapsed());
    for typed in [
        "h",
        "hy",
        "3h",
        "hyxq3",
        "wenchanghuayuan12",
        "和苑小区3号楼",
        "合苑小曲3号楼",
        "云溪街道和苑小区3栋",
        "hyxw3",
    ] {
        let begun = Stopwatch::start();
        let times = 20;
        for _ in 0..times {
            assert!(!directory.find(typed, &code(STREET), Some(&code("990101001001001003")), 8).is_empty(), "{typed}");
        }
        println!("{typed}: {:?}", begun.elapsed() / times);
    }
}

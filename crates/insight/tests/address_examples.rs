//! Plain addresses by the pack's rules, and the places that texts name.

mod common;

use common::{address_words, marked};
use linli_insight::text::address::{
    Label::{
        Building, City, Community, District, Estate, Floor, Province, Redundant, Road, RoadNumber, Room, Town, Unit,
    },
    Model, Node, Options, Part, Places, Rules, Words,
};

#[test]
fn plain_addresses_are_split_by_rules() {
    let rules = Rules::new(address_words());
    let table: &[(&str, &[_])] = &[
        (
            "浙江省杭州市西湖区文三路90号",
            &[(Province, "浙江省"), (City, "杭州市"), (District, "西湖区"), (Road, "文三路"), (RoadNumber, "90号")],
        ),
        ("五常街道顾家桥社区", &[(Town, "五常街道"), (Community, "顾家桥社区")]),
        ("阳光小区3栋2单元501室", &[(Estate, "阳光小区"), (Building, "3栋"), (Unit, "2单元"), (Room, "501室")]),
        ("阳光小区三号楼５层", &[(Estate, "阳光小区"), (Building, "三号楼"), (Floor, "５层")]),
        (
            "阳光小区3-2-501",
            &[(Estate, "阳光小区"), (Building, "3"), (Redundant, "-"), (Unit, "2"), (Redundant, "-"), (Room, "501")],
        ),
    ];
    for (text, expected) in table {
        let found: Vec<_> = rules.split(text).into_iter().map(|part| (part.label, &text[part.range])).collect();
        assert_eq!(&found, expected, "{text}");
    }
}

#[test]
fn a_number_is_one_however_it_is_written() {
    for (text, number) in
        [("三栋", 3), ("3栋", 3), ("３号楼", 3), ("十二单元", 12), ("一百零三室", 103), ("A座12层", 12)]
    {
        let part = Part { label: Building, range: 0..text.len() };
        assert_eq!(part.number(text), Some(number), "{text}");
    }
    assert_eq!(Part { label: Estate, range: 0..6 }.number("东区"), None);
}

#[test]
fn words_that_cannot_be_used_are_refused() {
    for (text, what) in [
        ("names = 3", "expected"),
        ("[names]\nprovince = [\"a\"]\n[counted]\n[words]\n[match]\nloose = []", "no label"),
    ] {
        let error = Words::parse("address.toml", text).expect_err("nonsense");
        assert!(error.to_string().contains("address.toml") && error.to_string().contains(what), "{error}");
    }
}

fn tree() -> Places {
    let nodes: &[(u64, Option<u64>, &[&str])] = &[
        (1, None, &["云山市"]),
        (2, Some(1), &["青石区"]),
        (3, Some(1), &["白鹭区"]),
        (21, Some(2), &["柳树街道"]),
        (31, Some(3), &["松林街道"]),
        (211, Some(21), &["荷塘社区"]),
        (311, Some(31), &["荷塘社区"]),
        (2111, Some(211), &["阳光花园", "机床厂宿舍"]),
        (2112, Some(211), &["丽景名城"]),
        (3111, Some(311), &["阳光花园"]),
        (21_113, Some(2111), &["3栋"]),
        (21_114, Some(2111), &["4号楼"]),
        (211_132, Some(21_113), &["2单元"]),
        (31_113, Some(3111), &["3栋"]),
    ];
    let nodes: Vec<Node> =
        nodes.iter().map(|(id, parent, names)| Node { id: *id, parent: *parent, names: names.to_vec() }).collect();
    Places::new(&nodes, &address_words()).expect("an automaton")
}

#[test]
fn places_are_found_in_addresses_and_letters() {
    let (places, rules) = (tree(), Rules::new(address_words()));
    for (text, id) in [
        ("云山市青石区柳树街道荷塘社区阳光花园3栋", 21_113),
        ("白鹭区阳光花园三号楼", 31_113),
        ("青石区阳光花园3-2-501", 211_132),
        ("你好，我家住在青石区的阳光花园，3栋2单元的灯坏了两周", 211_132),
        // What people call it.
        ("机床厂宿舍四栋楼道灯不亮", 21_114),
        // Without its ending, and in another order.
        ("阳光3栋，青石区", 21_113),
        ("丽景名城，荷塘社区", 2112),
        // One character wrong, one missing.
        ("青石区丽井名城", 2112),
        ("青石区丽景城", 2112),
        ("松林街道荷塘社区", 311),
        ("白鹭区", 3),
    ] {
        let found = places.find(text, &rules.split(text), 3);
        assert_eq!(found.first().map(|found| found.id), Some(id), "{text}: {found:?}");
    }
    let found = places.find("阳光花园", &[], 5);
    assert_eq!(found.len(), 2, "both are told: {found:?}");
    assert!((found[0].score - found[1].score).abs() < 1e-6);
    assert!(places.find("物业不作为", &[], 5).is_empty());
}

fn f1(split: impl Fn(&str) -> Vec<Part>, dev: &[(String, Vec<Part>)]) -> f64 {
    let (mut hit, mut all) = (0, 0);
    for (text, gold) in dev {
        let found = split(text);
        hit += 2 * found.iter().filter(|part| gold.contains(part)).count();
        all += found.len() + gold.len();
    }
    hit as f64 / all as f64
}

/// The figures of the whole are in the example `place_figures`; a test has no time for them.
#[test]
fn marked_addresses_are_split_much_as_people_did() {
    let Some(train) = marked("addresses/train.txt") else { return };
    let Some(dev) = marked("addresses/dev.txt") else { return };
    let dev = &dev[..1_000];
    let samples: Vec<(&str, &[Part])> =
        train.iter().take(1_500).map(|(text, parts)| (text.as_str(), parts.as_slice())).collect();
    let model = Model::train(&samples, &[], &Options { rounds: 4, ..Options::default() });
    let rules = Rules::new(address_words());
    let (model, rules) = (f1(|text| model.split(text), dev), f1(|text| rules.split(text), dev));
    println!("F1: learnt from 1,500 {model:.3}, rules {rules:.3}");
    assert!(model > 0.80 && rules > 0.75, "{model} {rules}");
}

//! What a letter is about, which unit answers, and whether a reply answers.

mod common;

use std::sync::LazyLock;

use linli_insight::text::{
    answers::{Judge, Limits, Pair, Phrases, Reason, Sketch, doubts},
    category::{Field, FileError, Letter, Model, Options, TrainError},
    eval::{Figures, Tried},
    units::{Rules, Units},
};
use proptest::prelude::*;
use serde_json::Value;

const WORDS: [(&str, [&str; 6]); 3] = [
    ("照明", ["路灯不亮", "小区路灯坏了", "灯泡一闪一闪", "夜里漆黑", "灯杆倒了", "照明故障"]),
    ("噪音", ["半夜施工噪音", "广场舞音响太吵", "搅拌站轰鸣", "机器吵得睡不着", "噪音扰民", "音量太大"]),
    ("Water", ["停水三天", "自来水发黄", "水管爆裂", "水压太低", "自来水有异味", "水表空转"]),
];

fn letters() -> Vec<(String, String, &'static str)> {
    let pairs = |(label, words): &(&'static str, [&str; 6])| {
        let (label, words) = (*label, words.map(str::to_owned));
        let at = move |i: usize| {
            let text = format!("您好，{}，{}，请尽快处理。", words[(i + 1) % 6], words[(i / 6 + i) % 6]);
            (format!("{}{i}", words[i % 6]), text, label)
        };
        (0..24).map(at).collect::<Vec<_>>()
    };
    WORDS.iter().flat_map(pairs).collect()
}

fn trained(seed: u64) -> Model {
    let letters = letters();
    let given = letters.iter().map(|(title, text, label)| (Letter { title, text }, *label));
    Model::train(given, &Options { seed, ..Options::default() }).expect("a model")
}

static MODEL: LazyLock<Model> = LazyLock::new(|| trained(1));

#[test]
fn says_what_a_letter_is_about_and_by_which_words() {
    let letter = Letter { title: "楼下的路灯坏了", text: "到了夜里漆黑一片，老人不敢出门。" };
    let reading = MODEL.read(&letter);
    let label = reading.sure(0.5).expect("sure");
    assert_eq!(MODEL.labels()[label], "照明");
    assert_eq!(reading.sure(1.1), None);
    assert_eq!(reading.first(2).len(), 2);
    let why = MODEL.why(&letter, label, 3);
    assert!(why.iter().any(|piece| piece.field == Field::Title && letter.title[piece.range.clone()].contains('灯')));
    assert!(why.windows(2).all(|two| two[0].weight >= two[1].weight));
}

#[test]
fn full_width_and_small_letters_are_read_alike() {
    let say = |title| MODEL.read(&Letter { title, text: "ＷＡＴＥＲ" });
    assert_eq!(say("自来水ＡＢ"), say("自来水ab"));
}

#[test]
fn one_label_is_no_model() {
    let one = [(Letter { title: "a", text: "b" }, "only")];
    assert_eq!(Model::train(one, &Options::default()), Err(TrainError::Labels(1)));
    assert_eq!(Model::train([], &Options::default()), Err(TrainError::Labels(0)));
}

#[test]
fn the_same_letters_and_seed_give_the_same_model_and_it_survives_a_file() {
    assert_eq!(trained(7), trained(7));
    let bytes = MODEL.to_bytes();
    assert_eq!(Model::from_bytes(&bytes).as_ref(), Ok(&*MODEL));
    assert_eq!(Model::from_bytes(b"something else"), Err(FileError::Foreign));
    assert_eq!(Model::from_bytes(&bytes[..bytes.len() - 1]), Err(FileError::Damaged));
    assert_eq!(Model::from_bytes(&bytes[..8]), Err(FileError::Damaged));
}

#[test]
fn fewer_pieces_are_a_smaller_model() {
    let letters = letters();
    let given = letters.iter().map(|(title, text, label)| (Letter { title, text }, *label));
    let small = Model::train(given, &Options { seed: 1, pieces: 40 }).expect("a model");
    assert_eq!(small.pieces(), 40);
    assert!(small.to_bytes().len() < MODEL.to_bytes().len());
}

#[test]
fn odd_letters_are_read() {
    let long = "路灯不亮，请修。".repeat(12_500);
    for text in
        ["", "13812345678", "\u{0}\u{7}\u{1b}[0m\u{202e}", "🙂🙂🙂", "The lamp is broken", "路燈不亮", long.as_str()]
    {
        let letter = Letter { title: text, text };
        let sum: f32 = MODEL.read(&letter).probabilities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-5);
        assert!(MODEL.why(&letter, 0, 5).len() <= 5);
        assert!(JUDGE.same_matter(&Pair { title: text, text, reply: text }).is_finite());
        assert!(PHRASES.read(text).left <= text.len());
    }
}

proptest! {
    #[test]
    fn any_letter_has_probabilities_and_words_of_its_own(title in ".{0,40}", text in ".{0,200}", label in 0_usize..4) {
        let letter = Letter { title: &title, text: &text };
        let likely = MODEL.read(&letter).probabilities;
        prop_assert!(likely.iter().all(|p| (0.0..=1.0).contains(p)));
        prop_assert!((likely.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        for piece in MODEL.why(&letter, label, 9) {
            let whole = if piece.field == Field::Title { &title } else { &text };
            prop_assert!(whole.get(piece.range.clone()).is_some_and(|words| !words.is_empty()));
        }
    }

    #[test]
    fn changed_bytes_are_refused(at in any::<prop::sample::Index>(), change in 1_u8..) {
        let mut bytes = MODEL.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        prop_assert!(Model::from_bytes(&bytes).is_err());
    }

    #[test]
    fn any_bytes_are_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Model::from_bytes(&[b"linlitc1".as_slice(), &bytes].concat()).is_err());
    }

    #[test]
    fn a_text_is_like_itself_and_likeness_has_no_direction(one in ".{4,80}", other in ".{0,80}") {
        let (one, other) = (Sketch::of(&one), Sketch::of(&other));
        prop_assert!((0.0..=1.0).contains(&one.alike(&other)));
        prop_assert_eq!(one.alike(&other), other.alike(&one));
        prop_assert!(one == Sketch::default() || one.alike(&one) == 1.0);
    }
}

#[test]
fn figures_are_what_they_are_called() {
    let tried = [(0, 0, 0.9), (0, 1, 0.9), (1, 1, 0.9), (1, 1, 0.9)];
    let figures = Figures::of(3, tried.map(|(truth, said, probability)| Tried { truth, said, probability }));
    assert_eq!((figures.letters, figures.accuracy, figures.confusion[0][1]), (4, 0.75, 1));
    assert!((figures.macro_f1 - (2.0 / 3.0 + 0.8) / 2.0).abs() < 1e-9, "a label that never occurs is not counted");
    assert!((figures.ece - 0.15).abs() < 1e-9);
    assert!(!figures.is_better_than(&figures));
    assert_eq!(Figures::of(2, []).macro_f1, 0.0);
}

#[test]
fn spellings_of_one_unit_are_one() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/units.toml");
    let mut rules: Rules = toml::from_str(&std::fs::read_to_string(file).expect("the pack")).expect("sound rules");
    rules.before.extend(["东湖市".to_owned(), "东湖".to_owned()]);
    let formal = ["东湖市住房和城乡建设局", "东湖市公安局交通警察支队", "青山县人民政府", "青山县人民政府"];
    let short = [
        "东湖市公安局交警支队",
        "市住建局",
        "市交警支队",
        "东湖市公安局",
        "青山县政府办",
        "青山县交通局",
        "东湖市公安局交警支队 青山县政府",
    ];
    let names = || formal.iter().chain(&formal).chain(&formal).chain(&short).copied();
    let units = Units::new(rules.clone(), names());
    assert_eq!(units.of(" 市住建局。"), Some(formal[0]));
    assert_eq!(units.of("市交警支队"), Some(formal[1]));
    assert_eq!(units.of("东湖市公安局交警支队 青山县政府"), Some(formal[1]));
    assert_eq!(units.of("青山县政府办"), Some(formal[2]));
    assert_eq!(units.of("青山县交通局"), Some("青山县交通局"));
    assert_eq!(units.of("东湖市公安局"), Some("东湖市公安局"));
    assert_eq!(units.of("别的"), None);
    assert_eq!(Units::new(rules, ["", " "]).of(""), Some(""));
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/replies.toml");
    let mut pack: toml::Table = std::fs::read_to_string(file).expect("the pack's phrases").parse().expect("TOML");
    // What else the pack says of replies is for other readers.
    pack.retain(|key, _| key != "counted" && key != "assistant");
    Phrases::parse(file, &pack.to_string()).expect("sound phrases")
});

/// Small as it is, it knows what a matter shares with its reply.
static JUDGE: LazyLock<Judge> = LazyLock::new(|| {
    let letters = letters();
    let replies: Vec<_> =
        letters.iter().map(|(title, ..)| format!("您好！关于{title}，经现场核查已于5月3日修好。")).collect();
    let pair = |at: usize| pair_of(&letters[at], &replies[at]);
    Judge::train(&(0..letters.len()).map(pair).collect::<Vec<_>>(), 1)
});

fn pair_of<'a>(letter: &'a (String, String, &str), reply: &'a str) -> Pair<'a> {
    Pair { title: &letter.0, text: &letter.1, reply }
}

#[test]
fn says_why_a_reply_may_not_answer() {
    let ask = |reply, earlier: &[Sketch]| {
        let pair = Pair { title: "小区路灯坏了", text: "路灯不亮，夜里漆黑。", reply };
        doubts(&pair, Some(&*JUDGE), &PHRASES, earlier, &Limits::default())
    };
    let good = "您好！关于小区路灯坏了的问题，电工已于5月3日到现场维修，路灯不亮的两处都换了灯泡，夜里不再漆黑。";
    assert_eq!(ask(good, &[]), []);
    let copied = ask(good, &[Sketch::of("另一封"), Sketch::of(good)]);
    assert_eq!(copied, [Reason::Copied { of: 1, same: 1.0 }]);
    let empty = ask("网友您好！您的留言已收悉，感谢您的关注。", &[]);
    assert!(empty.iter().any(|r| matches!(r, Reason::Empty { left } if *left < 5)), "{empty:?}");
    assert!(empty.contains(&Reason::NoAction) && empty.contains(&Reason::NoDate));
    let other = ask("您好！自来水发黄是水管爆裂所致，已于5月3日维修完毕，水压恢复正常。", &[]);
    assert!(matches!(other[..], [Reason::Elsewhere { .. }]), "{other:?}");
}

#[test]
fn a_judge_that_saw_nothing_says_nothing_and_a_judge_survives_a_file() {
    let pair = Pair { title: "路灯坏了", text: "不亮", reply: "路灯已修" };
    assert_eq!(Judge::train(&[], 1).same_matter(&pair), 0.5);
    assert!(Judge::train(&[pair], 1).same_matter(&pair).is_finite());
    let kept = serde_json::to_string(&*JUDGE).expect("a judge");
    let back: Judge = serde_json::from_str(&kept).expect("the same judge");
    assert_eq!(back.same_matter(&pair), JUDGE.same_matter(&pair));
}

#[test]
fn phrases_that_are_none_are_refused() {
    assert!(Phrases::parse("replies.toml", "empty = 1").is_err_and(|e| e.to_string().contains("replies.toml")));
}

fn rows(name: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(common::record(name)?).expect("a record");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect())
}

#[test]
fn real_letters_are_told_apart() {
    let Some(rows) = rows("complaints/labelled.jsonl") else { return };
    let letter = |row: &'static Value| {
        let part = |name: &str| row[name].as_str().expect("a text");
        (Letter { title: part("title"), text: part("text") }, part("category"))
    };
    let rows: &'static [Value] = rows.leak();
    let model = Model::train(rows.iter().step_by(4).map(letter), &Options::default()).expect("a model");
    let tried = rows.iter().skip(2).step_by(8).map(letter).map(|(letter, label)| {
        let (said, probability) = model.read(&letter).first(1)[0];
        let truth = model.labels().iter().position(|l| l == label).expect("a label that was seen");
        Tried { truth, said, probability: f64::from(probability) }
    });
    let figures = Figures::of(model.labels().len(), tried);
    assert!(figures.macro_f1 > 0.86 && figures.ece < 0.06, "{} {}", figures.macro_f1, figures.ece);
}

#[test]
fn real_replies_are_told_from_exchanged_ones() {
    let Some(rows) = rows("complaints/replies.jsonl") else { return };
    let part = |row: &'static Value, name: &str| row[name].as_str().expect("a text");
    let rows: &'static [Value] = rows.leak();
    let pair = |row| Pair { title: part(row, "title"), text: part(row, "text"), reply: part(row, "reply") };
    let pairs: Vec<_> = rows.iter().map(pair).collect();
    let (seen, held) = pairs.split_at(700);
    let (judge, held) = (Judge::train(seen, 1), &held[..300]);
    let right = held.iter().enumerate().filter(|(at, pair)| {
        let other = Pair { reply: held[(at + 150) % 300].reply, ..**pair };
        judge.same_matter(pair) > judge.same_matter(&other)
    });
    assert!(right.count() > 280);
}

//! What people decide of letters is learnt: at once for letters very like one, at night for all others, and never for the worse.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    Engine,
    cases::{CaseKey, Channel, search::Query},
    ids::PlaceCode,
    import::{Batch, Ending, Progress, Record, Run},
    reading::{Asked, Because, Kind, Likeness, Outcome},
    vault::Secret,
};
use linli_testbed::{Bed, on_both};
use town::{BUILDING, STREET, Town, code, dispatcher, head, monday, open, report};

const HOUR: i64 = 3_600_000;

/// Letters of two matters that no key word of the pack knows, each from words of its own.
fn letter(matter: usize, n: usize) -> (String, String) {
    let words = [
        ["猫咪", "狸花", "流浪", "喂养", "夜叫", "抓挠", "绝育", "围栏", "皮毛", "爪印"],
        ["风筝", "放飞", "缠线", "树梢", "草坪", "鱼线", "割手", "骨架", "拖尾", "高飘"],
    ][matter];
    let pick = |k: usize| words[(n * 7 + k * 3 + n / 10) % words.len()];
    (
        format!("{}{}第{n}回", pick(0), pick(1)),
        format!("{}，{}，又见{}和{}，编号{}", pick(2), pick(3), pick(4), pick(5), n * 37),
    )
}

const CATEGORIES: [&str; 2] = ["neighbour", "cityscape.greening"];

fn asked<'a>(title: &'a str, body: &'a str, place: &'a linli_engine::ids::PlaceCode) -> Asked<'a> {
    Asked { case: None, title, body, place: Some(place), at: monday() }
}

async fn file(town: &Town, n: usize, title: &str, body: &str) -> CaseKey {
    let mut report = report(&n.to_string());
    report.category = None;
    (report.title, report.body) = (title.to_owned(), body.to_owned());
    town.engine.file(report).await.unwrap().key
}

async fn say(town: &Town, case: CaseKey, category: &str) {
    let unit = town.engine.directory().lead(town.engine.packs().current(), category, &code(BUILDING)).unwrap();
    let form = [("category", category), ("class", "general"), ("unit", unit.org.as_str())];
    town.done(case, &dispatcher(), "dispatch", &form).await;
}

/// One turn of what the program does by itself, until nothing waits.
async fn settle(engine: &Engine) {
    while engine.tick().await.unwrap() {}
}

/// Sixty letters that people have sorted.
async fn sorted(town: &Town) {
    for n in 0..60 {
        let (title, body) = letter(n % 2, n);
        let case = file(town, n, &title, &body).await;
        town.later(60_000);
        say(town, case, CATEGORIES[n % 2]).await;
    }
    settle(&town.engine).await;
}

async fn a_correction_counts_at_once(bed: Bed) {
    let town = Town::new(&bed).await;
    let (title, body) = ("楼道堆着旧家具出不去", "三号楼一层楼道堆满旧家具，轮椅出不去，晚上看不见容易绊倒");
    let case = file(&town, 1, title, body).await;
    let said = town.see(case, &dispatcher()).await.head.category;
    assert_ne!(said, "safety.fire", "the key words say something else, or this shows nothing");
    let place = code(BUILDING);
    let alike = "一层楼道堆满旧家具，轮椅出不去，晚上容易绊倒";
    settle(&town.engine).await;
    let before = town.engine.suggest_category(&asked(title, alike, &place));
    assert!(!matches!(before.because, Because::Cases(_)), "nobody has said anything yet: {before:?}");

    let form = [("category", "safety.fire"), ("class", "general"), ("unit", "office")];
    town.done(case, &dispatcher(), "dispatch", &form).await;
    settle(&town.engine).await;
    let after = town.engine.suggest_category(&asked(title, alike, &place));
    assert_eq!(after.category, "safety.fire");
    let Because::Cases(like) = after.because else { panic!("{after:?}") };
    assert_eq!(like.iter().map(|like| like.key).collect::<Vec<_>>(), [case]);
    assert!(after.likely.is_some_and(|likely| (0.5..=1.0).contains(&likely)));

    // The case itself has the new category: in its row, in its story, and in the index.
    let seen = town.see(case, &dispatcher()).await;
    assert_eq!(seen.head.category, "safety.fire");
    let linli_engine::viewer::Viewer::Staff(seat) = head() else { panic!() };
    let asked_for = |category: &str| Query { category: Some(category.to_owned()), ..Query::default() };
    assert_eq!(town.engine.search(&seat, asked_for("safety")).await.unwrap().len(), 1);
    assert!(town.engine.search(&seat, asked_for(&said)).await.unwrap().is_empty());

    // Whoever starts later has read it, too; what is about something else has nothing to do with it.
    let other = open(&bed, &town.clock).await;
    settle(&other).await;
    assert_eq!(other.suggest_category(&asked(title, alike, &place)).category, "safety.fire");
    assert!(other.alike(&asked("公交车不进站", "早高峰六路公交车总是不进站就开走", &place), 5).is_empty());
}

/// Letters of one estate share the names of its places, whatever they are about.
async fn a_place_is_no_matter(bed: Bed) {
    const HERE: &str = "Harmony Community Building 3";
    let town = Town::new(&bed).await;
    let case = file(&town, 1, "", &format!("{HERE}楼道灯坏了")).await;
    say(&town, case, "safety.fire").await;
    settle(&town.engine).await;
    let place = code(BUILDING);
    let (leak, lamp) = (format!("{HERE}楼上漏水"), format!("{HERE}楼道灯坏了三天"));
    let found = town.engine.alike(&asked("", &leak, &place), 3);
    assert!(
        found.iter().any(|like| like.key == case && like.words >= 0.5),
        "their words are alike, or this shows nothing: {found:?}"
    );
    let read = town.engine.suggest_category(&asked("", &leak, &place));
    assert!(!matches!(read.because, Because::Cases(_)) && read.category != "safety.fire", "{read:?}");
    let again = town.engine.suggest_category(&asked("", &lamp, &place));
    assert!(matches!(again.because, Because::Cases(_)) && again.category == "safety.fire", "{again:?}");
}

async fn repeats_are_told(bed: Bed) {
    let town = Town::new(&bed).await;
    let place = code(BUILDING);
    let body = "三号楼旁边的路灯不亮已经三天了，晚上老人孩子出门看不见路";
    let first = file(&town, 1, "路灯不亮", body).await;
    let other = file(&town, 2, "电梯停运", "二号楼电梯停运，老人下不了楼").await;
    settle(&town.engine).await;
    let alike = town.engine.alike(&asked("路灯坏了", "三号楼旁边路灯不亮三天了，晚上出门看不见路", &place), 5);
    assert_eq!(alike.first().map(|like| (like.key, like.kind)), Some((first, Likeness::SameMatter)));
    assert!(alike.iter().all(|like| like.key != other));
    // What is one case already is not its own repeat.
    let own = town.see(first, &dispatcher()).await.head;
    assert!(town.engine.alike(&Asked::of(&own), 5).iter().all(|like| like.key != first));
}

/// An office of thousands is read to the end, in a bounded number of turns, and so is one that grows while it is read.
async fn many_letters_are_read_to_the_end(bed: Bed) {
    let town = Town::new(&bed).await;
    let home: PlaceCode = STREET.parse().unwrap();
    let run = Run { jurisdiction: home.jurisdiction(), name: "many".to_owned() };
    let mut progress = Progress::default();
    let mut turns = 0;
    for batch in 0..11 {
        let record = |n: usize| Record {
            id: format!("{batch}-{n}"),
            channel: Channel::Letter,
            category: None,
            title: format!("第{batch}批第{n}封"),
            body: format!("第{}号院墙上的第{}块砖松了，编号{}", n * 7, n % 13, batch * 1_000 + n),
            place: code(BUILDING),
            address: String::new(),
            point: None,
            reporter: Secret::new(String::new()),
            at: monday(),
            due: None,
            over: Some(Ending::default()),
        };
        let rows = (0..600).map(|n| town.engine.ready("many", record(n)).unwrap()).collect();
        let batch = Batch { rows, bad: 0, line: (batch as u64 + 1) * 600 };
        (progress, _) = town.engine.take_in(&run, progress, batch).await.unwrap();
        while town.engine.read_on().await.unwrap() {
            turns += 1;
            assert!(turns < 100, "it never comes to an end");
        }
    }
    let other = open(&bed, &town.clock).await;
    let mut turns = 0;
    while other.read_on().await.unwrap() {
        turns += 1;
        assert!(turns < 20, "{turns}");
    }
    let body = "第539号院墙上的第12块砖松了，编号3077";
    let asked = Asked { case: None, title: "第3批第77封", body, place: None, at: monday() };
    assert!(!other.alike(&asked, 3).is_empty());
}

async fn learning(bed: Bed) {
    let town = Town::new(&bed).await;
    let engine = &town.engine;
    let few = engine.learn_now().await.unwrap();
    assert!(few.iter().all(|learnt| learnt.outcome == Outcome::Few), "{few:?}");
    sorted(&town).await;
    let place = code(BUILDING);
    let (title, body) = letter(1, 991);
    assert!(engine.learn_if_due().await.unwrap().is_empty(), "it was tried today already");
    town.later(24 * HOUR);
    let learnt = engine.learn_if_due().await.unwrap();
    let of = |kind| learnt.iter().find(|learnt| learnt.kind == kind).unwrap();
    let category = of(Kind::Category);
    assert_eq!((category.outcome, category.lessons, category.trial), (Outcome::Replaced, 60, 12), "{category:?}");
    assert!(category.new.unwrap().macro_f1 > category.old.unwrap().macro_f1);
    assert_eq!(of(Kind::Unit).outcome, Outcome::Replaced, "{learnt:?}");
    assert!(engine.learn_if_due().await.unwrap().is_empty(), "once a night");

    let guess = engine.suggest_category(&asked(&title, &body, &place));
    assert_eq!(guess.category, CATEGORIES[1]);
    let units = engine.suggest(&asked(&title, &body, &place), &code(STREET)).units;
    assert!(units.iter().any(|unit| unit.likely.is_some_and(|likely| likely > 0.5)), "{units:?}");

    // Another process takes it up, and reads the same.
    let other = open(&bed, &town.clock).await;
    settle(&other).await;
    assert_eq!(other.suggest_category(&asked(&title, &body, &place)), guess);

    // Nobody said anything since: nothing to learn. And what contradicts itself does not replace what reads well.
    let again = engine.learn_now().await.unwrap();
    assert!(again.iter().all(|learnt| learnt.outcome != Outcome::Replaced), "{again:?}");
    let made = engine.learnt().await.unwrap();
    for n in 100..140 {
        let (title, body) = letter(n % 2, n);
        let case = file(&town, n, &title, &body).await;
        town.later(60_000);
        // The first half is said wrongly, the second half as before.
        say(&town, case, CATEGORIES[if n < 120 { 1 - n % 2 } else { n % 2 }]).await;
    }
    let worse = engine.learn_now().await.unwrap();
    let category = worse.iter().find(|learnt| learnt.kind == Kind::Category).unwrap();
    assert_eq!((category.outcome, category.trial), (Outcome::Kept, 20), "{category:?}");
    let now = engine.learnt().await.unwrap();
    assert_eq!(
        now.iter().map(|made| made.made_at).collect::<Vec<_>>(),
        made.iter().map(|made| made.made_at).collect::<Vec<_>>()
    );
    assert_eq!(now[0].last.as_ref().map(|last| (last.outcome, last.trial)), Some((Outcome::Kept, 20)));
}

async fn odd_letters(bed: Bed) {
    let town = Town::new(&bed).await;
    sorted(&town).await;
    town.engine.learn_now().await.unwrap();
    let (long, place) = ("路灯不亮。".repeat(20_000), code(BUILDING));
    let odd =
        ["", " ", "🙂🙂", "The lamp is broken", "路燈壞了，請儘快修理", "\u{0}\u{7}\u{1b}[31m", "13800138000", &long];
    for text in odd {
        for (title, body) in [(text, text), ("", text), (text, "")] {
            let found = town.engine.suggest(&asked(title, body, &place), &code(STREET));
            assert!(town.engine.packs().current().category(&found.category.category).is_some(), "{found:?}");
            assert!(found.category.likely.is_none_or(|likely| (0.0..=1.001).contains(&likely)), "{found:?}");
            town.engine.alike(&asked(title, body, &place), 5);
        }
    }
    let nothing = town.engine.suggest(&asked("", "13800138000", &place), &code(STREET));
    assert!(!nothing.category.sure, "{nothing:?}");
}

on_both! {
    a_correction_is_learnt_at_once => a_correction_counts_at_once;
    places_are_left_out => a_place_is_no_matter;
    repeats_are_found => repeats_are_told;
    many_letters_are_read => many_letters_are_read_to_the_end;
    what_people_decide_is_learnt => learning;
    odd_letters_are_read => odd_letters;
}

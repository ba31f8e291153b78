//! Near hits on the page of search, and the page of hot events: on real letters and on a few of our own.
#![allow(clippy::unwrap_used, dead_code, reason = "a test that cannot set up must stop")]

mod desk_common;

use std::{path::Path, sync::Arc};

use desk_common::{Desk, NAME, PHONE, url};
use linli::cli::import::{Args, Import};
use linli_engine::{
    Engine,
    cases::file::Filed,
    desk::hot::{Ask, Event, Hot, Trend},
    edge::Stopwatch,
    ids::{AccountId, PersonId, SeatId},
    seats::{Role, Seat},
};
use linli_testbed::{Bed, on_both, record};
use linli_worktime::{Millis, parse_rfc3339};

const HOUR: i64 = 3_600_000;

fn seat(role: Role, org: &str, place: &str) -> Seat {
    Seat {
        id: SeatId::new(),
        account: AccountId::new(),
        org: org.parse().unwrap(),
        role,
        place: place.parse().unwrap(),
        from: Millis(0),
        until: None,
        cover: None,
    }
}

async fn letter(desk: &Desk, key: &str, title: &str, body: &str, person: Option<PersonId>) -> Filed {
    let change = |report: &mut linli_engine::cases::file::Report| {
        title.clone_into(&mut report.title);
        body.clone_into(&mut report.body);
        report.caller.person = person;
    };
    desk.file_with(key, change).await
}

/// What six letters say: four of one matter by three people, two of another.
async fn two_matters(desk: &Desk) -> Vec<Filed> {
    let (plant, stalls) = ("搅拌站夜间噪音扰民", "夜市烧烤油烟呛人");
    let anna = Some(PersonId::new());
    let mut all = Vec::new();
    for (n, (title, body, who)) in [
        (plant, "小区旁边的搅拌站半夜施工，噪音太大睡不着", anna),
        (plant, "搅拌站的噪音和扬尘整夜不停，孩子睡不着", anna),
        (stalls, "楼下夜市烧烤的油烟整晚往家里灌", None),
        (plant, "搅拌站半夜还在响，噪音扰民", None),
        (stalls, "烧烤油烟太大，夜市开到两点", None),
        ("=搅拌站噪音", "搅拌站噪音什么时候能停", None),
    ]
    .into_iter()
    .enumerate()
    {
        all.push(letter(desk, &format!("l{n}"), title, body, who).await);
        desk.later(HOUR);
    }
    while desk.engine.tick().await.unwrap() {}
    all
}

async fn near_hits_are_said_to_be_near(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let lamp = desk.file("a", "小区路灯不亮").await;
    while desk.engine.tick().await.unwrap() {}
    let page = desk.get("dispatcher", "/desk/search?q=路登不亮").await.is(200);
    page.says("没有找到“路登不亮”，下面是相近的")
        .says("<mark>路灯不亮</mark>")
        .says(&url(&lamp))
        .hides(NAME)
        .hides(PHONE);
    let page = desk.get("dispatcher;linli_lang=en", "/desk/search?q=路登").await.is(200);
    page.says("Nothing says “路登”; these come near").says("<mark>路灯</mark>");
    desk.get("dispatcher", "/desk/search?q=路灯不亮").await.is(200).says("<mark>路灯不亮</mark>").hides("相近");
    desk.get("dispatcher", "/desk/search?q=路燈").await.is(200).says("<mark>路灯</mark>").hides("相近");
    desk.get("dispatcher", "/desk/search?q=游泳池").await.is(200).says("没有找到").hides("相近").hides(&url(&lamp));
    // A unit that has nothing to do with it is told nothing of it.
    desk.get("heyuan", "/desk/search?q=路登不亮").await.is(200).hides("相近").hides(&lamp.number);
}

async fn the_hottest_comes_first_with_its_letters(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let all = two_matters(&desk).await;
    let page = desk.get("dispatcher", "/desk/hot").await.is(200);
    let page = page.says("近 90 天的 6 件来信里，大家集中反映的有 2 件事").hides(NAME).hides(PHONE);
    let page = page.says("3 人写了 4 件").says("2 人写了 2 件").says("新出现").says("看这 4 件来信");
    assert!(page.body.find("搅拌站").unwrap() < page.body.find("油烟").unwrap(), "{}", page.body);
    for case in &all {
        assert!(page.body.contains(&format!("href=\"{}\"", url(case))), "{}", case.number);
    }
    // Three people, one more letter by one of them, no time ago: 3 + ln 2.
    let page = page.says("热度 3.7").says("3 人写信，算 3；同样的人又写了 1 件，算 0.7").says("每周来信：0, 0");
    // Whoever dispatches may make one matter of them; who only looks may not.
    page.says(&format!("{}/merge?main={}", url(&all[5]), all[0].number));
    desk.get("leader", "/desk/hot").await.is(200).says("3 人写了 4 件").hides("/merge?main=");
    desk.get("dispatcher", &format!("{}/merge?main={}", url(&all[5]), all[0].number)).await.is(200).says("并入以后");
    // English, narrower, elsewhere, at another time.
    desk.get("overseer;linli_lang=en", "/desk/hot?days=7").await.is(200).says("3 people wrote 4 letters").says("New");
    desk.get("dispatcher", "/desk/hot?place=990101001002").await.is(200).says("没有两件以上来信");
    desk.get("dispatcher", "/desk/hot?until=2026-03-01").await.is(200).says("没有两件以上来信");
    desk.get("dispatcher", "/desk/hot?place=x&days=9999&until=y").await.is(200).says("3 人写了 4 件");
    let file = desk.get("dispatcher", "/desk/hot.csv").await.is(200);
    let numbers: Vec<&str> = [0, 1, 3, 5].iter().map(|n| all[*n].number.as_str()).collect();
    let file = file.says("名次,热度,走势,最早,最近,地点,事情,人数,件数,我也一样,编号").says(&numbers.join(" "));
    assert!(file.body.lines().skip(1).all(|line| line.split(',').all(|cell| !cell.starts_with(['=', '+', '-', '@']))));
    // No unit has any of it yet; administrators have no part in it.
    desk.get("municipal", "/desk/hot").await.is(200).says("没有两件以上来信").hides("搅拌站");
    desk.get("admin-system", "/desk/hot").await.is(404);
    desk.get("", "/desk/hot").await.is(303);
}

async fn a_table_is_kept_until_something_happens(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let all = two_matters(&desk).await;
    let seat = seat(Role::Dispatcher, "yunxi-office", "990101001");
    let hot = || async { desk.engine.hot(&seat, Ask::default()).await.unwrap() };
    let first = hot().await;
    assert!(Arc::ptr_eq(&first, &hot().await), "nothing happened");
    desk.later(61_000);
    let second = hot().await;
    assert!(!Arc::ptr_eq(&first, &second) && second.letters == 6, "a minute is over");
    // A neighbour says the same in words of their own, another just says so.
    for (key, body) in [("words", "我家也被搅拌站吵得睡不着"), ("bare", "")] {
        let change = |report: &mut linli_engine::cases::file::Report| {
            report.joins = Some(all[0].number.clone());
            body.clone_into(&mut report.body);
            report.title = String::new();
        };
        desk.file_with(key, change).await;
    }
    while desk.engine.tick().await.unwrap() {}
    let third = hot().await;
    let top = &third.events[0];
    assert_eq!((third.letters, top.letters.len(), top.people, top.votes), (8, 5, 4, 1), "{top:?}");
    assert_eq!(top.letters.iter().filter(|letter| letter.joined).count(), 1);
    // A week on, nobody wrote about the stalls, somebody did about the plant.
    desk.later(7 * 24 * HOUR);
    letter(&desk, "late", "搅拌站夜间噪音扰民", "搅拌站的噪音还是整夜不停，睡不着", None).await;
    while desk.engine.tick().await.unwrap() {}
    let trends: Vec<Trend> = hot().await.events.iter().map(|event| event.trend).collect();
    assert_eq!(trends, [Trend::Rising, Trend::Falling]);
}

/// The letters of a city's mailbox, as they are imported.
async fn imported(bed: &Bed, engine: &Engine) -> bool {
    let Some(stream) = record("complaints/stream.jsonl") else { return false };
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/maps/letters-stream.toml");
    let report = Some(bed.folder.path().join("bad.csv"));
    let args = Args { file: stream, map, report, dry_run: false, json: true };
    let mut import = Import::begin(&args, engine).await.unwrap();
    while import.step().await.unwrap() {}
    import.end().await.unwrap();
    while engine.sequence().await.unwrap() > 0 {}
    true
}

async fn on(engine: &Engine, seat: &Seat, day: &str, days: i64) -> Arc<Hot> {
    let until = Some(parse_rfc3339(&format!("{day}T23:59:59+08:00")).unwrap());
    let watch = Stopwatch::start();
    let hot = engine.hot(seat, Ask { days, until, ..Ask::default() }).await.unwrap();
    println!(
        "{} letters of {days} days until {day}: {} events in {:?}",
        hot.letters,
        hot.events.len(),
        watch.elapsed()
    );
    hot
}

async fn what_a_city_wrote_about_stands_once_and_high(bed: Bed) {
    let desk = Desk::open(&bed).await;
    if !imported(&bed, &desk.engine).await {
        return;
    }
    let seat_of = |place: &str| seat(Role::Overseer, "yunxi-office", place);
    let here = seat_of("990101001");
    let known: [(&str, i64, &[&str], usize); 3] = [
        ("2019-12-31", 90, &["搅拌站", "搅拌厂"], 1),
        ("2019-08-31", 90, &["捆绑", "车位"], 1),
        ("2019-12-31", 365, &["购房补贴", "人才新政"], 10),
    ];
    for (day, days, words, most) in known {
        let hot = on(&desk.engine, &here, day, days).await;
        let about = |event: &Event| {
            let says = |title: &str| words.iter().any(|word| title.contains(word));
            event.letters.iter().filter(|letter| says(&letter.title)).count()
        };
        let shares: Vec<(usize, usize, usize)> =
            hot.events.iter().enumerate().map(|(n, e)| (n + 1, about(e), e.letters.len())).collect();
        let (rank, share, _) = *shares.iter().max_by_key(|(_, share, _)| *share).unwrap();
        let others: Vec<_> = shares.iter().filter(|(n, share, all)| *n != rank && share * 2 > *all).collect();
        println!("{words:?} {day}: rank {rank}, {share} letters; others {others:?}; {:?}", hot.events[rank - 1].what);
        assert!(rank <= most, "{words:?}: {shares:?}");
        assert!(others.iter().all(|(_, other, _)| other * 5 <= share), "{words:?} stands once: {others:?}");
        assert!(hot.events.iter().all(|event| event.people <= event.letters.len()));
    }
    // Another street has none of it, and a unit what it leads.
    let there = on(&desk.engine, &seat_of("990101002"), "2019-12-31", 365).await;
    assert_eq!((there.letters, there.events.len()), (0, 0));
    let unit = seat(Role::Handler, "yunzhou-municipal", "990101");
    // Nobody has sent these letters to anybody yet.
    assert_eq!(on(&desk.engine, &unit, "2019-12-31", 365).await.letters, 0);
    desk.dispatched("own").await;
    while desk.engine.tick().await.unwrap() {}
    let own = desk.engine.hot(&unit, Ask { days: 90, ..Ask::default() }).await.unwrap();
    assert_eq!(own.letters, 1);
}

on_both! {
    near_hits => near_hits_are_said_to_be_near;
    hot_page => the_hottest_comes_first_with_its_letters;
    hot_table => a_table_is_kept_until_something_happens;
    hot_city => what_a_city_wrote_about_stands_once_and_high;
}

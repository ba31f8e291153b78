//! Where and when a picture was taken: read only with the tick, seen before it is sent, and nothing of it kept but the
//! place that it falls into and the line that its sender read.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod common;

use common::{Answer, BUILDING, House, PIXEL, STREET, Visitor, number, tracked};
use linli_engine::{cases::read::Dossier, db::Tx, directory, viewer::Viewer};
use linli_testbed::{
    Bed, on_both,
    picture::{exif, in_png, moment, whereabouts},
};

/// Heyuan Grid 1, and a point in it.
const GRID: &str = "990101001001001";
const IN_GRID: (f64, f64) = (119.3031, 33.8459);
const WALL: &str = "2026:03:02 09:40:07";
const LINE: &str = "照片摄于 2026 年 3 月 2 日 09:40";
/// Words that name no place.
const VAGUE: &str = "路灯三天不亮了";

async fn drawn(bed: Bed) -> House {
    let house = House::over(bed).await;
    let (home, now) = (house.engine.home, house.clock.now());
    let around = |(lon, lat): (f64, f64), by: f64| {
        vec![(lon - by, lat - by), (lon + by, lat - by), (lon + by, lat + by), (lon - by, lat + by)]
    };
    let borders = vec![
        (STREET.parse().unwrap(), around(IN_GRID, 0.1)),
        ("990101001001".parse().unwrap(), around(IN_GRID, 0.01)),
        (GRID.parse().unwrap(), around(IN_GRID, 0.001)),
    ];
    let save = move |tx: &mut Tx<'_>| directory::save_borders(tx, home, &borders, now);
    house.engine.db.write(save).await.unwrap();
    assert!(house.engine.refresh().await.unwrap());
    house
}

fn picture(at: (f64, f64), wall: &str) -> Vec<u8> {
    in_png(PIXEL, &exif(&moment(wall, None), &whereabouts(at.0, at.1)))
}

/// The page that asks where, after these words.
async fn places(visitor: &mut Visitor, say: &str) -> Answer {
    let first = visitor.get("/report").await;
    visitor.press(&first, "where", &[("say", say)]).await
}

async fn send(house: &House, visitor: &mut Visitor, last: &Answer) -> Dossier {
    let sent = visitor.press_with(last, "send", &[], &[]).await;
    assert_eq!(sent.status.as_u16(), 303, "{}", sent.text());
    house.case(&number(&sent.to()), &Viewer::Code(tracked(visitor))).await
}

/// What is kept of it: its pixels.
fn tells_nothing(house: &House, case: &Dossier) {
    assert_eq!(case.attachments.len(), 1);
    let kept = house.engine.files.read(&case.attachments[0].stored.digest).unwrap();
    for trace in [&b"eXIf"[..], b"Exif", WALL.as_bytes()] {
        assert!(!kept.windows(trace.len()).any(|part| part == trace));
    }
    assert!(case.head.point.is_none(), "a place is kept, no coordinates");
}

async fn with_the_tick_the_place_and_the_time_are_proposed(bed: Bed) {
    let house = drawn(bed).await;
    let mut visitor = house.visitor(1, "zh");
    let asked = places(&mut visitor, VAGUE).await.says(200, "用照片里的地点和时间");
    let lamp = picture(IN_GRID, WALL);
    // Sent on with the picture and no place: what it told is looked at first.
    let told = visitor.press_with(&asked, "last", &[("tells", "on")], &[("files", "lamp.png", &lamp)]).await;
    let told = told.says(200, "根据照片，地点是“").says(200, "和苑社区第一网格").says(200, LINE);
    let last = visitor.press(&told, "last", &[]).await.says(200, "和苑社区第一网格").says(200, LINE);
    let case = send(&house, &mut visitor, &last).await;
    assert_eq!(case.head.place.to_string(), GRID);
    assert_eq!(case.head.body, format!("{VAGUE}\n{LINE}"));
    tells_nothing(&house, &case);
}

async fn without_the_tick_nothing_is_read(bed: Bed) {
    let house = drawn(bed).await;
    let mut visitor = house.visitor(2, "zh");
    let asked = places(&mut visitor, VAGUE).await;
    let lamp = picture(IN_GRID, WALL);
    let looked = visitor.press_with(&asked, "photo-look", &[], &[("files", "lamp.png", &lamp)]).await;
    assert!(!looked.text().contains("根据照片") && !looked.text().contains("照片摄于"));
    let last = visitor.press(&looked, "last", &[("pick", STREET)]).await;
    let case = send(&house, &mut visitor, &last).await;
    assert_eq!((case.head.place.to_string().as_str(), case.head.body.as_str()), (STREET, VAGUE));
    tells_nothing(&house, &case);
}

async fn what_was_chosen_counts(bed: Bed) {
    let house = drawn(bed).await;
    let mut visitor = house.visitor(3, "zh");
    let asked = places(&mut visitor, "文昌里1号楼的路灯不亮了").await;
    let lamp = picture(IN_GRID, WALL);
    let last = visitor.press_with(&asked, "last", &[("tells", "on")], &[("files", "lamp.png", &lamp)]).await;
    let last = last.says(200, "以您选的为准").says(200, LINE);
    assert_eq!(send(&house, &mut visitor, &last).await.head.place.to_string(), "990101001001003001");
    // A picture of what was chosen says nothing against it; sent with the report itself, its time is seen first.
    let asked = places(&mut visitor, "和苑小区3号楼的路灯不亮了").await;
    let last = visitor.press(&asked, "last", &[]).await;
    let last = if last.text().contains("name=\"join\"") { visitor.press(&last, "other", &[]).await } else { last };
    let seen = visitor.press_with(&last, "send", &[("tells", "on")], &[("files", "lamp.png", &lamp)]).await;
    let seen = seen.says(200, LINE);
    assert!(!seen.text().contains("以您选的为准"));
    let case = send(&house, &mut visitor, &seen).await;
    assert_eq!(case.head.place.to_string(), BUILDING);
    assert!(case.head.body.ends_with(LINE));
    tells_nothing(&house, &case);
}

async fn what_does_not_fit_is_said_and_not_used(bed: Bed) {
    let house = drawn(bed).await;
    let mut visitor = house.visitor(4, "zh");
    let asked = places(&mut visitor, VAGUE).await;
    let tick = [("tells", "on")];
    // Outside, and within the street but in none of its communities; a clock that is wrong tells no time.
    for away in [(120.5, 33.8), (IN_GRID.0 + 0.05, IN_GRID.1)] {
        let lamp = picture(away, "2031:01:01 00:00:00");
        let told = visitor.press_with(&asked, "last", &tick, &[("files", "lamp.png", &lamp)]).await;
        let told = told.says(200, "不在我们的社区里");
        assert!(!told.text().contains("照片摄于"));
        // Whoever goes on is not asked again.
        visitor.press(&told, "last", &[]).await.says(200, "云溪街道");
    }
    let told = visitor.press_with(&asked, "photo-look", &tick, &[("files", "plain.png", PIXEL)]).await;
    told.says(200, "没有拍摄地点");
    // A file that is refused leaves the tick where it was.
    let refused = visitor.press_with(&asked, "last", &tick, &[("files", "notes.txt", b"no picture")]).await;
    refused.says(422, "不是照片或 PDF").says(422, "name=\"tells\" value=\"on\" checked");
}

on_both! {
    proposed => with_the_tick_the_place_and_the_time_are_proposed;
    unticked => without_the_tick_nothing_is_read;
    chosen => what_was_chosen_counts;
    misfits => what_does_not_fit_is_said_and_not_used;
}

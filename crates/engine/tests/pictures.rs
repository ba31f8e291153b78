//! What pictures tell of themselves: read exactly where it is right, and not at all where it is not.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{io::Cursor, path::Path, sync::LazyLock};

use image::{ImageFormat, RgbImage};
use linli_engine::{
    attachments::{Told, cleaned, told},
    limits,
};
use linli_testbed::picture::{Entry, ascii, exif, fractions, in_png, moment, whereabouts};
use linli_worktime::{Calendar, parse_rfc3339};
use proptest::prelude::*;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn/calendar.toml");
    Calendar::parse("calendar.toml", &std::fs::read_to_string(file).unwrap()).unwrap()
});

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbImage::new(2, 2).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn of(moment: &[Entry], place: &[Entry]) -> Told {
    told(&in_png(&picture(ImageFormat::Png), &exif(moment, place)), &CALENDAR)
}

fn time(text: &str) -> Option<linli_worktime::Millis> {
    Some(parse_rfc3339(text).unwrap())
}

#[test]
fn a_jpeg_and_a_png_tell_the_same_and_tell_nothing_once_kept() {
    let (wall, place) = (moment("2026:03:02 09:40:07", None), whereabouts(119.305_5, 33.845_5));
    let tiff = exif(&wall, &place);
    let jpeg = picture(ImageFormat::Jpeg);
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    let jpeg = [&jpeg[..2], &[0xff, 0xe1], &length, b"Exif\0\0", &tiff, &jpeg[2..]].concat();
    let want = of(&wall, &place);
    let (lon, lat) = want.point.unwrap();
    assert!((lon - 119.305_5).abs() < 1e-5 && (lat - 33.845_5).abs() < 1e-5, "{lon} {lat}");
    // Without an offset it is the clock of the office.
    assert_eq!(want.at, time("2026-03-02T09:40:07+08:00"));
    assert_eq!(told(&jpeg, &CALENDAR), want);
    assert_eq!(told(&cleaned("a.jpg", &jpeg).unwrap().content, &CALENDAR), Told::default());
}

#[test]
fn a_time_has_its_offset() {
    let at = |wall, offset| of(&moment(wall, offset), &[]).at;
    assert_eq!(at("2026:03:02 09:40:07", Some("+09:00")), time("2026-03-02T09:40:07+09:00"));
    assert_eq!(at("2026:03:02 09:40:07", Some("-03:30")), time("2026-03-02T09:40:07-03:30"));
    assert_eq!(at("2026:03:02 09:40:07", Some("   :  ")), time("2026-03-02T09:40:07+08:00"));
    for wrong in ["+99:00", "+15:00", "Z", "+0800", ""] {
        assert_eq!(at("2026:03:02 09:40:07", Some(wrong)), None, "{wrong}");
    }
    for wrong in ["2026:13:02 09:40:07", "2026:02:30 09:40:07", "2026:03:02 25:00:00", "0000:00:00 00:00:00", "", "now"]
    {
        assert_eq!(at(wrong, None), None, "{wrong}");
        assert_eq!(at(wrong, Some("+08:00")), None, "{wrong}");
    }
}

#[test]
fn a_place_out_of_range_is_none() {
    let point = |lat: &[(u32, u32)], lat_half, lon: &[(u32, u32)], lon_half| {
        of(&[], &[ascii(1, lat_half), fractions(2, lat), ascii(3, lon_half), fractions(4, lon)]).point
    };
    let good = [(33, 1), (30, 1), (0, 1)];
    assert_eq!(point(&good, "N", &good, "E"), Some((33.5, 33.5)));
    assert_eq!(point(&good, "S", &good, "W"), Some((-33.5, -33.5)));
    assert_eq!(point(&[(90, 1), (0, 1), (0, 1)], "N", &[(180, 1), (0, 1), (0, 1)], "W"), Some((-180.0, 90.0)));
    for wrong in [
        &[(33, 1), (30, 1)][..],
        &[(33, 0), (30, 1), (0, 1)],
        &[(33, 1), (60, 1), (0, 1)],
        &[(33, 1), (30, 1), (60, 1)],
        &[(180, 1), (0, 1), (1, 100)],
        &[(u32::MAX, 1), (0, 1), (0, 1)],
        &[(33, 1), (30, 1), (0, 1), (0, 1)],
    ] {
        assert_eq!(point(&good, "N", wrong, "E"), None, "{wrong:?}");
        assert_eq!(point(wrong, "N", &good, "E"), None, "{wrong:?}");
    }
    for half in ["", "E", "n", "NN"] {
        assert_eq!(point(&good, half, &good, "E"), None, "{half}");
    }
    assert_eq!(of(&[], &whereabouts(119.3, 33.8)[..2]).point, None, "half a place is none");
}

#[test]
fn only_the_datum_of_satellites_is_a_place() {
    let with = |datum| of(&[], &[whereabouts(119.5, 33.5), vec![ascii(0x12, datum)]].concat()).point.is_some();
    for good in ["WGS-84", "WGS 84", "wgs84", "CGCS2000", ""] {
        assert!(with(good), "{good}");
    }
    for other in ["TOKYO", "GCJ-02", "BD-09"] {
        assert!(!with(other), "{other}");
    }
}

#[test]
fn what_is_no_picture_or_too_much_tells_nothing() {
    assert_eq!(told(b"%PDF-1.7\n", &CALENDAR), Told::default());
    assert_eq!(told(b"", &CALENDAR), Told::default());
    let mut long = exif(&moment("2026:03:02 09:40:07", None), &[]);
    long.resize(limits::EXIF_BYTES, 0);
    assert!(told(&in_png(&picture(ImageFormat::Png), &long), &CALENDAR).at.is_some());
    long.push(0);
    assert_eq!(told(&in_png(&picture(ImageFormat::Png), &long), &CALENDAR), Told::default());
}

fn sound(told: Told) -> bool {
    told.point.is_none_or(|(lon, lat)| lon.abs() <= 180.0 && lat.abs() <= 90.0)
}

proptest! {
    /// Where somebody stood is read to a tenth of a second of arc, on every half of the globe.
    #[test]
    fn any_place_is_read(lon in -180.0..180.0, lat in -90.0..90.0) {
        let (x, y) = of(&[], &whereabouts(lon, lat)).point.unwrap();
        prop_assert!((x - lon).abs() < 1e-5 && (y - lat).abs() < 1e-5);
    }

    /// Whatever is in it, reading ends, and what is read is on the globe.
    #[test]
    fn garbage_tells_nothing_wrong(
        head in prop::sample::select(vec![&b"MM\0\x2a\0\0\0\x08"[..], b"II\x2a\0\x08\0\0\0", b""]),
        tail in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        prop_assert!(sound(told(&in_png(&picture(ImageFormat::Png), &[head, &tail].concat()), &CALENDAR)));
        prop_assert!(sound(told(&[&b"\xff\xd8\xff\xe1\0\x40Exif\0\0"[..], head, &tail].concat(), &CALENDAR)));
        prop_assert!(sound(told(&tail, &CALENDAR)));
    }

    /// Some bytes of a good one changed.
    #[test]
    fn damage_tells_nothing_wrong(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut tiff = exif(&moment("2026:03:02 09:40:07", Some("+08:00")), &whereabouts(119.3, 33.8));
        for (at, byte) in changes {
            let at = at.index(tiff.len());
            tiff[at] = byte;
        }
        prop_assert!(sound(told(&in_png(&picture(ImageFormat::Png), &tiff), &CALENDAR)));
    }
}

//! A file that somebody uploads: what is taken is a picture that was drawn anew, without what its camera wrote into it, or
//! a paper, under a harmless name; where it says that it was taken is on the globe. The name is the input up to a null byte.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use linli_engine::attachments::{Mime, cleaned, told};
use linli_worktime::Calendar;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    Calendar::parse("calendar.toml", include_str!("../../packs/cn/calendar.toml")).expect("the calendar of the pack")
});

fuzz_target!(|bytes: &[u8]| {
    let (name, file) = bytes.split_at(bytes.iter().position(|byte| *byte == 0).unwrap_or_default());
    let file = if name.is_empty() { file } else { &file[1..] };
    if let Some((lon, lat)) = told(file, &CALENDAR).point {
        assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0, "a place that is not on the globe");
    }
    let Ok(taken) = cleaned(&String::from_utf8_lossy(name), file) else { return };
    assert!(!taken.content.is_empty() && !taken.name.contains(['/', '\\', '\0', '\n']));
    if taken.mime != Mime::Pdf {
        let has = |mark: &[u8]| taken.content.windows(mark.len()).any(|part| part == mark);
        assert!(!has(b"Exif\0\0") && !has(b"http://ns.adobe.com/xap"), "a trace of the camera is left");
        let again = cleaned(&taken.name, &taken.content).expect("what was drawn can be read");
        assert_eq!((again.mime, again.name), (taken.mime, taken.name));
    }
});

//! A file that somebody uploads: what is taken is a picture that was drawn anew, without what its camera wrote into it, or
//! a paper, under a harmless name. The name is the input up to a null byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linli_engine::attachments::{Mime, cleaned};

fuzz_target!(|bytes: &[u8]| {
    let (name, file) = bytes.split_at(bytes.iter().position(|byte| *byte == 0).unwrap_or_default());
    let file = if name.is_empty() { file } else { &file[1..] };
    let Ok(taken) = cleaned(&String::from_utf8_lossy(name), file) else { return };
    assert!(!taken.content.is_empty() && !taken.name.contains(['/', '\\', '\0', '\n']));
    if taken.mime != Mime::Pdf {
        let has = |mark: &[u8]| taken.content.windows(mark.len()).any(|part| part == mark);
        assert!(!has(b"Exif\0\0") && !has(b"http://ns.adobe.com/xap"), "a trace of the camera is left");
        let again = cleaned(&taken.name, &taken.content).expect("what was drawn can be read");
        assert_eq!((again.mime, again.name), (taken.mime, taken.name));
    }
});

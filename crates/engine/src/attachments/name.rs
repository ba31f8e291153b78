//! File names that people gave: shown and offered for saving, never used as a path.

use super::Mime;

/// Characters of a file name.
const CHARS: usize = 120;
/// Endings that say nothing any more once the content has been looked at.
const ENDINGS: [&str; 5] = ["jpg", "jpeg", "png", "webp", "pdf"];

/// The name without folders and without characters that could mislead, ending as the content is.
pub(super) fn clean(name: &str, mime: Mime) -> String {
    let plain: String = shown(name).chars().map(|c| if reserved(c) { '_' } else { c }).collect();
    let stem = trim(&plain);
    let stem = match stem.rsplit_once('.') {
        Some((stem, end)) if ENDINGS.iter().any(|e| end.eq_ignore_ascii_case(e)) => trim(stem),
        _ => stem,
    };
    let short: String = stem.chars().take(CHARS - mime.extension().len() - 1).collect();
    let short = trim(&short);
    format!("{}.{}", if short.is_empty() { "file" } else { short }, mime.extension())
}

/// The name for a message: without folders and without what is not seen.
pub(super) fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !hidden(*c)).take(2 * CHARS).collect()
}

fn trim(name: &str) -> &str {
    name.trim_matches(|c: char| c == '.' || c.is_whitespace())
}

/// Control characters, and those that are not seen or turn the direction of reading (`gpj.exe` that shows as `exe.jpg`).
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Characters that a file system or a header gives a meaning.
fn reserved(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | ';' | '%')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_clean_name_is_harmless_and_stays(name in any::<String>(), which in 0..3_usize) {
            let mime = Mime::ALL[which];
            let got = clean(&name, mime);
            prop_assert!(got.chars().count() <= CHARS);
            let ending = format!(".{}", mime.extension());
            prop_assert!(got.len() > ending.len() && got.ends_with(&ending));
            let bad = |c: char| hidden(c) || reserved(c) || c == '/' || c == '\\';
            prop_assert!(!got.starts_with('.') && !got.contains(bad));
            prop_assert_eq!(clean(&got, mime), got);
        }

        #[test]
        fn a_plain_name_keeps_its_stem(stem in "[a-z0-9_-]{1,116}", ending in "(jpg|JPEG|png|webp|Pdf)") {
            prop_assert_eq!(clean(&format!("{stem}.{ending}"), Mime::Jpeg), format!("{stem}.jpg"));
        }
    }

    #[test]
    fn names_that_were_meant_to_harm() {
        for (name, want) in [
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\Users\\x\\photo.PNG", "photo.jpg"),
            ("photo\u{202e}gpj.exe", "photogpj.exe.jpg"),
            ("a\r\nSet-Cookie: b=c.jpg", "aSet-Cookie_ b=c.jpg"),
            (" .. ", "file.jpg"),
            ("", "file.jpg"),
        ] {
            assert_eq!(clean(name, Mime::Jpeg), want);
        }
    }
}

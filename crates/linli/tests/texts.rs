//! The words of the program: Chinese and English complete beside each other, every key that is asked for there, none that
//! nobody asks for.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own source must stop")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use linli::web::i18n;

/// The texts of a Fluent file: key to pattern.
fn entries(text: &str) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let mut last = None;
    for line in text.lines() {
        if line.starts_with(' ') {
            if let Some(key) = &last {
                let entry: &mut String = out.get_mut(key).unwrap();
                entry.push('\n');
                entry.push_str(line);
            }
        } else if let Some((key, value)) = line.split_once(" =").filter(|(k, _)| !k.starts_with('#')) {
            assert!(out.insert(key.to_owned(), value.to_owned()).is_none(), "`{key}` stands twice");
            last = Some(key.to_owned());
        }
    }
    out
}

fn language(folder: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (path, text) in i18n::files().iter().filter(|(p, _)| p.starts_with(folder)) {
        for (key, value) in entries(text) {
            assert!(all.insert(key.clone(), value).is_none(), "`{key}` of {path} stands in another file too");
        }
    }
    all
}

fn places(pattern: &str) -> BTreeSet<String> {
    pattern
        .split('$')
        .skip(1)
        .map(|p| p.chars().take_while(|c| c.is_alphanumeric() || "-_".contains(*c)).collect())
        .collect()
}

#[test]
fn both_languages_say_the_same_things() {
    let (zh, en) = (language("zh/"), language("en/"));
    assert!(zh.len() > 100);
    let missing: Vec<&String> =
        zh.keys().filter(|k| !en.contains_key(*k)).chain(en.keys().filter(|k| !zh.contains_key(*k))).collect();
    assert!(missing.is_empty(), "in one language only: {missing:?}");
    for (key, pattern) in &zh {
        assert_eq!(places(pattern), places(&en[key]), "`{key}` names other arguments in English");
        assert!(!en[key].chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "`{key}` is not English");
    }
}

#[test]
fn every_text_can_be_drawn() {
    for lang in [i18n::Lang::Zh, i18n::Lang::En] {
        let folder = if lang == i18n::Lang::Zh { "zh/" } else { "en/" };
        for (key, pattern) in language(folder) {
            let names = places(&pattern);
            let args: Vec<_> = names.iter().map(|n| (n.as_str(), 3_i64.into())).collect();
            let text = i18n::text(lang, &key, &args);
            assert!(!text.is_empty() && !text.contains('\u{27e8}') && !text.contains("{$"), "`{key}` reads `{text}`");
        }
    }
}

fn sources(folder: &Path, out: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
            out.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// A key stands in the sources whole, or begins with a piece that they build keys from (`"kind-{}"`).
#[test]
fn every_key_is_used_and_every_used_key_is_there() {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    let quoted: BTreeSet<&str> = text.split('"').collect();
    let zh = language("zh/");
    let built: Vec<&str> = quoted
        .iter()
        .filter_map(|q| q.split_once("-{").map(|(head, _)| head))
        .filter(|h| !h.is_empty() && !h.contains(' '))
        .collect();
    let unused: Vec<&String> = zh
        .keys()
        .filter(|key| !quoted.contains(key.as_str()) && !built.iter().any(|head| key.starts_with(&format!("{head}-"))))
        .collect();
    assert!(unused.is_empty(), "texts that nobody asks for: {unused:?}");
    let calls = [".t(\"", ".t1(\"", ".n(\"", "titled(&ctx, \"", "Fault::new("];
    let mut missing = BTreeSet::new();
    for call in &calls[..4] {
        for rest in text.split(call).skip(1) {
            let key = rest.split('"').next().unwrap();
            if !key.contains('{') && !i18n::has(i18n::Lang::Zh, key) {
                missing.insert(key.to_owned());
            }
        }
    }
    for rest in text.split("\"fault-").skip(1) {
        let key = format!("fault-{}", rest.split('"').next().unwrap());
        if !i18n::has(i18n::Lang::Zh, &key) && !key.contains('{') {
            missing.insert(key);
        }
    }
    assert!(missing.is_empty(), "texts that are asked for and not there: {missing:?}");
}

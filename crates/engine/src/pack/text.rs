//! `texts.toml`: what the program writes to people, by key.

use std::collections::BTreeMap;

use linli_flow::Text;

use super::read::Table;

/// What a text may have filled in. Never a name, a phone number or an address: a phone can be in other hands.
const PLACEHOLDERS: [&str; 6] = ["number", "title", "unit", "due", "link", "code"];

/// The text in the language of a tag such as `zh-CN`, with each `{name}` of `args` filled in. It is filled in once: braces
/// within an argument stay as they are, and so does a placeholder without an argument.
pub fn fill(text: &Text, lang: &str, args: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = text.get(lang);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let named = after.split_once('}');
        let filled = named.and_then(|(name, tail)| Some((args.iter().find(|(arg, _)| *arg == name)?.1, tail)));
        match filled {
            Some((value, tail)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

pub(super) fn read(mut root: Table<'_>) -> BTreeMap<String, Text> {
    let mut texts = BTreeMap::new();
    for (key, table) in root.tables() {
        let text = table.into_text();
        for name in text.placeholders().filter(|name| !PLACEHOLDERS.contains(name)) {
            let all = PLACEHOLDERS.join("}, {");
            root.wrong_at(key.line, format!("`{}` cannot have {{{name}}} filled in: there is {{{all}}}", key.text));
        }
        let both = |name: &str| [&text.zh, &text.en].iter().all(|text| text.contains(&format!("{{{name}}}")));
        if !text.zh.is_empty() && !text.en.is_empty() && !text.placeholders().all(both) {
            root.wrong_at(key.line, format!("`{}` has other placeholders in one language than in the other", key.text));
        }
        texts.insert(key.text, text);
    }
    root.end();
    texts
}

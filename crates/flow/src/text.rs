//! A text that people read, in each language of the house.

use serde::{Deserialize, Serialize};

/// A text in Chinese and English; `{name}` stands for a case field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in the language of a tag such as `zh`, `zh-CN`, `en`: Chinese unless the tag begins with `en`.
    pub fn get(&self, lang: &str) -> &str {
        if lang.starts_with("en") { &self.en } else { &self.zh }
    }

    /// The names that stand in braces, of both languages, in order. An unclosed brace is plain text.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        [&self.zh, &self.en]
            .into_iter()
            .flat_map(|text| text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)))
    }
}

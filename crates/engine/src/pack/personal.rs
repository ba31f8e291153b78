//! `personal.toml`: what gives personal data away in free text, and what stands in its place.

use std::ops::Range;

use linli_insight::text::personal::{Finder, Found, Kind, Marks, MarksError, mask};

use super::Pack;

/// The marks of a pack, compiled.
pub(super) struct Personal {
    marks: Marks,
    finder: Finder,
}

impl Personal {
    pub(super) fn read(file: &str, text: &str) -> Result<Self, MarksError> {
        let marks = Marks::parse(file, text)?;
        let many = |error: &dyn std::fmt::Display| MarksError {
            file: file.to_owned(),
            line: 1,
            reason: format!("there are too many words: {error}"),
        };
        let finder = Finder::new(&marks).map_err(|error| many(&error))?;
        Ok(Self { marks, finder })
    }
}

impl Pack {
    /// The text without the personal data in it that `which` says by its kind and its words, and without the names that are
    /// known; nothing where there is none, or where the pack does not say what gives it away.
    pub fn without_personal(
        &self,
        text: &str,
        known: &[&str],
        mut which: impl FnMut(Kind, &str) -> bool,
    ) -> Option<String> {
        let personal = self.personal.as_ref()?;
        let mut found = personal.finder.find(text);
        found.retain(|Found { kind, range }| which(*kind, text.get(range.clone()).unwrap_or_default()));
        for name in personal.finder.known(text, known) {
            let apart = |of: &Found| of.range.end <= name.range.start || name.range.end <= of.range.start;
            if found.iter().all(apart) {
                found.push(name);
            }
        }
        found.sort_by_key(|of| of.range.start);
        (!found.is_empty()).then(|| mask(text, &found, |kind| personal.marks.stand_in(kind)))
    }

    /// Where personal data stands in a text, in bytes, in order.
    pub fn personal_in(&self, text: &str) -> Vec<Range<usize>> {
        let found = self.personal.as_ref().map(|personal| personal.finder.find(text));
        found.into_iter().flatten().map(|found| found.range).collect()
    }

    /// What stands in the place of a text that was erased.
    pub fn erased_word(&self) -> &str {
        self.personal.as_ref().map_or("\u{2026}", |personal| personal.marks.erased())
    }

    /// Whether there is personal data of such a kind in a text.
    pub fn has_personal(&self, text: &str, which: impl Fn(Kind) -> bool) -> bool {
        let found = self.personal.as_ref().map(|personal| personal.finder.find(text));
        found.into_iter().flatten().any(|found| which(found.kind))
    }
}

//! The words and characters that a pack gives: TOML to [`Marks`].

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::Kind;

/// The words that announce personal data, and the characters that it is made of, as a pack states them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    pub(super) digits: [String; 10],
    pub(super) separators: String,
    pub(super) fillers: String,
    pub(super) words: Words,
    pub(super) plate: Plate,
    pub(super) name: Name,
    pub(super) stand_in: StandIn,
}

/// What each list of words announces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub called: Vec<String>,
    pub role: Vec<String>,
    pub title: Vec<String>,
    pub phone: Vec<String>,
    pub identity: Vec<String>,
    pub bank: Vec<String>,
    pub account: Vec<String>,
    pub plate: Vec<String>,
    pub passport: Vec<String>,
    pub public: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plate {
    pub heads: String,
    pub tails: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Name {
    pub surnames: Spanned<String>,
    pub words: Spanned<String>,
    pub never: String,
    pub ends: String,
    pub places: String,
}

/// Marks that cannot be used: where, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct MarksError {
    /// The file as the caller named it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub reason: String,
}

/// What is written where something was taken out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StandIn {
    pub phone: String,
    pub landline: String,
    pub identity: String,
    pub bank: String,
    pub plate: String,
    pub name: String,
    pub email: String,
    pub account: String,
    pub passport: String,
    pub erased: String,
}

impl Marks {
    /// What is written in the place of a text that was erased.
    #[must_use]
    pub fn erased(&self) -> &str {
        &self.stand_in.erased
    }

    /// What is written in the place of something that was taken out.
    #[must_use]
    pub fn stand_in(&self, kind: Kind) -> &str {
        let all = &self.stand_in;
        match kind {
            Kind::Phone => &all.phone,
            Kind::Landline => &all.landline,
            Kind::Identity => &all.identity,
            Kind::BankCard => &all.bank,
            Kind::Plate => &all.plate,
            Kind::Name => &all.name,
            Kind::Email => &all.email,
            Kind::Account => &all.account,
            Kind::Passport => &all.passport,
        }
    }

    /// Reads marks as a rule pack states them; `file` is only for the error.
    ///
    /// # Errors
    /// When the text is not TOML, lacks something, or has an entry of the wrong length: the file, the line and the
    /// reason.
    pub fn parse(file: &str, text: &str) -> Result<Self, MarksError> {
        let fault = |place: Range<usize>, reason: String| MarksError {
            file: file.to_owned(),
            line: text.bytes().take(place.start).filter(|byte| *byte == b'\n').count() + 1,
            reason,
        };
        let marks: Self =
            toml::from_str(text).map_err(|e| fault(e.span().unwrap_or_default(), e.message().to_owned()))?;
        let lists = [(&marks.name.surnames, 1..=2, "a surname has"), (&marks.name.words, 2..=2, "a word here has")];
        for (list, lengths, what) in lists {
            if let Some(odd) = list.get_ref().split_whitespace().find(|word| !lengths.contains(&word.chars().count())) {
                let (least, most) = lengths.into_inner();
                return Err(fault(list.span(), format!("{what} {least} to {most} characters, `{odd}` has not")));
            }
        }
        if let Some(empty) = marks.words.all().find(|(_, word)| word.trim().is_empty()) {
            return Err(fault(0..0, format!("[words] has an empty word ({:?}): take it out", empty.0)));
        }
        Ok(marks)
    }
}

impl Words {
    /// Every word with what it announces.
    pub fn all(&self) -> impl Iterator<Item = (Mark, &str)> {
        [
            (Mark::Called, &self.called),
            (Mark::Role, &self.role),
            (Mark::Title, &self.title),
            (Mark::Phone, &self.phone),
            (Mark::Identity, &self.identity),
            (Mark::Bank, &self.bank),
            (Mark::Account, &self.account),
            (Mark::Plate, &self.plate),
            (Mark::Passport, &self.passport),
            (Mark::Public, &self.public),
        ]
        .into_iter()
        .flat_map(|(mark, words)| words.iter().map(move |word| (mark, word.as_str())))
    }
}

/// What a word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A name, for certain.
    Called,
    /// Perhaps the writer's name.
    Role,
    /// Perhaps anybody's name.
    Title,
    Phone,
    Identity,
    Bank,
    Account,
    Plate,
    Passport,
    /// A number of an office.
    Public,
}

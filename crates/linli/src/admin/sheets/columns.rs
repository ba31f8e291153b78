//! The tables and their columns, and the words that people use for them. All words are texts: `sheet-TABLE`,
//! `sheet-TABLE-COLUMN`, with `-also` for what else they are called (`|` between).

use linli_engine::{limits, policy::Resource};
use serde::{Deserialize, Serialize};

use crate::web::i18n::{Lang, has, text};

/// A sort of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The place tree.
    Places,
    /// The units.
    Orgs,
    /// The accounts of staff.
    Accounts,
    /// Their seats.
    Seats,
    /// The office's own duty list.
    Duties,
}

/// What a column holds, which decides how its cells are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Digits or small letters: full width is read as half width.
    Code,
    /// Words, as they stand.
    Words,
    /// A number.
    Number,
    /// For the reader of the table; not read back.
    Shown,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its field, as forms name it.
    pub field: &'static str,
    /// What it holds.
    pub sort: Sort,
    /// Whether the table makes no sense without it.
    pub needed: bool,
}

const fn need(field: &'static str, sort: Sort) -> Column {
    Column { field, sort, needed: true }
}

const fn may(field: &'static str, sort: Sort) -> Column {
    Column { field, sort, needed: false }
}

use Sort::{Code, Number, Shown, Words};

const PLACES: [Column; 7] = [
    need("code", Code),
    need("zh", Words),
    may("en", Words),
    may("aliases", Words),
    may("lon", Number),
    may("lat", Number),
    may("state", Words),
];
const ORGS: [Column; 10] = [
    need("id", Code),
    need("zh", Words),
    may("en", Words),
    need("kind", Words),
    need("function", Words),
    need("place", Code),
    may("place-name", Shown),
    may("parent", Code),
    may("phone", Code),
    may("state", Words),
];
const ACCOUNTS: [Column; 3] = [need("login", Code), need("name", Words), may("state", Words)];
const SEATS: [Column; 8] = [
    need("login", Code),
    may("name", Shown),
    need("org", Code),
    may("org-name", Shown),
    need("role", Words),
    need("place", Code),
    may("place-name", Shown),
    may("state", Words),
];
const DUTIES: [Column; 9] = [
    need("category", Words),
    may("below", Words),
    need("place", Code),
    may("place-name", Shown),
    need("org", Code),
    may("org-name", Shown),
    need("part", Words),
    need("basis", Words),
    may("state", Words),
];

/// Both languages: a header is understood in either.
pub const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

impl Kind {
    /// All of them, in the order in which one needs the other.
    pub const ALL: [Self; 5] = [Self::Places, Self::Orgs, Self::Accounts, Self::Seats, Self::Duties];

    /// Its word in addresses and keys of texts.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Places => "places",
            Self::Orgs => "orgs",
            Self::Accounts => "accounts",
            Self::Seats => "seats",
            Self::Duties => "duties",
        }
    }

    /// From its word.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// What the policy calls what is in it.
    pub fn resource(self) -> Resource {
        match self {
            Self::Places => Resource::Place,
            Self::Orgs => Resource::Org,
            Self::Accounts => Resource::Account,
            Self::Seats => Resource::Seat,
            Self::Duties => Resource::Duty,
        }
    }

    /// Its columns, in the order in which they are written.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Places => &PLACES,
            Self::Orgs => &ORGS,
            Self::Accounts => &ACCOUNTS,
            Self::Seats => &SEATS,
            Self::Duties => &DUTIES,
        }
    }

    /// The rows that it may have.
    pub fn most(self) -> usize {
        match self {
            Self::Places => limits::SHEET_PLACES,
            Self::Accounts => limits::SHEET_ACCOUNTS,
            Self::Orgs | Self::Seats | Self::Duties => limits::SHEET_ROWS,
        }
    }

    /// What its sheet is called.
    pub fn title(self, lang: Lang) -> String {
        text(lang, &format!("sheet-{}", self.slug()), &[])
    }

    /// What a column is called.
    pub fn header(self, field: &str, lang: Lang) -> String {
        text(lang, &format!("sheet-{}-{field}", self.slug()), &[])
    }

    /// A text about a column, where there is one.
    pub fn about(self, field: &str, what: &str, lang: Lang) -> String {
        let key = format!("sheet-{}-{field}-{what}", self.slug());
        if has(lang, &key) { text(lang, &key, &[]) } else { String::new() }
    }

    /// The sort of table that a sheet of this name is, if it has one of our names.
    pub fn named(name: &str) -> Option<Self> {
        let name = plain(name);
        Self::ALL.into_iter().find(|kind| spellings(&format!("sheet-{}", kind.slug())).contains(&name))
    }

    /// The place of a header among the columns.
    pub fn column(self, header: &str) -> Option<usize> {
        let header = plain(header);
        if header.is_empty() {
            return None;
        }
        let slug = self.slug();
        let known = |field: &str| field == header || spellings(&format!("sheet-{slug}-{field}")).contains(&header);
        self.columns().iter().position(|column| known(column.field))
    }
}

/// All ways to write what a text says, in both languages.
pub fn spellings(key: &str) -> Vec<String> {
    let also = format!("{key}-also");
    let of = |lang| {
        let main = text(lang, key, &[]);
        let more = if has(lang, &also) { text(lang, &also, &[]) } else { String::new() };
        more.split('|').map(str::to_owned).chain([main]).collect::<Vec<_>>()
    };
    let all = LANGS.into_iter().flat_map(of).map(|word| plain(&word));
    all.filter(|word| !word.is_empty()).collect()
}

/// A word without what people vary: case, blanks, stars, what stands in brackets, full width.
pub fn plain(word: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for c in word.chars().map(narrow) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || c == '*' || c == '_' || c == '-' || is_nothing(c) => {}
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// A full-width letter, digit or sign as its half-width one.
pub fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// Characters that nobody sees.
pub fn is_nothing(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// The letter that Excel shows above a column.
pub fn letter(column: usize) -> String {
    let (mut n, mut out) = (column + 1, Vec::new());
    while n > 0 {
        out.push(b'A' + u8::try_from((n - 1) % 26).unwrap_or_default());
        n = (n - 1) / 26;
    }
    out.reverse();
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Kind, LANGS, letter};

    #[test]
    fn letters_are_those_of_excel() {
        let at = [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")];
        assert!(at.iter().all(|(n, shown)| letter(*n) == *shown));
    }

    /// What the program writes above a column it reads back, in both languages, and no word means two columns.
    #[test]
    fn headers_read_back_as_themselves() {
        for kind in Kind::ALL {
            for (at, column) in kind.columns().iter().enumerate() {
                for word in super::spellings(&format!("sheet-{}-{}", kind.slug(), column.field)) {
                    assert_eq!(kind.column(&word), Some(at), "{word} of {kind:?}");
                }
                for lang in LANGS {
                    assert_eq!(kind.column(&format!(" {} * ", kind.header(column.field, lang))), Some(at));
                }
            }
            for lang in LANGS {
                assert_eq!(Kind::named(&kind.title(lang)), Some(kind));
            }
        }
    }
}

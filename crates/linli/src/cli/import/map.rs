//! Maps: which column of a file says what about a case. A map is TOML and is checked whole before a row is read; each
//! problem names its line.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    path::{Path, PathBuf},
};

use jiff::{
    civil::{DateTime, date},
    fmt::strtime,
    tz::{TimeZone, TimeZoneDatabase},
};
use linli_engine::{
    cases::{Channel, Datum},
    ids::{Level, PlaceCode},
    pack::Pack,
};
use serde::Deserialize;
use toml::Spanned;

use super::ImportError;

/// What a column can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// The row's id in the source.
    Id,
    /// The matter in a line.
    Title,
    /// The matter in the reporter's words.
    Text,
    /// When it was reported.
    Opened,
    /// When the source wanted to be done.
    Due,
    /// When it was over.
    Closed,
    /// What was answered or done.
    Reply,
    /// Who did it.
    Agency,
    /// The source's own category.
    CategoryText,
    /// Where, in words.
    PlaceText,
    /// Where, by the name of a place.
    Area,
    /// What the source calls the reporter.
    Reporter,
    /// Degrees east.
    Lon,
    /// Degrees north.
    Lat,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// The first sheet of an Excel workbook, with a header.
    Xlsx,
}

/// A column that the map names.
#[derive(Clone, Debug)]
pub struct Column {
    /// What it says.
    pub name: Name,
    /// What the file calls it.
    pub from: String,
    /// How its times are written, in a column of times.
    pub times: Option<Times>,
}

/// How times are written.
#[derive(Clone, Debug)]
pub struct Times {
    formats: Vec<String>,
    zone: TimeZone,
}

impl Times {
    /// The time that a text says; a day without a time is its start.
    pub fn parse(&self, text: &str) -> Option<DateTime> {
        self.formats.iter().find_map(|format| {
            let parsed = strtime::parse(format, text).ok()?;
            let day = parsed.to_date().ok()?;
            Some(parsed.to_time().map_or_else(|_| day.at(0, 0, 0, 0), |time| day.to_datetime(time)))
        })
    }

    /// The instant of a wall clock, as milliseconds; an hour that the zone skips or repeats is read as before the change.
    pub fn instant(&self, wall: DateTime) -> Option<linli_worktime::Millis> {
        let at = self.zone.to_ambiguous_timestamp(wall).compatible().ok()?;
        Some(linli_worktime::Millis(at.as_millisecond()))
    }
}

/// A map in which nothing is wrong.
#[derive(Debug)]
pub struct Map {
    /// What the source is called: rows are told apart by it and their id.
    pub source: String,
    /// How the file is written.
    pub format: Format,
    /// The street that the rows belong to.
    pub street: PlaceCode,
    /// A file of places that have to be there.
    pub places: Option<PathBuf>,
    /// How the reports came in.
    pub channel: Channel,
    /// The system of the coordinates.
    pub datum: Datum,
    /// The columns that say that a row is over when they are filled in.
    pub over: Vec<Name>,
    /// Columns that have to be filled in.
    pub required: Vec<Name>,
    /// All columns.
    pub columns: Vec<Column>,
    /// The category of a value that `category` does not have; the rule pack's keywords find one where this is empty.
    pub category_default: Option<String>,
    /// Our category for theirs.
    pub category: HashMap<String, String>,
    /// Our place for the area in their words.
    pub place: HashMap<String, PlaceCode>,
    /// The text that it was read from.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Option<String>,
    format: Format,
    jurisdiction: Spanned<PlaceCode>,
    places: Option<Spanned<String>>,
    channel: Channel,
    #[serde(default = "wgs84")]
    datum: Datum,
    over: Option<Spanned<Vec<Name>>>,
    #[serde(default)]
    required: Vec<Spanned<Name>>,
    category_default: Option<Spanned<String>>,
    columns: Spanned<BTreeMap<Name, Spanned<ColumnFile>>>,
    #[serde(default)]
    category: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    place: BTreeMap<String, Spanned<PlaceCode>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnFile {
    from: String,
    format: Option<Vec<String>>,
    zone: Option<String>,
}

fn wgs84() -> Datum {
    Datum::Wgs84
}

/// What is wrong with a map so far.
struct Check<'m> {
    file: String,
    text: &'m str,
    problems: Vec<String>,
}

impl Check<'_> {
    fn wrong(&mut self, span: Range<usize>, reason: impl std::fmt::Display) {
        let line = line_of(self.text, span.start);
        self.problems.push(format!("{}:{line}: {reason}", self.file));
    }
}

/// The line of a place in a text.
pub fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

impl Map {
    /// Reads a map and checks it against the rule pack.
    ///
    /// # Errors
    /// All that is wrong, with file and line.
    pub fn read(path: &Path, pack: &Pack) -> Result<Self, ImportError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| ImportError::Input(format!("{name}: {e}")))?;
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let mut map = Self::parse(&name, &stem, text, pack)?;
        map.places = map.places.map(|places| path.parent().unwrap_or(Path::new("")).join(places));
        Ok(map)
    }

    /// Reads the text of a map; `file` is how problems call it, `stem` the source of a map that names none.
    ///
    /// # Errors
    /// All that is wrong, with file and line.
    pub fn parse(file: &str, stem: &str, text: String, pack: &Pack) -> Result<Self, ImportError> {
        let read: File = toml::from_str(&text).map_err(|e| {
            let line = e.span().map_or(1, |span| line_of(&text, span.start));
            ImportError::Input(format!("{file}:{line}: {}", e.message()))
        })?;
        let mut check = Check { file: file.to_owned(), text: &text, problems: Vec::new() };
        let columns = columns(&mut check, &read);
        check_names(&mut check, &read);
        check_pack(&mut check, &read, pack);
        if !check.problems.is_empty() {
            return Err(ImportError::Input(check.problems.join("\n")));
        }
        let over = read.over.map_or_else(|| vec![Name::Closed, Name::Reply], Spanned::into_inner);
        Ok(Self {
            source: read.source.unwrap_or_else(|| stem.to_owned()),
            format: read.format,
            street: read.jurisdiction.into_inner(),
            places: read.places.map(|places| PathBuf::from(places.into_inner())),
            channel: read.channel,
            datum: read.datum,
            over,
            required: read.required.into_iter().map(Spanned::into_inner).collect(),
            columns,
            category_default: read.category_default.map(Spanned::into_inner),
            category: read.category.into_iter().map(|(theirs, ours)| (theirs, ours.into_inner())).collect(),
            place: read.place.into_iter().map(|(theirs, ours)| (theirs.to_lowercase(), ours.into_inner())).collect(),
            text,
        })
    }

    /// What the file calls a column; our own name for it where the map has none.
    pub fn from(&self, name: Name) -> &str {
        self.columns.iter().find(|c| c.name == name).map_or("", |c| &c.from)
    }
}

fn columns(check: &mut Check<'_>, read: &File) -> Vec<Column> {
    let mut columns = Vec::new();
    for (name, column) in read.columns.get_ref() {
        let (span, column) = (column.span(), column.get_ref());
        let times = match (name, &column.format, &column.zone) {
            (Name::Opened | Name::Due | Name::Closed, Some(formats), Some(zone)) => times(check, span, formats, zone),
            (Name::Opened | Name::Due | Name::Closed, _, _) => {
                check.wrong(span, "a column of times needs `format` (a list) and `zone`");
                None
            }
            (_, None, None) => None,
            _ => {
                check.wrong(span, "`format` and `zone` are for columns of times: opened, due, closed");
                None
            }
        };
        columns.push(Column { name: *name, from: column.from.clone(), times });
    }
    columns
}

fn times(check: &mut Check<'_>, span: Range<usize>, formats: &[String], zone: &str) -> Option<Times> {
    let sample = date(2026, 11, 23).at(18, 7, 9, 0);
    for format in formats {
        let back =
            strtime::format(format, sample).ok().and_then(|text| strtime::parse(format, text).ok()?.to_date().ok());
        if back != Some(date(2026, 11, 23)) {
            check.wrong(span.clone(), format!("`{format}` does not say a day: write it as in %Y-%m-%d %H:%M:%S"));
        }
    }
    let Ok(zone) = TimeZoneDatabase::bundled().get(zone) else {
        check.wrong(span, format!("`{zone}` is not a time zone: write one as in Asia/Shanghai"));
        return None;
    };
    Some(Times { formats: formats.to_vec(), zone })
}

/// Names of columns that other parts of the map speak of.
fn check_names(check: &mut Check<'_>, read: &File) {
    let has = |name: &Name| read.columns.get_ref().contains_key(name);
    let whole = read.columns.span();
    for name in [Name::Id, Name::Opened] {
        if !has(&name) {
            check.wrong(whole.clone(), format!("[columns] needs `{}`", if name == Name::Id { "id" } else { "opened" }));
        }
    }
    if !has(&Name::Title) && !has(&Name::Text) {
        check.wrong(whole.clone(), "[columns] needs `title` or `text`");
    }
    if has(&Name::Lon) != has(&Name::Lat) {
        check.wrong(whole, "`lon` and `lat` go together");
    }
    for name in &read.required {
        if !has(name.get_ref()) {
            check.wrong(name.span(), "`required` names a column that [columns] does not have");
        }
    }
    if let Some(over) = read.over.as_ref().filter(|over| !over.get_ref().iter().all(has)) {
        check.wrong(over.span(), "`over` names a column that [columns] does not have");
    }
    let first = |span: Option<Range<usize>>| span.unwrap_or_default();
    if !read.category.is_empty() && !has(&Name::CategoryText) {
        check.wrong(
            first(read.category.values().next().map(Spanned::span)),
            "[category] needs the column `category_text`",
        );
    }
    if !read.place.is_empty() && !has(&Name::Area) {
        check.wrong(first(read.place.values().next().map(Spanned::span)), "[place] needs the column `area`");
    }
}

/// Categories that the rule pack has to have, places that lie in the street.
fn check_pack(check: &mut Check<'_>, read: &File, pack: &Pack) {
    let street = &read.jurisdiction;
    if street.get_ref().level() != Level::Street {
        check.wrong(street.span(), format!("the jurisdiction {} is not a street (9 digits)", street.get_ref()));
    }
    for code in read.category.values().chain(&read.category_default) {
        if pack.category(code.get_ref()).is_none() {
            check.wrong(code.span(), format!("the rule pack {} has no category `{}`", pack.version, code.get_ref()));
        }
    }
    for code in read.place.values() {
        if !street.get_ref().covers(code.get_ref()) {
            check.wrong(code.span(), format!("the place {} is not in {}", code.get_ref(), street.get_ref()));
        }
    }
}

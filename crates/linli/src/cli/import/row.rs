//! What a row becomes: cells into a record, each by what its column says. What a spreadsheet spoiled is reported and
//! never guessed.

use std::{collections::HashMap, sync::Arc};

use linli_engine::{
    Engine,
    cases::Point,
    directory::Place,
    ids::PlaceCode,
    import::{Ending, Ready, Record, Wrong},
    vault::Secret,
};
use linli_worktime::Millis;

use super::{
    map::{Column, Map, Name},
    read::{Cell, Raw},
    report::Bad,
};

const SPOILED: &str = "a spreadsheet seems to have turned this into a date; the number that it was is gone";
const CUT: &str = "a spreadsheet seems to have cut the digits of this number";

/// Turns rows into records by a map.
pub struct Rows {
    engine: Engine,
    map: Arc<Map>,
    /// Places of the street by what people call them, in lower case.
    areas: HashMap<String, PlaceCode>,
}

/// One row with its map.
struct Reading<'r> {
    map: &'r Map,
    raw: &'r Raw,
}

impl Rows {
    /// For this map; `brought` are places that are not in the directory yet.
    pub fn new(engine: &Engine, map: Arc<Map>, brought: &[Place]) -> Self {
        let directory = engine.directory();
        let inside = directory.places().chain(brought).filter(|p| map.street.covers(&p.code) && p.retired_at.is_none());
        let mut areas: HashMap<String, PlaceCode> = HashMap::new();
        for place in inside {
            for name in [&place.name.zh, &place.name.en].into_iter().chain(&place.aliases) {
                areas.entry(name.trim().to_lowercase()).or_insert_with(|| place.code.clone());
            }
        }
        areas.extend(map.place.clone());
        Self { engine: engine.clone(), map, areas }
    }

    /// The case that a row becomes.
    ///
    /// # Errors
    /// What is wrong with the row.
    pub fn ready(&self, raw: &Raw) -> Result<Ready, Bad> {
        let row = Reading { map: &self.map, raw };
        let record = self.record(&row)?;
        self.engine.ready(&self.map.source, record).map_err(|Wrong { field, why }| row.bad_field(field, &why))
    }

    /// How a row is reported whose id another one has.
    pub fn refused(&self, raw: &Raw) -> Bad {
        Reading { map: &self.map, raw }.bad(Name::Id, "another row with this id is there already, with another text")
    }

    fn record(&self, row: &Reading<'_>) -> Result<Record, Bad> {
        for name in &self.map.required {
            if row.shown(*name).is_empty() {
                return Err(row.bad(*name, "it is empty, and the map requires it"));
            }
        }
        let title = row.text(Name::Title)?;
        let words = row.text(Name::PlaceText)?;
        let opened = row.time(Name::Opened)?.ok_or_else(|| row.bad(Name::Opened, "it is empty"))?;
        Ok(Record {
            id: row.id()?,
            channel: self.map.channel,
            category: self.category(&row.text(Name::CategoryText)?),
            place: self.place(row, &words)?,
            address: words,
            point: row.point()?,
            reporter: Secret::new(row.text(Name::Reporter)?),
            at: opened,
            due: row.time(Name::Due)?,
            over: row.over()?,
            body: row.text(Name::Text)?,
            title,
        })
    }

    fn category(&self, theirs: &str) -> Option<String> {
        let known = self.map.category.get(theirs).or(self.map.category_default.as_ref());
        known.filter(|_| !theirs.is_empty()).cloned()
    }

    /// The place by its name in the area column, else the one that the words point to, else the street.
    fn place(&self, row: &Reading<'_>, words: &str) -> Result<PlaceCode, Bad> {
        let street = &self.map.street;
        if self.map.columns.iter().any(|c| c.name == Name::Area) {
            let area = row.text(Name::Area)?;
            if area.is_empty() {
                return Ok(street.clone());
            }
            let known = self.areas.get(&area.to_lowercase()).cloned();
            return known.ok_or_else(|| row.bad(Name::Area, &format!("no place in {street} is called so")));
        }
        let directory = self.engine.directory();
        let found =
            if words.is_empty() { None } else { directory.locate(words, street, 1).first().map(|p| p.code.clone()) };
        Ok(found.unwrap_or_else(|| street.clone()))
    }
}

impl Reading<'_> {
    fn cell(&self, name: Name) -> Option<(&Cell, &Column)> {
        self.raw.cells.iter().zip(&self.map.columns).find(|(_, column)| column.name == name)
    }

    /// A cell as it shows.
    fn shown(&self, name: Name) -> String {
        match self.cell(name).map(|(cell, _)| cell) {
            None => String::new(),
            Some(Cell::Text(text) | Cell::Odd(text)) => text.clone(),
            Some(Cell::Number(number)) => number.to_string(),
            Some(Cell::Time(wall)) => wall.to_string(),
        }
    }

    fn bad(&self, name: Name, reason: &str) -> Bad {
        let column = self.map.from(name).to_owned();
        Bad { line: self.raw.line, column, value: self.shown(name), reason: reason.to_owned() }
    }

    /// The same for what the engine found, by the name that it has for the field.
    fn bad_field(&self, field: &str, why: &dyn std::fmt::Display) -> Bad {
        let name = match field {
            "id" => Name::Id,
            "text" if self.map.from(Name::Text).is_empty() => Name::Title,
            "text" => Name::Text,
            "place_text" => Name::PlaceText,
            "reporter" => Name::Reporter,
            "reply" => Name::Reply,
            "agency" => Name::Agency,
            "opened" => Name::Opened,
            "closed" => Name::Closed,
            _ => Name::CategoryText,
        };
        self.bad(name, &why.to_string())
    }

    fn text(&self, name: Name) -> Result<String, Bad> {
        match self.cell(name) {
            None => Ok(String::new()),
            Some((Cell::Text(text), _)) => Ok(text.clone()),
            Some((Cell::Number(number), _)) => Ok(number.to_string()),
            Some((Cell::Time(_), _)) => Err(self.bad(name, SPOILED)),
            Some((Cell::Odd(_), _)) => Err(self.bad(name, "this is not a text")),
        }
    }

    /// An id has all its digits: beyond 15, a spreadsheet keeps no more.
    fn id(&self) -> Result<String, Bad> {
        let id = self.text(Name::Id)?;
        let number = matches!(self.cell(Name::Id), Some((Cell::Number(n), _)) if n.fract() != 0.0 || n.abs() >= 1e15);
        let cut = id.parse::<f64>().is_ok() && id.contains(['e', 'E']) && id.contains(['.', '+']);
        if number || cut { Err(self.bad(Name::Id, CUT)) } else { Ok(id) }
    }

    fn number(&self, name: Name) -> Result<Option<f64>, Bad> {
        let text = match self.cell(name) {
            None => return Ok(None),
            Some((Cell::Number(number), _)) => return Ok(Some(*number)),
            Some(_) => self.text(name)?,
        };
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().ok().filter(|n: &f64| n.is_finite());
        // As in "18. Jan" or "1 (month) 18 (day)": digits beside the name of a month.
        let month = |c: char| c.is_alphabetic() || matches!(c, '/' | ':');
        let spoiled = text.contains(month) && text.contains(|c: char| c.is_ascii_digit());
        let reason = if spoiled { SPOILED } else { "this is not a number" };
        number.map(Some).ok_or_else(|| self.bad(name, reason))
    }

    fn time(&self, name: Name) -> Result<Option<Millis>, Bad> {
        let Some((cell, Column { times: Some(times), .. })) = self.cell(name) else { return Ok(None) };
        let wall = match cell {
            Cell::Text(text) if text.is_empty() => return Ok(None),
            Cell::Text(text) => times.parse(text).ok_or("it is not written as the map says times are"),
            Cell::Time(wall) => Ok(*wall),
            Cell::Number(_) => Err("a plain number stands where a time should: format the column as dates"),
            Cell::Odd(_) => Err("this is not a time"),
        };
        let wall = wall.map_err(|reason| self.bad(name, reason))?;
        times.instant(wall).map(Some).ok_or_else(|| self.bad(name, "this time is not possible"))
    }

    fn point(&self) -> Result<Option<Point>, Bad> {
        let (lon, lat) = (self.number(Name::Lon)?, self.number(Name::Lat)?);
        for (name, degrees, most) in [(Name::Lon, lon, 180.0), (Name::Lat, lat, 90.0)] {
            if degrees.is_some_and(|d| d.abs() > most) {
                return Err(self.bad(name, &format!("it is beyond {most} degrees")));
            }
        }
        match (lon, lat) {
            (Some(lon), Some(lat)) => Ok(Some(Point { lon, lat, datum: self.map.datum })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(self.bad(Name::Lon, "it is empty, but the other coordinate is not")),
            (Some(_), None) => Err(self.bad(Name::Lat, "it is empty, but the other coordinate is not")),
        }
    }

    fn over(&self) -> Result<Option<Ending>, Bad> {
        if !self.map.over.iter().any(|name| !self.shown(*name).is_empty()) {
            return Ok(None);
        }
        let (at, reply) = (self.time(Name::Closed)?, self.text(Name::Reply)?);
        Ok(Some(Ending { at, reply, agency: self.text(Name::Agency)? }))
    }
}

//! Finds places and units by what people call them, in tables of many rows: an index over the names of a directory that
//! grows with it.

use std::collections::HashMap;

use linli_engine::{
    directory::{Directory, Org, Place},
    ids::{OrgId, PlaceCode},
};

use super::super::form::Wrong;

/// Names to codes.
#[derive(Default)]
pub struct Names {
    places: HashMap<String, Vec<PlaceCode>>,
    orgs: HashMap<String, Vec<OrgId>>,
}

impl Names {
    /// Of all that is in a directory.
    pub fn of(directory: &Directory) -> Self {
        let mut names = Self::default();
        directory.places().for_each(|place| names.put_place(place));
        directory.orgs().for_each(|org| names.put_org(org));
        names
    }

    /// Adds a place.
    pub fn put_place(&mut self, place: &Place) {
        for name in [&place.name.zh, &place.name.en].into_iter().chain(&place.aliases) {
            put(&mut self.places, name, &place.code);
        }
    }

    /// Adds a unit.
    pub fn put_org(&mut self, org: &Org) {
        for name in [&org.name.zh, &org.name.en] {
            put(&mut self.orgs, name, &org.id);
        }
    }

    /// The live place of this code or name.
    pub(in crate::admin) fn place<'d>(
        &self,
        directory: &'d Directory,
        field: &'static str,
        words: &str,
    ) -> Result<&'d Place, Wrong> {
        let live = |code: &PlaceCode| directory.place(code).filter(|p| p.retired_at.is_none());
        if let Some(place) = words.parse().ok().and_then(|code| live(&code)) {
            return Ok(place);
        }
        let found = self.places.get(words).into_iter().flatten().filter_map(live);
        // A name may have moved on to another place since.
        let found = found.filter(|p| p.name.zh == words || p.name.en == words || p.aliases.iter().any(|a| a == words));
        one(field, words, found.collect(), |p| format!("{} {}", p.code, p.name.zh))
    }

    /// The live unit of this short name or name.
    pub(in crate::admin) fn org<'d>(
        &self,
        directory: &'d Directory,
        field: &'static str,
        words: &str,
    ) -> Result<&'d Org, Wrong> {
        let live = |id: &str| directory.org(id).filter(|o| o.retired_at.is_none());
        if let Some(org) = live(words) {
            return Ok(org);
        }
        let found = self.orgs.get(words).into_iter().flatten().filter_map(|id| live(id.as_str()));
        let found = found.filter(|o| o.name.zh == words || o.name.en == words);
        one(field, words, found.collect(), |o| format!("{} {}", o.id, o.name.zh))
    }
}

fn put<T: Clone + PartialEq>(names: &mut HashMap<String, Vec<T>>, name: &str, code: &T) {
    let codes = names.entry(name.to_owned()).or_default();
    if !codes.contains(code) {
        codes.push(code.clone());
    }
}

fn one<'d, T>(
    field: &'static str,
    words: &str,
    found: Vec<&'d T>,
    shown: impl Fn(&T) -> String,
) -> Result<&'d T, Wrong> {
    match found.as_slice() {
        _ if words.is_empty() => Err(Wrong::new(field, "missing")),
        [] => Err(Wrong::new(field, "unknown").with("words", words)),
        [one] => Ok(one),
        several => {
            let shown: Vec<String> = several.iter().take(5).map(|one| shown(one)).collect();
            Err(Wrong::new(field, "several").with("found", shown.join(" / ")))
        }
    }
}

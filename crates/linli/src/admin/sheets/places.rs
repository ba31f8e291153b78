//! The rows of places: a parent before its children, wherever it stands in the file.

use std::collections::HashMap;

use linli_engine::{
    directory::{Edit, Place},
    ids::{Level, PlaceCode},
};

use super::{
    check::{Going, State, Work, cells, kept, mistake, mistakes, sent, state},
    read::{Line, Table, trimmed},
    report::{Mistake, Said, TableReport},
};
use crate::admin::model;

impl Work<'_> {
    pub(super) fn places(&mut self, table: &Table) -> TableReport {
        let mut order: Vec<&Line> = table.rows.iter().collect();
        // A parent's code begins its children's: in the order of codes it comes first, wherever it stands in the file.
        order.sort_by_key(|line| table.cell(line, "code"));
        let (mut seen, mut going, mut bad) = (HashMap::new(), Vec::new(), HashMap::new());
        for line in order {
            let row = self.place(table, line, &mut seen, &bad);
            if let (false, Some(code)) = (row.wrong.is_empty(), table.cell(line, "code").parse::<PlaceCode>().ok()) {
                bad.insert(code, line.line);
            }
            going.push(row);
        }
        for row in going.iter_mut().rev().filter(|r| r.state == State::Ended && r.wrong.is_empty()) {
            let place = row.key.as_ref().and_then(|code| self.after.place(code)).cloned();
            let Some(place) = place.filter(|p| p.retired_at.is_none()) else { continue };
            match model::retired_place(&self.after, &place, self.reader.lang, self.now) {
                Ok(place) => self.put_place(place),
                Err(wrong) => {
                    row.wrong = mistakes(table, &[wrong]);
                    if let Some(old) = self.there.directory.place(&place.code).cloned() {
                        self.put_place(old);
                    }
                }
            }
        }
        let edit = |work: &Self, code: &PlaceCode| work.after.place(code).cloned().map(Edit::Place);
        self.finish(table, going, edit)
    }

    fn place(
        &mut self,
        table: &Table,
        line: &Line,
        seen: &mut HashMap<PlaceCode, u32>,
        bad: &HashMap<PlaceCode, u32>,
    ) -> Going<PlaceCode> {
        let text = table.cell(line, "code");
        let code = text.parse::<PlaceCode>().ok();
        let mut wrong = cells(table, line, code.as_ref(), "code", seen);
        let state = state(table, line, &mut wrong);
        let old = code.as_ref().and_then(|c| self.after.place(c)).cloned();
        let name = format!("{text} {}", table.cell(line, "zh"));
        // What is no more stays as it was, unless it is to be there again.
        let gone = state != State::Live && old.as_ref().is_some_and(|p| p.retired_at.is_some());
        if wrong.is_empty() && !gone {
            let (was, point) = (old.as_ref(), old.as_ref().and_then(|p| p.point));
            let sent = sent([
                ("code", text.to_owned()),
                ("parent", String::new()),
                kept(table, line, "zh", None),
                kept(table, line, "en", was.map(|p| p.name.en.clone())),
                ("aliases", aliases(table, line, was)),
                kept(table, line, "lon", point.map(|(lon, _)| lon.to_string())),
                kept(table, line, "lat", point.map(|(_, lat)| lat.to_string())),
            ]);
            match self.form(&sent).place(old.as_ref()).map_err(|w| mistakes(table, &w)) {
                Ok(place) => match self.place_fits(table, place, old.is_some(), state, bad) {
                    Ok(place) => self.put_place(place),
                    Err(said) => wrong.push(said),
                },
                Err(found) => wrong = found,
            }
        }
        Going { line: line.line, name, key: code, state, wrong }
    }

    /// What else a place of a table has to be: below one that is there, and what its state says.
    fn place_fits(
        &self,
        table: &Table,
        place: Place,
        is_old: bool,
        state: State,
        bad: &HashMap<PlaceCode, u32>,
    ) -> Result<Place, Mistake> {
        let above = place.code.upwards().skip(1);
        if let Some(line) = above.filter_map(|c| bad.get(&c)).next().filter(|_| !is_old) {
            return Err(mistake(table, "code", Said::new("row-parent-wrong").with("line", line)));
        }
        let has_parent = place.code.upwards().skip(1).any(|c| self.after.place(&c).is_some());
        if let Some(parent) = place.code.parent().filter(|_| !has_parent && place.code.level() > Level::Street) {
            return Err(mistake(table, "code", Said::new("no-parent").with("parent", parent)));
        }
        match state {
            State::Ended if !is_old => Err(mistake(table, "state", Said::new("new-ended"))),
            State::Live if place.retired_at.is_some() => {
                let again = model::restored_place(&self.after, &place, self.reader.lang);
                again.map_err(|w| mistake(table, w.field, Said::from(&w)))
            }
            _ => Ok(place),
        }
    }
}

/// Other names, one a line. What the program wrote itself is taken as it was.
fn aliases(table: &Table, line: &Line, old: Option<&Place>) -> String {
    let cell = table.cell(line, "aliases");
    let joined = old.map(|place| place.aliases.join("\n")).unwrap_or_default();
    if !table.has("aliases") || trimmed(&joined) == cell {
        return joined;
    }
    let signs: &[char] =
        if cell.contains('\n') { &['\n'] } else { &['\u{3001}', '\u{ff0c}', ',', '\u{ff1b}', ';', '|', '/'] };
    cell.split(signs).map(trimmed).filter(|a| !a.is_empty()).collect::<Vec<_>>().join("\n")
}

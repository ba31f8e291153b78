//! The rows of the office's own duty list.

use std::collections::HashMap;

use linli_engine::{
    directory::{Duty, Edit, Share},
    ids::DutyId,
    pack::Pack,
};

use super::{
    check::{State, Step, Work, cells, chosen, kept, mistake, mistakes, of_row, sent, state},
    columns::{plain, spellings},
    read::{Line, Table},
    report::{Mistake, Other, Said, TableReport, Verdict},
};
use crate::admin::form::Wrong;

impl Work<'_> {
    pub(super) fn duties(&mut self, table: &Table) -> TableReport {
        let mut report = TableReport::new(table.kind, &table.sheet);
        let mut seen = HashMap::new();
        for line in &table.rows {
            let shown = ["category", "place", "org"].map(|field| table.cell(line, field));
            let verdict = match self.duty(table, line, &mut seen) {
                Ok(verdict) => verdict,
                Err(wrong) => Some(Verdict::Wrong(wrong)),
            };
            report.add(line.line, shown.join(" \u{b7} "), verdict);
        }
        report
    }

    fn duty(
        &mut self,
        table: &Table,
        line: &Line,
        seen: &mut HashMap<(String, String, String), u32>,
    ) -> Result<Option<Verdict>, Vec<Mistake>> {
        let category = category(self.pack, table.cell(line, "category")).map_err(|w| mistakes(table, &[w]))?;
        let below = self.below(table, line)?;
        let entry = if below { format!("{category}.*") } else { category.clone() };
        let mut found = Vec::new();
        let place = self.names.place(&self.after, "place", table.cell(line, "place"));
        let org = self.names.org(&self.after, "org", table.cell(line, "org"));
        let place = place.map(|p| p.code.clone()).map_err(|w| found.push(w)).ok();
        let org = org.map(|o| o.id.clone()).map_err(|w| found.push(w)).ok();
        let key = place.as_ref().zip(org.as_ref()).map(|(p, o)| (entry.clone(), p.to_string(), o.to_string()));
        let mut wrong = cells(table, line, key.as_ref(), "category", seen);
        let state = state(table, line, &mut wrong);
        wrong.extend(mistakes(table, &found));
        let (true, Some((_, at, unit))) = (wrong.is_empty(), key) else { return Err(wrong) };
        let same = |d: &&Duty| d.category == entry && d.place.as_str() == at && d.org.as_str() == unit;
        let old = self.after.duties().iter().find(same).cloned();
        if state == State::Ended {
            return Ok(old.map(|old| {
                self.after.put(Edit::EndDuty(old.clone()));
                self.steps.push(Step::Edit(Edit::EndDuty(old)));
                let (was, becomes) = ("live".to_owned(), "ended".to_owned());
                Verdict::Changed(vec![Other { field: "state".to_owned(), was, becomes }])
            }));
        }
        let part = chosen(table.cell(line, "part"), "admin-share", &[Share::Lead.slug(), Share::Assist.slug()]);
        let sent = sent([
            ("category", category),
            ("below", if below { "on" } else { "" }.to_owned()),
            ("place", at),
            ("org", unit),
            ("part", part),
            kept(table, line, "basis", None),
        ]);
        old.iter().cloned().for_each(|old| self.after.put(Edit::EndDuty(old)));
        let new = self.form(&sent).duty(self.pack, DutyId::new());
        let new = new.map_err(|w| {
            old.iter().cloned().for_each(|old| self.after.put(Edit::Duty(old)));
            of_row(table, line, &w)
        })?;
        Ok(self.duty_steps(old, new))
    }

    fn below(&self, table: &Table, line: &Line) -> Result<bool, Vec<Mistake>> {
        let said = plain(table.cell(line, "below"));
        if said.is_empty() || spellings("sheet-no").contains(&said) {
            return Ok(false);
        }
        if spellings("sheet-yes").contains(&said) {
            return Ok(true);
        }
        Err(vec![mistake(table, "below", Said::new("yes-no").with("words", table.cell(line, "below")))])
    }

    /// Ends the old row where the new one says something else.
    fn duty_steps(&mut self, old: Option<Duty>, new: Duty) -> Option<Verdict> {
        let verdict = match &old {
            None => Verdict::New,
            Some(old) => {
                let facts =
                    [("part", old.part.slug(), new.part.slug()), ("basis", old.basis.as_str(), new.basis.as_str())];
                let others = facts.into_iter().filter(|(_, was, becomes)| was != becomes);
                Verdict::Changed(
                    others
                        .map(|(field, was, becomes)| Other {
                            field: field.to_owned(),
                            was: was.to_owned(),
                            becomes: becomes.to_owned(),
                        })
                        .collect(),
                )
            }
        };
        if let (Verdict::Changed(others), Some(old)) = (&verdict, &old)
            && others.is_empty()
        {
            self.after.put(Edit::Duty(old.clone()));
            return None;
        }
        self.steps.extend(old.map(|old| Step::Edit(Edit::EndDuty(old))));
        self.after.put(Edit::Duty(new.clone()));
        self.steps.push(Step::Edit(Edit::Duty(new)));
        Some(verdict)
    }
}

/// The category that a cell names by its code or its title.
fn category(pack: &Pack, cell: &str) -> Result<String, Wrong> {
    if cell.is_empty() {
        return Err(Wrong::new("category", "missing"));
    }
    if let Some(category) = pack.category(cell) {
        return Ok(category.code.clone());
    }
    let found: Vec<_> = pack.categories().iter().filter(|c| c.title.zh == cell || c.title.en == cell).collect();
    match found.as_slice() {
        [one] => Ok(one.code.clone()),
        [] => Err(Wrong::new("category", "unknown-category").with("words", cell)),
        several => {
            let codes: Vec<&str> = several.iter().map(|c| c.code.as_str()).collect();
            Err(Wrong::new("category", "several").with("found", codes.join(" / ")))
        }
    }
}

//! The rows of units: each after the one above it, wherever that stands in the file.

use std::collections::{HashMap, HashSet};

use linli_engine::{
    directory::{Edit, OrgKind},
    pack::Pack,
};

use super::{
    check::{Going, State, Step, Work, cells, chosen, kept, mistake, mistakes, of_row, sent, state},
    read::{Line, Table},
    report::{Said, TableReport},
};
use crate::admin::{model, words};

impl Work<'_> {
    pub(super) fn orgs(&mut self, table: &Table) -> TableReport {
        let mut waiting: Vec<&Line> = table.rows.iter().collect();
        let (mut seen, mut going) = (HashMap::new(), Vec::new());
        while !waiting.is_empty() {
            // A unit waits for the one above it, wherever that stands in the file.
            let coming: HashSet<&str> = waiting
                .iter()
                .flat_map(|l| [table.cell(l, "id"), table.cell(l, "zh")])
                .filter(|w| !w.is_empty())
                .collect();
            let there = |parent: &str| self.names.org(&self.after, "parent", parent).is_ok();
            let (mut ready, later): (Vec<&Line>, Vec<&Line>) = waiting.iter().partition(|line| {
                let parent = table.cell(line, "parent");
                parent.is_empty() || there(parent) || !coming.contains(parent)
            });
            waiting = later;
            if ready.is_empty() {
                ready = std::mem::take(&mut waiting);
            }
            going.extend(ready.into_iter().map(|line| self.org(table, line, &mut seen)));
        }
        self.retire_orgs(table, &mut going);
        going.sort_by_key(|row| row.line);
        let edit = |work: &Self, id: &String| work.after.org(id).cloned().map(Edit::Org);
        // A unit after the one above it.
        let depth = |work: &Self, id: &str| {
            let above = |id: &String| work.after.org(id).and_then(|o| o.parent.as_ref()).map(ToString::to_string);
            std::iter::successors(Some(id.to_owned()), above).take(20).count()
        };
        let first = self.steps.len();
        let report = self.finish(table, going, edit);
        let mut own = self.steps.split_off(first);
        own.sort_by_key(|step| if let Step::Edit(Edit::Org(org)) = step { depth(self, org.id.as_str()) } else { 0 });
        self.steps.extend(own);
        report
    }

    /// Units go as long as another that was in the way goes too.
    fn retire_orgs(&mut self, table: &Table, going: &mut [Going<String>]) {
        let mut left: Vec<usize> =
            (0..going.len()).filter(|i| going[*i].state == State::Ended && going[*i].wrong.is_empty()).collect();
        loop {
            let before = left.len();
            left.retain(|i| {
                let org = going[*i].key.as_deref().and_then(|id| self.after.org(id)).cloned();
                let Some(org) = org.filter(|o| o.retired_at.is_none()) else { return false };
                match model::retired_org(&self.after, &org, self.reader.lang, self.now) {
                    Ok(org) => {
                        self.put_org(org);
                        false
                    }
                    Err(wrong) => {
                        going[*i].wrong = mistakes(table, &[wrong]);
                        true
                    }
                }
            });
            if left.len() == before || left.is_empty() {
                break;
            }
            left.iter().for_each(|i| going[*i].wrong.clear());
        }
        for i in left {
            let old = going[i].key.as_deref().and_then(|id| self.there.directory.org(id)).cloned();
            old.into_iter().for_each(|old| self.put_org(old));
        }
    }

    fn org(&mut self, table: &Table, line: &Line, seen: &mut HashMap<String, u32>) -> Going<String> {
        let id = table.cell(line, "id").to_owned();
        let key = (!id.is_empty()).then(|| id.clone());
        let mut wrong = cells(table, line, key.as_ref(), "id", seen);
        let state = state(table, line, &mut wrong);
        let old = self.after.org(&id).cloned();
        let gone = state != State::Live && old.as_ref().is_some_and(|o| o.retired_at.is_some());
        if wrong.is_empty() && !gone {
            let was = old.as_ref();
            let kind = chosen(table.cell(line, "kind"), "admin-kind", &OrgKind::ALL.map(|k| k.slug()));
            let function = function(self.pack, table.cell(line, "function"));
            let sent = sent([
                ("id", id.clone()),
                kept(table, line, "zh", None),
                kept(table, line, "en", was.map(|o| o.name.en.clone())),
                ("kind", kind),
                ("function", function),
                kept(table, line, "place", None),
                kept(table, line, "parent", was.and_then(|o| o.parent.as_ref()).map(ToString::to_string)),
                kept(table, line, "phone", was.and_then(|o| o.phone.clone())),
            ]);
            match self.form(&sent).org(was).map_err(|w| of_row(table, line, &w)) {
                Ok(_) if state == State::Ended && old.is_none() => {
                    wrong.push(mistake(table, "state", Said::new("new-ended")));
                }
                Ok(org) if state == State::Live && org.retired_at.is_some() => {
                    match model::restored_org(&self.after, &org, self.reader.lang) {
                        Ok(org) => self.put_org(org),
                        Err(w) => wrong = mistakes(table, &[w]),
                    }
                }
                Ok(org) => self.put_org(org),
                Err(found) => wrong = found,
            }
        }
        let name = format!("{id} {}", table.cell(line, "zh"));
        Going { line: line.line, name, key, state, wrong }
    }
}

fn function(pack: &Pack, cell: &str) -> String {
    let known = words::functions(pack);
    let named: Vec<&str> = known.iter().map(String::as_str).chain(words::OTHER_FUNCTIONS).collect();
    let named: Vec<&str> = named.into_iter().filter(|f| words::has_function(f)).collect();
    chosen(cell, "admin-function", &named)
}

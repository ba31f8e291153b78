//! `limits.toml`: time limits by name, for all or by class.

use std::collections::BTreeMap;

use linli_worktime::{Limit, Unit};

use super::{
    head::{Basis, basis},
    read::{Names, Table},
};

/// A time limit, with its own length for some classes.
pub(super) struct LimitTable {
    default: Limit,
    by_class: BTreeMap<String, Limit>,
    pub basis: Basis,
}

impl LimitTable {
    /// How long it is for this class.
    pub fn of(&self, class: Option<&str>) -> Limit {
        class.and_then(|class| self.by_class.get(class)).copied().unwrap_or(self.default)
    }
}

pub(super) fn read(mut root: Table<'_>, classes: &Names) -> BTreeMap<String, LimitTable> {
    let tables = root.tables();
    let limits = tables.into_iter().map(|(name, table)| (name.text, limit(table, classes))).collect();
    root.end();
    limits
}

fn limit(mut table: Table<'_>, classes: &Names) -> LimitTable {
    let basis = basis(&mut table, "rule");
    let by = table.word("by");
    let default = table.need(if by.is_some() { "default" } else { "within" });
    let mut limit = LimitTable {
        default: table.parsed(&default).unwrap_or(Limit { amount: 1, unit: Unit::Day }),
        by_class: BTreeMap::new(),
        basis,
    };
    if let Some(by) = by {
        if by.text != "class" {
            table.wrong_at(by.line, format!("a limit cannot go by `{}`: write by = \"class\"", by.text));
        }
        for (class, text) in table.rest() {
            classes.check(&table, &class);
            limit.by_class.extend(table.parsed(&text).map(|limit| (class.text, limit)));
        }
    }
    table.end();
    limit
}

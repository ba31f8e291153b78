//! Changes that are gathered first and written together later: history and imports are made of nothing but new rows, and
//! a statement for many of them (on PostgreSQL one `COPY`) spares the database most of its work.

use super::{DbError, Sql, Tx, Value, tx::Kind};

/// Gathered changes, by statement, in the order in which each statement first came.
#[derive(Default)]
pub struct Gather {
    tables: Vec<Table>,
    rows: usize,
}

/// The rows of one statement, one after the other.
pub(super) struct Table {
    pub(super) sql: &'static Sql,
    pub(super) width: usize,
    pub(super) cells: Vec<Value>,
    /// Whether each must meet exactly one row.
    pub(super) single: bool,
}

impl Gather {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A transaction whose changes are gathered here. It stands over an empty database: whatever is asked of it, there
    /// are no rows. That is what new cases find of their own.
    pub fn tx(&mut self) -> Tx<'_> {
        Tx(Kind::Gather(self))
    }

    /// How many changes there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn add(&mut self, sql: &'static Sql, args: Vec<Value>, single: bool) {
        self.rows += 1;
        match self.tables.iter_mut().find(|t| std::ptr::eq(t.sql, sql)) {
            Some(table) => table.cells.extend(args),
            None => self.tables.push(Table { sql, width: args.len(), cells: args, single }),
        }
    }
}

impl Tx<'_> {
    /// Writes what was gathered.
    ///
    /// # Errors
    /// When the database refuses; the work fails then as a whole.
    pub fn write_all(&mut self, gather: &Gather) -> Result<(), DbError> {
        for table in &gather.tables {
            match &mut self.0 {
                Kind::Lite(tx) => tx.write_table(table)?,
                Kind::Pg(tx) => tx.write_table(table)?,
                Kind::Gather(all) => {
                    table
                        .cells
                        .chunks(table.width.max(1))
                        .for_each(|row| all.add(table.sql, row.to_vec(), table.single));
                }
            }
        }
        Ok(())
    }
}

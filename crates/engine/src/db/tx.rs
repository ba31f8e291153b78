//! What a piece of work holds: one transaction on one connection.

use super::{DbError, Filter, Gather, Row, Sql, Value, lite::LiteTx, pg::PgTx};

/// A transaction (or, in `Db::read`, a reader; or one that only gathers its changes, see [`Gather::tx`]).
pub struct Tx<'c>(pub(super) Kind<'c>);

pub(super) enum Kind<'c> {
    Lite(LiteTx<'c>),
    Pg(PgTx<'c>),
    Gather(&'c mut Gather),
}

impl Tx<'_> {
    /// All rows.
    pub fn query(&mut self, sql: &'static Sql, args: &[Value]) -> Result<Vec<Row>, DbError> {
        match &mut self.0 {
            Kind::Lite(tx) => tx.query(sql.name, sql.text(super::Dialect::Lite), args),
            Kind::Pg(tx) => tx.query(sql, args),
            Kind::Gather(_) => Ok(Vec::new()),
        }
    }

    /// The rows of a list query.
    pub fn list(&mut self, filter: &Filter) -> Result<Vec<Row>, DbError> {
        match &mut self.0 {
            Kind::Lite(tx) => tx.query("list", &filter.render(super::Dialect::Lite), filter.args()),
            Kind::Pg(tx) => tx.list(filter),
            Kind::Gather(_) => Ok(Vec::new()),
        }
    }

    /// The first row, if there is one.
    pub fn first(&mut self, sql: &'static Sql, args: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.query(sql, args)?.into_iter().next())
    }

    /// Runs a change now; the number of rows it met.
    pub fn exec(&mut self, sql: &'static Sql, args: &[Value]) -> Result<u64, DbError> {
        match &mut self.0 {
            Kind::Lite(tx) => tx.exec(sql.name, sql.text(super::Dialect::Lite), args),
            Kind::Pg(tx) => tx.exec(sql, args),
            Kind::Gather(all) => {
                all.add(sql, args.to_vec(), false);
                Ok(1)
            }
        }
    }

    /// A change that must meet exactly one row. It may wait until the next read or the commit, so that PostgreSQL gets
    /// many in one round trip; the work fails if it met another number.
    pub fn put(&mut self, sql: &'static Sql, args: Vec<Value>) -> Result<(), DbError> {
        match &mut self.0 {
            Kind::Lite(tx) => one(sql.name, tx.exec(sql.name, sql.text(super::Dialect::Lite), &args)?),
            Kind::Pg(tx) => {
                tx.put(sql, args, true);
                Ok(())
            }
            Kind::Gather(all) => {
                all.add(sql, args, true);
                Ok(())
            }
        }
    }

    /// Like `put`, for a change that may meet any number of rows.
    pub fn send(&mut self, sql: &'static Sql, args: Vec<Value>) -> Result<(), DbError> {
        match &mut self.0 {
            Kind::Lite(tx) => tx.exec(sql.name, sql.text(super::Dialect::Lite), &args).map(drop),
            Kind::Pg(tx) => {
                tx.put(sql, args, false);
                Ok(())
            }
            Kind::Gather(all) => {
                all.add(sql, args, false);
                Ok(())
            }
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), DbError> {
        match &mut self.0 {
            Kind::Lite(_) | Kind::Gather(_) => Ok(()),
            Kind::Pg(tx) => tx.flush(),
        }
    }

    /// Runs a script of statements (migrations).
    pub(super) fn script(&mut self, text: &str) -> Result<(), DbError> {
        match &mut self.0 {
            Kind::Lite(tx) => tx.script(text),
            Kind::Pg(tx) => tx.script(text),
            Kind::Gather(_) => Ok(()),
        }
    }

    /// Prepares a statement without running it, also for many rows where it has such a form: the test over all statements.
    pub fn prepare(&mut self, sql: &'static Sql) -> Result<(), DbError> {
        use super::Dialect::{Lite, Pg};
        match &mut self.0 {
            Kind::Lite(tx) => {
                tx.prepare(sql.name, sql.text(Lite))?;
                sql.rows_text(Lite).map_or(Ok(()), |text| tx.prepare(sql.name, text))
            }
            Kind::Pg(tx) => {
                tx.prepare(sql)?;
                sql.rows_text(Pg).map_or(Ok(()), |text| tx.prepare_text(text))
            }
            Kind::Gather(_) => Ok(()),
        }
    }
}

pub(super) fn one(sql: &'static str, got: u64) -> Result<(), DbError> {
    if got == 1 { Ok(()) } else { Err(DbError::Rows { sql, got }) }
}

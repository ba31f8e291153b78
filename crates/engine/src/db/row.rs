//! What comes out of a statement.

use linli_worktime::Millis;

use super::{DbError, Value};

/// A row; its cells are taken in the order of the select list.
#[derive(Debug)]
pub struct Row {
    cells: std::vec::IntoIter<Value>,
    taken: usize,
}

impl Row {
    pub(super) fn new(cells: Vec<Value>) -> Self {
        Self { cells: cells.into_iter(), taken: 0 }
    }

    /// The next cell.
    ///
    /// # Errors
    /// When it holds another type, or there is no further cell.
    pub fn take<T: FromCell>(&mut self) -> Result<T, DbError> {
        let column = self.taken;
        self.taken += 1;
        let cell =
            self.cells.next().ok_or(DbError::Cell { column, expected: T::NAME, got: "no such column".into() })?;
        T::from_cell(cell).map_err(|got| DbError::Cell { column, expected: T::NAME, got: format!("{got:?}") })
    }
}

/// A type that a cell can be read as.
pub trait FromCell: Sized {
    /// What the message calls it.
    const NAME: &'static str;
    /// Reads it, or gives the cell back.
    fn from_cell(cell: Value) -> Result<Self, Value>;
}

macro_rules! cell {
    ($($ty:ty, $name:literal, $($pattern:pat => $make:expr),+;)*) => {$(
        impl FromCell for $ty {
            const NAME: &'static str = $name;
            fn from_cell(cell: Value) -> Result<Self, Value> {
                match cell { $($pattern => Ok($make),)+ other => Err(other) }
            }
        }
    )*};
}

cell! {
    i64, "a whole number", Value::Int(i) => i;
    bool, "true or false", Value::Bool(b) => b, Value::Int(i @ 0..=1) => i == 1;
    f64, "a number", Value::Real(r) => r;
    String, "text", Value::Text(t) => t;
    Vec<u8>, "bytes", Value::Bytes(b) => b, Value::Id(id) => id.to_vec();
    Millis, "a time", Value::Int(i) => Millis(i);
}

impl FromCell for u32 {
    const NAME: &'static str = "a small whole number";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        match cell {
            Value::Int(i) => Self::try_from(i).map_err(|_| Value::Int(i)),
            other => Err(other),
        }
    }
}

impl FromCell for u64 {
    const NAME: &'static str = "a count";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        match cell {
            Value::Int(i) => Self::try_from(i).map_err(|_| Value::Int(i)),
            other => Err(other),
        }
    }
}

impl FromCell for [u8; 16] {
    const NAME: &'static str = "an id";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        match cell {
            Value::Id(id) => Ok(id),
            Value::Bytes(b) => Self::try_from(b).map_err(Value::Bytes),
            other => Err(other),
        }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    const NAME: &'static str = T::NAME;
    fn from_cell(cell: Value) -> Result<Self, Value> {
        match cell {
            Value::Null => Ok(None),
            other => T::from_cell(other).map(Some),
        }
    }
}

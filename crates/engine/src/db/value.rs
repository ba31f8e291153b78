//! What goes into a statement: one small set of values that both databases take.

use std::error::Error;

use bytes::BytesMut;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// A value on its way into or out of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false; SQLite keeps 1 or 0.
    Bool(bool),
    /// Whole numbers and times in milliseconds.
    Int(i64),
    /// Coordinates.
    Real(f64),
    /// Text.
    Text(String),
    /// Digests, and ids in SQLite.
    Bytes(Vec<u8>),
    /// An id: UUID in PostgreSQL, 16 bytes in SQLite.
    Id([u8; 16]),
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(b) => ValueRef::Integer(i64::from(*b)),
            Self::Int(i) => ValueRef::Integer(*i),
            Self::Real(r) => ValueRef::Real(*r),
            Self::Text(t) => ValueRef::Text(t.as_bytes()),
            Self::Bytes(b) => ValueRef::Blob(b),
            Self::Id(id) => ValueRef::Blob(id),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(b) => b.to_sql_checked(ty, out),
            Self::Int(i) if *ty == Type::INT4 => i32::try_from(*i)?.to_sql_checked(ty, out),
            Self::Int(i) => i.to_sql_checked(ty, out),
            Self::Real(r) => r.to_sql_checked(ty, out),
            Self::Text(t) => t.as_str().to_sql_checked(ty, out),
            Self::Bytes(b) => b.as_slice().to_sql_checked(ty, out),
            Self::Id(id) if *ty == Type::UUID => {
                out.extend_from_slice(id);
                Ok(IsNull::No)
            }
            Self::Id(id) => id.as_slice().to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

macro_rules! from {
    ($($ty:ty => |$v:ident| $make:expr;)*) => {$(
        impl From<$ty> for Value {
            fn from($v: $ty) -> Self { $make }
        }
    )*};
}

from! {
    bool => |v| Self::Bool(v);
    i64 => |v| Self::Int(v);
    i32 => |v| Self::Int(i64::from(v));
    u32 => |v| Self::Int(i64::from(v));
    u64 => |v| Self::Int(v.cast_signed());
    f64 => |v| Self::Real(v);
    String => |v| Self::Text(v);
    &str => |v| Self::Text(v.to_owned());
    &String => |v| Self::Text(v.clone());
    Vec<u8> => |v| Self::Bytes(v);
    &[u8] => |v| Self::Bytes(v.to_vec());
    [u8; 32] => |v| Self::Bytes(v.to_vec());
    linli_worktime::Millis => |v| Self::Int(v.0);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

/// The arguments of a statement, in the order of `$1, $2, …`.
macro_rules! args {
    ($($v:expr),* $(,)?) => { Vec::from([$($crate::db::Value::from($v)),*]) };
}
pub(crate) use args;

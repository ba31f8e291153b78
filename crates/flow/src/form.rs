//! Checks what an actor filled in against a form.

use std::collections::BTreeSet;

use crate::{
    command::{FormProblem, Refusal},
    definition::{Definition, FormField},
    value::{FieldKind, Fields, Form, Value},
};

/// The fields that a filled-in form writes: what was left empty is cleared, so that no answer of an earlier round stands.
pub(crate) fn written(def: &Definition, form: &[FormField], filled: &Form) -> Result<Fields, Refusal> {
    if let Some(stranger) = filled.keys().find(|name| form.iter().all(|field| field.name != **name)) {
        return refuse(stranger, FormProblem::NotInForm);
    }
    let mut fields = Fields::new();
    for FormField { name, optional } in form {
        let kind = def.fields.get(name).unwrap_or(&FieldKind::Text);
        let value = filled.get(name).unwrap_or(&Value::Null);
        let value = if is_blank(value) {
            if !optional {
                return refuse(name, FormProblem::Missing);
            }
            if *kind == FieldKind::Orgs { Value::List(Vec::new()) } else { Value::Null }
        } else {
            fits(kind, value).or_else(|problem| refuse(name, problem))?;
            value.clone()
        };
        fields.insert(name.clone(), value);
    }
    Ok(fields)
}

/// Checks the fields with which a case is opened; it may have fields that no form asks for, if the pack knows them.
pub(crate) fn known(def: &Definition, fields: &Fields) -> Result<Fields, Refusal> {
    for (name, value) in fields {
        let Some(kind) = def.fields.get(name) else {
            return refuse(name, FormProblem::NotInForm);
        };
        if !is_blank(value) {
            fits(kind, value).or_else(|problem| refuse(name, problem))?;
        }
    }
    Ok(fields.iter().filter(|(_, value)| !is_blank(value)).map(|(n, v)| (n.clone(), v.clone())).collect())
}

fn refuse<T>(field: &str, problem: FormProblem) -> Result<T, Refusal> {
    Err(Refusal::Form { field: field.to_owned(), problem })
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn fits(kind: &FieldKind, value: &Value) -> Result<(), FormProblem> {
    match (kind, value) {
        (FieldKind::Text | FieldKind::Org | FieldKind::Case, Value::Text(_))
        | (FieldKind::Number, Value::Number(_))
        | (FieldKind::Bool, Value::Bool(_)) => Ok(()),
        (FieldKind::Date, Value::Text(day)) if is_date(day) => Ok(()),
        (FieldKind::Time, Value::Text(time)) if is_time(time) => Ok(()),
        (FieldKind::Date | FieldKind::Time, Value::Text(_)) => Err(FormProblem::NotADate),
        (FieldKind::Choice(choices), Value::Text(choice)) if choices.contains(choice) => Ok(()),
        (FieldKind::Choice(_), Value::Text(_)) => Err(FormProblem::NotAChoice),
        (FieldKind::Orgs, Value::List(orgs)) if orgs.iter().any(|org| org.trim().is_empty()) => {
            Err(FormProblem::WrongType)
        }
        (FieldKind::Orgs, Value::List(orgs)) if orgs.iter().collect::<BTreeSet<_>>().len() < orgs.len() => {
            Err(FormProblem::Twice)
        }
        (FieldKind::Orgs, Value::List(_)) => Ok(()),
        _ => Err(FormProblem::WrongType),
    }
}

/// Whether a text is a minute of a day, written as `2026-03-01 15:30`.
fn is_time(text: &str) -> bool {
    let Some((day, clock)) = text.split_once(' ') else { return false };
    let part =
        |part: &str, end: u32| part.len() == 2 && part.parse::<u32>().is_ok_and(|n| n < end) && !part.starts_with('+');
    is_date(day) && clock.split_once(':').is_some_and(|(hour, minute)| part(hour, 24) && part(minute, 60))
}

/// Whether a text is a day of the Gregorian calendar written as `2026-03-01`.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, byte)| match i {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !is_shaped {
        return false;
    }
    let number = |from: usize, to: usize| bytes[from..to].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

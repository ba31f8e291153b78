//! Turns what a browser sent into the values of a form, or says of every field what is wrong with it.

use std::collections::BTreeMap;

use linli_flow::{Form, FormField, Value};
use linli_worktime::Date;

use super::{
    Pack,
    field::{Field, Kind},
};
use crate::ids::{OrgId, PlaceCode};

/// What a browser sent: the values by the name of their input.
pub type Raw = BTreeMap<String, Vec<String>>;

/// Characters of a case's number.
const NUMBER_CHARS: usize = 40;

/// What is wrong with a field of a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// The field.
    pub field: String,
    /// What is wrong with it.
    pub problem: FieldProblem,
}

/// What can be wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// The pack has no such field.
    #[error("the rule pack has no such field")]
    Unknown,
    /// It has to be filled in.
    #[error("this has to be filled in")]
    Missing,
    /// Several values for a field that takes one.
    #[error("only one of these can be given")]
    Several,
    /// Too many characters.
    #[error("write at most {max} characters")]
    TooLong {
        /// The most.
        max: usize,
    },
    /// Not a whole number.
    #[error("write a whole number")]
    NotANumber,
    /// A number outside its range.
    #[error("write a number{}{}", from(*.min), to(*.max))]
    OutOfRange {
        /// The least.
        min: Option<i64>,
        /// The greatest.
        max: Option<i64>,
    },
    /// Not a day of the calendar.
    #[error("write a day as in 2026-03-01")]
    NotADate,
    /// Not a minute of a day.
    #[error("write a time as in 2026-03-01 15:30")]
    NotATime,
    /// None of the choices.
    #[error("choose one of the list")]
    NotAChoice,
    /// Not the short name of an org.
    #[error("choose a unit of the list")]
    NotAnOrg,
    /// Too many orgs.
    #[error("choose at most {max}")]
    TooMany {
        /// The most.
        max: i64,
    },
    /// Neither yes nor no.
    #[error("answer yes or no")]
    NotYesOrNo,
}

fn from(min: Option<i64>) -> String {
    min.map_or_else(String::new, |min| format!(" from {min}"))
}

fn to(max: Option<i64>) -> String {
    max.map_or_else(String::new, |max| format!(" up to {max}"))
}

impl Pack {
    /// What was filled in, as typed values. Inputs that the form does not ask for are left aside; texts lose control
    /// characters, but for the line breaks of a long one, and the blanks around them; a box that was not ticked is a no.
    ///
    /// # Errors
    /// Every field that is wrong, in the order of the form.
    pub fn check_form(&self, form: &[FormField], raw: &Raw) -> Result<Form, Vec<FieldError>> {
        let mut filled = Form::new();
        let mut errors = Vec::new();
        for FormField { name, optional } in form {
            let given = raw.get(name).map_or(&[][..], Vec::as_slice);
            let value = self.field(name).ok_or(FieldProblem::Unknown).and_then(|field| self.value(field, given));
            match value {
                Ok(Some(value)) => {
                    filled.insert(name.clone(), value);
                }
                Ok(None) if *optional => {}
                Ok(None) => errors.push(FieldError { field: name.clone(), problem: FieldProblem::Missing }),
                Err(problem) => errors.push(FieldError { field: name.clone(), problem }),
            }
        }
        if errors.is_empty() { Ok(filled) } else { Err(errors) }
    }

    /// The value of one field; none when nothing was filled in.
    fn value(&self, field: &Field, given: &[String]) -> Result<Option<Value>, FieldProblem> {
        let mut texts: Vec<String> = given.iter().map(|text| cleaned(text, field.kind == Kind::LongText)).collect();
        texts.retain(|text| !text.is_empty());
        match field.kind {
            Kind::Bool => yes(&texts).map(Some),
            Kind::Orgs => orgs(field, texts),
            Kind::Org => one(texts, |text| org(text).map(Value::Text)),
            Kind::Text | Kind::LongText => one(texts, |text| short(text, field.max_chars.unwrap_or(usize::MAX))),
            Kind::Case => one(texts, |text| short(text, NUMBER_CHARS)),
            Kind::Number => one(texts, |text| number(field, &text)),
            Kind::Date => one(texts, date),
            Kind::Time => one(texts, |text| time(&text)),
            Kind::Choice => one(texts, |text| known(text, |text| field.choices.iter().any(|c| c.code == text))),
            Kind::Category => one(texts, |text| known(text, |text| self.category(text).is_some())),
            Kind::Place => one(texts, |text| known(text, |text| text.parse::<PlaceCode>().is_ok())),
        }
    }
}

/// What the only text says.
fn one(
    mut texts: Vec<String>,
    read: impl FnOnce(String) -> Result<Value, FieldProblem>,
) -> Result<Option<Value>, FieldProblem> {
    match texts.pop() {
        Some(_) if !texts.is_empty() => Err(FieldProblem::Several),
        text => text.map(read).transpose(),
    }
}

fn cleaned(text: &str, keeps_lines: bool) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = if keeps_lines { text } else { text.replace('\n', " ") };
    let kept: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    kept.trim().to_owned()
}

fn short(text: String, max: usize) -> Result<Value, FieldProblem> {
    if text.chars().count() > max { Err(FieldProblem::TooLong { max }) } else { Ok(Value::Text(text)) }
}

fn number(field: &Field, text: &str) -> Result<Value, FieldProblem> {
    let number: i64 = text.parse().map_err(|_| FieldProblem::NotANumber)?;
    let fits = field.min.is_none_or(|min| number >= min) && field.max.is_none_or(|max| number <= max);
    if fits { Ok(Value::Number(number)) } else { Err(FieldProblem::OutOfRange { min: field.min, max: field.max }) }
}

/// Only the one spelling: a value has one spelling, so an event has one digest.
fn date(text: String) -> Result<Value, FieldProblem> {
    let is_day = text.len() == 10 && text.parse::<Date>().is_ok_and(|day| day.to_string() == text);
    if is_day { Ok(Value::Text(text)) } else { Err(FieldProblem::NotADate) }
}

/// A browser puts a `T` between day and clock.
fn time(text: &str) -> Result<Value, FieldProblem> {
    let (day, clock) = text.split_once(['T', ' ']).ok_or(FieldProblem::NotATime)?;
    let two = |part: &str, end: u8| {
        part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()) && part.parse::<u8>().is_ok_and(|n| n < end)
    };
    let is_clock = clock.split_once(':').is_some_and(|(hour, minute)| two(hour, 24) && two(minute, 60));
    let day = date(day.to_owned()).map_err(|_| FieldProblem::NotATime)?;
    match day.as_text().filter(|_| is_clock) {
        Some(day) => Ok(Value::Text(format!("{day} {clock}"))),
        None => Err(FieldProblem::NotATime),
    }
}

fn known(text: String, is_offered: impl FnOnce(&str) -> bool) -> Result<Value, FieldProblem> {
    if is_offered(&text) { Ok(Value::Text(text)) } else { Err(FieldProblem::NotAChoice) }
}

fn org(text: String) -> Result<String, FieldProblem> {
    text.parse::<OrgId>().map(String::from).map_err(|_| FieldProblem::NotAnOrg)
}

/// Orgs in the order in which they were chosen, each once.
fn orgs(field: &Field, texts: Vec<String>) -> Result<Option<Value>, FieldProblem> {
    let mut orgs: Vec<String> = Vec::new();
    for text in texts {
        let org = org(text)?;
        if !orgs.contains(&org) {
            orgs.push(org);
        }
        if let Some(max) = field.max.filter(|max| i64::try_from(orgs.len()).is_ok_and(|n| n > *max)) {
            return Err(FieldProblem::TooMany { max });
        }
    }
    Ok((!orgs.is_empty()).then_some(Value::List(orgs)))
}

/// A box and a hidden `off` beside it come as two values: the box wins.
fn yes(texts: &[String]) -> Result<Value, FieldProblem> {
    let mut yes = false;
    for text in texts {
        match text.as_str() {
            "on" | "true" | "yes" | "1" => yes = true,
            "off" | "false" | "no" | "0" => {}
            _ => return Err(FieldProblem::NotYesOrNo),
        }
    }
    Ok(Value::Bool(yes))
}

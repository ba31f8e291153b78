//! The vault: who people are and how to reach them. No other module touches its tables. Names and phones leave it
//! wrapped, so that they cannot be printed, logged or serialised by accident.

pub mod behalf;
pub mod public;

use std::{fmt, str::FromStr};

use hmac::{Hmac, KeyInit, Mac};
use linli_worktime::Millis;
use sha2::Sha256;

use crate::{
    db::{DbError, Filter, FromCell, Row, Tx, Value, args, statements},
    ids::{CaseId, Jurisdiction, PersonId},
};

/// A value that is only seen by who says so: `Debug` shows `…`, and it has no `Display` and no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Each use is a place where identity leaves the vault.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A text that is not a phone number. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a phone number; a mobile number has 11 digits and begins with 1, others have 5 to 20 digits")]
pub struct NotAPhone;

/// A phone number, written one way: a Chinese mobile number without its country code (11 digits, the first 1), or any
/// other of 5 to 20 digits, with a leading `+` if it came with one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phone(Secret<String>);

impl Phone {
    /// The number.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// Whether it is a Chinese mobile number, which can receive a one-time code.
    pub fn is_mobile(&self) -> bool {
        is_mobile(self.reveal())
    }
}

impl From<Phone> for Secret<String> {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl FromStr for Phone {
    type Err = NotAPhone;

    /// Takes spaces, hyphens, dots and brackets between the digits, and the wide forms that a Chinese keyboard types.
    fn from_str(text: &str) -> Result<Self, NotAPhone> {
        let narrow = text.chars().map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            other => other,
        });
        let number: String =
            narrow.filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '(' | ')' | '/')).collect();
        let home = ["+86", "0086", "86"].iter().find_map(|code| number.strip_prefix(code).filter(|n| is_mobile(n)));
        let number = home.map_or_else(|| number.clone(), str::to_owned);
        let digits = number.strip_prefix('+').unwrap_or(&number);
        if (5..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(Secret(number)))
        } else {
            Err(NotAPhone)
        }
    }
}

fn is_mobile(number: &str) -> bool {
    number.len() == 11 && number.starts_with('1') && number.bytes().all(|b| b.is_ascii_digit())
}

/// The key of the vault, from a file beside the configuration. It has no way to be printed.
#[derive(Clone)]
pub struct VaultKey([u8; 32]);

impl VaultKey {
    /// Takes the bytes of the key file.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// HMAC-SHA-256 of a text under this key; `purpose` keeps uses apart.
    pub fn mac(&self, purpose: &[u8], text: &[u8]) -> [u8; 32] {
        // HMAC fills a short key up with zeros to its block of 64 bytes (RFC 2104).
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        Hmac::<Sha256>::new(&block.into())
            .chain_update(purpose)
            .chain_update([0])
            .chain_update(text)
            .finalize()
            .into_bytes()
            .into()
    }
}

/// What a phone is found by: HMAC-SHA-256 of its number under the vault's key. Without the key, trying all numbers
/// tells nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PhoneKey([u8; 32]);

impl PhoneKey {
    /// Of a phone.
    pub fn of(key: &VaultKey, phone: &Phone) -> Self {
        Self(key.mac(b"phone", phone.reveal().as_bytes()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<&PhoneKey> for Value {
    fn from(key: &PhoneKey) -> Self {
        Self::from(key.0)
    }
}

/// How the personal columns of a row are kept. A row says its own, so that rows of two schemes may stand together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scheme {
    /// As they are.
    Plain,
}

impl Scheme {
    /// What new rows are kept in.
    const NEW: Self = Self::Plain;

    fn code(self) -> i64 {
        match self {
            Self::Plain => 0,
        }
    }

    fn seal(self, secret: &Secret<String>) -> String {
        match self {
            Self::Plain => secret.0.clone(),
        }
    }

    fn open(self, kept: String) -> Secret<String> {
        match self {
            Self::Plain => Secret(kept),
        }
    }
}

impl FromCell for Scheme {
    const NAME: &'static str = "a scheme of the vault that this version knows";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        match cell {
            Value::Int(0) => Ok(Self::Plain),
            other => Err(other),
        }
    }
}

statements! {
    BROUGHT = "SELECT jurisdiction, case_id FROM vault_caller WHERE person = $1";
    PERSON_BY_PHONE = "SELECT id FROM vault_person WHERE jurisdiction = $1 AND phone_key = $2";
    ADD_PERSON = "INSERT INTO vault_person (jurisdiction, id, scheme, name, phone, phone_key, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (jurisdiction, phone_key) DO NOTHING";
    ADD_CALLER = "INSERT INTO vault_caller (jurisdiction, case_id, scheme, person, name, contact, confidential)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    CALLER_PERSON = "SELECT person FROM vault_caller WHERE jurisdiction = $1 AND case_id = $2";
    CALLER = "SELECT person, scheme, name, contact, confidential FROM vault_caller
        WHERE jurisdiction = $1 AND case_id = $2";
    // No contact is kept as an empty text under every scheme.
    CONTACT = "SELECT scheme, contact FROM vault_caller WHERE jurisdiction = $1 AND case_id = $2 AND contact <> ''";
}

/// The person with this phone, if the vault has one.
pub fn person_by_phone(tx: &mut Tx<'_>, home: Jurisdiction, key: &PhoneKey) -> Result<Option<PersonId>, DbError> {
    tx.first(&PERSON_BY_PHONE, &args![home, key])?.map(|mut row| row.take()).transpose()
}

/// The person with this phone: the one that is there, as they are, or `new`, made with this name.
pub fn person_or_create(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    phone: &Phone,
    name: &Secret<String>,
    new: PersonId,
    now: Millis,
) -> Result<PersonId, DbError> {
    let phone_key = PhoneKey::of(key, phone);
    if let Some(known) = person_by_phone(tx, home, &phone_key)? {
        return Ok(known);
    }
    add_person(tx, home, key, phone, name, new, now)?;
    // Two requests may come at once: the row that won is the person.
    person_by_phone(tx, home, &phone_key)?
        .ok_or_else(|| DbError::Corrupt("no person although one was just added".into()))
}

/// Adds a person; nothing when the vault has one with this phone.
pub fn add_person(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    phone: &Phone,
    name: &Secret<String>,
    new: PersonId,
    now: Millis,
) -> Result<(), DbError> {
    let (scheme, phone_key) = (Scheme::NEW, PhoneKey::of(key, phone));
    let (name, phone) = (scheme.seal(name), scheme.seal(&phone.0));
    tx.send(&ADD_PERSON, args![home, new, scheme.code(), name, phone, &phone_key, now])
}

/// Who brought a case, as they gave it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who they are, when their phone is known.
    pub person: Option<PersonId>,
    /// How they want to be called; empty when they did not say.
    pub name: Secret<String>,
    /// Where they want to be reached; empty when nowhere.
    pub contact: Secret<String>,
    /// Whether they asked that nobody be told who they are.
    pub confidential: bool,
}

/// Keeps who brought a case; once for a case.
pub fn put_caller(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId, caller: &Caller) -> Result<(), DbError> {
    let scheme = Scheme::NEW;
    let (name, contact) = (scheme.seal(&caller.name), scheme.seal(&caller.contact));
    tx.put(&ADD_CALLER, args![place, case, scheme.code(), caller.person, name, contact, caller.confidential])
}

/// Whether a case is a person's own: they brought it, or it was brought for them.
pub fn is_of(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId, person: PersonId) -> Result<bool, DbError> {
    Ok(caller_person(tx, place, case)? == Some(person) || behalf::person(tx, place, case)? == Some(person))
}

/// The person who brought a case, if they are known.
pub fn caller_person(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<Option<PersonId>, DbError> {
    let row = tx.first(&CALLER_PERSON, &args![place, case])?;
    row.map_or(Ok(None), |mut row| row.take())
}

/// Whether anybody can be reached about a case: whoever brought it, or for whom it was brought.
pub fn has_contact(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<bool, DbError> {
    Ok(tx.first(&CONTACT, &args![place, case])?.is_some() || behalf::contact(tx, place, case)?.is_some())
}

/// Where to reach whoever brought a case: for the plugs that deliver notices, and for nothing else.
pub fn contact_for_delivery(
    tx: &mut Tx<'_>,
    place: Jurisdiction,
    case: CaseId,
) -> Result<Option<Secret<String>>, DbError> {
    tx.first(&CONTACT, &args![place, case])?.map(opened).transpose()
}

/// Who brought a case: for filing what follows from it, which is where it goes back into the vault.
pub(crate) fn caller(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<Option<Caller>, DbError> {
    let Some(mut row) = tx.first(&CALLER, &args![place, case])? else { return Ok(None) };
    let (person, scheme): (_, Scheme) = (row.take()?, row.take()?);
    let (name, contact) = (scheme.open(row.take()?), scheme.open(row.take()?));
    Ok(Some(Caller { person, name, contact, confidential: row.take()? }))
}

/// Where to call back whoever asked for it: for `Engine::dial`, which writes down that it was looked at.
pub(crate) fn contact_for_call(
    tx: &mut Tx<'_>,
    place: Jurisdiction,
    case: CaseId,
) -> Result<Option<Secret<String>>, DbError> {
    contact_for_delivery(tx, place, case)
}

/// The scheme and a sealed column of a row.
fn opened(mut row: Row) -> Result<Secret<String>, DbError> {
    let scheme: Scheme = row.take()?;
    Ok(scheme.open(row.take()?))
}

/// A page of a person's cases, those that they brought and those that were brought for them, newest first, older than
/// `after`. Served by `vault_caller_person` and `vault_behalf_person`.
pub fn cases_of(
    tx: &mut Tx<'_>,
    person: PersonId,
    after: Option<CaseId>,
    limit: usize,
) -> Result<Vec<(Jurisdiction, CaseId)>, DbError> {
    let mut cases = Vec::new();
    for head in [&BROUGHT, &behalf::BROUGHT_FOR] {
        let mut page = Filter::of(head, args![person]);
        if let Some(after) = after {
            page.and("case_id < $$", args![after]);
        }
        page.tail("ORDER BY case_id DESC", limit);
        for mut row in tx.list(&page)? {
            cases.push((row.take()?, row.take()?));
        }
    }
    cases.sort_by_key(|(_, case): &(Jurisdiction, CaseId)| std::cmp::Reverse(*case));
    // Whoever reports for themselves by mistake has it once.
    cases.dedup();
    cases.truncate(limit);
    Ok(cases)
}

//! The vault: who people are and how to reach them. No other module touches its tables. Names and phones are sealed in
//! the database (`seal`, `keys`) and leave the vault wrapped, so that they cannot be printed, logged or serialised by
//! accident.

pub mod behalf;
pub(crate) mod crowd;
pub(crate) mod factor;
pub(crate) mod files;
pub(crate) mod forget;
pub(crate) mod keys;
pub mod public;
pub(crate) mod rotate;
mod seal;
mod source;
pub mod words;

use std::{collections::BTreeSet, fmt, str::FromStr};

use linli_worktime::Millis;

pub(crate) use self::{files::is_sealed, forget::brought_by};
pub use self::{
    forget::{forget, forget_caller},
    keys::VaultKey,
    rotate::Rotated,
    source::{KeyError, Source, key_file},
};
use self::{
    keys::{Of, Owner},
    seal::Scheme,
};
use crate::{
    db::{DbError, Filter, Tx, Value, args, statements},
    feed,
    ids::{CaseId, Jurisdiction, PersonId},
};

/// A value that is only seen by who says so: `Debug` shows `…`, and it has no `Display` and no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
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
        if is_number(&number) { Ok(Self(Secret(number))) } else { Err(NotAPhone) }
    }
}

/// Whether it can be called: a mobile, a landline with or without its area code, a service number, or one abroad.
/// What is a digit short is refused while whoever typed it can still mend it.
fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    match digits.as_bytes() {
        _ if number.starts_with('+') => (7..=15).contains(&digits.len()),
        [b'1', ..] => is_mobile(digits) || digits.len() == 5,
        [b'9', b'5', ..] if digits.len() == 5 => true,
        [b'0', b'0', ..] => (9..=17).contains(&digits.len()),
        [b'0', ..] => (10..=12).contains(&digits.len()),
        [b'4' | b'8', b'0', b'0', ..] => digits.len() == 10,
        _ => (7..=8).contains(&digits.len()),
    }
}

fn is_mobile(number: &str) -> bool {
    number.len() == 11 && number.starts_with('1') && number.bytes().all(|b| b.is_ascii_digit())
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

/// A person of the vault.
fn of_person(home: Jurisdiction, person: PersonId) -> Owner {
    Owner { of: Of::Person, place: home, id: person.0 }
}

/// Whoever brought a case. What is said of them for a case has a key of its own even where they are a person of the
/// vault: filing reads nothing for it, and all of it stays within the case's own street.
fn of_caller(place: Jurisdiction, case: CaseId) -> Owner {
    Owner { of: Of::Caller, place, id: case.0 }
}

statements! {
    RENAME = "UPDATE vault_person SET scheme = $3, name = $4, phone = $5 WHERE jurisdiction = $1 AND id = $2";
    USED = "UPDATE vault_person SET used_at = $3 WHERE jurisdiction = $1 AND id = $2";
    // Along vault_caller_person.
    NAMED = "SELECT jurisdiction, case_id FROM vault_caller WHERE person = $1 AND name <> ''";
    UNNAME = "UPDATE vault_caller SET scheme = $3, name = '', contact = $4 WHERE jurisdiction = $1 AND case_id = $2";
    BROUGHT = "SELECT jurisdiction, case_id FROM vault_caller WHERE person = $1";
    PERSON_BY_PHONE = "SELECT id FROM vault_person WHERE jurisdiction = $1 AND phone_key = $2";
    ADD_PERSON = "INSERT INTO vault_person (jurisdiction, id, scheme, name, phone, phone_key, made_at, used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (jurisdiction, phone_key) DO NOTHING";
    ADD_CALLER = "INSERT INTO vault_caller (jurisdiction, case_id, scheme, person, name, contact, confidential)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    CALLER_PERSON = "SELECT person FROM vault_caller WHERE jurisdiction = $1 AND case_id = $2";
    // The head of a list: the cases are added to it.
    WHO_BROUGHT = "SELECT case_id, person FROM vault_caller WHERE jurisdiction = $1 AND NOT confidential AND person IS NOT NULL";
    LEFT = "SELECT confidential, name <> '' OR contact <> '' OR EXISTS (SELECT 1 FROM vault_words w
        WHERE w.jurisdiction = vault_caller.jurisdiction AND w.case_id = vault_caller.case_id)
        FROM vault_caller WHERE jurisdiction = $1 AND case_id = $2";
    CALLER = "SELECT person, scheme, name, contact, confidential FROM vault_caller
        WHERE jurisdiction = $1 AND case_id = $2";
    PERSON = "SELECT scheme, name, phone FROM vault_person WHERE jurisdiction = $1 AND id = $2";
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
    let phone_key = PhoneKey::of(key, phone);
    let ([name, phone], data_key) = key.seal(of_person(home, new), [("name", name), ("phone", &phone.0)])?;
    tx.send(&ADD_PERSON, args![home, new, Scheme::NEW, name, phone, &phone_key, now])?;
    data_key.map_or(Ok(false), |data_key| data_key.add_first(tx)).map(drop)
}

/// Notes that a person came in.
pub(crate) fn used(tx: &mut Tx<'_>, home: Jurisdiction, person: PersonId, now: Millis) -> Result<(), DbError> {
    tx.send(&USED, args![home, person, now])
}

/// Changes how a person wants to be called. All that is kept of them is sealed anew, under another data key.
pub(crate) fn rename(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    home: Jurisdiction,
    person: PersonId,
    name: &Secret<String>,
    phone: &Secret<String>,
) -> Result<(), DbError> {
    let ([name, phone], data_key) = key.seal(of_person(home, person), [("name", name), ("phone", phone)])?;
    tx.send(&RENAME, args![home, person, Scheme::NEW, name, phone])?;
    data_key.map_or(Ok(()), |data_key| data_key.put(tx))
}

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// How they want to be called; empty when they did not say.
    pub name: Secret<String>,
    /// Their phone.
    pub phone: Secret<String>,
}

/// A person of the vault; nothing when they are not there or were forgotten.
pub fn person(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    home: Jurisdiction,
    person: PersonId,
) -> Result<Option<Person>, DbError> {
    let Some(mut row) = tx.first(&PERSON, &args![home, person])? else { return Ok(None) };
    let (scheme, kept) = (row.take()?, [("name", row.take()?), ("phone", row.take()?)]);
    let opened = keys::open(tx, key, of_person(home, person), scheme, kept)?;
    // Nobody has no phone but who was forgotten.
    let found = opened.map(|[name, phone]| Person { name, phone });
    Ok(found.filter(|person| !person.phone.reveal().is_empty()))
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
pub fn put_caller(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    place: Jurisdiction,
    case: CaseId,
    caller: &Caller,
) -> Result<(), DbError> {
    let texts = [("name", &caller.name), ("contact", &caller.contact)];
    let ([name, contact], data_key) = key.seal(of_caller(place, case), texts)?;
    tx.put(&ADD_CALLER, args![place, case, Scheme::NEW, caller.person, name, contact, caller.confidential])?;
    data_key.map_or(Ok(()), |data_key| data_key.add(tx))
}

/// The cases of a person that have a name of theirs.
pub(crate) fn named(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<(Jurisdiction, CaseId)>, DbError> {
    tx.query(&NAMED, &args![person])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Takes the name out of a case; where to reach them is sealed anew, under another data key.
pub(crate) fn unname(tx: &mut Tx<'_>, key: &VaultKey, place: Jurisdiction, case: CaseId) -> Result<(), DbError> {
    let Some(caller) = caller(tx, key, place, case)? else { return Ok(()) };
    let owner = of_caller(place, case);
    let texts = [("name", &Secret::new(String::new())), ("contact", &caller.contact)];
    let ([_, contact], data_key) = key.seal(owner, texts)?;
    tx.send(&UNNAME, args![place, case, Scheme::NEW, contact])?;
    match data_key {
        Some(data_key) => data_key.put(tx),
        None => forget::shred(tx, owner),
    }
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

/// Which of these cases the same people brought, where they did not ask for silence: to tell a repeat, never to be shown.
pub(crate) fn who_brought(
    tx: &mut Tx<'_>,
    place: Jurisdiction,
    cases: &BTreeSet<CaseId>,
) -> Result<Vec<(CaseId, PersonId)>, DbError> {
    let mut filter = Filter::of(&WHO_BROUGHT, args![place]);
    filter.and(&format!("case_id IN ({})", feed::marks(cases)), feed::padded(cases));
    tx.list(&filter)?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// What can be said of whoever brought a case without opening anything: whether they asked for silence, and whether they
/// left a name, a number or words that hold such; nothing where nobody is known.
pub(crate) fn left(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<Option<(bool, bool)>, DbError> {
    tx.first(&LEFT, &args![place, case])?.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

/// Whether anybody can be reached about a case: whoever brought it, or for whom it was brought.
pub fn has_contact(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<bool, DbError> {
    let has = |tx: &mut Tx<'_>, sql| Ok::<_, DbError>(tx.first(sql, &args![place, case])?.is_some());
    Ok(has(tx, &CONTACT)? || has(tx, &behalf::CONTACT)?)
}

/// Where to reach whoever brought a case: for the plugs that deliver notices, and for nothing else.
pub fn contact_for_delivery(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    place: Jurisdiction,
    case: CaseId,
) -> Result<Option<Secret<String>>, DbError> {
    contact(tx, key, of_caller(place, case))
}

/// Who brought a case: for filing what follows from it, which is where it goes back into the vault. Empty texts where
/// they were forgotten.
pub(crate) fn caller(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    place: Jurisdiction,
    case: CaseId,
) -> Result<Option<Caller>, DbError> {
    let Some(mut row) = tx.first(&CALLER, &args![place, case])? else { return Ok(None) };
    let (person, scheme) = (row.take()?, row.take()?);
    let kept = [("name", row.take()?), ("contact", row.take()?)];
    let confidential = row.take()?;
    let opened = keys::open(tx, key, of_caller(place, case), scheme, kept)?;
    let [name, contact] = opened.unwrap_or([const { Secret::new(String::new()) }; 2]);
    Ok(Some(Caller { person, name, contact, confidential }))
}

/// Where to call back whoever asked for it: for `Engine::dial`, which writes down that it was looked at.
pub(crate) fn contact_for_call(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    place: Jurisdiction,
    case: CaseId,
) -> Result<Option<Secret<String>>, DbError> {
    contact_for_delivery(tx, key, place, case)
}

/// The contact in a row of a case, if there is one.
fn contact(tx: &mut Tx<'_>, key: &VaultKey, owner: Owner) -> Result<Option<Secret<String>>, DbError> {
    let sql = if owner.of == Of::Behalf { &behalf::CONTACT } else { &CONTACT };
    let Some(mut cells) = tx.first(sql, &args![owner.place, CaseId(owner.id)])? else { return Ok(None) };
    let (scheme, kept) = (cells.take()?, [("contact", cells.take()?)]);
    Ok(keys::open(tx, key, owner, scheme, kept)?.map(|[contact]| contact))
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

//! For whom a case was reported, when somebody reported it for a parent or a neighbour: their name and phone stay in
//! the vault; the desk learns only how the two are related and whom to ask.

use super::{
    DbError, Of, Owner, Phone, PhoneKey, Scheme, Secret, Tx, VaultKey, args, keys, person_by_phone, statements,
};
use crate::{
    Engine,
    cases::CaseKey,
    ids::{CaseId, Jurisdiction, PersonId},
};

/// What the reporter is to the one it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Son or daughter.
    Child,
    /// Husband or wife.
    Spouse,
    /// Another relative.
    Relative,
    /// A neighbour or a friend.
    Neighbour,
    /// Somebody who helps by office or as a volunteer.
    Helper,
}

impl Relation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Child, Self::Spouse, Self::Relative, Self::Neighbour, Self::Helper];

    /// Its word in the database and in text keys.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Spouse => "spouse",
            Self::Relative => "relative",
            Self::Neighbour => "neighbour",
            Self::Helper => "helper",
        }
    }

    /// From its word.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.slug() == slug)
    }
}

/// Who is told how it goes, and asked in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Whoever reported it.
    Me,
    /// Whom it is about.
    Them,
    /// Both.
    Both,
}

impl Told {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Me, Self::Them, Self::Both];

    /// Its word in the database and in text keys.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Them => "them",
            Self::Both => "both",
        }
    }

    /// From its word.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.slug() == slug)
    }
}

/// Somebody for whom a case is reported.
#[derive(Clone, Debug)]
pub struct Behalf {
    /// How they want to be called; empty when not said.
    pub name: Secret<String>,
    /// Their phone, if they have one.
    pub phone: Option<Phone>,
    /// What the reporter is to them.
    pub relation: Relation,
    /// Who is told.
    pub told: Told,
}

/// What staff may know of it: nothing of who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// What the reporter is to them.
    pub relation: Relation,
    /// Whom to tell and to ask.
    pub told: Told,
    /// Whether they left a phone.
    pub reachable: bool,
}

statements! {
    // Sent again under the same key, a report finds it there.
    KEEP = "INSERT INTO vault_behalf (jurisdiction, case_id, scheme, name, contact, phone_key, person, relation, told)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (jurisdiction, case_id) DO NOTHING";
    PROXY = "SELECT relation, told, contact <> '' FROM vault_behalf WHERE jurisdiction = $1 AND case_id = $2";
    CONTACT = "SELECT scheme, contact FROM vault_behalf WHERE jurisdiction = $1 AND case_id = $2 AND contact <> ''";
    BEHALF = "SELECT scheme, name, contact FROM vault_behalf WHERE jurisdiction = $1 AND case_id = $2";
    PERSON = "SELECT person FROM vault_behalf WHERE jurisdiction = $1 AND case_id = $2";
    BROUGHT_FOR = "SELECT jurisdiction, case_id FROM vault_behalf WHERE person = $1";
    // Along vault_behalf_person.
    KEPT_FOR = "SELECT jurisdiction, case_id FROM vault_behalf WHERE person = $1 ORDER BY case_id DESC";
    TELL_ME = "UPDATE vault_behalf SET told = 'me' WHERE jurisdiction = $1 AND case_id = $2";
    CLAIM = "UPDATE vault_behalf SET person = $2 WHERE phone_key = $1 AND person IS NULL";
}

impl Engine {
    /// Keeps for whom a case was reported; once for a case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn on_behalf(&self, case: CaseKey, behalf: Behalf) -> Result<(), DbError> {
        let (home, key) = (self.home, self.vault_key.clone());
        self.db.write(move |tx: &mut Tx<'_>| keep(tx, home, &key, case, &behalf)).await
    }
}

/// Whom a case is about.
pub(super) fn of_behalf(place: Jurisdiction, case: CaseId) -> Owner {
    Owner { of: Of::Behalf, place, id: case.0 }
}

fn keep(tx: &mut Tx<'_>, home: Jurisdiction, key: &VaultKey, case: CaseKey, behalf: &Behalf) -> Result<(), DbError> {
    if proxy(tx, case.jurisdiction, case.id)?.is_some() {
        return Ok(());
    }
    let phone_key = behalf.phone.as_ref().map(|phone| PhoneKey::of(key, phone));
    // Whoever has signed in before has it at once; nobody becomes a person of the vault by another's word.
    let person = match &phone_key {
        Some(phone_key) => person_by_phone(tx, home, phone_key)?,
        None => None,
    };
    let contact = behalf.phone.clone().map_or_else(|| Secret::new(String::new()), Secret::from);
    let owner = of_behalf(case.jurisdiction, case.id);
    let ([name, contact], data_key) = key.seal(owner, [("name", &behalf.name), ("contact", &contact)])?;
    // Two may come at once: with the key comes the row.
    if let Some(data_key) = data_key
        && !data_key.add_first(tx)?
    {
        return Ok(());
    }
    let row = args![
        case.jurisdiction,
        case.id,
        Scheme::NEW,
        name,
        contact,
        phone_key.map(|k| k.as_bytes().to_vec()),
        person,
        behalf.relation.slug(),
        behalf.told.slug()
    ];
    tx.send(&KEEP, row)
}

/// Gives a person who signed in what was reported for their phone. Served by `vault_behalf_phone`.
pub fn claim(tx: &mut Tx<'_>, key: &PhoneKey, person: PersonId) -> Result<(), DbError> {
    tx.send(&CLAIM, args![key, person])
}

/// The cases that others brought for a person.
pub(crate) fn kept_for(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<(Jurisdiction, CaseId)>, DbError> {
    tx.query(&KEPT_FOR, &args![person])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Whether a case was brought for a person.
pub(crate) fn is_for(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId, whom: PersonId) -> Result<bool, DbError> {
    Ok(person(tx, place, case)? == Some(whom))
}

/// Lets whoever brought a case be told of it, and nobody else.
pub(crate) fn tell_me(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<(), DbError> {
    tx.send(&TELL_ME, args![place, case])
}

/// What staff may know of for whom a case was reported; nothing when it is the reporter's own.
pub fn proxy(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<Option<Proxy>, DbError> {
    let Some(mut row) = tx.first(&PROXY, &args![place, case])? else { return Ok(None) };
    let (relation, told): (String, String) = (row.take()?, row.take()?);
    let corrupt = |what: &str| DbError::Corrupt(format!("`{what}` of a report for somebody else"));
    Ok(Some(Proxy {
        relation: Relation::from_slug(&relation).ok_or_else(|| corrupt(&relation))?,
        told: Told::from_slug(&told).ok_or_else(|| corrupt(&told))?,
        reachable: row.take()?,
    }))
}

/// Whether this person is to be told about a case that is theirs.
pub fn tells(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId, reader: PersonId) -> Result<bool, DbError> {
    let Some(proxy) = proxy(tx, place, case)? else { return Ok(true) };
    let theirs = person(tx, place, case)? == Some(reader);
    Ok(match proxy.told {
        Told::Both => true,
        Told::Me => super::caller_person(tx, place, case)? == Some(reader),
        Told::Them => theirs,
    })
}

/// The people whose own lists say how a case goes.
pub(crate) fn to_tell(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<Vec<PersonId>, DbError> {
    let told = proxy(tx, place, case)?.map_or(Told::Me, |proxy| proxy.told);
    let mut people = Vec::new();
    if told != Told::Them {
        people.extend(super::caller_person(tx, place, case)?);
    }
    if told != Told::Me {
        people.extend(person(tx, place, case)?.filter(|them| !people.contains(them)));
    }
    Ok(people)
}

/// Everywhere that news of a case is to be sent: for the plugs that deliver notices, and for nothing else.
pub fn contacts_for_delivery(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    place: Jurisdiction,
    case: CaseId,
) -> Result<Vec<Secret<String>>, DbError> {
    let told = proxy(tx, place, case)?.map_or(Told::Me, |proxy| proxy.told);
    let mut all = Vec::new();
    if told != Told::Them {
        all.extend(super::contact_for_delivery(tx, key, place, case)?);
    }
    if told != Told::Me {
        all.extend(super::contact(tx, key, of_behalf(place, case))?);
    }
    Ok(all)
}

/// Whom a case is about: their name and where they are reached; nothing when it is the reporter's own, or forgotten.
pub(crate) fn of(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    place: Jurisdiction,
    case: CaseId,
) -> Result<Option<[Secret<String>; 2]>, DbError> {
    let Some(mut row) = tx.first(&BEHALF, &args![place, case])? else { return Ok(None) };
    let (scheme, kept) = (row.take()?, [("name", row.take()?), ("contact", row.take()?)]);
    keys::open(tx, key, of_behalf(place, case), scheme, kept)
}

pub(super) fn person(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<Option<PersonId>, DbError> {
    let row = tx.first(&PERSON, &args![place, case])?;
    row.map_or(Ok(None), |mut row| row.take())
}

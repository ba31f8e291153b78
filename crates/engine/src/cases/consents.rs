//! What is kept by consent and nothing else: the name that somebody gave, and name and number of those for whom others
//! reported something. Giving it is the consent, so what stands here is the list of it; taking it back takes it away, at once
//! and by nobody's leave (PIPL art. 15).

use super::{CaseError, CaseKey, store};
use crate::{
    Engine,
    db::{DbError, Tx},
    ids::PersonId,
    vault::{self, Secret, behalf::Relation, forget},
};

/// Something that is kept by somebody's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// How they are called, in all that is theirs.
    Name,
    /// Their name and number in a case that somebody else brought for them.
    Behalf(CaseKey),
}

/// The same, as it can be shown.
#[derive(Clone, Debug)]
pub enum Given {
    /// How they are called; in how many cases.
    Name {
        /// The name of their own page; empty when they gave none there.
        name: Secret<String>,
        /// The cases that have a name of theirs.
        cases: usize,
    },
    /// Somebody else brought a case for them.
    Behalf {
        /// Which.
        case: CaseKey,
        /// Its number.
        number: String,
        /// What whoever brought it is to them.
        relation: Relation,
    },
}

impl Engine {
    /// What is kept of a person by their consent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consents(&self, person: PersonId) -> Result<Vec<Given>, CaseError> {
        let (home, key) = (self.home, self.vault_key.clone());
        let read = move |tx: &mut Tx<'_>| {
            let Some(known) = vault::person(tx, &key, home, person)? else { return Ok(Vec::new()) };
            let mut given = Vec::new();
            let cases = vault::named(tx, person)?.len();
            if cases > 0 || !known.name.reveal().is_empty() {
                given.push(Given::Name { name: known.name, cases });
            }
            for (jurisdiction, id) in vault::behalf::kept_for(tx, person)? {
                let case = CaseKey { jurisdiction, id };
                let (head, proxy) = (store::by_id(tx, case)?, vault::behalf::proxy(tx, jurisdiction, id)?);
                let Some((head, proxy)) = head.zip(proxy) else { continue };
                given.push(Given::Behalf { case, number: head.number, relation: proxy.relation });
            }
            Ok::<_, DbError>(given)
        };
        Ok(self.db.read(read).await?)
    }

    /// Takes back a consent: what was kept by it is gone when this comes back.
    ///
    /// # Errors
    /// [`CaseError::NotFound`] where there is nothing of theirs.
    pub async fn withdraw(&self, person: PersonId, consent: Consent) -> Result<(), CaseError> {
        let (home, key) = (self.home, self.vault_key.clone());
        let write = move |tx: &mut Tx<'_>| {
            tx.query(&forget::WIPE, &[])?;
            match consent {
                Consent::Name => {
                    let known = vault::person(tx, &key, home, person)?.ok_or(CaseError::NotFound)?;
                    vault::rename(tx, &key, home, person, &Secret::new(String::new()), &known.phone)?;
                    for (place, case) in vault::named(tx, person)? {
                        vault::unname(tx, &key, place, case)?;
                    }
                }
                Consent::Behalf(CaseKey { jurisdiction, id }) => {
                    if !vault::behalf::is_for(tx, jurisdiction, id, person)? {
                        return Err(CaseError::NotFound);
                    }
                    forget::behalf_of_case(tx, jurisdiction, id)?;
                    vault::behalf::tell_me(tx, jurisdiction, id)?;
                }
            }
            Ok(tx.query(&forget::NO_WIPE, &[]).map(drop)?)
        };
        self.db.write(write).await
    }
}

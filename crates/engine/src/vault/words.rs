//! What people wrote before personal data was taken out of it. Handlers read what is left; the words themselves are for
//! whoever wrote them, and for whoever opens the vault.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    DbError, Of, Owner, Scheme, Secret, Tx, VaultKey, args, forget,
    keys::{self},
    statements,
};
use crate::{
    cases::CaseKey,
    db::Value,
    edge, hex,
    ids::{CaseId, Jurisdiction},
};

statements! {
    ADD_WORDS = "INSERT INTO vault_words (jurisdiction, case_id, seq, id, scheme, words) VALUES ($1, $2, $3, $4, $5, $6)";
    WORDS = "SELECT seq, id, scheme, words FROM vault_words WHERE jurisdiction = $1 AND case_id = $2 ORDER BY seq";
    END_WORDS = "DELETE FROM vault_words WHERE jurisdiction = $1 AND case_id = $2";
}

/// Texts as they were written, by the name of their field.
pub type Texts = BTreeMap<String, String>;

/// What was written with one event, with what makes its digest say nothing to whoever does not have it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Said {
    nonce: String,
    pub(crate) texts: Texts,
}

impl Said {
    /// What was written; none where nothing was taken out of it.
    pub(crate) fn new(texts: Texts) -> Option<Self> {
        (!texts.is_empty()).then(|| Self { nonce: hex(&edge::secret()), texts })
    }

    /// As it is sealed: canonical JSON.
    fn text(&self) -> String {
        // A struct of texts is always JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the log commits to in its stead.
    pub(crate) fn digest(&self) -> [u8; 32] {
        digest(&self.text())
    }

    /// Keeps it; once for an event.
    pub(crate) fn keep(&self, tx: &mut Tx<'_>, key: &VaultKey, case: CaseKey, seq: u64) -> Result<(), DbError> {
        let owner = of_words(case.jurisdiction, edge::new_id());
        let ([words], data_key) = key.seal(owner, [("words", &Secret::new(self.text()))])?;
        tx.put(&ADD_WORDS, args![case.jurisdiction, case.id, seq, Value::Id(owner.id), Scheme::NEW, words])?;
        data_key.map_or(Ok(()), |data_key| data_key.add(tx))
    }
}

/// The digest of words as they are sealed.
pub fn digest(words: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"linli words 1\n").chain_update(words.as_bytes()).finalize().into()
}

fn of_words(place: Jurisdiction, id: [u8; 16]) -> Owner {
    Owner { of: Of::Words, place, id }
}

/// What was written in a case, by the number of the event; nothing of what was erased.
pub(crate) fn of_case(tx: &mut Tx<'_>, key: &VaultKey, case: CaseKey) -> Result<BTreeMap<u64, Said>, DbError> {
    let mut all = BTreeMap::new();
    for (seq, text) in sealed(tx, key, case)? {
        let said = serde_json::from_str(&text)
            .map_err(|_| DbError::Corrupt(format!("the words of event {seq} of case {} do not read", case.id)))?;
        all.insert(seq, said);
    }
    Ok(all)
}

/// The same as it is sealed, for whoever proves it.
pub(crate) fn sealed(tx: &mut Tx<'_>, key: &VaultKey, case: CaseKey) -> Result<Vec<(u64, String)>, DbError> {
    let mut all = Vec::new();
    for mut row in tx.query(&WORDS, &args![case.jurisdiction, case.id])? {
        let (seq, id): (u64, [u8; 16]) = (row.take()?, row.take()?);
        let (scheme, kept) = (row.take()?, [("words", row.take()?)]);
        if let Some([text]) = keys::open(tx, key, of_words(case.jurisdiction, id), scheme, kept)? {
            all.push((seq, text.reveal().clone()));
        }
    }
    Ok(all)
}

/// Forgets what was written in a case; whether anything was there.
pub(crate) fn end(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<bool, DbError> {
    let rows = tx.query(&WORDS, &args![place, case])?;
    if rows.is_empty() {
        return Ok(false);
    }
    for mut row in rows {
        let (_, id): (u64, [u8; 16]) = (row.take()?, row.take()?);
        forget::shred(tx, of_words(place, id))?;
    }
    tx.send(&END_WORDS, args![place, case])?;
    Ok(true)
}

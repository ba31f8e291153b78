//! Asking witnesses outside the office to countersign the head of a log (C2SP tlog-witness). A witness signs only what
//! goes on from what it signed before, so an office that shows two histories is found out by whoever knows the witness.

use std::sync::Arc;

use linli_tlog::{Note, VerifierKey, consistency, witness::AddCheckpoint};

use super::{
    key::Era,
    log::{self, Stored},
    tiles::Rows,
};
use crate::{
    Engine,
    db::{DbError, Tx, args, statements},
    ids::{Jurisdiction, Malformed},
    outward::{self, Reach},
};

statements! {
    WITNESSED = "UPDATE log_head SET witnessed = $2 WHERE jurisdiction = $1";
}

/// The longest answer of a witness that is read, bytes.
const ANSWER: u64 = 16_384;

/// Somebody outside who countersigns, and with which key.
#[derive(Clone)]
pub struct Witness {
    url: String,
    key: VerifierKey,
    agent: ureq::Agent,
}

impl Witness {
    /// What its signatures are checked with.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Reads `ADDRESS KEY`: the address before `/add-checkpoint`, which has to be within reach, and the public key as C2SP
    /// writes it.
    ///
    /// # Errors
    /// When it is written otherwise, or may not be called.
    pub fn read(text: &str, reach: Reach) -> Result<Self, Malformed> {
        let wrong = || Malformed { text: text.into(), what: "a witness: its address, a space, its public key" };
        let (url, key) = text.trim().split_once(' ').ok_or_else(wrong)?;
        reach.address(url)?;
        let key = key.trim().parse().map_err(|_| wrong())?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), key, agent: outward::agent(reach) })
    }
}

/// What a witness answered.
enum Answer {
    /// Its signature.
    Signed(String),
    /// It has signed this size last.
    Knows(u64),
    /// It has signed another history.
    Other(String),
    /// Why it does not sign.
    Refused(String),
}

impl Witness {
    fn ask(&self, request: &AddCheckpoint) -> Answer {
        let sent = self.agent.post(format!("{}/add-checkpoint", self.url)).send(request.to_string());
        let mut answer = match sent {
            Ok(answer) => answer,
            Err(error) => return Answer::Refused(error.to_string()),
        };
        let body = answer.body_mut().with_config().limit(ANSWER).read_to_string().unwrap_or_default();
        match answer.status().as_u16() {
            200 => Answer::Signed(body),
            409 => body.trim().parse().map_or_else(|_| Answer::Other(body.trim().to_owned()), Answer::Knows),
            422 => Answer::Other(body.trim().to_owned()),
            status => Answer::Refused(format!("{status}: {}", body.trim())),
        }
    }
}

impl Engine {
    /// One round: asks each witness to countersign the newest head of each log, where it has not. How many signed.
    ///
    /// # Errors
    /// When the database fails. A witness that cannot be reached is asked again in the next round.
    pub async fn ask_witnesses(&self) -> Result<u64, DbError> {
        let witnesses = self.plugs.witnesses();
        let mut signed = 0;
        for listed in if witnesses.is_empty() { Vec::new() } else { self.logs().await? } {
            signed += self.witness_log(listed.street, &witnesses).await?;
        }
        Ok(signed)
    }

    async fn witness_log(&self, street: Jurisdiction, witnesses: &Arc<[Witness]>) -> Result<u64, DbError> {
        let head = self.db.read(move |tx: &mut Tx<'_>| log::head(tx, street)).await?;
        let Some(Stored { size, note, era, witnessed: before }) = head else { return Ok(0) };
        let corrupt = |e: &dyn std::fmt::Display| DbError::Corrupt(format!("the checkpoint of {street}: {e}"));
        let mut note: Note = note.parse().map_err(|e| corrupt(&e))?;
        if let Some(before) = before.and_then(|before| before.parse::<Note>().ok()).filter(|b| b.text() == note.text())
        {
            note = before;
        }
        let mut signed = 0;
        for witness in witnesses.iter() {
            if note.verify(std::slice::from_ref(&witness.key)).is_ok() {
                continue;
            }
            if let Some(lines) = self.countersign((street, era), size, &note, witness).await? {
                match note.add_lines(&lines, std::slice::from_ref(&witness.key)) {
                    Ok(added) => signed += added as u64,
                    Err(error) => {
                        tracing::warn!(witness = witness.key.name(), %error, "a witness answered with another signature")
                    }
                }
            }
        }
        if signed > 0 {
            let text = note.to_string();
            self.db.write(move |tx: &mut Tx<'_>| tx.put(&WITNESSED, args![street, &text])).await?;
        }
        Ok(signed)
    }

    /// The lines that a witness answers with. It says where it stands when it stands elsewhere; then it is asked from there.
    async fn countersign(
        &self,
        (street, era): (Jurisdiction, Era),
        size: u64,
        note: &Note,
        witness: &Witness,
    ) -> Result<Option<String>, DbError> {
        let mut old = 0;
        for _ in 0..2 {
            let proof = self.db.read(move |tx: &mut Tx<'_>| {
                consistency(&mut Rows { tx, street }, old, size).map_err(|e| DbError::Corrupt(e.to_string()))
            });
            let request = AddCheckpoint { old, proof: proof.await?, checkpoint: note.clone() };
            let asked = witness.clone();
            let answer = tokio::task::spawn_blocking(move || asked.ask(&request)).await;
            match answer.map_err(|_| DbError::Panicked)? {
                Answer::Signed(lines) => return Ok(Some(lines)),
                Answer::Knows(known) if known <= size => old = known,
                Answer::Knows(known) => {
                    let why = format!(
                        "the witness {} has signed {known} entries and the database holds {size}: an older copy was put back",
                        witness.key.name()
                    );
                    self.stop_log(street, era, why).await?;
                    return Ok(None);
                }
                Answer::Other(why) => {
                    let why = format!("the witness {} has signed another history: {why}", witness.key.name());
                    self.stop_log(street, era, why).await?;
                    return Ok(None);
                }
                Answer::Refused(why) => {
                    tracing::warn!(witness = witness.key.name(), why, "a witness does not sign");
                    return Ok(None);
                }
            }
        }
        Ok(None)
    }
}

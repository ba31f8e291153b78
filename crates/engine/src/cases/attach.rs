//! Adding files to a case on their own, without an act.

use linli_flow::Case;

use super::{CaseError, CaseKey, Sent, deed, store};
use crate::{
    Engine,
    attachments::{self, Attachment, Stored},
    db::{DbError, Tx, args},
    ids::AttachmentId,
    policy::Action,
    viewer::Viewer,
};

/// Files that somebody adds to a case.
#[derive(Clone, Debug)]
pub struct Adds {
    /// Which case.
    pub case: CaseKey,
    /// Who.
    pub by: Viewer,
    /// The contents, kept already.
    pub files: Vec<Stored>,
    /// Made by the client, so that sending it again changes nothing.
    pub key: String,
    /// What was sent under the key.
    pub sent: Sent,
}

impl Engine {
    /// Makes kept contents part of a case. A content that the case has already is not added again; the attachments that
    /// hold the contents, in their order.
    ///
    /// # Errors
    /// [`CaseError::NotFound`] also where the viewer may not add to it; [`CaseError::KeyUsed`].
    pub async fn attach(&self, adds: Adds) -> Result<Vec<Attachment>, CaseError> {
        // The same key may be at work beside this one; then look again.
        for _ in 0..crate::limits::TRANSACTION_TRIES {
            let (engine, adds) = (self.clone(), adds.clone());
            match self.db.write(move |tx: &mut Tx<'_>| engine.attach_in(tx, &adds)).await {
                Err(CaseError::Db(DbError::Duplicate { sql: "ADD_DEED" })) => {}
                out => return out,
            }
        }
        Err(CaseError::Db(DbError::Duplicate { sql: "ADD_DEED" }))
    }

    fn attach_in(&self, tx: &mut Tx<'_>, adds: &Adds) -> Result<Vec<Attachment>, CaseError> {
        let head = store::by_id(tx, adds.case)?.ok_or(CaseError::NotFound)?;
        let case = Case::replay(&store::events(tx, adds.case)?);
        adds.by.may(tx, &head, &case, Action::Attach)?;
        let CaseKey { jurisdiction, id } = adds.case;
        let mut there = attachments::of_case(tx, jurisdiction, id)?;
        match deed::done(tx, jurisdiction, &adds.key, adds.sent)? {
            Some(done) if done != id => return Err(CaseError::KeyUsed),
            Some(_) => {}
            None => {
                for stored in &adds.files {
                    if there.iter().any(|file| file.stored.digest == stored.digest) {
                        continue;
                    }
                    let by = if matches!(adds.by, Viewer::Staff(_)) { adds.by.actor().id } else { "reporter".into() };
                    let (case, at) = ((jurisdiction, id), self.clock.now());
                    let added = Attachment { id: AttachmentId::new(), case, stored: stored.clone(), by, at };
                    attachments::record(tx, &added)?;
                    there.push(added);
                }
                tx.put(&store::ADD_DEED, args![jurisdiction, &adds.key, id, head.seq])?;
                deed::note(tx, jurisdiction, &adds.key, adds.sent)?;
            }
        }
        let sent = |file: &Attachment| adds.files.iter().any(|stored| stored.digest == file.stored.digest);
        there.retain(sent);
        Ok(there)
    }
}

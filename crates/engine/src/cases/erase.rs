//! Erasing a person (PIPL art. 47): what they wrote, what they sent along, and in the vault who they are. What the office
//! did stays, so do the numbers, the times and the log: it verifies as before, and says which entries were erased by what
//! right. An entry that is gone without such a record is still found by an audit.

use std::collections::BTreeSet;

use linli_flow::{Definition, Event, FieldKind, Value, What};
use linli_worktime::Millis;
use serde_json::json;

use super::{CaseError, CaseKey, Head, Phase, search, store, unburden::THEIRS};
use crate::{
    Engine, attachments,
    db::{DbError, Dialect, Tx, args, statements},
    ids::{AttachmentId, CaseId, Jurisdiction, PersonId},
    reading,
    record::{self, Act, By, Deed, What as Recorded},
    vault,
};

statements! {
    BLANK_CASE = "UPDATE cases SET title = $3, body = $4, address = '', lon = NULL, lat = NULL, datum = NULL, indexed = NOT {yes}
        WHERE jurisdiction = $1 AND id = $2";
    BLANK_EVENT = "UPDATE event SET body = $4, salt = NULL, words = NULL WHERE jurisdiction = $1 AND case_id = $2 AND seq = $3";
    END_DRAFTS = "DELETE FROM draft WHERE jurisdiction = $1 AND case_id = $2";
    END_NOTICES = "DELETE FROM notice WHERE jurisdiction = $1 AND case_id = $2";
    END_SESSIONS = "DELETE FROM session WHERE jurisdiction = $1 AND person = $2";
    END_TOLD = "DELETE FROM told WHERE jurisdiction = $1 AND whom = $2";
    END_CHOICE = "DELETE FROM notice_choice WHERE jurisdiction = $1 AND whom = $2";
    ADD_ERASED = "INSERT INTO erased (jurisdiction, case_id, at, rule, files) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (jurisdiction, case_id) DO NOTHING";
    UNWIPED = "SELECT jurisdiction, case_id, files FROM erased WHERE wiped_at IS NULL ORDER BY jurisdiction, case_id LIMIT 100";
    WIPED = "UPDATE erased SET wiped_at = $3, files = '' WHERE jurisdiction = $1 AND case_id = $2";
    ERASED = "SELECT at, rule FROM erased WHERE jurisdiction = $1 AND case_id = $2";
}

/// What an erasure left and what it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// The cases whose words are gone.
    pub cases: Vec<CaseKey>,
    /// The numbers of open cases: while there is one, nothing is erased, for somebody has to be told how it ends.
    pub open: Vec<String>,
}

/// That the words of a case were erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// When.
    pub at: Millis,
    /// By right of what.
    pub rule: String,
}

impl Engine {
    /// Erases a person with all that they brought, where none of it is open any more. `rule` is the right that they have.
    ///
    /// # Errors
    /// [`CaseError`]; nothing is erased then.
    pub async fn erase_person(&self, person: PersonId, rule: &str, by: &By) -> Result<Erased, CaseError> {
        let (engine, rule, by) = (self.clone(), rule.to_owned(), by.clone());
        let erased = self.db.write(move |tx: &mut Tx<'_>| engine.erase_in(tx, person, &rule, &by)).await?;
        self.feed.nudge();
        self.wipe_erased().await?;
        Ok(erased)
    }

    pub(super) fn erase_in(&self, tx: &mut Tx<'_>, person: PersonId, rule: &str, by: &By) -> Result<Erased, CaseError> {
        let (heads, open) = brought(tx, person)?;
        let open = open.into_iter().map(|head| head.number).collect();
        let mut erased = Erased { open, ..Erased::default() };
        if !erased.open.is_empty() {
            return Ok(erased);
        }
        let now = self.clock.now();
        for head in &heads {
            self.erase_case(tx, head, rule, by, now)?;
        }
        end_person(tx, self.home, person)?;
        erased.cases = heads.into_iter().map(|head| head.key).collect();
        Ok(erased)
    }

    fn erase_case(&self, tx: &mut Tx<'_>, head: &Head, rule: &str, by: &By, now: Millis) -> Result<(), CaseError> {
        let CaseKey { jurisdiction, id } = head.key;
        tx.query(&vault::forget::WIPE, &[])?;
        let (pack, flow) = self.packs().of(head)?;
        let current = self.packs().current();
        let mut gone = BTreeSet::from([1]);
        for mut event in store::events(tx, head.key)? {
            let seq = event.seq;
            if blank(&mut event, &flow, current.erased_word()) || seq == 1 {
                gone.insert(seq);
                let body = event.to_canonical_json().map_err(|e| DbError::Corrupt(e.to_string()))?;
                tx.send(&BLANK_EVENT, args![jurisdiction, id, seq, body])?;
            }
        }
        let title = pack.category(&head.category).map_or(head.category.as_str(), |c| c.title.zh.as_str());
        search::forget(tx, head.key)?;
        reading::forget(tx, head.key)?;
        tx.send(&BLANK_CASE, args![jurisdiction, id, title, current.erased_word()])?;
        let (ids, files): (Vec<_>, Vec<_>) = attachments::evidence::of_reporter(tx, head.key)?.into_iter().unzip();
        let files: Vec<String> = files.iter().map(ToString::to_string).collect();
        attachments::end_of_reporter(tx, jurisdiction, id)?;
        for sql in [&END_DRAFTS, &END_NOTICES] {
            tx.send(sql, args![jurisdiction, id])?;
        }
        vault::words::end(tx, jurisdiction, id)?;
        tx.send(&ADD_ERASED, args![jurisdiction, id, now, rule, files.join(" ")])?;
        let became = Some(json!({ "events": gone, "files": ids, "rule": rule }));
        let deed = Deed { what: Recorded::Case, subject: head.number.clone(), act: Act::Erased, was: None, became };
        record::note(tx, jurisdiction, by, deed, now)?;
        Ok(tx.query(&vault::forget::NO_WIPE, &[]).map(drop)?)
    }

    /// Takes away what deleting rows leaves behind: files that no row names any more, and dead entries of the index.
    /// Whoever dies in the middle of it leaves it to the next round.
    ///
    /// # Errors
    /// When the database or the disk refuses.
    pub async fn wipe_erased(&self) -> Result<(), CaseError> {
        let rows = self.db.read(|tx: &mut Tx<'_>| tx.query(&UNWIPED, &[])).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let (mut cases, mut files) = (Vec::new(), Vec::new());
        for mut row in rows {
            cases.push((row.take::<Jurisdiction>()?, row.take::<CaseId>()?));
            files.extend(
                row.take::<String>()?.split(' ').filter_map(|digest| digest.parse::<attachments::Digest>().ok()),
            );
        }
        for (jurisdiction, id) in &cases {
            self.reading.forget(CaseKey { jurisdiction: *jurisdiction, id: *id });
        }
        let dropped = attachments::drop_unnamed(&self.db, &self.files, files).await;
        dropped.map_err(|e| DbError::Corrupt(e.to_string()))?;
        while self.index_words().await? > 0 {}
        if self.db.dialect() == Dialect::Lite {
            while self.db.write(search::shrink).await? {}
        }
        let now = self.clock.now();
        let done = move |tx: &mut Tx<'_>| {
            cases.iter().try_for_each(|(street, case)| tx.send(&WIPED, args![*street, *case, now]))
        };
        Ok(self.db.write(done).await?)
    }

    /// Whether the words of a case were erased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erased(&self, case: CaseKey) -> Result<Option<Gone>, DbError> {
        let ask = move |tx: &mut Tx<'_>| tx.first(&ERASED, &args![case.jurisdiction, case.id]);
        let row = self.db.read(ask).await?;
        row.map(|mut row| Ok(Gone { at: row.take()?, rule: row.take()? })).transpose()
    }
}

/// The cases that a person brought: those that are closed for people, and those that are open.
pub(super) fn brought(tx: &mut Tx<'_>, person: PersonId) -> Result<(Vec<Head>, Vec<Head>), DbError> {
    let mut all = Vec::new();
    for (jurisdiction, id) in vault::brought_by(tx, person)? {
        all.extend(store::by_id(tx, CaseKey { jurisdiction, id })?);
    }
    Ok(all.into_iter().partition(|head| head.phase != Phase::Open))
}

/// Forgets a person: who they are, where they are signed in, what they were told.
pub(crate) fn end_person(tx: &mut Tx<'_>, home: Jurisdiction, person: PersonId) -> Result<(), DbError> {
    for sql in [&END_SESSIONS, &END_TOLD, &END_CHOICE] {
        tx.send(sql, args![home, person])?;
    }
    vault::forget(tx, home, person)
}

/// Takes the reporter's words out of an event; whether there were any.
fn blank(event: &mut Event, flow: &Definition, word: &str) -> bool {
    let own = event.by.kind == "person";
    let theirs = |name: &str| THEIRS.contains(&name) || (own && flow.fields().get(name) == Some(&FieldKind::Text));
    let (form, fields) = match &mut event.what {
        What::Acted { form, change, .. } | What::Cancelled { form, change, .. } => (form, &mut change.fields),
        What::Side { form, fields, .. } => (form, fields),
        What::Opened { .. } | What::Late { .. } => return false,
    };
    let mut any = false;
    for (_, value) in form.iter_mut().chain(fields.iter_mut()).filter(|(name, _)| theirs(name)) {
        if let Value::Text(text) = value {
            word.clone_into(text);
            any = true;
        }
    }
    any
}

/// What the record says that is gone: erased by right, or let go of when its time was over.
pub(crate) struct Erasure {
    /// The number of the case.
    pub case: String,
    /// Its events.
    pub events: Vec<u64>,
    /// Its files.
    pub files: Vec<AttachmentId>,
}

/// Reads the record of it.
pub(crate) fn erased(text: &str) -> Option<Erasure> {
    let deed: serde_json::Value = serde_json::from_str(text).ok()?;
    let is_gone = [Act::Erased, Act::Removed].iter().any(|act| deed["act"] == act.as_str());
    if deed["what"] != Recorded::Case.as_str() || !is_gone {
        return None;
    }
    let became: serde_json::Value = serde_json::from_str(deed["became"].as_str()?).ok()?;
    let events = became["events"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_u64).collect();
    // Erasures from before files were leaves do not name any.
    let files = became["files"].as_array().into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect();
    Some(Erasure { case: deed["subject"].as_str()?.to_owned(), events, files })
}

//! Solved cases that are like another: with what was replied, those whose reporters were satisfied first.

use std::collections::BTreeMap;

use linli_flow::{Case, Value};

use super::{field_text, is_own};
use crate::{
    Engine,
    cases::{CaseError, CaseKey, Head, Phase, read::Dossier, store},
    db::Tx,
    pack::Pack,
    policy::Action,
    viewer::Viewer,
};

/// Cases of which the best are taken.
const LOOKED: usize = 20;
/// The field in which reporters say how satisfied they are, and what they may say.
const SATISFIED: &str = "satisfied";
const GRADES: [(&str, u8); 4] = [("satisfied", 0), ("basically", 1), ("unsaid", 2), ("dissatisfied", 3)];
/// The field in which they say whether it is solved.
const SOLVED: &str = "solved";

/// A solved case that is like another.
#[derive(Clone, Debug)]
pub struct Solved {
    /// Its row.
    pub head: Head,
    /// What was replied, by field, in the order of the pack.
    pub said: Vec<(String, String)>,
    /// How satisfied whoever reported it was, where they said so.
    pub satisfied: Option<String>,
}

impl Engine {
    /// Solved cases that are like this one and that this viewer may see, a few at most: whose reporters were satisfied
    /// first, then the likest. Where somebody said that it was not solved, or was not satisfied, its words help nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn similar_solved(&self, d: &Dossier, by: &Viewer, most: usize) -> Result<Vec<Solved>, CaseError> {
        let keys = self.like_solved(d);
        let (engine, by, own) = (self.clone(), by.clone(), d.head.key);
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut found = Vec::new();
                for key in keys.iter().filter(|key| **key != own) {
                    found.extend(engine.solved(tx, *key, &by)?);
                }
                // The sort keeps the likest first among those that were liked alike.
                found.sort_by_key(grade);
                found.truncate(most);
                Ok(found)
            })
            .await
    }

    /// A solved case by its number, as [`Engine::similar_solved`] gives it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn solved_case(&self, d: &Dossier, by: &Viewer) -> Result<Option<Solved>, CaseError> {
        let (engine, by, key) = (self.clone(), by.clone(), d.head.key);
        self.db.read(move |tx: &mut Tx<'_>| engine.solved(tx, key, &by)).await
    }

    /// Which solved cases are like this one, the likest first. The one place that knows how they are found.
    fn like_solved(&self, d: &Dossier) -> Vec<CaseKey> {
        self.replies.like(&d.head.title, &d.head.body, d.head.opened_at, LOOKED)
    }

    fn solved(&self, tx: &mut Tx<'_>, key: CaseKey, by: &Viewer) -> Result<Option<Solved>, CaseError> {
        let Some(head) = store::by_id(tx, key)?.filter(|head| head.phase != Phase::Open) else { return Ok(None) };
        let case = Case::replay(&store::events(tx, key)?);
        match by.may(tx, &head, &case, Action::See) {
            Err(CaseError::NotFound) => return Ok(None),
            seen => seen?,
        }
        let text = |name: &str| case.field(name).as_text();
        if text(SOLVED) == Some("no") || text(SATISFIED) == Some("dissatisfied") {
            return Ok(None);
        }
        let said = said(self.packs().current(), &case);
        let satisfied = case.field(SATISFIED).as_text().map(str::to_owned);
        Ok((!said.is_empty()).then_some(Solved { head, said, satisfied }))
    }

    /// The words of a solved case for the same fields of another: without its figures, its days, its places, its people.
    pub fn borrowed(&self, solved: &Solved) -> BTreeMap<String, String> {
        let own = [solved.head.address.as_str(), solved.head.number.as_str()];
        let blank = |(field, text): &(String, String)| (field.clone(), self.blanked(text, &own));
        solved.said.iter().map(blank).collect()
    }
}

fn grade(solved: &Solved) -> u8 {
    let said = solved.satisfied.as_deref().unwrap_or("unsaid");
    GRADES.iter().find(|(word, _)| *word == said).map_or(2, |(_, grade)| *grade)
}

/// What was replied in words that were written for the case.
fn said(pack: &Pack, case: &Case) -> Vec<(String, String)> {
    let fields = pack.fields().iter().filter(|field| field.reply.is_some_and(is_own));
    let said = fields.filter(|field| matches!(case.field(&field.name), Value::Text(text) if !text.trim().is_empty()));
    said.filter_map(|field| Some((field.name.clone(), field_text(case, &field.name)?))).collect()
}

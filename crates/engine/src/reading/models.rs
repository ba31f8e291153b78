//! What was learnt, as every process holds it.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use linli_insight::text::category::Model;
use linli_worktime::Millis;

use super::Learnt;
use crate::{
    Engine,
    db::{DbError, Tx, args, statements},
    ids::Jurisdiction,
    start,
    words::words,
};

words! {
    /// What is learnt.
    Kind, "something that is learnt":
    /// What a letter is about.
    Category = "category",
    /// Which unit leads.
    Unit = "unit",
}

/// The setting that says how likely, in hundredths, something has to be to be proposed as sure.
pub const SURE: &str = "reading-sure";
/// Where nobody set it. On the public letters two of three that are less likely than this are wrong.
const SURE_PERCENT: u8 = 60;

statements! {
    MADE = "SELECT kind, made_at FROM model WHERE jurisdiction = $1";
    BYTES = "SELECT bytes FROM model WHERE jurisdiction = $1 AND kind = $2";
    STATES = "SELECT kind, tried_at, made_at, figures FROM model WHERE jurisdiction = $1 ORDER BY kind";
    BEGIN = "INSERT INTO model (jurisdiction, kind, tried_at, outcome, figures, made_at)
        VALUES ($1, $2, 0, '', '', 0) ON CONFLICT (jurisdiction, kind) DO NOTHING";
    CLAIM = "UPDATE model SET tried_at = $3 WHERE jurisdiction = $1 AND kind = $2 AND tried_at <= $4 RETURNING made_at";
    TRIED = "UPDATE model SET outcome = $3, figures = $4 WHERE jurisdiction = $1 AND kind = $2";
    REPLACE = "UPDATE model SET made_at = $3, bytes = $4 WHERE jurisdiction = $1 AND kind = $2";
}

/// A model in use, and what became of the last attempt to learn a better one.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it tells.
    pub kind: Kind,
    /// Up to when it knows what people decided; nothing while there is none.
    pub made_at: Option<Millis>,
    /// When it was last tried to learn a better one.
    pub tried_at: Millis,
    /// What came of that.
    pub last: Option<Learnt>,
}

/// The models in use.
#[derive(Default)]
pub(super) struct Models {
    made: BTreeMap<Kind, Millis>,
    sure: Option<u8>,
    pub category: Option<Model>,
    pub unit: Option<Model>,
}

impl Models {
    /// How likely something has to be to be proposed as sure, from 0 to 1.
    pub fn sure(&self) -> f32 {
        f32::from(self.sure.unwrap_or(SURE_PERCENT)) / 100.0
    }
}

/// What can be read of the table of models.
fn read(tx: &mut Tx<'_>, home: Jurisdiction, known: &Models) -> Result<Option<Models>, DbError> {
    let sure = start::setting(tx, home, SURE)?.and_then(|(text, _)| text.parse().ok());
    let mut made = BTreeMap::new();
    for mut row in tx.query(&MADE, &args![home])? {
        let (kind, at): (String, Millis) = (row.take()?, row.take()?);
        made.extend(kind.parse().ok().filter(|_| at.0 > 0).map(|kind: Kind| (kind, at)));
    }
    if made == known.made && sure == known.sure {
        return Ok(None);
    }
    let mut model = |kind: Kind| -> Result<Option<Model>, DbError> {
        let Some(mut row) = tx.first(&BYTES, &args![home, kind.as_str()])? else { return Ok(None) };
        let bytes: Option<Vec<u8>> = row.take()?;
        // One of an older version of the program: the key words serve until the next night.
        let read = bytes.map(|bytes| Model::from_bytes(&bytes));
        Ok(read.and_then(|read| {
            read.inspect_err(|error| tracing::warn!(%error, %kind, "what was learnt is set aside")).ok()
        }))
    };
    let (category, unit) = (model(Kind::Category)?, model(Kind::Unit)?);
    Ok(Some(Models { made, sure, category, unit }))
}

impl Engine {
    pub(super) async fn take_models(&self) -> Result<(), DbError> {
        let (home, known) = (self.home, self.reading.models());
        let fresh = self.db.read(move |tx: &mut Tx<'_>| read(tx, home, &known)).await?;
        if let Some(fresh) = fresh {
            *self.reading.models.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        }
        Ok(())
    }

    /// What was learnt so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn learnt(&self) -> Result<Vec<Made>, DbError> {
        let home = self.home;
        let read = move |tx: &mut Tx<'_>| {
            let mut all = Vec::new();
            for mut row in tx.query(&STATES, &args![home])? {
                let (kind, tried_at, made_at): (String, Millis, Millis) = (row.take()?, row.take()?, row.take()?);
                let figures: String = row.take()?;
                let Ok(kind) = kind.parse() else { continue };
                let made_at = Some(made_at).filter(|at| at.0 > 0);
                all.push(Made { kind, made_at, tried_at, last: serde_json::from_str(&figures).ok() });
            }
            Ok::<_, DbError>(all)
        };
        self.db.read(read).await
    }

    /// How likely, in hundredths, something has to be to be proposed as sure.
    pub fn sure_percent(&self) -> u8 {
        self.reading.models().sure.unwrap_or(SURE_PERCENT)
    }
}

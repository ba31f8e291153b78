//! Reading what people write: what a letter is about, how urgent it sounds, which place it names, whose it is, and who wrote
//! of the same before. It proposes, says why and how sure it is; a person decides, and what they decide is what it learns
//! from. Everything is held in memory and asked without the database, so that it costs a page nothing.

mod alike;
mod follow;
mod learn;
mod lessons;
mod models;
mod places;
mod suggest;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use self::{
    alike::{Asked, Like},
    learn::{Learnt, Outcome, Score},
    models::{Kind, Made, SURE},
    places::Named,
    suggest::{Because, Guess, Suggestion, Unit},
};
pub(crate) use self::{
    follow::STATEMENTS as FOLLOW_STATEMENTS,
    lessons::{STATEMENTS as LESSON_STATEMENTS, forget, note, teaches},
    models::STATEMENTS as MODEL_STATEMENTS,
};
/// What another letter is to one.
pub use linli_insight::text::repeats::Kind as Likeness;

use self::{alike::Letters, models::Models, places::Places};
use crate::{Engine, cases::CaseKey, db::DbError, directory::Directory, pack::Pack};

/// What this process has in mind.
pub(crate) struct Reading {
    models: RwLock<Arc<Models>>,
    places: RwLock<Arc<Places>>,
    letters: Mutex<Letters>,
}

impl Reading {
    pub fn new(pack: &Pack, directory: &Directory) -> Self {
        let places = RwLock::new(Arc::new(Places::new(pack, directory)));
        Self { models: RwLock::default(), places, letters: Mutex::default() }
    }

    /// Takes the places of another directory.
    pub fn moved(&self, pack: &Pack, directory: &Directory) {
        *self.places.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Places::new(pack, directory));
    }

    /// A case whose words were erased.
    pub fn forget(&self, case: CaseKey) {
        self.letters(|letters| letters.forget(case));
    }

    fn models(&self) -> Arc<Models> {
        Arc::clone(&self.models.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn places(&self) -> Arc<Places> {
        Arc::clone(&self.places.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn letters<T>(&self, with: impl FnOnce(&mut Letters) -> T) -> T {
        with(&mut self.letters.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Engine {
    /// Takes what was learnt anew where it has changed, and the letters that came or changed, a batch at a time; whether
    /// more waits.
    ///
    /// # Errors
    /// When the database fails; it goes on where it stopped.
    pub async fn read_on(&self) -> Result<bool, DbError> {
        self.take_models().await?;
        self.follow_letters().await
    }
}

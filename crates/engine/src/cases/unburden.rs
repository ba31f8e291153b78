//! Taking personal data out of what people write before it becomes a case or an event. What a reporter says keeps none of
//! it; what staff write keeps the names and numbers of work, but never a number of a document or a card, and never whoever
//! reported the case. The words themselves go into the vault.

use linli_flow::{Command, Definition, Event, FieldKind, Value, What};
use linli_insight::text::personal::Kind;

use super::{CaseKey, Head, file::Report};
use crate::{
    Engine,
    db::{DbError, Tx},
    pack::Pack,
    vault::{
        self, Phone, Secret,
        words::{Said, Texts},
    },
    viewer::Viewer,
};

/// What staff never need in a text.
const NEVER: [Kind; 4] = [Kind::Identity, Kind::BankCard, Kind::Passport, Kind::Plate];
/// What may be of work, or of whoever reported it.
const PERHAPS: [Kind; 3] = [Kind::Phone, Kind::Landline, Kind::Name];
/// The fields in which staff write down what a reporter says.
pub(super) const THEIRS: [&str; 2] = ["message", "words"];

/// Who brought a case, to know them again in a text: their name and where they are reached.
pub(crate) type Known = Vec<Secret<String>>;

/// Takes personal data out of a report; what was written.
pub(crate) fn report(pack: &Pack, report: &mut Report) -> Option<Said> {
    let (mut texts, who) = (Texts::new(), [report.caller.name.reveal().as_str()]);
    for (name, text) in [("title", &mut report.title), ("body", &mut report.body), ("address", &mut report.address)] {
        take_out(pack, &mut texts, name, text, &who, |_, _| true);
    }
    Said::new(texts)
}

/// Takes out of a text of staff what they never need in one, and whoever reported it.
pub(crate) fn staff(pack: &Pack, said: &mut Option<Said>, name: &str, text: &mut String, who: &str) {
    let mut texts = said.take().map_or_else(Texts::new, |said| said.texts);
    take_out(pack, &mut texts, name, text, &[who], |kind, _| NEVER.contains(&kind));
    *said = Said::new(texts);
}

/// Takes out of one text what `which` says and whoever is known; what was written is kept under its name.
fn take_out(
    pack: &Pack,
    texts: &mut Texts,
    name: &str,
    text: &mut String,
    who: &[&str],
    which: impl FnMut(Kind, &str) -> bool,
) {
    if let Some(rest) = pack.without_personal(text, who, which) {
        texts.insert(name.to_owned(), std::mem::replace(text, rest));
    }
}

/// Takes personal data out of the texts of a command; what was written. `known` is asked only where there is a text.
pub(super) fn command(
    pack: &Pack,
    flow: &Definition,
    by: &Viewer,
    command: &mut Command,
    known: impl FnOnce() -> Result<Known, DbError>,
) -> Result<Option<Said>, DbError> {
    let (Command::Act { form, .. } | Command::Side { form, .. } | Command::Cancel { form, .. }) = command else {
        return Ok(None);
    };
    let (staff, mut texts) = (matches!(by, Viewer::Staff(_)), Texts::new());
    let free = |name: &str| flow.fields().get(name) == Some(&FieldKind::Text);
    let is_text = |value: &Value| value.as_text().is_some_and(|text| !text.is_empty());
    if !form.iter().any(|(name, value)| free(name) && is_text(value)) {
        return Ok(None);
    }
    let who = known()?;
    let names: Vec<&str> = who.iter().map(|own| own.reveal().as_str()).collect();
    for (name, value) in form.iter_mut().filter(|(name, _)| free(name)) {
        let Value::Text(text) = value else { continue };
        if !staff || THEIRS.contains(&name.as_str()) {
            take_out(pack, &mut texts, name, text, &names, |_, _| true);
            continue;
        }
        let theirs = |kind, text: &str| PERHAPS.contains(&kind) && who.iter().any(|own| is_same(own, text));
        take_out(pack, &mut texts, name, text, &names, |kind, text| NEVER.contains(&kind) || theirs(kind, text));
    }
    Ok(Said::new(texts))
}

/// Puts what was written with an event back in its place.
pub(super) fn give_back(head: &mut Head, events: &mut [Event], seq: u64, texts: &Texts) {
    if seq == 1 {
        let places = [("title", &mut head.title), ("body", &mut head.body), ("address", &mut head.address)];
        for (name, place) in places {
            texts.get(name).into_iter().for_each(|text| place.clone_from(text));
        }
    }
    let event = events.iter_mut().find(|event| event.seq == seq);
    let Some(What::Acted { form, .. } | What::Side { form, .. } | What::Cancelled { form, .. }) =
        event.map(|event| &mut event.what)
    else {
        return;
    };
    for (name, text) in texts {
        form.entry(name.clone()).and_modify(|value| *value = Value::from(text.as_str()));
    }
}

/// Whether a piece of a text is this name or this number, however it is written.
fn is_same(own: &Secret<String>, text: &str) -> bool {
    let own = own.reveal();
    let number = |text: &str| text.parse::<Phone>().ok();
    !own.is_empty() && (own == text || number(own).is_some_and(|own| number(text).as_ref() == Some(&own)))
}

impl Engine {
    /// Who brought a case and for whom, to know them again in a text.
    pub(crate) fn known(&self, tx: &mut Tx<'_>, case: CaseKey) -> Result<Known, DbError> {
        let (key, CaseKey { jurisdiction, id }) = (&self.vault_key, case);
        let caller = vault::caller(tx, key, jurisdiction, id)?;
        let behalf = vault::behalf::of(tx, key, jurisdiction, id)?;
        let caller = caller.into_iter().flat_map(|caller| [caller.name, caller.contact]);
        Ok(caller.chain(behalf.into_iter().flatten()).collect())
    }
}

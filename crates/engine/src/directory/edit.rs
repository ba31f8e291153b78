//! Changing the directory: rows as they should be, kept together with the record of what they were.

use linli_worktime::Millis;
use serde_json::{Value as Json, json};

use super::{Directory, Duty, Org, Place, add_duty, end_duty, save_orgs, save_places};
use crate::{
    db::{DbError, Tx},
    ids::{DutyId, Jurisdiction},
    record::{self, Act, By, Deed, What},
};

/// A row as it should be from now on.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A place, new or another.
    Place(Place),
    /// A unit, new or another.
    Org(Org),
    /// A new row of the office's own duty list.
    Duty(Duty),
    /// One that ends.
    EndDuty(Duty),
}

impl Directory {
    /// The directory as it is after an edit.
    pub fn put(&mut self, edit: Edit) {
        match edit {
            Edit::Place(place) => drop(self.places.insert(place.code.clone(), place)),
            Edit::Org(org) => drop(self.orgs.insert(org.id.clone(), org)),
            Edit::Duty(duty) => self.duties.push(duty),
            Edit::EndDuty(duty) => self.duties.retain(|d| d.id != duty.id),
        }
    }

    fn duty(&self, id: DutyId) -> Option<&Duty> {
        self.duties.iter().find(|d| d.id == id)
    }

    /// What an edit changes; nothing where all is so already.
    pub fn deed(&self, edit: &Edit) -> Option<Deed> {
        match edit {
            Edit::Place(new) => {
                let old = self.place(&new.code);
                let ends = (old.is_some_and(|o| o.retired_at.is_some()), new.retired_at.is_some());
                let (was, became) = (old.map(place_json), place_json(new));
                deed(What::Place, new.code.as_str(), ends, was, became)
            }
            Edit::Org(new) => {
                let old = self.org(new.id.as_str());
                let ends = (old.is_some_and(|o| o.retired_at.is_some()), new.retired_at.is_some());
                deed(What::Org, new.id.as_str(), ends, old.map(org_json), org_json(new))
            }
            Edit::Duty(new) => {
                let old = self.duty(new.id).map(duty_json);
                deed(What::Duty, &new.id.to_string(), (false, false), old, duty_json(new))
            }
            Edit::EndDuty(old) => self.duty(old.id).map(|old| Deed {
                what: What::Duty,
                subject: old.id.to_string(),
                act: Act::Ended,
                was: Some(duty_json(old)),
                became: None,
            }),
        }
    }
}

/// `ends`: whether it was no more, and whether it is to be no more.
fn deed(what: What, subject: &str, ends: (bool, bool), was: Option<Json>, became: Json) -> Option<Deed> {
    let act = match (&was, ends) {
        (None, _) => Act::Added,
        (Some(was), _) if *was == became => return None,
        (Some(_), (false, true)) => Act::Retired,
        (Some(_), (true, false)) => Act::Restored,
        (Some(_), _) => Act::Changed,
    };
    Some(Deed { what, subject: subject.to_owned(), act, was, became: Some(became) })
}

fn place_json(p: &Place) -> Json {
    let (lon, lat) = p.point.unzip();
    json!({
        "code": p.code.as_str(), "zh": p.name.zh, "en": p.name.en, "aliases": p.aliases, "lon": lon, "lat": lat,
        "retired": p.retired_at.is_some(),
    })
}

fn org_json(o: &Org) -> Json {
    json!({
        "id": o.id.as_str(), "zh": o.name.zh, "en": o.name.en, "kind": o.kind.slug(), "function": o.function,
        "place": o.place.as_str(), "parent": o.parent.as_ref().map(|p| p.as_str()), "phone": o.phone,
        "retired": o.retired_at.is_some(),
    })
}

fn duty_json(d: &Duty) -> Json {
    json!({
        "category": d.category, "place": d.place.as_str(), "org": d.org.as_str(), "part": d.part.slug(), "basis": d.basis,
    })
}

/// Keeps rows and records each of them that changes something. `before` is the directory of this transaction.
///
/// # Errors
/// When the database fails.
pub fn keep(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    by: &By,
    before: &Directory,
    edits: &[Edit],
    now: Millis,
) -> Result<(), DbError> {
    let (mut places, mut orgs) = (Vec::new(), Vec::new());
    for edit in edits {
        let Some(deed) = before.deed(edit) else { continue };
        record::note(tx, home, by, deed, now)?;
        match edit {
            Edit::Place(place) => places.push(place.clone()),
            Edit::Org(org) => orgs.push(org.clone()),
            Edit::Duty(duty) => add_duty(tx, home, duty, now)?,
            Edit::EndDuty(duty) => drop(end_duty(tx, home, duty, now)?),
        }
    }
    if !places.is_empty() {
        save_places(tx, home, &places, now)?;
    }
    if !orgs.is_empty() {
        save_orgs(tx, home, &orgs, now)?;
    }
    Ok(())
}

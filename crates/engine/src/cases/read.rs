//! Reading one case: its row, its events, its state, its clocks and what this viewer may do with it.

use std::sync::Arc;

use linli_flow::{Act, Case, Command, Definition, Event, FormField, Text, Who};
use linli_worktime::Millis;

use super::{
    CaseError, CaseKey, Head,
    kin::Kin,
    reveal::is_opening,
    store,
    times::{ClockState, Rules},
    unburden,
};
use crate::{
    Engine,
    attachments::{self, Attachment},
    db::{Tx, args},
    ids::Jurisdiction,
    pack::Pack,
    policy::Action,
    replies::ASSISTED,
    vault,
    viewer::Viewer,
};

/// A case as a page shows it.
#[derive(Clone)]
pub struct Dossier {
    /// Its row.
    pub head: Head,
    /// Its events, oldest first.
    pub events: Vec<Event>,
    /// What they imply.
    pub case: Case,
    /// The rules that it keeps.
    pub pack: Arc<Pack>,
    /// Its flow.
    pub flow: Arc<Definition>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Its clocks.
    pub clocks: Vec<ClockState>,
    /// When it wakes next by itself.
    pub wakes_at: Option<Millis>,
    /// The steps that are open.
    pub steps: Vec<Standing>,
    /// What it has to do with other cases.
    pub kin: Kin,
    /// What this viewer may do now, main acts first.
    pub offers: Vec<Offer>,
    /// The act by which this viewer may see who brought it.
    pub reveal: Option<Offer>,
}

/// An open step.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The step.
    pub step: String,
    /// Which of its parts.
    pub key: String,
    /// What people call it.
    pub title: Text,
    /// What the resident reads while it is open.
    pub says: Option<Text>,
    /// Who owns it, as in the inbox: `role:desk`, `org:x`, `reporter`.
    pub owner: String,
    /// Since when.
    pub since: Millis,
    /// When it is due.
    pub due_at: Millis,
}

/// Something that a viewer may do.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What sort of act, and where.
    pub way: OfferWay,
    /// The act.
    pub act: String,
    /// What people call it.
    pub title: Text,
    /// What has to be filled in.
    pub form: Vec<FormField>,
    /// Why it is not possible now, where the flow says so.
    pub barred: Option<Text>,
    /// The source of the rule.
    pub rule: Option<String>,
}

/// What sort of act an offer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferWay {
    /// It closes a step.
    Step {
        /// The step.
        step: String,
        /// Which of its parts.
        key: String,
        /// The opening that is looked at: a stale second window is told apart by it.
        seen: u64,
    },
    /// It leaves the steps alone.
    Side,
    /// It closes steps wherever the case stands.
    Cancel,
}

impl Engine {
    /// Reads a case by its number.
    ///
    /// # Errors
    /// [`CaseError::NotFound`] also where the viewer may not see it.
    pub async fn case(&self, jurisdiction: Jurisdiction, number: &str, by: &Viewer) -> Result<Dossier, CaseError> {
        let (engine, number, by) = (self.clone(), number.to_owned(), by.clone());
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let row = tx.first(&store::BY_NUMBER, &args![jurisdiction, &number])?.ok_or(CaseError::NotFound)?;
                engine.dossier(tx, store::head(row)?, &by)
            })
            .await
    }

    /// Reads a case by its key.
    ///
    /// # Errors
    /// As [`Engine::case`].
    pub async fn case_by_key(&self, key: CaseKey, by: &Viewer) -> Result<Dossier, CaseError> {
        let (engine, by) = (self.clone(), by.clone());
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let head = store::by_id(tx, key)?.ok_or(CaseError::NotFound)?;
                engine.dossier(tx, head, &by)
            })
            .await
    }

    /// Finds the case that a number and a tracking code open, among the streets of this deployment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tracked(&self, number: &str, code: &str) -> Result<Option<CaseKey>, CaseError> {
        let streets =
            self.directory().places().map(|p| p.code.jurisdiction()).collect::<std::collections::BTreeSet<_>>();
        let (number, code) = (number.to_owned(), crate::digest(code.trim().to_uppercase().as_bytes()));
        self.db
            .read(move |tx: &mut Tx<'_>| {
                for street in &streets {
                    let Some(row) = tx.first(&store::BY_NUMBER, &args![*street, &number])? else { continue };
                    let key = store::head(row)?.key;
                    if tx.first(&store::TRACKED, &args![key.jurisdiction, key.id, code.to_vec()])?.is_some() {
                        return Ok(Some(key));
                    }
                }
                Ok(None)
            })
            .await
    }

    fn dossier(&self, tx: &mut Tx<'_>, mut head: Head, by: &Viewer) -> Result<Dossier, CaseError> {
        let packs = self.packs();
        let (pack, flow) = packs.of(&head)?;
        let rules = Rules { pack: &pack, flow: &flow };
        let mut events = store::events(tx, head.key)?;
        let case = Case::replay(&events);
        by.may(tx, &head, &case, Action::See)?;
        // Whoever wrote it reads it as they wrote it.
        if matches!(by, Viewer::Person(_) | Viewer::Code(_)) {
            let said = vault::words::of_case(tx, &self.vault_key, head.key)?;
            said.iter().for_each(|(seq, said)| unburden::give_back(&mut head, &mut events, *seq, &said.texts));
        }
        let may_act = by.may(tx, &head, &case, Action::Act).is_ok();
        let steps = standing(rules, &case);
        let offers = if may_act { self.offers(tx, rules, &head, &case, by)? } else { Vec::new() };
        let reveal = self.may_reveal(tx, by, rules, &head, &case)?;
        let clocks = rules.clocks(&case, &events, self.clock.now());
        let attachments = attachments::of_case(tx, head.key.jurisdiction, head.key.id)?;
        let kin = self.kin(tx, &head, rules, &case, by)?;
        let wakes_at = rules.dues(&case, &events).first().map(|due| due.at);
        Ok(Dossier { kin, wakes_at, events, case, attachments, clocks, steps, offers, reveal, head, pack, flow })
    }

    fn offers(
        &self,
        tx: &mut Tx<'_>,
        rules: Rules<'_>,
        head: &Head,
        case: &Case,
        by: &Viewer,
    ) -> Result<Vec<Offer>, CaseError> {
        let allowed = |whos: &[Who], key: &str| whos.iter().any(|who| by.is(who, key, head, case));
        let mut offers = Vec::new();
        for open in case.open() {
            let Some(step) = rules.flow.step(&open.step) else { continue };
            let apart = self.apart(tx, Some(step), by, case)?;
            for act in step.acts.iter().filter(|act| allowed(&act.by, &open.key)) {
                let way = OfferWay::Step { step: open.step.clone(), key: open.key.clone(), seen: open.opened_seq };
                offers.push(Offer {
                    way,
                    barred: apart.cloned().or_else(|| barred(rules, case, act)),
                    ..offer(&act.name, &act.title, &act.form, &act.rule)
                });
            }
        }
        let during = |steps: &[String]| !case.is_ended() && (steps.is_empty() || steps.iter().any(|s| case.is_open(s)));
        let asked = |name: &str| !is_opening(name) && name != ASSISTED;
        for side in rules.flow.sides().iter().filter(|s| during(&s.during) && allowed(&s.by, "") && asked(&s.name)) {
            offers.push(offer(&side.name, &side.title, &side.form, &side.rule));
        }
        for cancel in rules.flow.cancels().iter().filter(|c| during(&c.during) && allowed(&c.by, "")) {
            let plain = offer(&cancel.name, &cancel.title, &cancel.form, &cancel.rule);
            offers.push(Offer { way: OfferWay::Cancel, ..plain });
        }
        Ok(offers)
    }
}

pub(super) fn standing(rules: Rules<'_>, case: &Case) -> Vec<Standing> {
    let standing = case.open().filter_map(|open| {
        let step = rules.flow.step(&open.step)?;
        Some(Standing {
            step: open.step.clone(),
            key: open.key.clone(),
            title: step.title.clone(),
            says: step.says.clone(),
            owner: super::owner_text(&open.owner, &open.key, case),
            since: open.since,
            due_at: rules.step_due(case, open),
        })
    });
    standing.collect()
}

pub(super) fn offer(act: &str, title: &Text, form: &[FormField], rule: &Option<String>) -> Offer {
    let (act, title, form, rule) = (act.to_owned(), title.clone(), form.to_vec(), rule.clone());
    Offer { way: OfferWay::Side, act, title, form, barred: None, rule }
}

/// Why the flow does not let an act happen now.
fn barred(rules: Rules<'_>, case: &Case, act: &Act) -> Option<Text> {
    let gate = act.gate.as_ref()?;
    let value = |name: &str| {
        let counter = rules.flow.counters().iter().any(|c| c == name);
        if counter { linli_flow::Value::Number(case.counter(name)) } else { case.field(name).clone() }
    };
    (!gate.when.holds(&value)).then(|| gate.why.clone())
}

/// The command that an offer stands for, with a filled-in form.
impl Offer {
    /// The command, filled in.
    pub fn command(&self, form: linli_flow::Form) -> Command {
        let act = self.act.clone();
        match &self.way {
            OfferWay::Step { step, key, seen } => {
                Command::Act { step: step.clone(), key: key.clone(), act, form, seen: Some(*seen) }
            }
            OfferWay::Side => Command::Side { act, form },
            OfferWay::Cancel => Command::Cancel { act, form },
        }
    }
}

//! Opening the vault for a case. Who brought it is seen only here, only for a reason, and each time is an event of the
//! case: staff read it in the story, the resident reads who looked and why, and the log holds it (PIPL arts 44, 51).

use linli_flow::{Case, Command, Form};
use linli_worktime::Millis;

use super::{
    CaseError, CaseKey, Head,
    act::{Ask, may_command},
    read::{Offer, offer},
    store,
    times::Rules,
};
use crate::{
    Engine,
    db::Tx,
    limits,
    policy::{self, Action, Resource},
    replies::ASSISTED,
    seats::Seat,
    vault::{self, Secret},
    viewer::Viewer,
};

/// The side act of a flow by which identity is seen.
pub const REVEAL: &str = "reveal";
/// The side act of a flow that says that the exchange was given the number.
pub(super) const RELAYED: &str = "relayed";
/// Side acts that say that identity left the vault. They are written by what opens it, and by nothing else.
const OPENS: [&str; 3] = [REVEAL, "dialled", RELAYED];

/// Whether a command says what only the program may say: that the vault was opened, that the assistant was asked.
pub(super) fn is_the_programs(command: &Command) -> bool {
    matches!(command, Command::Side { act, .. } if is_opening(act) || act == ASSISTED)
}

/// Whether an act of a flow says that the vault was opened.
pub fn is_opening(act: &str) -> bool {
    OPENS.contains(&act)
}

/// Who brought a case, as it was shown to somebody.
#[derive(Clone, Debug)]
pub struct Shown {
    /// How they want to be called; empty when they did not say.
    pub name: Secret<String>,
    /// Where they want to be reached; empty when nowhere.
    pub contact: Secret<String>,
    /// What they wrote, where personal data was taken out of it, oldest first.
    pub words: Vec<Secret<String>>,
}

impl Engine {
    /// The act by which this viewer may see who brought a case; none where they may not. Firms and social organisations
    /// never may, whatever the flow says, and handlers not where the caller asked for silence.
    pub(super) fn may_reveal(
        &self,
        tx: &mut Tx<'_>,
        by: &Viewer,
        rules: Rules<'_>,
        head: &Head,
        case: &Case,
    ) -> Result<Option<Offer>, CaseError> {
        let Viewer::Staff(seat) = by else { return Ok(None) };
        let (Some(side), directory) = (rules.flow.side(REVEAL), self.directory()) else { return Ok(None) };
        let office = directory.org(seat.org.as_str()).is_some_and(|org| org.kind.is_office());
        let relations = by.relations(tx, head, case)?;
        let allowed = relations.iter().any(|r| policy::allows(by.subject(), *r, Action::See, Resource::Caller));
        let command = Command::Side { act: REVEAL.to_owned(), form: Form::new() };
        if !office || !allowed || case.is_ended() || may_command(rules, by, head, case, &command).is_err() {
            return Ok(None);
        }
        let Some((silent, left)) = vault::left(tx, head.key.jurisdiction, head.key.id)? else { return Ok(None) };
        Ok((left && !(silent && seat.role.handles())).then(|| offer(&side.name, &side.title, &side.form, &side.rule)))
    }

    /// Shows who brought a case, and writes down who looked and why.
    ///
    /// # Errors
    /// [`CaseError::NotYours`] where this seat may not; what the flow says of the form.
    pub async fn reveal(&self, case: CaseKey, seat: &Seat, form: Form, key: &str) -> Result<Shown, CaseError> {
        let (engine, by, key) = (self.clone(), Viewer::Staff(seat.clone()), key.to_owned());
        self.write_event(move |tx: &mut Tx<'_>| {
            let head = store::by_id(tx, case)?.ok_or(CaseError::NotFound)?;
            let now = Case::replay(&store::events(tx, case)?);
            let rules = engine.packs().rules(&head)?;
            if engine.may_reveal(tx, &by, rules, &head, &now)?.is_none() {
                return Err(CaseError::NotYours(Vec::new()));
            }
            let command = Command::Side { act: REVEAL.to_owned(), form: form.clone() };
            let acted = engine.act_in(tx, &Ask { case, command, by: by.clone(), key: key.clone() })?;
            // A page that is sent again shows it again while its minute lasts.
            let looked = store::one_event(tx, case, acted.seq)?.map_or(Millis(0), |event| event.at);
            if engine.clock.now() >= looked.plus(limits::REVEALED_MS) {
                return Err(CaseError::NotYours(Vec::new()));
            }
            let caller =
                vault::caller(tx, &engine.vault_key, case.jurisdiction, case.id)?.ok_or(CaseError::NotFound)?;
            let said = vault::words::of_case(tx, &engine.vault_key, case)?;
            let words = said.into_values().flat_map(|said| said.texts.into_values()).map(Secret::new).collect();
            Ok(Shown { name: caller.name, contact: caller.contact, words })
        })
        .await
    }
}

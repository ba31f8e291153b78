//! The acts on the page of a case: each with its form, what is known before anybody types, the draft that was kept of it,
//! and the ready-made words at hand.

use std::collections::{BTreeMap, BTreeSet};

use linli_engine::{
    cases::{
        CaseError,
        read::{Dossier, Offer, OfferWay},
    },
    desk::{drafts::Draft, load::Glance},
    ids::PlaceCode,
    pack::Raw,
};
use linli_flow::FieldKind;

use super::{
    act::{Refused, same, way},
    advice::{self, Words},
    asked::Asked,
    phrases::Ready,
    suggest::{Proposal, is_category},
};
use crate::web::{
    Ctx, Page,
    act_form::{self, ActForm},
    i18n::text,
};

/// An act on the page.
pub struct Deed {
    pub offer: Offer,
    /// Its form; none where it is barred.
    pub form: Option<ActForm>,
    pub title: String,
    pub barred: Option<String>,
    pub letter: Option<char>,
    pub id: String,
    pub open: bool,
    pub main: bool,
    /// What the form was filled in by.
    pub note: Option<String>,
    /// When a draft was kept of it, in words.
    pub draft: Option<String>,
    /// Ready-made words, by the control that they go into.
    pub ready: Vec<ReadyFor>,
    /// The fields whose words reach whoever reported the case.
    pub replies: String,
    /// What its writer may want to look at again.
    pub doubts: Vec<String>,
    /// Whether it was held back for that, so that it can go all the same.
    pub doubted: bool,
    /// Whether a machine wrote what stands in it.
    pub machine: bool,
}

/// The ready-made words for one control.
pub struct ReadyFor {
    /// The id of the control.
    pub control: String,
    /// What people call it.
    pub title: String,
    /// Title, text, and where a browser without scripts finds it filled in.
    pub texts: Vec<(String, String, String)>,
}

impl Deed {
    /// Whether files can come with it: where something is written down.
    pub fn takes_files(&self) -> bool {
        self.form.as_ref().is_some_and(|form| form.fields.iter().any(|f| f.kind == act_form::Input::Lines))
    }

    /// Whether there is something to keep a draft of.
    pub fn has_fields(&self) -> bool {
        self.form.as_ref().is_some_and(|form| !form.fields.is_empty())
    }
}

/// A form that was sent and refused.
pub struct Again<'s> {
    pub offer: &'s Offer,
    pub raw: &'s Raw,
    pub files: bool,
    pub why: &'s Refused,
}

/// What belongs to a reader and not to the case: their drafts, the words at hand, how much lies with each unit, and what is
/// proposed to them.
#[derive(Default)]
pub struct Desk {
    pub drafts: Vec<Draft>,
    pub ready: Vec<Ready>,
    pub glances: BTreeMap<String, Glance>,
    pub proposal: Option<Proposal>,
    /// Words that were asked for.
    pub words: Option<Words>,
}

impl Desk {
    /// Reads it for a case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(ctx: &Ctx, page: &Page, d: &Dossier, asked: &Asked) -> Result<Self, CaseError> {
        let drafts = super::drafts::of_case(ctx, d).await?;
        let ready = super::phrases::ready(ctx, page, d).await?;
        let chooses = d.offers.iter().any(|offer| offer.form.iter().any(|field| field.name == "unit"));
        let glances = match ctx.seat().filter(|_| chooses) {
            Some(seat) => ctx.engine().glances(&seat.place).await?,
            None => BTreeMap::new(),
        };
        let proposal = Proposal::new(ctx, d, asked);
        Ok(Self { drafts, ready, glances, proposal, words: None })
    }
}

/// Whether an act closes a step.
pub fn is_step(offer: &Offer) -> bool {
    way(offer) == "step"
}

/// An act by its way, step, part and name: how drafts and batches find it again.
pub fn act_id(offer: &Offer) -> String {
    match &offer.way {
        OfferWay::Step { step, key, .. } => format!("step:{step}:{key}:{}", offer.act),
        OfferWay::Side | OfferWay::Cancel => format!("{}:::{}", way(offer), offer.act),
    }
}

/// The id of the form of an act.
pub fn form_id(offer: &Offer) -> String {
    act_form::control_id(offer, "form")
}

/// The acts, the main one first.
pub fn deeds(ctx: &Ctx, page: &Page, d: &Dossier, asked: &Asked, again: Option<&Again<'_>>, desk: &Desk) -> Vec<Deed> {
    let names: Vec<&str> = d.offers.iter().map(|offer| offer.act.as_str()).collect();
    let letters = letters(&names);
    let main = d.offers.iter().position(|offer| offer.barred.is_none() && is_step(offer));
    let merging = asked.get("merge").and_then(|_| d.offers.iter().position(|offer| case_field(d, offer).is_some()));
    let wanted = asked.get("act").or(desk.words.as_ref().map(|words| words.act.as_str()));
    let wanted = wanted.and_then(|act| d.offers.iter().position(|offer| act_id(offer) == act));
    let drafted = d.offers.iter().position(|o| o.barred.is_none() && desk.drafts.iter().any(|x| x.act == act_id(o)));
    let shown = if again.is_some() { None } else { wanted.or(merging).or(drafted).or(main) };
    let deed = |(n, offer): (usize, &Offer)| {
        let sent = again.filter(|again| same(again.offer, offer));
        let words = desk.words.as_ref().filter(|words| sent.is_none() && words.act == act_id(offer));
        let typed = words.and_then(|words| words.typed.as_ref()).or(sent.map(|again| again.raw));
        let draft = desk.drafts.iter().find(|draft| draft.act == act_id(offer)).filter(|_| typed.is_none());
        let (mut filled, note) = match typed {
            Some(typed) => (typed.clone(), None),
            None => prefill(ctx, page, d, offer, asked, desk.proposal.as_ref()),
        };
        filled.extend(draft.map(|draft| draft.typed.clone()).unwrap_or_default());
        if sent.is_none() && wanted == Some(n) {
            put_ready(&mut filled, asked, &desk.ready);
        }
        words.into_iter().for_each(|words| advice::add(&mut filled, &words.texts));
        let errors = match sent.map(|again| again.why) {
            Some(Refused::Fields(errors)) => errors.as_slice(),
            _ => &[],
        };
        let mut form = offer.barred.is_none().then(|| ActForm::new(ctx, d, offer, &filled, errors));
        form.iter_mut().for_each(|form| show_loads(page, form, &desk.glances));
        Deed {
            ready: form.as_ref().map(|form| ready_for(page, d, offer, form, &desk.ready)).unwrap_or_default(),
            form,
            title: page.of(&offer.title).to_owned(),
            barred: offer.barred.as_ref().map(|why| page.of(why).to_owned()),
            letter: letters[n].filter(|_| offer.barred.is_none()),
            id: if main == Some(n) { "act-first".to_owned() } else { format!("act-{n}") },
            open: shown == Some(n) || sent.is_some(),
            main: main == Some(n),
            note,
            replies: ctx.engine().reply_fields(d, offer).join(" "),
            doubts: words.map(|words| words.doubts.clone()).unwrap_or_else(|| doubts(ctx, page, d, sent)),
            doubted: sent.is_some_and(|again| matches!(again.why, Refused::Doubts(_))),
            machine: words.is_some_and(|words| words.machine),
            draft: draft.map(|draft| page.time(&draft.saved_at).words),
            offer: offer.clone(),
        }
    };
    d.offers.iter().enumerate().map(deed).collect()
}

/// The doubts for which a form was held back.
fn doubts(ctx: &Ctx, page: &Page, d: &Dossier, sent: Option<&Again<'_>>) -> Vec<String> {
    let held = sent.map(|again| again.why).filter(|why| matches!(why, Refused::Doubts(_)));
    held.map_or_else(Vec::new, |why| why.problems(ctx, page, d).into_iter().map(|problem| problem.words).collect())
}

/// A ready-made text that was chosen goes into its field, after what stands there.
fn put_ready(filled: &mut Raw, asked: &Asked, ready: &[Ready]) {
    let (Some(field), Some(id)) = (asked.get("fill"), asked.get("phrase")) else { return };
    let Some(found) = ready.iter().find(|r| r.id == id && r.fields.iter().any(|f| f == field)) else { return };
    let before = filled.get(field).and_then(|values| values.first()).filter(|v| !v.trim().is_empty());
    let text = before.map_or_else(|| found.text.clone(), |before| format!("{before}\n{}", found.text));
    filled.insert(field.to_owned(), vec![text]);
}

fn ready_for(page: &Page, d: &Dossier, offer: &Offer, form: &ActForm, ready: &[Ready]) -> Vec<ReadyFor> {
    let optional = page.t("form-optional");
    let lines = form.fields.iter().filter(|f| f.kind == act_form::Input::Lines);
    let for_field = |field: &act_form::ActField| {
        let link = |id: &str| {
            let (act, id) = (crate::web::routes::percent(&act_id(offer)), crate::web::routes::percent(id));
            format!("{}?act={act}&fill={}&phrase={id}#acts", super::case::case_url(&d.head), field.name)
        };
        let fit = ready.iter().filter(|r| r.fields.contains(&field.name));
        let texts: Vec<_> = fit.map(|r| (r.title.clone(), r.text.clone(), link(&r.id))).collect();
        // That it may be left empty is said where it is filled in.
        let title = field.title.strip_suffix(optional.as_str()).unwrap_or(&field.title).to_owned();
        ReadyFor { control: field.id.clone(), title, texts }
    };
    lines.map(for_field).filter(|ready| !ready.texts.is_empty()).collect()
}

/// Beside each unit to choose from stands how much lies with it: a fact for whoever sends, no ranking.
fn show_loads(page: &Page, form: &mut ActForm, glances: &BTreeMap<String, Glance>) {
    let units = form.fields.iter_mut().filter(|f| f.name == "unit" && f.kind == act_form::Input::Select);
    for choice in units.flat_map(|field| &mut field.choices) {
        let glance = glances.get(&choice.code).copied().unwrap_or_default();
        let n = |n: u64| i64::try_from(n).unwrap_or(i64::MAX).into();
        let args = [("unit", choice.title.clone().into()), ("open", n(glance.open)), ("late", n(glance.late))];
        choice.title = text(page.lang(), "load-choice", &args);
    }
}

/// What is known before anybody types, and where it comes from.
pub fn prefill(
    ctx: &Ctx,
    page: &Page,
    d: &Dossier,
    offer: &Offer,
    asked: &Asked,
    proposal: Option<&Proposal>,
) -> (Raw, Option<String>) {
    let mut raw: Raw = BTreeMap::new();
    let mut note = None;
    let mut put = |name: &str, value: String| raw.insert(name.to_owned(), vec![value]);
    let has = |name: &str| offer.form.iter().any(|field| field.name == name);
    let sorts = offer.form.iter().find(|field| is_category(d, &field.name));
    let sorted = sorts.zip(proposal).map(|(field, proposal)| (&field.name, &proposal.category));
    if let Some((field, category)) = sorted {
        put(field, category.clone());
    }
    let category = sorted.map_or(&d.head.category, |(_, category)| category);
    let place = asked.get("place").and_then(|code| code.parse::<PlaceCode>().ok()).filter(|_| has("place"));
    if let Some(place) = &place {
        put("place", place.to_string());
    }
    if has("class") {
        put("class", proposal.map_or_else(|| d.head.class.clone(), |proposal| proposal.class(d)));
    }
    if has("unit") && has("class") {
        let lead = ctx.engine().directory().lead(&d.pack, category, place.as_ref().unwrap_or(&d.head.place));
        // The unit that had it and gave it up is no suggestion.
        if let Some(lead) = lead.filter(|lead| d.head.unit.as_deref() != Some(lead.org.as_str())) {
            note =
                Some(if lead.listed { page.t1("desk-basis", "basis", &lead.basis) } else { page.t("desk-basis-none") });
            put("unit", lead.org.to_string());
        }
        if let Some(unit) = asked.get("unit") {
            put("unit", unit.to_owned());
        }
    }
    if has("done_on") {
        let packs = ctx.engine().packs();
        put("done_on", packs.current().calendar.date_of(ctx.engine().clock.now()).to_string());
    }
    if let (Some(field), Some(number)) = (case_field(d, offer), asked.get("merge")) {
        put(field, number.to_owned());
    }
    (raw, note)
}

/// The field of a form that names another case.
pub fn case_field<'o>(d: &Dossier, offer: &'o Offer) -> Option<&'o str> {
    let names = offer.form.iter().map(|field| field.name.as_str());
    names.into_iter().find(|name| d.flow.fields().get(*name) == Some(&FieldKind::Case))
}

/// Letters that mean something on every page of the desk.
const KEPT: [char; 11] = ['e', 'g', 'j', 'k', 'n', 'o', 'p', 't', 'u', 'x', 'y'];

/// A letter for each act: of its own name if it is free, for the hand learns it.
fn letters(acts: &[&str]) -> Vec<Option<char>> {
    let mut taken = BTreeSet::from(KEPT);
    let own = |act: &&str| act.chars().chain('a'..='z').filter(char::is_ascii_lowercase).collect::<Vec<_>>();
    acts.iter().map(|act| own(act).into_iter().find(|letter| taken.insert(*letter))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_two_acts_share_a_letter(acts in prop::collection::vec("[a-z_]{1,12}", 0..40)) {
            let acts: Vec<&str> = acts.iter().map(String::as_str).collect();
            let letters = letters(&acts);
            let given: Vec<char> = letters.iter().flatten().copied().collect();
            prop_assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), given.len());
            prop_assert!(given.iter().all(|letter| !KEPT.contains(letter)));
            prop_assert_eq!(given.len(), acts.len().min(26 - KEPT.len()));
        }
    }
}

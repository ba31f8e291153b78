//! The preview of a batch, and doing it.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    cases::{
        act::Ask,
        foresee::Foreseen,
        read::{Dossier, Offer, OfferWay},
    },
    pack::Raw,
};

use super::{Picked, What, filled_for, form, name, offer_of, picked, ticked};
use crate::{
    desk::{
        act::{Refused, perform},
        check,
        deeds::act_id,
        drafts,
    },
    web::{Ctx, Fault, Page, Reply, forms::Sent, page::show},
};

/// One case of a preview.
struct Fate {
    case: Picked,
    /// What the form sends on for it; empty where it cannot be done.
    mark: String,
    /// What will happen, or why not.
    words: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/batch_preview.html")]
struct PreviewPage {
    page: Page,
    title: String,
    can: Vec<Fate>,
    cannot: Vec<Fate>,
    hidden: Vec<(String, String)>,
    /// Whether the same words go to several residents.
    same_words: bool,
    back: String,
}

/// The fields of a batch's form, without its marks.
fn typed(sent: &Sent) -> Raw {
    let marks = ["act", "case", "key", "c"];
    sent.fields.iter().filter(|(n, _)| !marks.contains(&n.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

fn what(sent: &Sent) -> Result<What, Fault> {
    What::read(sent.text("act")).ok_or_else(|| Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act"))
}

/// A key of its own for each case: the same batch sent again finds what it has done.
fn key_for(key: &str, d: &Dossier) -> String {
    format!("{}.{}.{}", key.get(..40).unwrap_or(key), d.head.key.jurisdiction, d.head.number)
}

/// `POST /desk/batch/preview`.
pub async fn preview(ctx: Ctx, sent: Sent) -> Reply {
    let (what, key, typed) = (what(&sent)?, sent.key()?, typed(&sent));
    let cases = ticked(&ctx, sent.fields.get("case").map_or(&[], Vec::as_slice)).await?;
    let page = Page::titled(&ctx, "batch-preview");
    let Some((d, offer)) = cases.iter().find_map(|d| Some((d, what.find(d).filter(|o| o.barred.is_none())?))) else {
        return form(&ctx, &cases, &what, &typed, &[]);
    };
    // What is wrong in the form is wrong for all: it is said once, in the form.
    if let Err(errors) = d.pack.check_form(&offer.form, &filled_for(&ctx, &page, d, offer, &typed)) {
        let filled: Raw = typed.into_iter().chain([("key".to_owned(), vec![key])]).collect();
        return form(&ctx, &cases, &what, &filled, &errors);
    }
    let (mut can, mut cannot) = (Vec::new(), Vec::new());
    for d in &cases {
        match fate(&ctx, &page, d, &what, &typed, &key).await? {
            fate if fate.mark.is_empty() => cannot.push(fate),
            fate => can.push(fate),
        }
    }
    let told = d.flow.step(&what.step).and_then(|s| s.act(&what.act)).is_some_and(|act| act.tell.is_some())
        || d.flow.side(&what.act).is_some_and(|side| side.tell.is_some());
    let written = offer.form.iter().any(|field| {
        d.pack.field(&field.name).is_some_and(|known| known.max_chars.is_some())
            && typed.get(&field.name).is_some_and(|values| values.iter().any(|v| !v.trim().is_empty()))
    });
    let hidden = typed.iter().flat_map(|(name, values)| values.iter().map(|v| (name.clone(), v.clone())));
    let marks = [("act".to_owned(), what.text()), ("key".to_owned(), key.clone())];
    let names: Vec<String> = cases.iter().map(|d| format!("case={}", name(d))).collect();
    show(&PreviewPage {
        title: page.of(&offer.title).to_owned(),
        same_words: told && written && can.len() > 1,
        hidden: hidden.chain(marks).collect(),
        back: format!("/desk/batch?{}&act={}", names.join("&"), what.text()),
        can,
        cannot,
        page,
    })
}

async fn fate(ctx: &Ctx, page: &Page, d: &Dossier, what: &What, typed: &Raw, key: &str) -> Result<Fate, Fault> {
    let case = picked(ctx, page, d);
    let not = |words: Vec<String>| Fate { case: picked(ctx, page, d), mark: String::new(), words };
    let Some(offer) = what.find(d) else { return Ok(not(vec![page.t("batch-not-offered")])) };
    if let Some(why) = &offer.barred {
        return Ok(not(vec![page.of(why).to_owned()]));
    }
    let raw = filled_for(ctx, page, d, offer, typed);
    let refused = |why: Refused| -> Vec<String> { why.problems(ctx, page, d).into_iter().map(|p| p.words).collect() };
    let form = match d.pack.check_form(&offer.form, &raw) {
        Ok(form) => form,
        Err(errors) => return Ok(not(refused(Refused::Fields(errors)))),
    };
    let ask = Ask { case: d.head.key, command: offer.command(form), by: ctx.viewer(), key: key_for(key, d) };
    match ctx.engine().foresee(ask).await {
        Ok(seen) => {
            let mut words = words(page, d, offer, &raw, &seen);
            // This page is where a batch is looked over: what one case would be asked about stands beside it.
            words.extend(check::words(ctx, page, d, offer, &raw).await);
            Ok(Fate { mark: mark(d, offer, &raw), words, case })
        }
        Err(error) => {
            let why = Refused::from(error);
            if why.status().is_server_error() {
                return Err(Fault::new(StatusCode::SERVICE_UNAVAILABLE, "fault-database"));
            }
            Ok(not(refused(why)))
        }
    }
}

/// What the preview sends on for a case: which opening was looked at, and what was filled in for it alone.
fn mark(d: &Dossier, offer: &Offer, raw: &Raw) -> String {
    let (instance, seen) = match &offer.way {
        OfferWay::Step { key, seen, .. } => (key.as_str(), seen.to_string()),
        OfferWay::Side | OfferWay::Cancel => ("", String::new()),
    };
    let value = |field: &str| raw.get(field).and_then(|v| v.first()).cloned().unwrap_or_default();
    let own = super::own_for_each(offer);
    let [unit, class] = ["unit", "class"].map(|field| if own { value(field) } else { String::new() });
    format!("{}/{instance}/{seen}/{unit}/{class}", name(d))
}

/// What will happen, in words.
fn words(page: &Page, d: &Dossier, offer: &Offer, raw: &Raw, seen: &Foreseen) -> Vec<String> {
    if seen.again {
        return vec![page.t("batch-again")];
    }
    let mut words = Vec::new();
    if super::own_for_each(offer)
        && let Some(unit) = raw.get("unit").and_then(|v| v.first())
    {
        words.push(page.t1("batch-to", "unit", page.org(unit)));
    }
    for step in &seen.opens {
        let args = [
            ("step", page.of(&step.title).to_owned().into()),
            ("owner", page.owner(&step.owner).into()),
            ("due", page.time(&step.due_at).words.into()),
        ];
        words.push(crate::web::i18n::text(page.lang(), "batch-next", &args));
    }
    if let Some(outcome) = seen.outcome.as_ref().and_then(|outcome| d.flow.outcomes().get(outcome)) {
        words.push(page.t1("batch-outcome", "outcome", page.of(outcome)));
    }
    if words.is_empty() {
        words.push(page.t("batch-recorded"));
    }
    words
}

struct Done {
    url: String,
    title: String,
    number: String,
    words: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/batch_done.html")]
struct DonePage {
    page: Page,
    act: String,
    done: Vec<Done>,
    refused: Vec<Done>,
}

/// `POST /desk/batch`: does it, case by case, and says what became of each.
pub async fn act(ctx: Ctx, sent: Sent) -> Reply {
    let (what, key, typed) = (what(&sent)?, sent.key()?, typed(&sent));
    let page = Page::titled(&ctx, "batch-done");
    let marks = sent.fields.get("c").cloned().unwrap_or_default();
    let names: Vec<String> =
        marks.iter().map(|mark| mark.splitn(3, '/').take(2).collect::<Vec<_>>().join("/")).collect();
    let cases = ticked(&ctx, &names).await?;
    let (mut done, mut refused, mut title) = (Vec::new(), Vec::new(), String::new());
    for mark in &marks {
        let mut parts = mark.split('/');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (street, number, instance, seen) = (next(), next(), next(), next());
        let own = [("unit", next()), ("class", next())];
        let Some(d) = cases.iter().find(|d| name(d) == format!("{street}/{number}")) else {
            refused.push(Done { url: String::new(), title: String::new(), number, words: vec![page.t("batch-gone")] });
            continue;
        };
        let mut raw = typed.clone();
        raw.extend(own.into_iter().filter(|(_, v)| !v.is_empty()).map(|(field, v)| (field.to_owned(), vec![v])));
        let offer = offer_of(d, &what, &instance, &seen)?;
        page.of(&offer.title).clone_into(&mut title);
        let line = |words: Vec<String>| Done {
            url: super::case_url(&d.head),
            title: d.head.title.clone(),
            number: d.head.number.clone(),
            words,
        };
        match perform(&ctx, d, &offer, &raw, key_for(&key, d), Vec::new()).await {
            Ok(acted) => {
                drafts::done(&ctx, d.head.key, &act_id(&offer)).await?;
                done.push(line(acted.again.then(|| page.t("batch-again")).into_iter().collect()));
            }
            Err(why) => refused.push(line(why.problems(&ctx, &page, d).into_iter().map(|p| p.words).collect())),
        }
    }
    show(&DonePage { page, act: title, done, refused })
}

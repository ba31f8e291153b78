//! Ready-made words: those of the rule pack, of the office and of one's own unit, filled in for the case at hand; and the
//! page on which a unit keeps its own, each with somebody who keeps it right and a day to look it over.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    cases::{CaseError, read::Dossier},
    db::{DbError, Tx},
    desk::phrases::{self, Phrase, PhraseError},
    edge,
    ids::{OrgId, PhraseId},
    pack::{Kind, PLACEHOLDERS, fill},
    seats::Seat,
};
use linli_flow::Text;

use super::{account, asked::Asked, views::Views};
use crate::web::{
    Ctx, Fault, Page, Reply,
    forms::Sent,
    page::{go, show_as},
};

/// Days after which a text is looked over, unless somebody says otherwise.
const REVIEW_DAYS: i64 = 180;

/// A ready-made text, filled in for a case.
pub struct Ready {
    /// Its id: the pack's short name, or that of a unit's own.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The text.
    pub text: String,
    /// The fields that it is for.
    pub fields: Vec<String>,
}

/// The units whose texts a seat has at hand: its own, and those above it.
fn orgs(ctx: &Ctx, seat: &Seat) -> Vec<OrgId> {
    let directory = ctx.engine().directory();
    let above = |id: &OrgId| directory.org(id.as_str()).and_then(|org| org.parent.clone());
    std::iter::successors(Some(seat.org.clone()), above).take(5).collect()
}

async fn kept(ctx: &Ctx, orgs: Vec<OrgId>) -> Result<Vec<Phrase>, DbError> {
    let home = ctx.engine().home;
    ctx.engine().db.read(move |tx: &mut Tx<'_>| phrases::phrases(tx, home, &orgs)).await
}

/// All that is at hand for a case; a unit's own come first.
///
/// # Errors
/// When the database fails.
pub async fn ready(ctx: &Ctx, page: &Page, d: &Dossier) -> Result<Vec<Ready>, CaseError> {
    let Some(seat) = ctx.seat() else { return Ok(Vec::new()) };
    let due = d.head.promised_at.or(d.steps.first().map(|step| step.due_at));
    let values = [
        ("number", d.head.number.clone()),
        ("title", d.head.title.clone()),
        ("category", page.category(&d.head.category)),
        // In a sentence, in the words of whoever reported it.
        ("place", if d.head.address.is_empty() { page.spot(&d.head.place) } else { d.head.address.clone() }),
        ("unit", d.head.unit.as_deref().map(|unit| page.org(unit)).unwrap_or_default()),
        ("due", due.map(|at| page.time(&at).words).unwrap_or_default()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let filled = |text: &Text| fill(text, ctx.lang.code(), &values);
    let own = kept(ctx, orgs(ctx, seat)).await?.into_iter().map(|phrase| Ready {
        text: filled(&Text { zh: phrase.body.clone(), en: phrase.body }),
        id: phrase.id.to_string(),
        title: phrase.title,
        fields: vec![phrase.field],
    });
    let pack = d.pack.templates().iter().map(|template| Ready {
        id: template.id.clone(),
        title: page.of(&template.title).to_owned(),
        text: filled(&template.text),
        fields: template.fields.clone(),
    });
    Ok(own.chain(pack).collect())
}

struct Shown {
    id: String,
    title: String,
    body: String,
    field: String,
    kept_by: String,
    review: String,
    due: bool,
    own: bool,
    org: String,
    source: String,
}

impl Form {
    /// For a text that is to be changed, or a new one.
    fn of(ctx: &Ctx, page: &Page, changing: Option<&Phrase>) -> Self {
        let (id, kept_by, review_on) = match changing {
            Some(phrase) => (phrase.id, phrase.kept_by.clone(), phrase.review_on.clone()),
            None => {
                let me = page.staff().unwrap_or_default().to_owned();
                (PhraseId(edge::new_id()), me, later(ctx, REVIEW_DAYS))
            }
        };
        let text = |of: fn(&Phrase) -> &String| changing.map(of).cloned().unwrap_or_default();
        Self {
            id: id.to_string(),
            title: text(|p| &p.title),
            body: text(|p| &p.body),
            field: text(|p| &p.field),
            kept_by,
            review_on,
            error: None,
            changing: changing.is_some(),
        }
    }
}

/// What stands in the form.
struct Form {
    id: String,
    title: String,
    body: String,
    field: String,
    kept_by: String,
    review_on: String,
    error: Option<String>,
    changing: bool,
}

#[derive(Template)]
#[template(path = "desk/phrases.html")]
struct PhrasesPage {
    page: Page,
    views: Views,
    own: Vec<Shown>,
    pack: Vec<Shown>,
    fields: Vec<(String, String)>,
    places: String,
    form: Form,
}

/// `GET /desk/phrases`.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    draw(&ctx, &asked, None, StatusCode::OK).await
}

async fn draw(ctx: &Ctx, asked: &Asked, form: Option<Form>, status: StatusCode) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let page = Page::titled(ctx, "phrase-title");
    let (mut views, _) = Views::read(ctx, &page, &seat, None).await?;
    views.at("/desk/phrases");
    let today = today(ctx);
    let found = kept(ctx, orgs(ctx, &seat)).await?;
    let changing = asked.get("edit").and_then(|id| found.iter().find(|p| p.id.to_string() == id && p.org == seat.org));
    let form = form.unwrap_or_else(|| Form::of(ctx, &page, changing));
    let packs = ctx.engine().packs();
    let title =
        |name: &str| packs.current().field(name).map_or_else(|| name.to_owned(), |f| page.of(&f.title).to_owned());
    let shown = |phrase: &Phrase| Shown {
        id: phrase.id.to_string(),
        title: phrase.title.clone(),
        body: phrase.body.clone(),
        field: title(&phrase.field),
        kept_by: phrase.kept_by.clone(),
        review: phrase.review_on.clone(),
        due: phrase.review_on <= today,
        own: phrase.org == seat.org,
        org: page.org(phrase.org.as_str()),
        source: String::new(),
    };
    let pack = packs.current().templates().iter().map(|template| Shown {
        id: template.id.clone(),
        title: page.of(&template.title).to_owned(),
        body: page.of(&template.text).to_owned(),
        field: template.fields.iter().map(|f| title(f)).collect::<Vec<_>>().join(" \u{b7} "),
        kept_by: String::new(),
        review: String::new(),
        due: false,
        own: false,
        org: String::new(),
        source: template.source.text.clone(),
    });
    let lines = packs.current().fields().iter().filter(|field| field.kind == Kind::LongText);
    let template = PhrasesPage {
        own: found.iter().map(shown).collect(),
        pack: pack.collect(),
        fields: lines.map(|field| (field.name.clone(), page.of(&field.title).to_owned())).collect(),
        places: PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(" "),
        form,
        views,
        page,
    };
    show_as(status, &template)
}

fn today(ctx: &Ctx) -> String {
    later(ctx, 0)
}

fn later(ctx: &Ctx, days: i64) -> String {
    let packs = ctx.engine().packs();
    packs.current().calendar.date_of(ctx.engine().clock.now().plus(days * 24 * 3_600_000)).to_string()
}

/// `POST /desk/phrases`: keeps a text of one's own unit, new or changed.
pub async fn keep(ctx: Ctx, sent: Sent) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let id: PhraseId = sent.text("id").parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"))?;
    let text = |name: &str| sent.text(name).to_owned();
    let known = ctx.engine().packs().current().field(sent.text("field")).is_some_and(|f| f.kind == Kind::LongText);
    let day: Option<linli_worktime::Date> = sent.text("review_on").parse().ok();
    let new = Phrase {
        id,
        org: seat.org,
        title: text("title"),
        body: text("body"),
        field: text("field"),
        review_on: day.map_or_else(|| later(&ctx, REVIEW_DAYS), |day| day.to_string()),
        kept_by: if sent.text("kept_by").is_empty() { account(&ctx)?.name.clone() } else { text("kept_by") },
    };
    let (home, now) = (ctx.engine().home, ctx.engine().clock.now());
    let kept = new.clone();
    let done = match known {
        true => ctx.engine().db.write(move |tx: &mut Tx<'_>| phrases::keep(tx, home, &kept, now)).await?,
        false => Err(PhraseError::Body),
    };
    let error = match done {
        Ok(()) => return Ok(go("/desk/phrases")),
        Err(_) if !known => "phrase-no-field",
        Err(PhraseError::Title) => "phrase-no-title",
        Err(PhraseError::Body) => "phrase-no-body",
        Err(PhraseError::Full) => "phrase-full",
    };
    let form = Form {
        id: id.to_string(),
        title: new.title,
        body: new.body,
        field: new.field,
        kept_by: new.kept_by,
        review_on: new.review_on,
        error: Some(ctx.t(error)),
        changing: false,
    };
    draw(&ctx, &Asked::default(), Some(form), StatusCode::UNPROCESSABLE_ENTITY).await
}

/// `POST /desk/phrases/{id}/delete`.
pub async fn delete(ctx: Ctx, Path(id): Path<String>) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let id: PhraseId = id.parse().map_err(|_| Fault::not_found())?;
    let home = ctx.engine().home;
    ctx.engine().db.write(move |tx: &mut Tx<'_>| phrases::delete(tx, home, &seat.org, id)).await?;
    Ok(go("/desk/phrases"))
}

//! Writing an answer at hand, and what is done to one.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    edge,
    knowledge::{Deed, Item, KnowledgeError},
    pack::Entry,
    policy::Action,
    record::By,
    seats::Seat,
};

use super::{
    entry,
    form::{self, Choice, Form},
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    asked::Asked,
    ctx::Who,
    forms::Sent,
    page::{go, show_as},
    routes::percent,
};

#[derive(Template)]
#[template(path = "knowledge/edit.html")]
struct EditPage {
    page: Page,
    id: String,
    /// Where the form goes, and where one goes back to.
    to: String,
    back: String,
    version: i64,
    form: Form,
    categories: Vec<Choice>,
    owners: Vec<Choice>,
    may_publish: bool,
    /// What stands there now, where the form holds a draft of something else.
    from_draft: bool,
}

impl From<KnowledgeError> for Fault {
    fn from(error: KnowledgeError) -> Self {
        match error {
            KnowledgeError::Db(error) => error.into(),
            KnowledgeError::NotFound => Self::not_found(),
            KnowledgeError::NotYours => Self::new(StatusCode::FORBIDDEN, "fault-answer-not-yours"),
            KnowledgeError::Stale => Self::new(StatusCode::CONFLICT, "fault-answer-stale"),
            KnowledgeError::Full | KnowledgeError::Field(..) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "fault-malformed")
            }
        }
    }
}

/// Who writes, on which seat.
fn writer(ctx: &Ctx) -> Result<(Seat, By), Fault> {
    match &ctx.who {
        Who::Staff { account, seat, .. } => Ok((seat.clone(), By::staff(account, seat))),
        _ => Err(Fault::not_found()),
    }
}

/// Where an entry is.
pub fn url(id: &str) -> String {
    format!("/desk/knowledge/{}", percent(id))
}

/// An entry of this name.
pub fn item(ctx: &Ctx, id: &str) -> Result<Item, Fault> {
    ctx.engine().knowledge().item(id).cloned().ok_or_else(Fault::not_found)
}

/// Whether a seat may do this to an entry.
pub fn may(ctx: &Ctx, seat: &Seat, action: Action, item: &Item) -> bool {
    item.shown().is_some_and(|kept| ctx.engine().may_keep(seat, action, &kept.entry.owner))
}

/// `GET /desk/knowledge/new?from=…`: an empty form, or what a case that is solved can give one.
pub async fn new(ctx: Ctx, asked: Asked) -> Reply {
    let page = Page::titled(&ctx, "answer-new-title");
    let form = match asked.get("from").and_then(|from| from.split_once('/')) {
        Some((street, number)) => from_case(&ctx, &page, street, number).await?,
        None => Form::new(&ctx, &page),
    };
    draw(&ctx, page, None, &format!("own-{}", linli_engine::hex(&edge::new_id())), form)
}

/// What a case that the reader may see gives: its title, and what was done in the end; without anything personal.
async fn from_case(ctx: &Ctx, page: &Page, street: &str, number: &str) -> Result<Form, Fault> {
    let street = street.parse().map_err(|_| Fault::not_found())?;
    let case = ctx.engine().case(street, number, &ctx.viewer()).await?;
    if !case.case.is_settled() {
        return Err(Fault::not_found());
    }
    let packs = ctx.engine().packs();
    let plain =
        |text: &str| packs.current().without_personal(text, &[], |_, _| true).unwrap_or_else(|| text.to_owned());
    let field = |name: &str| case.case.field(name).as_text().map(plain).unwrap_or_default();
    let answer = [field("answer"), field("measure")].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let directory = ctx.engine().directory();
    let unit = case.head.unit.as_deref().and_then(|unit| directory.org(unit));
    Ok(Form {
        question: plain(&case.head.title),
        answer,
        source: field("law"),
        category: case.head.category.clone(),
        owner: unit.map(|unit| unit.function.clone()).unwrap_or_default(),
        ..Form::new(ctx, page)
    })
}

/// `GET /desk/knowledge/{id}/edit`.
pub async fn page(ctx: Ctx, Path(id): Path<String>) -> Reply {
    let (item, (seat, _)) = (item(&ctx, &id)?, writer(&ctx)?);
    // Whoever may not change it still may read it.
    if !may(&ctx, &seat, Action::File, &item) {
        return Ok(go(&url(&id)));
    }
    let page = Page::titled(&ctx, "answer-edit-title");
    let form = item.draft.as_ref().or(item.now.as_ref()).map(|kept| Form::of(&kept.entry)).unwrap_or_default();
    draw(&ctx, page, Some(&item), &id, form)
}

fn draw(ctx: &Ctx, page: Page, item: Option<&Item>, id: &str, form: Form) -> Reply {
    let (seat, _) = writer(ctx)?;
    let owners = form::owners(ctx, &page, &seat, &form.owner);
    let may_publish = match item {
        Some(item) => may(ctx, &seat, Action::Act, item),
        None => owners.iter().any(|owner| ctx.engine().may_keep(&seat, Action::Act, &owner.code)),
    };
    let status = if form.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let to = if item.is_some() { url(id) } else { "/desk/knowledge".to_owned() };
    let template = EditPage {
        id: id.to_owned(),
        back: to.clone(),
        to,
        version: item.map(Item::version).unwrap_or_default(),
        categories: form::categories(ctx, &page, &form.category),
        owners,
        may_publish,
        from_draft: item.is_some_and(|item| item.draft.is_some() && item.now.is_some()),
        form,
        page,
    };
    show_as(status, &template)
}

/// `POST /desk/knowledge`: a new one. Its name comes with the form, so that sending it twice makes one.
pub async fn add(ctx: Ctx, sent: Sent) -> Reply {
    let id = sent.text("id").to_owned();
    let own = id.strip_prefix("own-").is_some_and(|key| key.len() == 32 && key.bytes().all(|b| b.is_ascii_hexdigit()));
    if !own {
        return Err(Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"));
    }
    if ctx.engine().knowledge().item(&id).is_some() {
        return Ok(go(&url(&id)));
    }
    write(&ctx, &sent, None, &id).await
}

/// `POST /desk/knowledge/{id}`: what the pressed button says.
pub async fn change(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    let item = item(&ctx, &id)?;
    let (seat, by) = writer(&ctx)?;
    let seen = sent.text("version").parse().unwrap_or(-1);
    let pressed = sent.text("do");
    let deed = match pressed {
        "draft" | "publish" => return write(&ctx, &sent, Some(&item), &id).await,
        "publish-draft" => Deed::PublishDraft,
        "drop" => Deed::DropDraft,
        "withdraw" => Deed::Withdraw,
        "checked" => match sent.text("review").parse() {
            Ok(day) => Deed::Checked(day),
            Err(_) => return entry::again(&ctx, &item, "review").await,
        },
        _ => return Err(Fault::new(StatusCode::BAD_REQUEST, "fault-malformed")),
    };
    match ctx.engine().change_answer(&seat, by, &id, seen, deed).await {
        Ok(()) if ctx.engine().knowledge().item(&id).is_none() => Ok(go(&format!("/desk/knowledge?done={pressed}"))),
        Ok(()) => Ok(go(&format!("{}?done={pressed}", url(&id)))),
        Err(KnowledgeError::Field(field, _)) => entry::again(&ctx, &item, field).await,
        Err(error) => Err(error.into()),
    }
}

/// Keeps what stands in the form, as a draft or for everybody.
async fn write(ctx: &Ctx, sent: &Sent, item: Option<&Item>, id: &str) -> Reply {
    let (seat, by) = writer(ctx)?;
    let page = Page::titled(ctx, if item.is_some() { "answer-edit-title" } else { "answer-new-title" });
    let mut form = Form::read(sent);
    let seen = sent.text("version").parse().unwrap_or(if item.is_some() { -1 } else { 0 });
    let Some(entry) = form.entry(id) else {
        form.wrong = Some(("review", form::problem(&page, "review", linli_engine::knowledge::Problem::Day)));
        return draw(ctx, page, item, id, form);
    };
    if item.is_some_and(|item| !may(ctx, &seat, Action::File, item)) {
        return Err(KnowledgeError::NotYours.into());
    }
    let (pressed, deed): (_, fn(Entry) -> Deed) = match sent.text("do") {
        "publish" => ("publish", Deed::Publish),
        _ => ("draft", Deed::Draft),
    };
    match ctx.engine().change_answer(&seat, by, id, seen, deed(entry)).await {
        Ok(()) => Ok(go(&format!("{}?done={pressed}", url(id)))),
        Err(error) => {
            form.wrong = Some(form::refused(&page, error).map_err(Fault::from)?);
            draw(ctx, page, item, id, form)
        }
    }
}

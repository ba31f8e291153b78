//! The pages of tables: upload, report, putting in, and what can be taken along.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use linli_engine::{
    db::Tx,
    ids::SheetId,
    policy::{Action, Resource},
    seats::Account,
    sheets::{self, Sheet, State},
};
use serde::Deserialize;

use super::{
    apply::{self, Order, Outcome},
    check::{Reader, There},
    columns::Kind,
    look::{self, TableLook},
    passwords,
    read::{Book, read},
    report::{Report, Said},
    write::Writer,
};
use crate::{
    admin::{Nav, by, form::Form, may, page},
    web::{
        Ctx, Fault, Needs, Page, Reply, Routes,
        ctx::Who,
        download::download,
        page::{go, show, show_as},
        times::Spoken,
        uploads::Upload,
    },
};

const SEE: Needs = Needs::Seat(Action::See, Resource::Sheet);
/// What a table may change is asked of each table: `Kind::resource`.
const FILE: Needs = Needs::Seat(Action::File, Resource::Sheet);

/// Uploads that the first page lists.
const RECENT: usize = 10;

pub(in crate::admin) fn routes() -> Routes {
    Routes::new()
        .get("/admin/sheets", SEE, home)
        .post("/admin/sheets", FILE, upload)
        .get("/admin/sheets/template.xlsx", SEE, template)
        .get("/admin/sheets/all.xlsx", SEE, all)
        .get("/admin/sheets/csv/{kind}", SEE, csv)
        .get("/admin/sheets/{id}", FILE, report)
        .get("/admin/sheets/{id}/problems.xlsx", FILE, problems)
        .post("/admin/sheets/{id}/apply", FILE, put_in)
        .post("/admin/passwords", FILE, passwords::table)
}

/// The tables that the reader's seat may change, and those it may see.
fn kinds(ctx: &Ctx, action: Action) -> Vec<Kind> {
    Kind::ALL.into_iter().filter(|kind| may(ctx, action, kind.resource())).collect()
}

fn account(ctx: &Ctx) -> Result<&Account, Fault> {
    match &ctx.who {
        Who::Staff { account, .. } => Ok(account),
        _ => Err(Fault::not_found()),
    }
}

fn reader(ctx: &Ctx) -> Result<Reader, Fault> {
    let own = Some(account(ctx)?.login.clone());
    Ok(Reader { lang: ctx.lang.code(), may: kinds(ctx, Action::Edit), own })
}

fn broken() -> Fault {
    Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken")
}

type Listed = (String, bool, Vec<(String, bool)>, String);

#[derive(Template)]
#[template(path = "admin/sheets.html")]
struct SheetsPage {
    page: Page,
    nav: Nav,
    key: String,
    fault: Option<String>,
    /// Title, whether it may be changed, its columns with whether they are needed, its CSV.
    tables: Vec<Listed>,
    recent: Vec<(String, String, bool, Spoken)>,
}

async fn home(ctx: Ctx) -> Reply {
    show(&sheets_page(&ctx, None).await?)
}

async fn sheets_page(ctx: &Ctx, fault: Option<String>) -> Result<SheetsPage, Fault> {
    let page = page(ctx, &ctx.t("sheets-title"), "");
    let (home, own) = (ctx.engine().home, account(ctx)?.id);
    let recent = ctx.engine().db.read(move |tx: &mut Tx<'_>| sheets::recent(tx, home, own, RECENT)).await?;
    let recent = recent.into_iter().map(|s| (s.id.to_string(), s.name, s.state == State::Applied, page.time(&s.at)));
    let edit = kinds(ctx, Action::Edit);
    let table = |kind: Kind| {
        let columns = look::columns(&page, kind);
        (kind.title(ctx.lang), edit.contains(&kind), columns, format!("/admin/sheets/csv/{}", kind.slug()))
    };
    Ok(SheetsPage {
        nav: Nav::new(ctx, "/admin/sheets"),
        key: Form::new(ctx, "sheet", &[]).key().to_owned(),
        fault,
        tables: kinds(ctx, Action::List).into_iter().map(table).collect(),
        recent: recent.collect(),
        page,
    })
}

async fn refuse(ctx: &Ctx, words: String) -> Reply {
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &sheets_page(ctx, Some(words)).await?)
}

async fn upload(ctx: Ctx, upload: Upload) -> Reply {
    let id: SheetId = upload.sent.key()?.parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"))?;
    if let Some(fault) = upload.refused {
        return refuse(&ctx, fault.words(ctx.lang)).await;
    }
    let Some(file) = upload.sent.files.into_iter().next() else {
        return refuse(&ctx, Said::new("file-none").words(ctx.lang, "")).await;
    };
    let (name, bytes) = (file.name, Arc::new(file.bytes));
    let book = match open(&name, &bytes).await? {
        Ok(book) => Arc::new(book),
        Err(said) => return refuse(&ctx, said.words(ctx.lang, "")).await,
    };
    let checked = apply::look(ctx.engine(), &book, &reader(&ctx)?).await?;
    let report = serde_json::to_string(&checked.report.kept()).map_err(|_| broken())?;
    let (home, at, account) = (ctx.engine().home, ctx.engine().clock.now(), account(&ctx)?.id);
    let sheet = Sheet { id, account, at, name, state: State::Checked, report };
    let body = Arc::unwrap_or_clone(bytes);
    ctx.engine().db.write(move |tx: &mut Tx<'_>| sheets::add(tx, home, &sheet, body.clone())).await?;
    Ok(go(&format!("/admin/sheets/{id}")))
}

/// Reading is work for a while.
async fn open(name: &str, bytes: &Arc<Vec<u8>>) -> Result<Result<Book, Said>, Fault> {
    let (name, bytes) = (name.to_owned(), Arc::clone(bytes));
    tokio::task::spawn_blocking(move || read(&name, &bytes)).await.map_err(|_| broken())
}

#[derive(Template)]
#[template(path = "admin/sheet.html")]
struct SheetPage {
    page: Page,
    nav: Nav,
    key: String,
    id: String,
    name: String,
    applied: bool,
    /// What was there changed since the first check.
    moved: bool,
    notes: Vec<(bool, String)>,
    good: usize,
    wrong: usize,
    tables: Vec<TableLook>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ReportAsked {
    done: String,
}

async fn kept(ctx: &Ctx, id: &str) -> Result<(Sheet, Report), Fault> {
    let id: SheetId = id.parse().map_err(|_| Fault::not_found())?;
    let (home, own) = (ctx.engine().home, account(ctx)?.id);
    let found = ctx.engine().db.read(move |tx: &mut Tx<'_>| sheets::one(tx, home, id, own)).await?;
    let sheet = found.ok_or_else(Fault::not_found)?;
    let report = serde_json::from_str(&sheet.report).map_err(|_| broken())?;
    Ok((sheet, report))
}

async fn book(ctx: &Ctx, sheet: &Sheet) -> Result<Book, Fault> {
    let (home, id) = (ctx.engine().home, sheet.id);
    let bytes = ctx.engine().db.read(move |tx: &mut Tx<'_>| sheets::body(tx, home, id)).await?;
    open(&sheet.name, &Arc::new(bytes)).await?.map_err(|_| broken())
}

fn sheet_page(ctx: &Ctx, sheet: Sheet, report: &Report, done: &str, moved: bool) -> SheetPage {
    let page = page(ctx, &ctx.t("sheet-report"), done);
    let directory = ctx.engine().directory();
    SheetPage {
        nav: Nav::new(ctx, "/admin/sheets"),
        key: Form::new(ctx, "sheet", &[]).key().to_owned(),
        id: sheet.id.to_string(),
        name: sheet.name,
        applied: sheet.state == State::Applied,
        moved,
        notes: report.notes.iter().map(|said| (said.bad, said.words(ctx.lang, ""))).collect(),
        good: report.good(),
        wrong: report.wrong(),
        tables: look::tables(&page, &directory, report),
        page,
    }
}

async fn report(ctx: Ctx, Path(id): Path<String>, Query(asked): Query<ReportAsked>) -> Reply {
    let (sheet, report) = kept(&ctx, &id).await?;
    show(&sheet_page(&ctx, sheet, &report, &asked.done, false))
}

async fn put_in(ctx: Ctx, Path(id): Path<String>, sent: crate::web::forms::Sent) -> Reply {
    sent.key()?;
    let (sheet, report) = kept(&ctx, &id).await?;
    let here = format!("/admin/sheets/{}", sheet.id);
    if sheet.state == State::Applied {
        return Ok(go(&format!("{here}?done=sheet-applied")));
    }
    let order = Order {
        book: Arc::new(book(&ctx, &sheet).await?),
        reader: reader(&ctx)?,
        by: by(&ctx)?,
        plan: report.plan,
        upload: Some((sheet.id, sheet.account)),
    };
    match apply::apply(ctx.engine(), order).await? {
        Outcome::Done(issued) if !issued.is_empty() => {
            passwords::tell(&ctx, &ctx.t("admin-done-sheet-applied"), &here, issued)
        }
        Outcome::Done(_) | Outcome::Again => Ok(go(&format!("{here}?done=sheet-applied"))),
        Outcome::Moved(found) => {
            let found = found.kept();
            let (home, id) = (ctx.engine().home, sheet.id);
            let text = serde_json::to_string(&found).map_err(|_| broken())?;
            let again = move |tx: &mut Tx<'_>| sheets::found(tx, home, id, State::Checked, &text);
            ctx.engine().db.write(again).await?;
            show_as(StatusCode::CONFLICT, &sheet_page(&ctx, sheet, &found, "", true))
        }
    }
}

/// The rows with problems, checked anew, all of them.
async fn problems(ctx: Ctx, Path(id): Path<String>) -> Reply {
    let (sheet, _) = kept(&ctx, &id).await?;
    let book = Arc::new(book(&ctx, &sheet).await?);
    let found = apply::look(ctx.engine(), &book, &reader(&ctx)?).await?;
    let packs = ctx.engine().packs();
    let bytes = Writer { lang: ctx.lang, pack: packs.current() }.problems(&book, &found.report);
    Ok(download(&ctx.t("sheet-problems-file"), "xlsx", bytes.map_err(|_| broken())?))
}

async fn there(ctx: &Ctx) -> Result<There, Fault> {
    let (home, now) = (ctx.engine().home, ctx.engine().clock.now());
    Ok(ctx.engine().db.read(move |tx: &mut Tx<'_>| There::load(tx, home, now)).await?)
}

async fn template(ctx: Ctx) -> Reply {
    let packs = ctx.engine().packs();
    let bytes = Writer { lang: ctx.lang, pack: packs.current() }.template(&Kind::ALL);
    Ok(download(&ctx.t("sheet-template-file"), "xlsx", bytes.map_err(|_| broken())?))
}

async fn all(ctx: Ctx) -> Reply {
    let (there, kinds) = (there(&ctx).await?, kinds(&ctx, Action::List));
    let packs = ctx.engine().packs();
    let bytes = Writer { lang: ctx.lang, pack: packs.current() }.export(&kinds, &there);
    Ok(download(&ctx.t("sheet-all-file"), "xlsx", bytes.map_err(|_| broken())?))
}

async fn csv(ctx: Ctx, Path(kind): Path<String>) -> Reply {
    let kind = Kind::from_slug(&kind).filter(|kind| kinds(&ctx, Action::List).contains(kind));
    let kind = kind.ok_or_else(Fault::not_found)?;
    let there = there(&ctx).await?;
    let packs = ctx.engine().packs();
    Ok(download(&kind.title(ctx.lang), "csv", Writer { lang: ctx.lang, pack: packs.current() }.csv(kind, &there)))
}

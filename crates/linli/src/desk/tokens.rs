//! The tokens of one's own seats: what was granted to programs, and fetching a token, which is shown once.

use askama::Template;
use axum::extract::Path;
use linli_engine::{
    db::Tx,
    edge,
    ids::TokenId,
    tokens::{self, Token},
};

use crate::web::{Ctx, Fault, Page, Reply, ctx::Who, forms::Sent, page::show, times::Spoken};

struct Row {
    id: String,
    name: String,
    seat: String,
    scopes: Vec<String>,
    per_minute: u32,
    ends: Option<Spoken>,
    used: Option<Spoken>,
    fetched: bool,
    /// The token itself: only in the answer to fetching it.
    text: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/tokens.html")]
struct TokensPage {
    page: Page,
    key: String,
    rows: Vec<Row>,
}

/// `GET /desk/me/tokens`.
pub async fn page(ctx: Ctx) -> Reply {
    draw(&ctx, None).await
}

/// `POST /desk/me/tokens/{id}`: fetches a token. The answer shows it and is not kept; asking again makes another one.
pub async fn fetch(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let id: TokenId = id.parse().map_err(|_| Fault::not_found())?;
    let Who::Staff { account, .. } = &ctx.who else { return Err(Fault::not_found()) };
    let (home, now, account, text) =
        (ctx.engine().home, ctx.engine().clock.now(), account.id, tokens::secret_text(edge::secret()));
    let kept = text.clone();
    let done = ctx.engine().db.write(move |tx: &mut Tx<'_>| tokens::fetch(tx, home, id, account, &kept, now)).await?;
    if done { draw(&ctx, Some((id, text))).await } else { Err(Fault::not_found()) }
}

async fn draw(ctx: &Ctx, fetched: Option<(TokenId, String)>) -> Reply {
    let Who::Staff { account, .. } = &ctx.who else { return Err(Fault::not_found()) };
    let (home, now, account) = (ctx.engine().home, ctx.engine().clock.now(), account.id);
    let found = ctx.engine().db.read(move |tx: &mut Tx<'_>| tokens::of_account(tx, home, account, now)).await?;
    let page = Page::titled(ctx, "tokens-title");
    let row = |token: &Token| Row {
        id: token.id.to_string(),
        name: token.name.clone(),
        seat: page.seat_name(&token.seat),
        scopes: token.scopes.all().iter().map(|scope| words(&page, scope.as_str())).collect(),
        per_minute: token.per_minute,
        ends: token.ends_at.map(|at| page.time(&at)),
        used: token.used_at.map(|at| page.time(&at)),
        fetched: token.fetched_at.is_some(),
        text: fetched.as_ref().filter(|(id, _)| *id == token.id).map(|(_, text)| text.clone()),
    };
    let rows = found.iter().map(row).collect();
    show(&TokensPage { key: linli_engine::hex(&edge::new_id()), rows, page })
}

fn words(page: &Page, scope: &str) -> String {
    page.t(&format!("scope-{}", scope.replace(':', "-")))
}

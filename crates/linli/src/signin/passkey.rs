//! Passkeys on the pages: what the browser is asked, a new one, one that goes. Which address may ask for them is what the
//! program was told (`LINLI_URL`); on a machine of one's own, `localhost` may, too.

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse as _,
};
use linli_engine::{
    db::Tx,
    limits,
    passkey::{self, Made, Party, User},
    sessions::{
        self,
        factor::{self, Own, Switched},
        passkeys,
    },
};

use super::{
    factor::{HERE, answer, change, codes, own, unproved},
    second::half,
};
use crate::web::{Ctx, Fault, Page, Reply, forms::Sent, origin::Origin, page::go};

/// Where passkeys are good, for whoever asks under this name.
pub(super) fn party(ctx: &Ctx, headers: &HeaderMap) -> Option<Party> {
    let config = &ctx.app.config;
    config.party.clone().or_else(|| {
        // What a proxy says of a name was said by the visitor.
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|_| !config.behind_proxy)?;
        Party::local(host)
    })
}

/// There is nothing that a passkey could answer.
fn nothing() -> Fault {
    Fault::new(StatusCode::CONFLICT, "passkey-none")
}

/// `POST /desk/signin/passkey`: asks for one in a sign-in whose password was right.
pub async fn ask_half(ctx: Ctx, headers: HeaderMap) -> Reply {
    let (Some(party), Some(half)) = (party(&ctx, &headers), half(&headers)) else { return Err(nothing()) };
    let engine = ctx.engine().clone();
    let (home, now, challenge) = (engine.home, engine.clock.now(), passkeys::new_challenge());
    let ask = move |tx: &mut Tx<'_>| sessions::ask_half(tx, home, &half, challenge, now);
    let known = engine.db.write(ask).await?.ok_or_else(nothing)?;
    Ok(Json(passkey::to_show(&party, challenge, &known)).into_response())
}

/// `POST /desk/me/factor/passkey/ask`: asks for one, or for a new one, in a session.
pub async fn ask(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let ((account, _), party) = (own(&ctx)?, party(&ctx, &headers).ok_or_else(nothing)?);
    let (new, challenge) = (sent.ticked("new"), passkeys::new_challenge());
    let deed = move |tx: &mut Tx<'_>, own: Own<'_>| {
        let may = !new || own.is_free(tx)?;
        if may { own.ask(tx, challenge).map(Some) } else { Ok(None) }
    };
    let known = change(&ctx, origin, &headers, deed).await?;
    let known = known.filter(|known| new || !known.is_empty()).ok_or_else(nothing)?;
    if !new {
        return Ok(Json(passkey::to_show(&party, challenge, &known)).into_response());
    }
    let user = User { id: account.id.0, login: account.login.as_str(), name: &account.name };
    let house = Page::new(&ctx, "").street();
    Ok(Json(passkey::to_make(&party, &house, user, challenge, &known)).into_response())
}

/// `POST /desk/me/factor/passkey`: a new one.
pub async fn add(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let name: String = sent.text("name").chars().take(limits::PASSKEY_CHARS).collect();
    if name.is_empty() {
        return answer(&ctx, origin, &headers, "", Some(("name", ctx.t("passkey-nameless")))).await;
    }
    let new = factor::new_codes();
    let done = match (party(&ctx, &headers), Made::parse(sent.text("passkey"))) {
        (Some(party), Some(made)) => {
            let kept = new.clone();
            let deed = move |tx: &mut Tx<'_>, own: Own<'_>| own.add_passkey(tx, &party, &made, &name, &kept);
            change(&ctx, origin.clone(), &headers, deed).await?
        }
        _ => Switched::Refused,
    };
    match done {
        Switched::First => codes(&ctx, true, new),
        Switched::Another => Ok(go(&format!("{HERE}?done=added"))),
        Switched::Unproved => answer(&ctx, origin, &headers, "", unproved(&ctx)).await,
        Switched::Refused => answer(&ctx, origin, &headers, "", Some(("name", ctx.t("passkey-not-added")))).await,
    }
}

/// `POST /desk/me/factor/passkey/remove`.
pub async fn remove(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let id = unhex(sent.text("passkey")).ok_or_else(|| Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "passkey-none"))?;
    if change(&ctx, origin.clone(), &headers, move |tx, own| own.remove_passkey(tx, id)).await? {
        return Ok(go(&format!("{HERE}?done=removed")));
    }
    answer(&ctx, origin, &headers, "", unproved(&ctx)).await
}

fn unhex(text: &str) -> Option<[u8; 16]> {
    let good = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    u128::from_str_radix(text, 16).ok().filter(|_| good).map(u128::to_be_bytes)
}

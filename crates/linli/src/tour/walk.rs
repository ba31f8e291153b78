//! Going on with a walk: the cookie moves, and the reader is sent to the page of the step.

use super::only_here;
use crate::web::{
    Ctx, Fault, Reply,
    ctx::{self, Who, set_cookie},
    forms::Sent,
    page::go_with,
    tour::{self, At},
};

/// Who walks is reminded for so long, seconds.
const LASTS: i64 = 7 * 24 * 3600;

/// `POST /demo/tour`.
pub async fn go(ctx: Ctx, sent: Sent) -> Reply {
    only_here(&ctx)?;
    let here = ctx.tour.as_deref().and_then(At::read);
    let at = match (sent.text("go"), here) {
        ("start", _) => begin(&ctx),
        ("next", Some(at)) if !at.is_last() => Some(At { step: at.step + 1, ..at }),
        ("back", Some(at)) => Some(At { step: at.step.saturating_sub(1), ..at }),
        ("here", at) => at,
        _ => None,
    };
    let to = match at {
        Some(at) => address(&ctx, at).await?,
        None if sent.text("go") == "start" => "/demo".to_owned(),
        None => home(&ctx).to_owned(),
    };
    Ok(go_with(&to, &[cookie(&ctx, at)]))
}

/// The walk of whoever has signed in.
fn begin(ctx: &Ctx) -> Option<At> {
    let guide = match &ctx.who {
        Who::Anyone => None,
        Who::Resident(_) => tour::guides().iter().find(|g| g.phone.is_some() && g.elder == ctx.elder),
        Who::Staff { account, seat, .. } => {
            let own = |g: &&tour::Guide| g.login.as_deref() == Some(account.login.as_str());
            tour::guides().iter().find(own).or_else(|| tour::guide(seat.role.as_str()))
        }
    };
    guide.map(|guide| At { guide, step: 0 })
}

fn home(ctx: &Ctx) -> &'static str {
    match ctx.seat() {
        Some(seat) if seat.role.is_admin() => "/admin",
        Some(_) => "/desk",
        None => "/",
    }
}

/// The cookie of a walk; of none, its end.
pub fn cookie(ctx: &Ctx, at: Option<At>) -> String {
    let value = at.map(At::cookie).unwrap_or_default();
    set_cookie(&ctx.app.config, ctx::cookie::TOUR, &value, if at.is_some() { LASTS } else { 0 })
}

/// The address of a step: a story in it becomes the address of its case, or the list where the case is no more.
pub async fn address(ctx: &Ctx, at: At) -> Result<String, Fault> {
    let address = &at.here().at;
    let Some((head, (story, tail))) = address.split_once('{').and_then(|(h, rest)| Some((h, rest.split_once('}')?)))
    else {
        return Ok(address.clone());
    };
    let engine = ctx.engine();
    let number = engine.filed_under(engine.home, &format!("demo:{story}")).await?;
    Ok(number.map_or_else(|| home(ctx).to_owned(), |number| format!("{head}{}/{number}{tail}", engine.home)))
}

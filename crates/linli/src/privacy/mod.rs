//! What is kept of people, printed from the registry of the rule pack: who keeps it, what for, by what right, who sees it,
//! how long, and what one can do about it (PIPL art. 17; Network Data Security Regulation art. 21).
//!
//! | route | what |
//! |---|---|
//! | `GET /privacy` | the notice |

use std::collections::BTreeSet;

use askama::Template;
use linli_engine::{
    pack::{
        Pack,
        data::{Entry, Kept},
    },
    replies::Assistant,
};
use linli_worktime::point;

use crate::web::{Ctx, Fault, Needs, Page, Reply, Routes, i18n::text, page::show, times::Spoken};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new().get("/privacy", Needs::Nobody, page)
}

/// A kind of data.
struct Item {
    id: String,
    title: String,
    /// How long it is kept, in short.
    short: String,
    /// What is said of it: name and words.
    facts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "privacy/page.html")]
struct NoticePage {
    page: Page,
    residents: Vec<Item>,
    staff: Vec<Item>,
    /// The laws that it rests on.
    laws: Vec<String>,
    /// Until when what is asked today is answered.
    until: Option<Spoken>,
    version: String,
    /// Whether staff are connected with callers by an exchange.
    relay: bool,
    /// The writing assistant and who runs it, where staff may ask one.
    assistant: Option<String>,
}

async fn page(ctx: Ctx) -> Reply {
    let page = Page::titled(&ctx, "privacy-title");
    let engine = ctx.engine();
    let pack = engine.packs().current();
    let registry = pack.data().ok_or_else(Fault::not_found)?;
    let (staff, residents): (Vec<&Entry>, Vec<&Entry>) = registry.entries.iter().partition(|entry| entry.staff);
    let items = |entries: Vec<&Entry>| entries.into_iter().map(|entry| item(&page, pack, entry)).collect();
    let cited: BTreeSet<&str> = registry.entries.iter().map(|entry| entry.source.0.as_str()).collect();
    let laws = pack.sources.iter().filter(|source| cited.contains(source.id.as_str()));
    let rights = pack.limit("rights", None);
    let until = rights.and_then(|limit| point(&pack.calendar, engine.clock.now(), limit, &[], 100));
    let asking = pack.replies().is_some_and(|replies| replies.assistant.is_some());
    let assistant = engine.plugs.assistant().filter(|_| asking);
    show(&NoticePage {
        assistant: assistant.map(|assistant| words_of(&ctx, &assistant)),
        residents: items(residents),
        staff: items(staff),
        laws: laws.map(|source| page.of(&source.title).to_owned()).collect(),
        until: until.map(|at| page.time(&at)),
        version: pack.version.clone(),
        relay: engine.plugs.relay().is_some(),
        page,
    })
}

/// Who receives what of a case, and when.
fn words_of(ctx: &Ctx, assistant: &Assistant) -> String {
    let (_, model) = assistant.name();
    let args = [("who", assistant.recipient().to_owned().into()), ("model", model.to_owned().into())];
    text(ctx.lang, "privacy-assistant", &args)
}

fn item(page: &Page, pack: &Pack, entry: &Entry) -> Item {
    let law = pack.sources.iter().find(|source| source.id == entry.source.0).map(|source| page.of(&source.title));
    // The name of a law without the day from which it is in force, which stands at the end of the page.
    let law = law.and_then(|law| law.split(['\u{ff08}', '(', ',']).next()).unwrap_or_default().trim();
    let article = page.t1("privacy-article", "n", &entry.source.1);
    let basis = format!("{} \u{b7} {law} {article}", page.of(&entry.basis));
    let mut facts = vec![("purpose", page.of(&entry.purpose).to_owned()), ("basis", basis)];
    facts.extend(entry.sensitive.as_ref().map(|why| ("sensitive", page.of(why).to_owned())));
    facts.push(("from", page.of(&entry.from).to_owned()));
    facts.push(("seen", page.of(&entry.seen_by).to_owned()));
    let (short, why) = (kept(page, entry), page.of(&entry.why).to_owned());
    let long = short.as_ref().map_or_else(|| why.clone(), |short| format!("{short} {why}"));
    facts.push(("kept", long));
    if entry.consent {
        facts.push(("back", page.t("privacy-back-how")));
    }
    let facts = facts.into_iter().map(|(name, words)| (page.t(&format!("privacy-{name}")), words)).collect();
    Item { id: entry.id.clone(), title: page.of(&entry.title).to_owned(), short: short.unwrap_or(why), facts }
}

/// How long and what happens then, where a time is set.
fn kept(page: &Page, entry: &Entry) -> Option<String> {
    let kept = entry.kept?;
    let when = match kept.n {
        0 => page.t(&format!("privacy-{}-now", kept.since)),
        _ => page.t1(&format!("privacy-{}", kept.since), "span", span(page, kept)),
    };
    Some(format!("{when}{}", page.t(&format!("privacy-then-{}", entry.then))))
}

fn span(page: &Page, kept: Kept) -> String {
    page.n(if kept.years { "privacy-years" } else { "privacy-days" }, kept.n)
}

//! A case among others: what it goes along with, who goes along with it, which ones are related, and a look at what a
//! merge does to whom before it is done.

use askama::Template;
use axum::extract::Path;
use linli_engine::{
    cases::{Head, Phase, kin::Follower, read::Dossier},
    ids::CaseId,
};
use linli_flow::FieldKind;

use super::{
    asked::Asked,
    case::{alike, case_url, read, where_is},
};
use crate::web::{
    ActForm, Ctx, Fault, Page, Reply,
    forms::Sent,
    page::{go, show},
    times::Spoken,
};

/// Followers shown on the case itself; the rest has a page of its own.
const SHOWN: usize = 3;

/// Another case in a list.
struct Other {
    url: String,
    number: String,
    title: String,
    body: String,
    place: String,
    at: Spoken,
    /// How it stands.
    state: String,
}

/// The panel beside a case; `{{ related|safe }}` in the page.
#[derive(Template)]
#[template(path = "desk/related.html")]
pub struct Related {
    page: Page,
    url: String,
    main: Option<Other>,
    others: Option<String>,
    followers: Vec<Other>,
    /// How many joined, and the way to all of them where there are more than are shown.
    joined: Option<String>,
    all: Option<String>,
    related: Vec<Other>,
    merges: bool,
    acts: bool,
}

#[derive(Template)]
#[template(path = "desk/joined.html")]
struct JoinedPage {
    page: Page,
    main: Other,
    followers: Vec<Other>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/merge.html")]
struct MergePage {
    page: Page,
    this: Other,
    url: String,
    main: Option<Other>,
    /// The case that leads where another one was named.
    leads: Option<String>,
    asked: String,
    wrong: Option<String>,
    near: Vec<Other>,
    follow_along: Option<String>,
    form: Option<ActForm>,
}

/// The field and the act by which this seat can merge the case now, if it can.
pub(super) fn merging(d: &Dossier) -> Option<(&linli_engine::cases::read::Offer, &str)> {
    d.offers.iter().filter(|offer| offer.barred.is_none()).find_map(|offer| {
        let names = offer.form.iter().map(|field| field.name.as_str());
        let field = names.into_iter().find(|name| d.flow.fields().get(*name) == Some(&FieldKind::Case))?;
        Some((offer, field))
    })
}

fn other(ctx: &Ctx, page: &Page, head: &Head) -> Other {
    Other {
        url: case_url(head),
        number: head.number.clone(),
        title: head.title.clone(),
        body: head.body.clone(),
        place: where_is(ctx, page, head),
        at: page.time(&head.opened_at),
        state: match head.unit.as_deref() {
            Some(unit) => format!("{} \u{b7} {}", page.t(&format!("desk-state-{}", head.phase.slug())), page.org(unit)),
            None => page.t(&format!("desk-state-{}", head.phase.slug())),
        },
    }
}

impl Related {
    /// What a case has to do with others, as far as this seat may see.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn new(ctx: &Ctx, d: &Dossier) -> Result<Self, Fault> {
        let page = Page::new(ctx, "");
        let count = d.kin.followers;
        let followers = match count {
            0 => Vec::new(),
            _ => ctx.engine().followers(d.head.key, &ctx.viewer(), None).await?,
        };
        let draw = |head: &Head| other(ctx, &page, head);
        Ok(Self {
            url: case_url(&d.head),
            main: d.kin.main.as_ref().map(draw),
            others: d.kin.along.as_ref().map(|along| page.n("related-along", along.others)),
            followers: followers.iter().take(SHOWN).map(|f: &Follower| draw(&f.head)).collect(),
            joined: (count > 0).then(|| page.n("related-followers", count)),
            all: (count > SHOWN).then(|| page.n("related-all", count)),
            related: d.kin.related.iter().map(draw).collect(),
            merges: merging(d).is_some(),
            acts: !d.offers.is_empty(),
            page,
        })
    }

    /// Whether there is anything to show or to do.
    pub fn shows(&self) -> bool {
        self.acts || self.joined.is_some() || self.others.is_some() || !self.related.is_empty()
    }
}

/// `GET /desk/cases/{jurisdiction}/{number}/joined`: who goes along with a case, in the order in which they came.
pub async fn joined(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, asked: Asked) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let page = Page::titled(&ctx, "related-joined");
    let after: Option<CaseId> = asked.read("after");
    let found = ctx.engine().followers(d.head.key, &ctx.viewer(), after).await?;
    let more = found.len() == linli_engine::limits::PAGE;
    let here = format!("{}/joined", case_url(&d.head));
    let next = found.last().filter(|_| more).map(|last| format!("{here}?after={}", last.head.key.id));
    show(&JoinedPage {
        main: other(&ctx, &page, &d.head),
        followers: found.iter().map(|f| other(&ctx, &page, &f.head)).collect(),
        next,
        page,
    })
}

/// `POST /desk/cases/{jurisdiction}/{number}/related`: two cases belong together, or not.
pub async fn relate(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, sent: Sent) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let related = sent.text("way") != "part";
    ctx.engine().relate(d.head.key, sent.text("other"), related, &ctx.viewer()).await?;
    Ok(go(&format!("{}#related", case_url(&d.head))))
}

/// `GET /desk/cases/{jurisdiction}/{number}/merge`: finds the main case, and shows what will happen to whom.
pub async fn merge(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, asked: Asked) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let (offer, field) = merging(&d).ok_or_else(Fault::not_found)?;
    let page = Page::titled(&ctx, "merge-title");
    let named = asked.get("main").map(str::trim).unwrap_or_default().to_owned();
    let (main, wrong) = match named.as_str() {
        "" => (None, None),
        named => match leading(&ctx, &d, named).await {
            Ok(main) => (Some(main), None),
            Err(fault) if fault.status.is_server_error() => return Err(fault),
            Err(_) => (None, Some(page.t("merge-unknown"))),
        },
    };
    let near = alike(&ctx, &page, &d).await?;
    let near = near.iter().map(|(_, head)| head).filter(|head| head.phase == Phase::Open);
    let raw = main.as_ref().map(|main| [(field.to_owned(), vec![main.head.number.clone()])].into());
    show(&MergePage {
        this: other(&ctx, &page, &d.head),
        url: case_url(&d.head),
        leads: main.as_ref().filter(|main| main.head.number != named).map(|_| page.t1("merge-leads", "number", &named)),
        near: near.map(|head| other(&ctx, &page, head)).collect(),
        follow_along: (d.kin.followers > 0).then(|| page.n("merge-followers", d.kin.followers)),
        form: raw.map(|raw| ActForm::new(&ctx, &d, offer, &raw, &[])),
        main: main.map(|main| other(&ctx, &page, &main.head)),
        asked: named,
        wrong,
        page,
    })
}

/// The case that leads where this number is named, if it is open, another one, and this seat may see it.
async fn leading(ctx: &Ctx, d: &Dossier, named: &str) -> Result<Dossier, Fault> {
    let mut main = ctx.engine().case(d.head.key.jurisdiction, named, &ctx.viewer()).await?;
    if let Some(head) = main.kin.main.clone() {
        main = ctx.engine().case_by_key(head.key, &ctx.viewer()).await?;
    }
    let fits = main.head.key != d.head.key && main.head.phase == Phase::Open;
    if fits { Ok(main) } else { Err(Fault::not_found()) }
}

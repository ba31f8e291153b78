//! The page with which anybody checks a receipt: one file that asks nobody anything, so that whoever has saved it can check
//! without a network, and without this office. Its words stand in it in both languages; all of `check.ftl` goes into it.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::IntoResponse,
};
use base64ct::{Base64, Encoding};
use linli_engine::evidence;
use linli_flow::Text;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::web::{
    Ctx, Fault, Page, Reply, assets,
    i18n::{self, Lang},
    page::show,
};

/// What the script fills in itself.
const BLANKS: [&str; 6] = ["n", "name", "of", "size", "what", "when"];

#[derive(Template)]
#[template(path = "evidence/check.html")]
struct CheckPage {
    page: Page,
    keys: Vec<String>,
    witnesses: Vec<String>,
    policy: String,
    icon: String,
    style: String,
    script: String,
    given: String,
}

/// What the script reads in the page.
#[derive(Serialize)]
struct Given {
    words: BTreeMap<&'static str, BTreeMap<String, String>>,
    acts: BTreeMap<String, Text>,
    logs: BTreeMap<String, Text>,
}

/// `GET /log/check`.
pub async fn page(ctx: Ctx) -> Reply {
    let asset = |name| assets::text(name).ok_or_else(|| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken"));
    let (style, script) = (asset("check.css")?, asset("check.js")?);
    let icon = Base64::encode_string(asset("icon.svg")?.as_bytes());
    let (mut keys, mut logs) = (Vec::new(), BTreeMap::new());
    let ended = evidence::ended(&ctx.engine().db).await?;
    for log in ctx.engine().logs().await? {
        let street = log.street.to_string();
        let name = |lang: Lang| {
            let place = street.parse().ok();
            place.map_or_else(|| street.clone(), |p| ctx.engine().directory().place_name(&p, lang.code()))
        };
        keys.push(ctx.engine().log.verifier(log.street, log.era)?);
        let name = Text { zh: name(Lang::Zh), en: name(Lang::En) };
        // Receipts of an earlier beginning still say what was recorded; whoever checks one reads that it is of that.
        for past in ended.iter().filter(|past| past.street == log.street) {
            let earlier = |lang: Lang, name: &str| i18n::text(lang, "log-earlier", &[("name", name.into())]);
            keys.push(ctx.engine().log.verifier(past.street, past.era)?);
            let name = Text { zh: earlier(Lang::Zh, &name.zh), en: earlier(Lang::En, &name.en) };
            logs.insert(ctx.engine().log.key().origin(past.street, past.era), name);
        }
        logs.insert(ctx.engine().log.key().origin(log.street, log.era), name);
    }
    let witnesses = ctx.engine().plugs.witnesses().iter().map(|witness| witness.key().to_string()).collect();
    let words = Lang::ALL.map(|lang| (lang.code(), words(lang))).into();
    let given = json(&Given { words, acts: acts(&ctx), logs });
    // What a saved page may do stands in the page; framing can be refused only by the answer.
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        digest(&script),
        digest(&style)
    );
    let answer = format!("{policy}; frame-ancestors 'none'");
    let page = Page::titled(&ctx, "check-title");
    let shown = show(&CheckPage { page, keys, witnesses, policy, icon, style, script, given })?;
    Ok(([(header::CONTENT_SECURITY_POLICY, answer)], shown).into_response())
}

/// How a policy names what is written in a page.
fn digest(text: &str) -> String {
    format!("sha256-{}", Base64::encode_string(&Sha256::digest(text)))
}

/// As JSON that no page takes for the end of a script.
fn json(given: &Given) -> String {
    serde_json::to_string(given).unwrap_or_default().replace('<', "\\u003c")
}

/// The words of the page, with `{name}` where the script fills in.
fn words(lang: Lang) -> BTreeMap<String, String> {
    let blanks = BLANKS.map(|name| (name, format!("{{{name}}}").into()));
    let all = i18n::files().remove("zh/check.ftl").unwrap_or_default();
    let keys = all.lines().filter_map(|line| line.split_once(" =")?.0.strip_prefix("check-"));
    keys.map(|key| (key.to_owned(), i18n::text(lang, &format!("check-{key}"), &blanks))).collect()
}

/// What the flows call their acts, by their codes.
fn acts(ctx: &Ctx) -> BTreeMap<String, Text> {
    let pack = ctx.engine().packs().current();
    let mut all = BTreeMap::new();
    for flow in pack.flows() {
        let acts = flow.steps().iter().flat_map(|step| &step.acts).map(|act| (&act.name, &act.title));
        let sides = flow.sides().iter().map(|side| (&side.name, &side.title));
        let cancels = flow.cancels().iter().map(|cancel| (&cancel.name, &cancel.title));
        for (name, title) in acts.chain(sides).chain(cancels) {
            all.entry(name.clone()).or_insert_with(|| title.clone());
        }
    }
    all
}

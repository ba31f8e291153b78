//! What a writer may want to look at again before a reply goes, in their own words.

use linli_engine::{
    cases::read::{Dossier, Offer},
    pack::Raw,
    replies::{Doubt, Why},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Ctx, Page, i18n};

/// A doubt as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Doubted {
    /// The field that it is about.
    pub field: String,
    /// What sort of doubt: `elsewhere`, `empty`, `no-act`, `no-date`, `no-day`, `copied`.
    pub code: &'static str,
    /// What may be wrong, and what to do.
    pub detail: String,
}

/// What may be wrong with the words of a form. A check that fails holds nothing up.
pub async fn found(ctx: &Ctx, d: &Dossier, offer: &Offer, raw: &Raw) -> Vec<Doubt> {
    ctx.engine().doubts(d, offer, raw).await.unwrap_or_else(|error| {
        tracing::warn!(error = linli_engine::chain(&error), "a reply could not be looked over");
        Vec::new()
    })
}

/// A doubt in words: what may be wrong and what to do.
pub fn words(page: &Page, d: &Dossier, doubt: &Doubt) -> String {
    let title = d.pack.field(&doubt.field).map_or(doubt.field.as_str(), |field| page.of(&field.title));
    let mut args = vec![("field", title.to_owned().into())];
    if let Why::Copied { of, percent } = &doubt.why {
        args.extend([("number", of.clone().into()), ("percent", i64::from(*percent).into())]);
    }
    i18n::text(page.lang(), &format!("doubt-{}", doubt.why.slug()), &args)
}

/// All of them.
pub fn shown(page: &Page, d: &Dossier, doubts: &[Doubt]) -> Vec<Doubted> {
    let one =
        |doubt: &Doubt| Doubted { field: doubt.field.clone(), code: doubt.why.slug(), detail: words(page, d, doubt) };
    doubts.iter().map(one).collect()
}

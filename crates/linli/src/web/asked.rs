//! The query of an address: the first value of each name.

use std::{collections::BTreeMap, convert::Infallible};

use axum::{extract::FromRequestParts, http::request::Parts};

use linli_worktime::{Date, Millis};

use super::{App, Ctx, forms::form_pairs, routes::percent};

/// What an address asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked(BTreeMap<String, String>);

impl Asked {
    /// What a query asks for.
    pub fn of(query: &str) -> Self {
        let mut asked = BTreeMap::new();
        for (name, value) in form_pairs(query.as_bytes()) {
            asked.entry(name).or_insert(value);
        }
        Self(asked)
    }

    /// A value without the blanks around it; none when it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A value, read; none when it is absent or cannot be read.
    pub fn read<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).and_then(|value| value.parse().ok())
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|value| value.trim().is_empty())
    }

    /// These conditions alone, as a query, in the order of the names.
    pub fn only(&self, names: &[&str]) -> String {
        let set = names.iter().filter_map(|name| Some((*name, self.get(name)?)));
        set.map(|(n, v)| format!("{}={}", percent(n), percent(v))).collect::<Vec<_>>().join("&")
    }

    /// The time from the beginning of the day `from` to the end of the day `until`.
    pub fn days(&self, ctx: &Ctx) -> (Option<Millis>, Option<Millis>) {
        let packs = ctx.engine().packs();
        let calendar = &packs.current().calendar;
        let begins = |date: Date| calendar.parse_local(&format!("{date} 00:00:00")).ok();
        let until = self.read::<Date>("until").and_then(|date| date.tomorrow().ok());
        (self.read::<Date>("from").and_then(begins), until.and_then(begins))
    }

    /// The same address with another value for one name: how a list goes on.
    pub fn with(&self, path: &str, name: &str, value: &str) -> String {
        let kept = self.0.iter().filter(|(n, v)| *n != name && !v.is_empty()).map(|(n, v)| (n.as_str(), v.as_str()));
        let pairs = kept.chain([(name, value)]).map(|(n, v)| format!("{}={}", percent(n), percent(v)));
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }
}

impl FromRequestParts<App> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(Self::of(parts.uri.query().unwrap_or_default()))
    }
}

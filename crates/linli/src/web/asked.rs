//! The query of an address: the first value of each name.

use std::{collections::BTreeMap, convert::Infallible};

use axum::{extract::FromRequestParts, http::request::Parts};

use super::{App, forms::form_pairs, routes::percent};

/// What an address asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked(BTreeMap<String, String>);

impl Asked {
    fn of(query: &str) -> Self {
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

//! A form of the administration: what was typed, what is wrong with it, and the texts of its boxes.

use std::collections::BTreeMap;

use crate::web::{
    Ctx,
    forms::Sent,
    i18n::{self, Lang},
};

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The field.
    pub field: &'static str,
    /// The text `admin-wrong-…`.
    pub key: &'static str,
    /// Its arguments.
    pub args: Vec<(&'static str, String)>,
}

impl Wrong {
    pub fn new(field: &'static str, key: &'static str) -> Self {
        Self { field, key, args: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// One of the choices of a box.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub label: String,
}

/// What a page needs to draw a form. Its texts are `admin-WHAT-FIELD`, with `-hint` where there is one.
pub(super) struct Form {
    what: &'static str,
    lang: Lang,
    key: String,
    values: BTreeMap<String, String>,
    hints: BTreeMap<&'static str, String>,
    faults: Vec<(&'static str, String)>,
}

impl Form {
    /// A form with these values in it, under a new key.
    pub fn new(ctx: &Ctx, what: &'static str, values: &[(&str, &str)]) -> Self {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let key = linli_engine::hex(&linli_engine::edge::new_id());
        Self { what, lang: ctx.lang, key, values, hints: BTreeMap::new(), faults: Vec::new() }
    }

    /// A form as it was sent, with what is wrong with it. A password is not sent back.
    pub fn again(ctx: &Ctx, what: &'static str, sent: &Sent, wrong: &[Wrong]) -> Self {
        let mut form = Self::new(ctx, what, &[]);
        form.key = sent.key().unwrap_or(form.key);
        let typed = sent.fields.keys().filter(|name| *name != "password");
        form.values = typed.map(|name| (name.clone(), sent.text(name).to_owned())).collect();
        form.faults = wrong.iter().map(|wrong| (wrong.field, form.words(wrong))).collect();
        form
    }

    /// With another hint than the text's.
    pub fn hinted(mut self, name: &'static str, hint: String) -> Self {
        self.hints.insert(name, hint);
        self
    }

    fn words(&self, wrong: &Wrong) -> String {
        let label = self.label(wrong.field);
        let args = wrong.args.iter().map(|(name, value)| (*name, value.as_str().into()));
        let args: Vec<_> = args.chain([("field", label.as_str().into())]).collect();
        i18n::text(self.lang, &format!("admin-wrong-{}", wrong.key), &args)
    }

    /// The key under which it is sent.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What stands in a box.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// What a box is called.
    pub fn label(&self, name: &str) -> String {
        i18n::text(self.lang, &format!("admin-{}-{name}", self.what), &[])
    }

    /// What to write into it.
    pub fn hint(&self, name: &str) -> Option<String> {
        let key = format!("admin-{}-{name}-hint", self.what);
        let text = || i18n::has(self.lang, &key).then(|| i18n::text(self.lang, &key, &[]));
        self.hints.get(name).cloned().or_else(text)
    }

    /// What is wrong with it.
    pub fn fault(&self, name: &str) -> Option<&str> {
        self.faults.iter().find(|(field, _)| *field == name).map(|(_, words)| words.as_str())
    }

    /// All that is wrong, by field.
    pub fn faults(&self) -> &[(&'static str, String)] {
        &self.faults
    }

    /// Whether something was typed that stands in it still.
    pub fn keeps(&self) -> bool {
        self.values.iter().any(|(name, value)| name != "key" && !value.is_empty())
    }

    /// The ids of what describes a box.
    pub fn described(&self, name: &str) -> String {
        let hint = self.hint(name).map(|_| format!("{name}-hint"));
        let fault = self.fault(name).map(|_| format!("{name}-err"));
        hint.into_iter().chain(fault).collect::<Vec<_>>().join(" ")
    }
}

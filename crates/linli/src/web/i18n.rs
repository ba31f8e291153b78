//! Texts of the program, from Fluent files: Chinese first, English complete beside it (a test compares them).

use std::{collections::BTreeMap, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

/// A language of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Chinese, the first.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// As packs and cookies name it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// As HTML names it.
    pub fn html(self) -> &'static str {
        match self {
            Self::Zh => "zh-Hans",
            Self::En => "en",
        }
    }

    /// From a cookie or the `Accept-Language` header: Chinese unless English comes first.
    pub fn from_header(text: &str) -> Self {
        let first = text.split(',').map(str::trim).find(|l| l.starts_with("zh") || l.starts_with("en"));
        if first.is_some_and(|l| l.starts_with("en")) { Self::En } else { Self::Zh }
    }
}

#[derive(RustEmbed)]
#[folder = "locales"]
struct Locales;

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> =
    LazyLock::new(|| [bundle("zh/", "zh-CN"), bundle("en/", "en")]);

fn bundle(folder: &str, lang: &str) -> FluentBundle<FluentResource> {
    let lang: LanguageIdentifier = lang.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![lang]);
    bundle.set_use_isolating(false);
    for path in Locales::iter().filter(|p| p.starts_with(folder)) {
        let text = Locales::get(&path).map(|f| String::from_utf8_lossy(&f.data).into_owned()).unwrap_or_default();
        // A broken line is left out here; the test over all texts finds it.
        let resource = FluentResource::try_new(text).unwrap_or_else(|(good, _)| good);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// A text. A key that is missing shows itself, so that it is seen.
pub fn text(lang: Lang, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
    let bundle = &BUNDLES[usize::from(lang == Lang::En)];
    let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else { return format!("⟨{key}⟩") };
    let mut fluent = FluentArgs::new();
    for (name, value) in args {
        fluent.set(*name, value.clone());
    }
    bundle.format_pattern(pattern, Some(&fluent), &mut Vec::new()).into_owned()
}

/// Whether there is such a text.
pub fn has(lang: Lang, key: &str) -> bool {
    BUNDLES[usize::from(lang == Lang::En)].has_message(key)
}

/// All Fluent files: path to text, for the test that compares the languages.
pub fn files() -> BTreeMap<String, String> {
    let read = |p: std::borrow::Cow<'static, str>| {
        let text = Locales::get(&p).map(|f| String::from_utf8_lossy(&f.data).into_owned());
        (p.into_owned(), text.unwrap_or_default())
    };
    Locales::iter().map(read).collect()
}

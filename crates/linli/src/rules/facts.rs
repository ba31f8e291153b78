//! Versions of the rules, and what changed between two: each version is a list of facts in words, and two lists are
//! compared.

use std::collections::BTreeMap;

use askama::Template;
use linli_engine::{db::Tx, pack::Pack, start};

use super::{flow::Told, parts, words};
use crate::web::{Ctx, Fault, Page, times::Spoken};

/// A section of the rules; the key of a text.
const SECTIONS: [&str; 7] = ["limits", "flows", "duties", "categories", "calendar", "fields", "about"];

/// A fact: what it is about, and what holds.
struct Fact {
    about: String,
    holds: String,
}

type Facts = BTreeMap<(usize, String), Fact>;

struct Teller<'t> {
    page: &'t Page,
    pack: &'t Pack,
    facts: Facts,
}

impl Teller<'_> {
    fn say(&mut self, section: usize, key: String, about: String, holds: impl IntoIterator<Item = String>) {
        let holds = holds.into_iter().filter(|h| !h.is_empty()).collect::<Vec<_>>().join(" \u{b7} ");
        self.facts.insert((section, key), Fact { about, holds });
    }

    fn limits(&mut self) {
        let classes = self.pack.field("class").map(|f| f.choices.as_slice()).unwrap_or_default();
        let used: Vec<(String, String)> =
            self.pack.flows().iter().flat_map(|flow| parts::used(self.page, flow)).collect();
        for (name, title) in used {
            let Some(basis) = self.pack.limit_rule(&name) else { continue };
            let mark = words::mark(self.page, basis.mark).1;
            for class in classes {
                let Some(limit) = self.pack.limit(&name, Some(&class.code)) else { continue };
                let about = format!("{title} \u{b7} {}", self.page.of(&class.title));
                let holds = [words::limit(self.page, limit), basis.text.clone(), mark.clone()];
                self.say(0, format!("{name} {}", class.code), about, holds);
            }
        }
    }

    fn flows(&mut self) {
        for flow in self.pack.flows() {
            let told = Told { page: self.page, pack: self.pack, flow };
            let mut found = Vec::new();
            for step in flow.steps() {
                let about = format!("{} \u{b7} {}", self.page.of(flow.title()), self.page.of(&step.title));
                let acts = step.acts.iter().map(|act| {
                    let ways: Vec<String> = act.ways().map(|way| told.way(way)).collect();
                    format!("{} \u{2192} {}", self.page.of(&act.title), ways.join(" / "))
                });
                let facts = [told.who(&step.owner), told.within(&step.within)].into_iter();
                let facts: Vec<String> = facts.chain(told.late(&step.late, Some(step))).chain(acts).collect();
                found.push((format!("{} {}", flow.id(), step.name), about, facts));
            }
            found.into_iter().for_each(|(key, about, facts)| self.say(1, key, about, facts));
        }
    }

    fn categories(&mut self) {
        let pack = self.pack;
        for category in pack.categories() {
            let (duty, about) = (pack.duty(&category.code), self.page.of(&category.title).to_owned());
            let basis = duty.basis.as_ref().map(|b| b.text.clone()).unwrap_or_default();
            let community = words::part(self.page, pack.community_part(&category.code));
            let lead = [words::function(self.page, &duty.function), words::carrier(self.page, duty.level)];
            self.say(2, category.code.clone(), about.clone(), lead.into_iter().chain([community, basis]));
            let named = |list: &[(String, String)], code: &str| {
                list.iter().find(|(c, _)| c == code).map_or_else(|| code.to_owned(), |(_, t)| t.clone())
            };
            let classes = pack.field("class").map(|f| f.choices.as_slice()).unwrap_or_default();
            let classes: Vec<_> = classes.iter().map(|c| (c.code.clone(), self.page.of(&c.title).to_owned())).collect();
            let kinds: Vec<_> = pack.kinds().iter().map(|(c, t)| (c.clone(), self.page.of(t).to_owned())).collect();
            let facts = [about.clone(), named(&classes, &category.class), named(&kinds, &category.kind)];
            self.say(3, category.code.clone(), about, facts);
        }
    }

    fn rest(&mut self) {
        let comma = self.page.t("admin-comma");
        for year in (1949..=2199).filter(|y| self.pack.calendar.covers(*y)) {
            let year = parts::year(&self.pack.calendar, year, &comma);
            let days = format!("{} {}", year.working_days, self.page.t("admin-calendar-days"));
            self.say(4, year.year.to_string(), year.year.to_string(), [days, year.holidays, year.sources.join(" ")]);
        }
        for field in self.pack.fields() {
            let facts = [self.page.of(&field.title).to_owned(), self.page.of(&field.hint).to_owned()];
            self.say(5, field.name.clone(), self.page.of(&field.title).to_owned(), facts);
        }
        for source in &self.pack.sources {
            let title = self.page.of(&source.title).to_owned();
            let facts = [source.article.clone(), words::mark(self.page, source.mark).1];
            self.say(6, title.clone(), title, facts);
        }
    }
}

fn facts(page: &Page, pack: &Pack) -> Facts {
    let mut teller = Teller { page, pack, facts: BTreeMap::new() };
    teller.limits();
    teller.flows();
    teller.categories();
    teller.rest();
    teller.facts
}

/// What changed about one thing.
struct Changed {
    about: String,
    was: Option<String>,
    is: Option<String>,
}

#[derive(Template)]
#[template(path = "rules/compare.html")]
struct ComparePage<'p> {
    page: &'p Page,
    from: String,
    to: String,
    from_day: String,
    to_day: String,
    /// The sections with what changed in them.
    sections: Vec<(String, Vec<Changed>)>,
}

/// What changed from one version to another.
pub fn compare(page: &Page, from: &Pack, to: &Pack) -> Result<String, askama::Error> {
    let (mut old, new) = (facts(page, from), facts(page, to));
    let mut found: Vec<Vec<Changed>> = SECTIONS.map(|_| Vec::new()).into();
    for (key, fact) in new {
        let was = old.remove(&key).map(|f| f.holds);
        if was.as_ref() != Some(&fact.holds) {
            found[key.0].push(Changed { about: fact.about, was, is: Some(fact.holds) });
        }
    }
    for (key, fact) in old {
        found[key.0].push(Changed { about: fact.about, was: Some(fact.holds), is: None });
    }
    let named = SECTIONS.iter().map(|key| page.t(&format!("rules-section-{key}"))).zip(found);
    ComparePage {
        page,
        from: from.version.clone(),
        to: to.version.clone(),
        from_day: from.in_force.to_string(),
        to_day: to.in_force.to_string(),
        sections: named.filter(|(_, changes)| !changes.is_empty()).collect(),
    }
    .render()
}

/// A version that is kept.
struct Version {
    version: String,
    in_force: String,
    since: Option<Spoken>,
    current: bool,
    /// The version before it, to compare with.
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "rules/versions.html")]
struct VersionsPage<'p> {
    page: &'p Page,
    base: &'static str,
    versions: Vec<Version>,
}

/// The versions that are kept, newest first.
pub async fn versions(ctx: &Ctx, page: &Page) -> Result<Result<String, askama::Error>, Fault> {
    let home = ctx.engine().home;
    let since = ctx.engine().db.read(move |tx: &mut Tx<'_>| start::packs_since(tx, home)).await?;
    let packs = ctx.engine().packs();
    let mut all: Vec<&Pack> = packs.all().map(AsRef::as_ref).collect();
    all.sort_by(|a, b| (b.in_force, &b.version).cmp(&(a.in_force, &a.version)));
    let version = |(at, pack): (usize, &&Pack)| Version {
        version: pack.version.clone(),
        in_force: pack.in_force.to_string(),
        since: since.iter().find(|(v, _)| *v == pack.version).map(|(_, at)| page.time(at)),
        current: pack.version == packs.current().version,
        before: all.get(at + 1).map(|p| p.version.clone()),
    };
    let versions = all.iter().enumerate().map(version).collect();
    Ok(VersionsPage { page, base: super::HERE, versions }.render())
}

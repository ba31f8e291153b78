//! A flow of the rule pack, step by step in words, and as the picture that wikis draw from a text.

use askama::Template;
use linli_engine::pack::Pack;
use linli_flow::{Act, Deed, Definition, FormField, Goes, Late, Step, Target, Way, Who, Within};

use super::{
    map::{self, Map},
    words,
};
use crate::web::Page;

#[derive(Template)]
#[template(path = "rules/flow.html")]
struct FlowPage<'p> {
    page: &'p Page,
    map: Map,
    title: String,
    source: String,
    clocks: Vec<ClockRow>,
    steps: Vec<StepRow>,
    others: Vec<OtherRow>,
    drawing: String,
}

/// A clock of the whole case.
struct ClockRow {
    title: String,
    within: String,
    late: Vec<String>,
    rule: String,
}

/// A step.
struct StepRow {
    name: String,
    title: String,
    owner: String,
    within: String,
    late: Vec<String>,
    acts: Vec<ActRow>,
}

/// What closes a step.
struct ActRow {
    title: String,
    to: String,
    minutes: String,
    rule: String,
}

/// What can be done whatever step is open.
struct OtherRow {
    title: String,
    by: String,
    to: String,
}

/// A flow as a piece of a page.
pub fn draw(page: &Page, pack: &Pack, flow: &Definition) -> Result<String, askama::Error> {
    let told = Told { page, pack, flow };
    let clocks = flow.clocks().iter().map(|clock| ClockRow {
        title: page.of(&clock.title).to_owned(),
        within: clock.within.as_ref().map_or_else(|| page.t("admin-flow-measures"), |w| told.within(w)),
        late: told.late(&clock.late, None),
        rule: clock.rule.clone().unwrap_or_default(),
    });
    let sides = flow.sides().iter().map(|s| OtherRow {
        title: page.of(&s.title).to_owned(),
        by: told.list(&s.by),
        to: page.t("admin-flow-stays"),
    });
    let cancels = flow.cancels().iter().map(|c| OtherRow {
        title: page.of(&c.title).to_owned(),
        by: told.list(&c.by),
        to: told.way(&c.way),
    });
    FlowPage {
        page,
        map: map::map(
            flow,
            |step| (page.of(&step.title).to_owned(), told.who(&step.owner)),
            &page.t("admin-flow-ends"),
        ),
        title: page.of(flow.title()).to_owned(),
        source: flow.source().unwrap_or_default().to_owned(),
        clocks: clocks.collect(),
        steps: flow.steps().iter().map(|s| told.step(s)).collect(),
        others: sides.chain(cancels).collect(),
        drawing: linli_flow::draw(flow, page.lang().code()),
    }
    .render()
}

/// Says a flow in the reader's language.
pub(super) struct Told<'f> {
    pub page: &'f Page,
    pub pack: &'f Pack,
    pub flow: &'f Definition,
}

impl Told<'_> {
    fn step(&self, step: &Step) -> StepRow {
        StepRow {
            name: step.name.clone(),
            title: self.page.of(&step.title).to_owned(),
            owner: self.who(&step.owner),
            within: self.within(&step.within),
            late: self.late(&step.late, Some(step)),
            acts: step.acts.iter().map(|act| self.act(act)).collect(),
        }
    }

    fn act(&self, act: &Act) -> ActRow {
        let minutes: f64 = act.form.iter().map(|field| self.minutes(field)).sum();
        let mut ways: Vec<String> = Vec::new();
        for way in act.ways().map(|way| self.way(way)) {
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        ActRow {
            title: self.page.of(&act.title).to_owned(),
            to: ways.join(&self.page.t("admin-flow-or")),
            minutes: if minutes < 0.05 {
                String::new()
            } else {
                self.page.t1("admin-flow-minutes", "n", format!("{minutes:.1}"))
            },
            rule: act.rule.clone().unwrap_or_default(),
        }
    }

    fn minutes(&self, field: &FormField) -> f64 {
        self.pack.field(&field.name).filter(|_| !field.optional).map_or(0.0, |f| f.minutes)
    }

    pub fn way(&self, way: &Way) -> String {
        let outcome = way.outcome.as_ref().and_then(|o| self.flow.outcomes().get(o)).map(|t| self.page.of(t));
        match (&way.goes, outcome) {
            (Goes::Opens(steps), _) => {
                let titles = steps.iter().filter_map(|name| self.flow.step(name)).map(|s| self.page.of(&s.title));
                titles.collect::<Vec<_>>().join(" + ")
            }
            (Goes::Ends, Some(outcome)) => self.page.t1("admin-flow-ends-as", "outcome", outcome),
            (Goes::Ends, None) => self.page.t("admin-flow-ends"),
        }
    }

    pub fn who(&self, who: &Who) -> String {
        match who {
            Who::Role(role) => self.page.role(role),
            Who::Field(field) => {
                self.pack.field(field).map_or_else(|| field.clone(), |f| self.page.of(&f.title).to_owned())
            }
            Who::Reporter => self.page.t("owner-reporter"),
            Who::System => self.page.t("admin-flow-system"),
        }
    }

    fn list(&self, who: &[Who]) -> String {
        who.iter().map(|who| self.who(who)).collect::<Vec<_>>().join(&self.page.t("admin-comma"))
    }

    /// A limit: of a table, the shortest and the longest that it holds.
    pub fn within(&self, within: &Within) -> String {
        let say = |limit| words::limit(self.page, limit);
        match within {
            Within::Limit(limit) => say(*limit),
            Within::Until(field) => {
                let title = self.pack.field(field).map_or(field.as_str(), |f| self.page.of(&f.title));
                self.page.t1("admin-flow-until", "field", title)
            }
            Within::Table(name) => {
                let classes = self.pack.field("class").map(|f| f.choices.as_slice()).unwrap_or_default();
                let mut lengths: Vec<String> = Vec::new();
                for limit in classes.iter().filter_map(|c| self.pack.limit(name, Some(&c.code))).map(say) {
                    if !lengths.contains(&limit) {
                        lengths.push(limit);
                    }
                }
                lengths.join(" / ")
            }
        }
    }

    pub fn late(&self, late: &Late, step: Option<&Step>) -> Vec<String> {
        let said = |(percent, deeds): (&u8, &Vec<Deed>)| {
            let deeds: Vec<String> = deeds.iter().map(|deed| self.deed(deed, step)).collect();
            format!("{percent}%: {}", deeds.join(&self.page.t("admin-comma")))
        };
        late.iter().map(said).collect()
    }

    fn deed(&self, deed: &Deed, step: Option<&Step>) -> String {
        let to = |key: &str, who: String| self.page.t1(key, "who", who);
        match deed {
            Deed::Remind(Target::StepOwner) => self.page.t("admin-flow-remind-owner"),
            Deed::Remind(Target::Who(who)) => to("admin-flow-remind", self.who(who)),
            Deed::Escalate(who) => to("admin-flow-escalate", self.who(who)),
            Deed::Do(act) => {
                let title = step.and_then(|s| s.act(act)).map_or(act.as_str(), |a| self.page.of(&a.title));
                self.page.t1("admin-flow-do", "act", title)
            }
        }
    }
}

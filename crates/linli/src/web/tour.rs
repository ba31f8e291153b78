//! The guides of the demonstration: who one can be, and a short walk over real pages for each (`tour.toml`). The step that
//! a reader is at is in a cookie; the frame shows it above the page. There are none outside a demonstration.

use std::sync::LazyLock;

use linli_flow::Text;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    guide: Vec<Guide>,
}

/// Somebody whom one can be, and their walk.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// In the cookie.
    pub id: String,
    /// The account of a member of staff.
    #[serde(default)]
    pub login: Option<String>,
    /// The telephone of a resident.
    #[serde(default)]
    pub phone: Option<String>,
    /// Whether the pages are in large print.
    #[serde(default)]
    pub elder: bool,
    /// How they are called.
    pub name: Text,
    /// What they are.
    pub role: Text,
    /// What one would try with them.
    #[serde(rename = "try")]
    pub tries: Text,
    /// The walk.
    pub step: Vec<Step>,
}

/// A page of a walk.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its address; `{story}` stands for the case of a story.
    pub at: String,
    /// In a line.
    pub title: Text,
    /// What to see there.
    pub text: Text,
}

static GUIDES: LazyLock<Vec<Guide>> = LazyLock::new(|| {
    let text = include_str!("../../../../packs/cn/demo/tour.toml");
    toml::from_str::<File>(text).map(|file| file.guide).unwrap_or_else(|error| {
        tracing::error!(%error, "tour.toml does not read");
        Vec::new()
    })
});

/// All of them.
pub fn guides() -> &'static [Guide] {
    &GUIDES
}

/// One.
pub fn guide(id: &str) -> Option<&'static Guide> {
    GUIDES.iter().find(|g| g.id == id)
}

/// Where somebody is on a walk.
#[derive(Clone, Copy)]
pub struct At {
    /// With whom.
    pub guide: &'static Guide,
    /// At which step, from 0.
    pub step: usize,
}

impl At {
    /// From the cookie.
    pub fn read(cookie: &str) -> Option<Self> {
        let (id, step) = cookie.split_once('.')?;
        let (guide, step) = (guide(id)?, step.parse().ok()?);
        (step < guide.step.len()).then_some(Self { guide, step })
    }

    /// For the cookie.
    pub fn cookie(self) -> String {
        format!("{}.{}", self.guide.id, self.step)
    }

    /// What to see there.
    pub fn here(self) -> &'static Step {
        &self.guide.step[self.step]
    }

    /// As people count.
    pub fn number(self) -> usize {
        self.step + 1
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.guide.step.len()
    }

    /// Whether it is the last.
    pub fn is_last(self) -> bool {
        self.number() == self.count()
    }
}

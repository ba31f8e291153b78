//! How one made-up case travels: who does what, when, in which words. It goes on as long as the case would live; what lies
//! after now has simply not happened yet.

use linli_engine::{
    cases::history::Deed,
    directory::{Directory, Org, OrgKind},
    ids::{PersonId, PlaceCode},
    pack::Pack,
};
use linli_flow::{Form, Value};
use linli_worktime::Millis;

use super::{
    cast::{Cast, Whoever, reporter},
    chance::Chance,
    matters::{Matter, Matters, Slots},
    rhythm::{DAY, HOUR, MINUTE, Open, date, day, starts},
};

/// What a case is, before anybody acts on it.
pub struct Start<'a> {
    /// The matter.
    pub matter: &'a Matter,
    /// Its numbers and names.
    pub slots: &'a Slots,
    /// Where.
    pub place: &'a PlaceCode,
    /// The class of its category.
    pub class: &'a str,
    /// When it came in.
    pub at: Millis,
    /// Who reported it, where that is known.
    pub person: Option<PersonId>,
    /// The key of an earlier report of the same matter, which is still open.
    pub same_as: Option<&'a str>,
}

/// What the people of a town can look things up in.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Places, units and duties.
    pub directory: &'a Directory,
    /// The rules.
    pub pack: &'a Pack,
    /// What there is to say.
    pub matters: &'a Matters,
    /// Who acts.
    pub cast: &'a Cast,
}

/// The deeds of a case.
pub fn deeds(world: World<'_>, start: &Start<'_>, chance: &mut Chance) -> Vec<Deed> {
    let Some(lead) = world.directory.lead(world.pack, &start.matter.category, start.place) else { return Vec::new() };
    let Some(unit) = world.directory.org(lead.org.as_str()) else { return Vec::new() };
    let mut path = Path { world, start, chance, at: start.at, deeds: Vec::new(), unit, co: Vec::new() };
    path.travel();
    path.deeds
}

struct Path<'a, 'c> {
    world: World<'a>,
    start: &'a Start<'a>,
    chance: &'c mut Chance,
    at: Millis,
    deeds: Vec<Deed>,
    unit: &'a Org,
    co: Vec<&'a Org>,
}

/// Forms in a line: names and values.
macro_rules! form {
    ($($name:literal: $value:expr),* $(,)?) => {
        Form::from([$(($name.to_owned(), Value::from($value))),*])
    };
}

impl Path<'_, '_> {
    fn travel(&mut self) {
        if self.triage() {
            return;
        }
        if self.chance.percent(1.5) {
            let words = self.say("withdraw");
            let span = self.chance.span(5 * HOUR);
            return self.resident("withdraw", form!("reason": words), span);
        }
        self.handled();
        self.close();
    }

    // ------------------------------------------------------------ who and when

    fn say(&mut self, what: &str) -> String {
        self.world.matters.say(what, self.start.slots, self.chance)
    }

    fn urgent(&self) -> bool {
        self.start.class == "urgent"
    }

    /// Long for what can wait, short for what cannot.
    fn span(&mut self, general: i64) -> i64 {
        let middle = match self.start.class {
            "urgent" => general / 14,
            "utility" => general / 3,
            "complex" => general * 2,
            _ => general,
        };
        self.chance.span(middle)
    }

    fn deed(&mut self, by: Whoever, act: &str, form: Form, span: i64, open: Open) {
        let open = if self.urgent() { Open::Always } else { open };
        self.at = open.next(self.at.plus(span.max(MINUTE)), self.chance);
        self.deeds.push(Deed { at: self.at, by, act: act.to_owned(), form, refers: None });
    }

    fn role(&mut self, role: &str, act: &str, form: Form, span: i64) {
        let by = self.world.cast.role(role, self.start.place.jurisdiction());
        let open = if role == "dispatcher" || role == "desk" { Open::Daily } else { Open::Office };
        self.deed(by, act, form, span, open);
    }

    fn unit(&mut self, act: &str, form: Form, general: i64) {
        let (by, open, span) = (self.world.cast.handler(self.unit), hours(self.unit), self.span(general));
        self.deed(by, act, form, span, open);
    }

    /// The resident, or the desk for who has no account.
    fn resident(&mut self, act: &str, form: Form, span: i64) {
        let own = self.start.person.filter(|_| self.chance.percent(60.0));
        match own {
            Some(person) => self.deed(reporter(person), act, form, span, Open::Always),
            None => self.role("desk", act, form, span),
        }
    }

    fn reason(&mut self, what: &str) -> Form {
        let words = self.say(what);
        form!("reason": words)
    }

    // ------------------------------------------------------------ intake

    /// True when that was all.
    fn triage(&mut self) -> bool {
        let (matter, soon) = (self.start.matter, self.chance.span(9 * MINUTE));
        if let Some(key) = self.start.same_as {
            let note = self.say("merge");
            self.role("dispatcher", "merge", form!("note": note), soon);
            if let Some(deed) = self.deeds.last_mut() {
                deed.refers = Some(("main_case".to_owned(), key.to_owned()));
            }
            return true;
        }
        if let Some(line) = &matter.emergency {
            let note = self.say("emergency");
            let by = self.world.cast.role("dispatcher", self.start.place.jurisdiction());
            let form = form!("emergency_line": line.as_str(), "note": note);
            self.deed(by, "emergency", form, 2 * MINUTE, Open::Always);
            return true;
        }
        let answer = self.chance.one(&matter.answer).map(|text| self.start.slots.fill(text));
        match (answer, &matter.legal) {
            (Some(words), Some(channel)) => {
                self.role("dispatcher", "legal", form!("legal_channel": channel.as_str(), "explanation": words), soon);
            }
            (Some(words), None) => self.role("dispatcher", "answer", form!("answer": words), soon),
            (None, _) => {
                self.dispatch(soon);
                return false;
            }
        }
        self.after();
        true
    }

    fn dispatch(&mut self, span: i64) {
        let wanted = if self.chance.percent(75.0) { self.start.matter.co.as_slice() } else { &[] };
        let serving = |function: &String| {
            let fit = self.world.directory.serving(self.start.place).filter(|o| o.function == *function);
            fit.max_by_key(|o| o.place.as_str().len())
        };
        let co: Vec<&Org> = wanted.iter().filter_map(serving).filter(|o| o.id != self.unit.id).collect();
        let form = form!("class": self.start.class, "unit": self.unit.id.as_str(), "co_units": ids(&co));
        self.role("dispatcher", "dispatch", form, span);
        self.sign(co);
    }

    fn sign(&mut self, co: Vec<&Org>) {
        let co: Vec<&Org> = co.into_iter().filter_map(|o| self.world.directory.org(o.id.as_str())).collect();
        let stays = !self.chance.percent(6.0) || self.returned();
        // A redirect that names no co-units asks none.
        self.co = if stays { co } else { Vec::new() };
        self.unit("accept", Form::new(), 50 * MINUTE);
    }

    /// Sent back once, and ruled on; whether it stays.
    fn returned(&mut self) -> bool {
        let others: Vec<&Org> = self
            .world
            .directory
            .serving(self.start.place)
            .filter(|o| o.kind == OrgKind::Government && o.id != self.unit.id)
            .filter(|o| ["urban-management", "street-office", "municipal", "property"].contains(&o.function.as_str()))
            .collect();
        let Some(other) = self.chance.one(&others).copied() else { return true };
        let (cited, words) = (self.start.matter.category.clone(), self.say("returned"));
        let form = form!("duty_cited": cited, "better_unit": other.id.as_str(), "reason": words);
        self.unit("return", form, 70 * MINUTE);
        let (words, span) = (self.say("ruled"), self.chance.span(80 * MINUTE));
        let fits = |id: &str| {
            self.world.directory.may_lead(self.world.pack, id, &self.start.matter.category, self.start.place).is_ok()
        };
        if fits(other.id.as_str()) && self.chance.percent(55.0) {
            self.role("desk-head", "redirect", form!("unit": other.id.as_str(), "reason": words), span);
            self.unit = other;
            return false;
        }
        self.role("desk-head", "keep", form!("reason": words), span);
        true
    }

    // ------------------------------------------------------------ the work

    fn handled(&mut self) {
        if self.chance.percent(91.0) {
            let way = ["phone", "phone", "phone", "visit", "site"][self.chance.below(5)];
            let words = self.say("contact");
            self.unit("contacted", form!("contact_way": way, "contact_note": words), 4 * HOUR);
        } else {
            let words = self.say("unreached");
            self.unit("no_contact", form!("contact_way": "phone", "reason": words), 6 * HOUR);
        }
        self.meanwhile();
        self.hold();
        self.result(34 * HOUR);
    }

    /// What is said while the work goes on.
    fn meanwhile(&mut self) {
        if self.chance.percent(24.0) {
            let words = self.say("notes");
            self.unit("note", form!("note": words), 3 * HOUR);
        }
        if self.chance.percent(20.0) {
            let words = self.say("progress");
            self.unit("progress", form!("progress": words), 5 * HOUR);
        }
        if self.start.person.is_some() && self.chance.percent(9.0) {
            let (words, span, act) = match self.chance.percent(60.0) {
                true => (self.say("urges"), self.span(9 * HOUR), "urge"),
                false => (self.say("messages"), self.span(5 * HOUR), "message"),
            };
            if let Some(person) = self.start.person {
                self.deed(reporter(person), act, form!("message": words), span, Open::Always);
            }
        }
    }

    /// What holds it up: a question, a date, more time.
    fn hold(&mut self) {
        match self.chance.below(100) {
            0..5 => {
                let words = self.say("question");
                self.unit("ask", form!("question": words), 3 * HOUR);
                // Half the time that there is for it, or nothing: then work goes on by itself.
                let half = if self.urgent() { 25 * MINUTE } else { 5 * HOUR };
                if self.chance.percent(75.0) {
                    let (words, span) = (self.say("reply"), self.chance.between(MINUTE, half));
                    let by = self.start.person.map(reporter);
                    let by = by.unwrap_or_else(|| self.world.cast.role("desk", self.start.place.jurisdiction()));
                    self.deed(by, "tell_more", form!("message": words), span, Open::Always);
                } else {
                    self.at = self.at.plus(5 * DAY + HOUR);
                }
            }
            5..8 if !self.urgent() => {
                let until = day(self.at) + self.chance.between(4, 16);
                let words = self.say("park");
                self.unit("park", form!("parked_until": date(until).to_string(), "reason": words), 4 * HOUR);
                self.at = self.at.max(starts(until).plus(8 * HOUR));
            }
            8..13 if !self.urgent() => {
                let (days, words) = (self.chance.between(2, 10), self.say("extend"));
                self.unit("extend", form!("extend_days": days, "reason": words), 8 * HOUR);
                let (grants, span) = (self.chance.percent(80.0), self.chance.span(80 * MINUTE));
                let form = self.reason("grant");
                self.role("desk-head", if grants { "grant" } else { "refuse" }, form, span);
                self.at = self.at.plus(if grants { days * DAY / 2 } else { 0 });
            }
            _ => {}
        }
    }

    fn result(&mut self, general: i64) {
        // Whoever sends it back asks the unit alone.
        for part in std::mem::take(&mut self.co) {
            let words = self.say("parts");
            let (by, open, span) = (self.world.cast.handler(part), hours(part), self.span(7 * HOUR));
            self.deed(by, "deliver", form!("part_done": words), span, open);
        }
        let (fill, matter) = (self.start.slots, self.start.matter);
        let facts = self.chance.one(&matter.facts).map(|t| fill.fill(t)).unwrap_or_default();
        let measure = self.chance.one(&matter.measures).map(|t| fill.fill(t)).unwrap_or_default();
        let worker = self.say("workers");
        let form = form!(
            "facts": facts, "law": matter.law.as_str(), "measure": measure, "done_by": worker, "done_on": ""
        );
        self.unit("result", form, general);
        if let Some(deed) = self.deeds.last_mut() {
            deed.form.insert("done_on".into(), Value::from(date(day(deed.at)).to_string()));
        }
        let span = self.chance.span(70 * MINUTE);
        if self.chance.percent(6.0) {
            let form = self.reason("back");
            self.role("desk-head", "send_back", form, span);
            self.result(9 * HOUR);
        } else {
            self.role("desk-head", "approve", Form::new(), span);
        }
    }

    // ------------------------------------------------------------ the close

    fn close(&mut self) {
        for redo in 0.. {
            let way = ["phone", "phone", "visit", "message"][self.chance.below(4)];
            self.unit("told", form!("contact_way": way), 3 * HOUR);
            let Some(solved) = self.called_back() else { return self.after() };
            if solved {
                return self.after();
            }
            let span = self.chance.span(100 * MINUTE);
            if redo < 3 && self.chance.percent(72.0) {
                let form = self.reason("redo");
                self.role("desk-head", "redo", form, span);
                if redo == 2 {
                    return self.problem();
                }
                self.result(20 * HOUR);
            } else {
                let (words, law) = (self.say("explain"), self.say("explain_law"));
                self.role("desk-head", "explain", form!("explanation": words, "law": law), span);
                return self.after();
            }
        }
    }

    /// Whether it is solved, in the resident's answer; nothing when nobody answers.
    fn called_back(&mut self) -> Option<bool> {
        for attempt in 0..3 {
            if self.chance.percent(84.0) {
                break;
            }
            let span = self.chance.span(16 * HOUR);
            self.role("desk", "no_answer", form!("contact_way": "phone"), span);
            if attempt == 2 {
                return None;
            }
        }
        let solved = self.chance.percent(84.0);
        let satisfied = match (solved, self.chance.below(10)) {
            (true, 0..7) => "satisfied",
            (true, 7..9) | (false, 0..4) => "basically",
            (true, _) => "unsaid",
            (false, _) => "dissatisfied",
        };
        let words = self.say(match satisfied {
            "satisfied" | "unsaid" => "happy",
            "basically" if solved => "fair",
            _ => "unhappy",
        });
        let contacted = if self.chance.percent(95.0) { "yes" } else { "no" };
        let form = form!(
            "contacted": contacted, "solved": if solved { "yes" } else { "no" }, "satisfied": satisfied, "words": words
        );
        let span = self.chance.span(15 * HOUR);
        self.resident("answered", form, span);
        Some(solved)
    }

    fn problem(&mut self) {
        let (words, span) = (self.say("assign"), self.chance.span(20 * HOUR));
        let form = form!("unit": self.unit.id.as_str(), "reason": words);
        self.role("overseer", "assign", form, span);
        self.result(3 * DAY);
        self.unit("told", form!("contact_way": "visit"), 4 * HOUR);
        let (words, span) = (self.say("happy"), self.chance.span(15 * HOUR));
        let form = form!("contacted": "yes", "solved": "yes", "satisfied": "basically", "words": words);
        self.resident("answered", form, span);
        self.after();
    }

    /// After the close: reopened, or asked again after a month.
    fn after(&mut self) {
        let (closed, is_work) = (self.at, !self.start.matter.facts.is_empty());
        if is_work && self.chance.percent(2.0) {
            let (form, span) = (self.reason("reopen"), self.chance.between(DAY, 24 * DAY));
            self.resident("reopen", form, span);
            let soon = self.chance.span(12 * MINUTE);
            let form = form!("class": self.start.class, "unit": self.unit.id.as_str());
            self.role("dispatcher", "dispatch", form, soon);
            self.unit("accept", Form::new(), 40 * MINUTE);
            let words = self.say("contact");
            self.unit("contacted", form!("contact_way": "phone", "contact_note": words), 3 * HOUR);
            self.result(20 * HOUR);
            self.unit("told", form!("contact_way": "phone"), 3 * HOUR);
            let span = self.chance.span(15 * HOUR);
            let form = form!("contacted": "yes", "solved": "yes", "satisfied": "basically");
            self.resident("answered", form, span);
            return;
        }
        // The question comes by itself after thirty days, after a holiday a week later, and stays open for fourteen.
        self.at = closed.plus(39 * DAY);
        let span = self.chance.between(HOUR, 4 * DAY);
        match self.chance.below(100) {
            0..4 if is_work => {
                let form = self.reason("came_back");
                self.resident("came_back", form, span);
                self.problem_again();
            }
            0..42 => self.resident("lasted", Form::new(), span),
            _ => {}
        }
    }

    fn problem_again(&mut self) {
        let (words, span) = (self.say("assign"), self.chance.span(20 * HOUR));
        let form = form!("unit": self.unit.id.as_str(), "reason": words);
        self.role("overseer", "assign", form, span);
        self.result(2 * DAY);
        self.unit("told", form!("contact_way": "visit"), 4 * HOUR);
        let span = self.chance.span(15 * HOUR);
        let form = form!("contacted": "yes", "solved": "yes", "satisfied": "satisfied");
        self.resident("answered", form, span);
    }
}

fn ids(orgs: &[&Org]) -> Vec<String> {
    orgs.iter().map(|o| o.id.to_string()).collect()
}

/// When a unit works.
fn hours(org: &Org) -> Open {
    let daily = ["sanitation", "police", "fire", "urban-management", "emergency"];
    match org.kind {
        OrgKind::Property | OrgKind::Utility => Open::Daily,
        _ if daily.contains(&org.function.as_str()) => Open::Daily,
        _ => Open::Office,
    }
}

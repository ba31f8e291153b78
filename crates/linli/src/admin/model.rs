//! What a place, a unit, a duty and a seat have to be before they are kept. Pure: what was typed and the directory in, a
//! row or all that is wrong with it out.

use linli_engine::{
    directory::{Directory, Duty, Org, OrgKind, Place, Share},
    ids::{AccountId, DutyId, OrgId, PlaceCode, SeatId},
    limits,
    pack::{Pack, Part},
    seats::{Role, Seat},
};
use linli_flow::Text;
use linli_worktime::Millis;

use super::{form::Wrong, sheets::Names};
use crate::web::forms::Sent;

/// Other names of a place.
const ALIASES: usize = 40;
/// Characters of the rule that a duty rests on.
const BASIS_CHARS: usize = 200;
/// Characters of a telephone number.
const PHONE_CHARS: usize = 24;
/// Characters of the word for a function.
const FUNCTION_CHARS: usize = 48;

/// What a form is checked against, and what is wrong with it so far.
pub(super) struct Check<'c> {
    pub directory: &'c Directory,
    pub sent: &'c Sent,
    /// The language in which refusals name units and categories.
    pub lang: &'c str,
    /// An index to find places and units with, where many forms are checked.
    names: Option<&'c Names>,
    wrong: Vec<Wrong>,
}

impl<'c> Check<'c> {
    pub fn new(directory: &'c Directory, sent: &'c Sent, lang: &'c str) -> Self {
        Self { directory, sent, lang, names: None, wrong: Vec::new() }
    }

    pub fn by_names(self, names: &'c Names) -> Self {
        Self { names: Some(names), ..self }
    }

    fn keep<T>(&mut self, found: Result<T, Wrong>) -> Option<T> {
        found.map_err(|wrong| self.wrong.push(wrong)).ok()
    }

    fn short(&mut self, field: &'static str, most: usize) -> String {
        let text = self.sent.text(field);
        if text.chars().count() > most {
            self.wrong.push(Wrong::new(field, "long").with("most", most));
        }
        text.chars().filter(|c| !c.is_control()).collect()
    }

    fn needed(&mut self, field: &'static str, most: usize) -> String {
        let text = self.short(field, most);
        if text.is_empty() {
            self.wrong.push(Wrong::new(field, "missing"));
        }
        text
    }

    /// A name in both languages; without an English one, the Chinese stands for it.
    fn name(&mut self) -> Text {
        let (zh, en) = (self.needed("zh", limits::NAME_CHARS), self.short("en", limits::NAME_CHARS));
        Text { en: if en.is_empty() { zh.clone() } else { en }, zh }
    }

    fn place_in(&mut self, field: &'static str) -> Option<&'c Place> {
        let words = self.sent.text(field);
        let found = match self.names {
            Some(names) => names.place(self.directory, field, words),
            None => find_place(self.directory, field, words),
        };
        self.keep(found)
    }

    fn org_in(&mut self, field: &'static str) -> Option<&'c Org> {
        let words = self.sent.text(field);
        let found = match self.names {
            Some(names) => names.org(self.directory, field, words),
            None => find_org(self.directory, field, words),
        };
        self.keep(found)
    }

    fn end<T>(self, row: Option<T>) -> Result<T, Vec<Wrong>> {
        row.filter(|_| self.wrong.is_empty()).ok_or(self.wrong)
    }

    /// A new place, or an old one with new facts.
    pub fn place(mut self, old: Option<&Place>) -> Result<Place, Vec<Wrong>> {
        let code = match old {
            Some(place) => Some(place.code.clone()),
            None => {
                let code = new_code(self.directory, self.sent);
                self.keep(code)
            }
        };
        let name = self.name();
        let aliases: Vec<String> =
            self.sent.text("aliases").lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
        if aliases.len() > ALIASES || aliases.iter().any(|a| a.chars().count() > limits::NAME_CHARS) {
            self.wrong.push(Wrong::new("aliases", "aliases").with("n", ALIASES).with("most", limits::NAME_CHARS));
        }
        let point = self.point();
        let row = code.map(|code| Place { code, name, aliases, point, retired_at: old.and_then(|p| p.retired_at) });
        // The same once more is no fault: the form was sent twice.
        if let (Some(row), None) = (&row, old)
            && let Some(there) = self.directory.place(&row.code).filter(|there| *there != row)
        {
            self.wrong.push(Wrong::new("code", "taken").with("name", there.name.get(self.lang)));
        }
        self.end(row)
    }

    fn point(&mut self) -> Option<(f64, f64)> {
        let mut degrees = |field: &'static str, most: f64| {
            let text = self.sent.text(field);
            let degrees = text.parse::<f64>().ok().filter(|d| d.abs() <= most);
            if !text.is_empty() && degrees.is_none() {
                self.wrong.push(Wrong::new(field, "degrees").with("most", most));
            }
            (degrees, text.is_empty())
        };
        let (lon, lat) = (degrees("lon", 180.0), degrees("lat", 90.0));
        match (lon.1, lat.1) {
            (false, true) => self.wrong.push(Wrong::new("lat", "both")),
            (true, false) => self.wrong.push(Wrong::new("lon", "both")),
            _ => {}
        }
        lon.0.zip(lat.0)
    }

    /// A new unit, or an old one with new facts.
    pub fn org(mut self, old: Option<&Org>) -> Result<Org, Vec<Wrong>> {
        let id = match old {
            Some(org) => Some(org.id.clone()),
            None => {
                let id = self.sent.text("id");
                let id = if id.is_empty() { Err("missing") } else { id.parse::<OrgId>().map_err(|_| "slug") };
                self.keep(id.map_err(|key| Wrong::new("id", key)))
            }
        };
        let name = self.name();
        let kind = OrgKind::from_slug(self.sent.text("kind")).ok_or_else(|| Wrong::new("kind", "choose"));
        let kind = self.keep(kind);
        let function = self.needed("function", FUNCTION_CHARS);
        if !function.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            self.wrong.push(Wrong::new("function", "slug"));
        }
        let place = self.place_in("place").map(|p| p.code.clone());
        let parent =
            if self.sent.text("parent").is_empty() { None } else { self.org_in("parent").map(|o| o.id.clone()) };
        let phone = Some(self.short("phone", PHONE_CHARS)).filter(|p| !p.is_empty());
        if phone.iter().flat_map(|p| p.chars()).any(|c| !c.is_ascii_digit() && !"+- ()".contains(c)) {
            self.wrong.push(Wrong::new("phone", "phone"));
        }
        let row = id.zip(kind).zip(place).map(|((id, kind), place)| {
            let retired_at = old.and_then(|o| o.retired_at);
            Org { id, parent, kind, function, place, name, phone, retired_at }
        });
        if let Some(row) = &row {
            self.org_fits(row, old);
        }
        self.end(row)
    }

    /// What a unit has to be beside the others.
    fn org_fits(&mut self, row: &Org, old: Option<&Org>) {
        let above = |id: &OrgId| self.directory.org(id.as_str()).and_then(|o| o.parent.clone());
        let most = self.directory.orgs().count();
        if std::iter::successors(row.parent.clone(), above).take(most + 1).any(|id| id == row.id) {
            self.wrong.push(Wrong::new("parent", "circle"));
        }
        let Some(old) = old else {
            if let Some(there) = self.directory.org(row.id.as_str()).filter(|there| *there != row) {
                self.wrong.push(Wrong::new("id", "taken").with("name", there.name.get(self.lang)));
            }
            return;
        };
        // Its row lies with its street: in another one it would be there twice.
        if old.place.jurisdiction() != row.place.jurisdiction() {
            self.wrong.push(Wrong::new("place", "moves"));
        }
        let mut duties = self.directory.duties().iter().filter(|d| d.org == row.id);
        if let Some(duty) = duties.find(|d| !row.place.covers(&d.place)) {
            self.wrong.push(
                Wrong::new("place", "leaves-duty").with("place", self.directory.place_name(&duty.place, self.lang)),
            );
        }
    }

    /// A row of the office's own duty list.
    pub fn duty(mut self, pack: &Pack, id: DutyId) -> Result<Duty, Vec<Wrong>> {
        let category = self.sent.text("category");
        if pack.category(category).is_none() {
            self.wrong.push(Wrong::new("category", "choose"));
        }
        let entry = if self.sent.ticked("below") { format!("{category}.*") } else { category.to_owned() };
        let (place, org) = (self.place_in("place"), self.org_in("org"));
        let part = match self.sent.text("part") {
            "lead" => Ok(Share::Lead),
            "assist" => Ok(Share::Assist),
            _ => Err(Wrong::new("part", "choose")),
        };
        let part = self.keep(part);
        let basis = self.needed("basis", BASIS_CHARS);
        let row = place.zip(org).zip(part).map(|((place, org), part)| {
            let fits = duty_fits(pack, self.directory, &entry, place, org, part, self.lang);
            self.wrong.extend(fits.err());
            Duty { id, category: entry, place: place.code.clone(), org: org.id.clone(), part, basis }
        });
        self.end(row)
    }

    /// A seat of an account from now on.
    pub fn seat(mut self, id: SeatId, account: AccountId, now: Millis) -> Result<Seat, Vec<Wrong>> {
        let role = self.sent.text("role").parse::<Role>().map_err(|_| Wrong::new("role", "choose"));
        let role = self.keep(role);
        let (org, place) = (self.org_in("org"), self.place_in("place"));
        if let Some((org, place)) = org.zip(place)
            && !org.place.covers(&place.code)
            && !place.code.covers(&org.place)
        {
            self.wrong.push(elsewhere("place", org, self.lang));
        }
        let row = role.zip(org).zip(place).map(|((role, org), place)| {
            let (org, place) = (org.id.clone(), place.code.clone());
            Seat { id, account, org, role, place, from: now, until: None, cover: None }
        });
        self.end(row)
    }
}

fn elsewhere(field: &'static str, org: &Org, lang: &str) -> Wrong {
    Wrong::new(field, "elsewhere").with("unit", org.name.get(lang))
}

/// The code of a place that is to be added below `parent` (or at the top): digits, of a length that is a level, beginning
/// with the code above it (GB/T 2260, GB/T 10114).
fn new_code(directory: &Directory, sent: &Sent) -> Result<PlaceCode, Wrong> {
    let (text, parent) = (sent.text("code"), sent.text("parent"));
    let wrong = |key| Wrong::new("code", key);
    if text.is_empty() {
        return Err(wrong("missing"));
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong("digits"));
    }
    let code: PlaceCode = text.parse().map_err(|_| wrong("length").with("n", text.len()))?;
    if !parent.is_empty() && (code.as_str() == parent || !text.starts_with(parent)) {
        return Err(wrong("prefix").with("parent", parent));
    }
    let nearest = code.upwards().skip(1).find_map(|c| directory.place(&c));
    match nearest {
        Some(above) if above.retired_at.is_some() => Err(wrong("under-retired").with("name", &above.name.zh)),
        None if !parent.is_empty() => Err(wrong("no-parent").with("parent", parent)),
        _ => Ok(code),
    }
}

/// The digits of a code one level below.
pub(super) fn digits_below(code: &PlaceCode) -> Option<usize> {
    (code.as_str().len() + 1..=20).find(|n| "9".repeat(*n).parse::<PlaceCode>().is_ok())
}

/// The live place that somebody means by its code or one of its names.
pub(super) fn find_place<'d>(directory: &'d Directory, field: &'static str, words: &str) -> Result<&'d Place, Wrong> {
    let named = |p: &&Place| {
        p.retired_at.is_none()
            && (p.code.as_str() == words || [&p.name.zh, &p.name.en].into_iter().chain(&p.aliases).any(|n| n == words))
    };
    one(field, words, directory.places().filter(named), |p| format!("{} {}", p.code, p.name.zh))
}

/// The live unit that somebody means by its short name or its name.
pub(super) fn find_org<'d>(directory: &'d Directory, field: &'static str, words: &str) -> Result<&'d Org, Wrong> {
    let named = |o: &&Org| o.retired_at.is_none() && [o.id.as_str(), &o.name.zh, &o.name.en].contains(&words);
    one(field, words, directory.orgs().filter(named), |o| format!("{} {}", o.id, o.name.zh))
}

fn one<'d, T>(
    field: &'static str,
    words: &str,
    found: impl Iterator<Item = &'d T>,
    shown: impl Fn(&T) -> String,
) -> Result<&'d T, Wrong> {
    if words.is_empty() {
        return Err(Wrong::new(field, "missing"));
    }
    let found: Vec<&T> = found.take(5).collect();
    match found.as_slice() {
        [] => Err(Wrong::new(field, "unknown").with("words", words)),
        [one] => Ok(one),
        several => {
            let shown: Vec<String> = several.iter().map(|one| shown(one)).collect();
            Err(Wrong::new(field, "several").with("found", shown.join(" / ")))
        }
    }
}

/// Whether an entry of a duty list (`utility.water`, `utility.*`) speaks of a category.
pub(super) fn names(entry: &str, category: &str) -> bool {
    match entry.strip_suffix(".*") {
        _ if entry == "*" => true,
        None => entry == category,
        Some(top) => category.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
    }
}

/// Whether a unit may have this part. A community leads only where its list lets it, and takes no part in what may never
/// be sent to it (Beijing ordinance on swift response, art. 17; State Council letter 2025 No. 66).
fn duty_fits(
    pack: &Pack,
    directory: &Directory,
    entry: &str,
    place: &Place,
    org: &Org,
    part: Share,
    lang: &str,
) -> Result<(), Wrong> {
    if !org.place.covers(&place.code) {
        return Err(elsewhere("org", org, lang));
    }
    let same = directory.duties().iter().filter(|d| d.category == entry && d.place == place.code);
    for duty in same {
        if duty.org == org.id {
            return Err(Wrong::new("org", "duty-twice"));
        }
        if duty.part == Share::Lead && part == Share::Lead {
            let leads = directory.org(duty.org.as_str()).map_or(duty.org.to_string(), |o| o.name.get(lang).to_owned());
            return Err(Wrong::new("part", "led-already").with("unit", leads));
        }
    }
    if org.kind != OrgKind::Community {
        return Ok(());
    }
    for category in pack.categories().iter().filter(|c| names(entry, &c.code)) {
        let key = match (pack.community_part(&category.code), part) {
            (Part::Leads, _) | (Part::Assists | Part::Unlisted, Share::Assist) => continue,
            (Part::Assists, Share::Lead) => "community-assists",
            (Part::Never, _) | (Part::Unlisted, Share::Lead) => "community-never",
        };
        let why = Wrong::new("part", key).with("unit", org.name.get(lang)).with("category", category.title.get(lang));
        return Err(why.with("basis", &pack.community_rule().text));
    }
    Ok(())
}

/// A place that is no more: nothing may be left in it.
pub(super) fn retired_place(directory: &Directory, place: &Place, lang: &str, now: Millis) -> Result<Place, Wrong> {
    if let Some(child) = directory.children(&place.code).first() {
        return Err(Wrong::new("retire", "has-places").with("name", child.name.get(lang)));
    }
    let mut orgs = directory.orgs().filter(|o| o.retired_at.is_none() && place.code.covers(&o.place));
    if let Some(org) = orgs.next() {
        return Err(Wrong::new("retire", "has-orgs").with("name", org.name.get(lang)));
    }
    if directory.duties().iter().any(|d| place.code.covers(&d.place)) {
        return Err(Wrong::new("retire", "has-duties"));
    }
    Ok(Place { retired_at: place.retired_at.or(Some(now)), ..place.clone() })
}

/// A place that is there again, where all above it are.
pub(super) fn restored_place(directory: &Directory, place: &Place, lang: &str) -> Result<Place, Wrong> {
    let above = place.code.upwards().skip(1).filter_map(|c| directory.place(&c)).find(|p| p.retired_at.is_some());
    match above {
        Some(above) => Err(Wrong::new("retire", "under-retired").with("name", above.name.get(lang))),
        None => Ok(Place { retired_at: None, ..place.clone() }),
    }
}

/// A unit that is no more: no other may be under it, and no own row of the duty list may send anything to it.
pub(super) fn retired_org(directory: &Directory, org: &Org, lang: &str, now: Millis) -> Result<Org, Wrong> {
    let mut below = directory.orgs().filter(|o| o.retired_at.is_none() && o.parent.as_ref() == Some(&org.id));
    if let Some(child) = below.next() {
        return Err(Wrong::new("retire", "has-orgs").with("name", child.name.get(lang)));
    }
    if directory.duties().iter().any(|d| d.org == org.id) {
        return Err(Wrong::new("retire", "has-duties"));
    }
    Ok(Org { retired_at: org.retired_at.or(Some(now)), ..org.clone() })
}

/// A unit that is there again, where its place and the unit above it are.
pub(super) fn restored_org(directory: &Directory, org: &Org, lang: &str) -> Result<Org, Wrong> {
    let under = |name: &Text| Err(Wrong::new("retire", "under-retired").with("name", name.get(lang)));
    if let Some(place) = directory.place(&org.place).filter(|p| p.retired_at.is_some()) {
        return under(&place.name);
    }
    let parent = org.parent.as_ref().and_then(|id| directory.org(id.as_str()));
    match parent.filter(|p| p.retired_at.is_some()) {
        Some(parent) => under(&parent.name),
        None => Ok(Org { retired_at: None, ..org.clone() }),
    }
}

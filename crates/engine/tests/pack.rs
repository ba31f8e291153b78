//! The default pack is sound; a pack with something wrong in it is refused, with the file and the line.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::path::Path;

use linli_engine::pack::{Carrier, Files, Mark, Pack, Part, fill, read_dir};
use linli_flow::{Problem, Text};
use proptest::prelude::*;

fn files() -> Files {
    read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn")).unwrap()
}

fn pack() -> Pack {
    Pack::load(&files()).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

/// A change to a file, and the problem that has to follow: in which file, on the line of which words, with what reason.
struct Slip {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    blamed: &'static str,
    line_of: &'static str,
    reason: &'static str,
}

/// A slip that is blamed on its own file.
const fn slip(
    file: &'static str,
    from: &'static str,
    to: &'static str,
    line_of: &'static str,
    reason: &'static str,
) -> Slip {
    Slip { file, from, to, blamed: file, line_of, reason }
}

/// A slip that is blamed on another file.
const fn afar(
    file: &'static str,
    from: &'static str,
    to: &'static str,
    blamed: &'static str,
    line_of: &'static str,
    reason: &'static str,
) -> Slip {
    Slip { file, from, to, blamed, line_of, reason }
}

const REQUEST: &str = "flows/request.toml";

#[rustfmt::skip]
const SLIPS: &[Slip] = &[
    slip("data.toml", "keep    = \"400d\"", "keep    = \"179d\"", "179d", "180 days at least"),
    slip("data.toml", "keep    = \"400d\"", "keep    = \"soon\"", "\"soon\"", "is not a time"),
    slip("data.toml", "after   = \"saved\"", "after   = \"made\"", "after   = \"made\"\nwhy     = { zh = \"一个月", "runs from `saved`"),
    slip("data.toml", "id      = \"tokens\"", "id      = \"tokens\"\nkeep = \"1y\"", "keep = \"1y\"", "does not remove `tokens` by itself"),
    slip("data.toml", "id      = \"calls\"", "id      = \"callings\"", "# What is kept of people", "no entry `calls`"),
    slip("data.toml", "\"token.id\"", "\"place.id\"", "place.id", "among the tables with nothing personal"),
    slip("pack.toml", "version  =", "verson =", "verson", "no key `verson`"),
    slip("pack.toml", "version  =", "verson =", "# The default", "needs `version`"),
    slip("pack.toml", "in_force = 2026-01-01", "in_force = \"soon\"", "in_force", "has to be a day"),
    slip("pack.toml", "\"flows/request.toml\"", "\"flows/nothing.toml\"", "flows/nothing.toml", "no file `flows/nothing.toml`"),
    afar("pack.toml", "\"flows/request.toml\"", "\"flows/nothing.toml\"", REQUEST, "# How a resident", "is not in the `flows`"),
    slip("pack.toml", "\"flows/request.toml\"", "\"flows/request.toml\", \"flows/request.toml\"", "flows/request.toml", "a second flow"),
    slip("pack.toml", "code  = \"leader\"", "code  = \"overseer\"", "code  = \"overseer\"\ntitle = { zh = \"领导\"", "is there already"),
    slip("pack.toml", "article = \"44\"\nmark    = \"L\"", "article = \"44\"\nmark = \"Q\"", "mark = \"Q\"", "cannot be `Q`"),
    slip("pack.toml", "{ zh = \"派单员\", en = \"Dispatcher\" }", "{ zh = \"派单员\" }", "派单员", "needs `en`"),
    slip("pack.toml", "code  = \"leader\"", "code  = \"The Leader\"", "The Leader", "not a short name"),
    slip("limits.toml", "\"30m\"", "\"30 minutes\"", "30 minutes", "is not a limit"),
    slip("limits.toml", "within  = \"14d\"", "wihtin  = \"14d\"", "wihtin", "no key `wihtin`"),
    slip("limits.toml", "within  = \"14d\"", "wihtin  = \"14d\"", "[lasting]", "needs `within`"),
    slip("limits.toml", "complex = \"15d\"", "complicated = \"15d\"", "complicated", "no class is called `complicated`"),
    slip("limits.toml", "by      = \"class\"", "by = \"kind\"", "by = \"kind\"", "cannot go by `kind`"),
    afar("limits.toml", "[callback]", "[call_back]", REQUEST, "\"limit.callback\"", "callback"),
    slip("fields.toml", "kind    = \"orgs\"", "kind = \"units\"", "kind = \"units\"", "cannot be `units`"),
    slip("fields.toml", "min     = 1\n", "min     = 20\n", "[extend_days]", "`min` above its `max`"),
    slip("fields.toml", "max_chars = 200\n", "", "[duty_cited]", "needs `max_chars`"),
    slip("fields.toml", "code = \"119\"", "code = \"110\"", "110\", title = { zh = \"119", "is there already"),
    slip("fields.toml", "\"Its number\"", "\"\"", "填事项编号", "not empty"),
    slip("fields.toml", "minutes = 0.1", "minutes = \"short\"", "minutes = \"short\"", "has to be a number"),
    afar("fields.toml", "[parked_until]", "[parked_til]", REQUEST, "parked_until", "parked_until"),
    slip("categories.toml", "code = \"property.fees\"", "code = \"propety.fees\"", "propety.fees", "its parent `propety`"),
    slip("categories.toml", "class = \"utility\"", "class = \"utilty\"", "utilty", "no class is called `utilty`"),
    slip("categories.toml", "kind = \"suggestion\"", "kind = \"idea\"", "\"idea\"", "no kind of demand is called `idea`"),
    slip("categories.toml", "{ category = \"property.funds\"", "{ category = \"property.fund\"", "\"property.fund\"", "no category is called"),
    slip("categories.toml", "weight = 3, any = [\"公厕\"", "weight = -3, any = [\"公厕\"", "\"公厕\"", "not below zero"),
    slip("categories.toml", "any = [\"公厕\", \"公共厕所\"]", "any = []", "any = []", "needs `any`"),
    slip("categories.toml", "\"公厕\", \"公共厕所\"", "\"公厕\", \"公厕\"", "\"公厕\"", "is there twice"),
    slip("categories.toml", "code = \"other\",", "code = \"rest\",", "# Categories", "one with the code `other`"),
    slip("categories.toml", "class = \"general\", kind", "kind", "code = \"cityscape\"", "needs `class`"),
    slip("duties.toml", "\"transport.bikes\"", "\"transport.bike\"", "transport.bike\"", "no category is called `transport.bike`"),
    slip("duties.toml", "fallback = \"street-office\"", "fallback = \"street-ofice\"", "street-ofice", "no function of a duty"),
    slip("duties.toml", "level    = \"property\"", "level = \"tower\"", "tower", "cannot be `tower`"),
    slip("duties.toml", "\"labour.medical\"", "\"labour.*\"", "labour.*\"\nfunction = \"medical", "is there already"),
    slip("duties.toml", "basis    = \"税收征收管理法 第5条\"\n", "", "[[duty]]\ncategory = \"other.tax\"", "needs `basis`"),
    slip("duties.toml", "[\"neighbour.*\",", "[\"neighbor.*\",", "neighbor.*", "no category is called `neighbor`"),
    slip("duties.toml", "\"commerce.*\", \"transport.*\"", "\"property.*\"", "never   =", "is there already"),
    slip("texts.toml", "en = \"Your sign-in", "#", "[login_code]", "needs `en`"),
    slip("texts.toml", "登录验证码 {code}", "登录验证码 {name}", "[login_code]", "{name}"),
    slip("texts.toml", " Follow it here: {link}", "", "[received]", "other placeholders"),
    slip("knowledge.toml", "category = \"neighbour.noise\"", "category = \"neighbour.song\"", "neighbour.song", "no category is called"),
    slip("knowledge.toml", "review   = 2027-06-30", "review   = \"soon\"", "review   =", "a day"),
    slip("fields.toml", "reply     = [\"matter\", \"act\"]", "reply     = [\"mater\"]", "\"mater\"", "cannot be `mater`"),
    slip("replies.toml", "\"维修\", ", "\"感谢您\", ", "\"感谢您\", \"修复\"", "tells of no act"),
    slip("replies.toml", "\"您好\", ", "\"尊敬的\", ", "\"尊敬的\", \"尊敬的\"", "is there already"),
    slip("replies.toml", "{category}", "{name}", "ask = ", "cannot be told {name}"),
    slip("replies.toml", "[assistant]", "[helper]", "[helper]", "no key `helper`"),
    slip("danger.toml", "line = \"122\"", "line = \"911\"", "line = \"911", "no emergency line is called `911`"),
    slip("texts.toml", "[told]", "[told", "[told", "not TOML"),
    slip("calendar.toml", "[\"sat\", \"sun\"]", "[\"sat\", \"someday\"]", "someday", "someday"),
    slip(REQUEST, "[\"sign\"]", "[\"sing\"]", "\"sing\"", "no step is called `sing`"),
    slip(REQUEST, "\"role:dispatcher\"", "\"role:boss\"", "role:boss", "no role is called `boss`"),
];

impl Slip {
    fn make(&self, files: &mut Files) {
        let text = files.get_mut(self.file).unwrap();
        assert!(text.contains(self.from), "{} no longer has {:?}", self.file, self.from);
        *text = text.replacen(self.from, self.to, 1);
    }

    fn assert_blamed(&self, files: &Files, problems: &[Problem]) {
        let at = files[self.blamed].find(self.line_of);
        let at = at.unwrap_or_else(|| panic!("{} no longer has {:?}", self.blamed, self.line_of));
        let line = files[self.blamed][..at].matches('\n').count() + 1;
        let is_it = |problem: &Problem| {
            problem.file == self.blamed && problem.line == line && problem.reason.contains(self.reason)
        };
        assert!(
            problems.iter().any(is_it),
            "{:?} instead of {:?} gives no {:?} at {}:{line}, but:\n{}",
            self.to,
            self.from,
            self.reason,
            self.blamed,
            told(problems)
        );
    }
}

#[test]
fn every_slip_is_refused_in_its_place() {
    for slip in SLIPS {
        let mut files = files();
        slip.make(&mut files);
        let problems = Pack::load(&files).unwrap_err();
        slip.assert_blamed(&files, &problems);
    }
}

#[test]
fn all_slips_are_told_at_once() {
    let mut files = files();
    let reasons = ["30 minutes", "propety", "transport.bike", "cannot be `Q`", "{name}", "no step", "someday"];
    let slips = SLIPS
        .iter()
        .filter(|slip| reasons.iter().any(|reason| slip.to.contains(reason) || slip.reason.contains(reason)));
    let slips: Vec<_> = slips.collect();
    assert!(slips.len() >= reasons.len());
    slips.iter().for_each(|slip| slip.make(&mut files));
    let problems = Pack::load(&files).unwrap_err();
    slips.iter().for_each(|slip| slip.assert_blamed(&files, &problems));
    assert!(problems.is_sorted_by_key(|problem| (problem.file.clone(), problem.line)), "{}", told(&problems));
}

#[test]
fn a_file_that_is_gone_is_missed_where_it_is_named() {
    for file in ["limits.toml", "fields.toml", "categories.toml", "duties.toml", "texts.toml", "calendar.toml", REQUEST]
    {
        let mut files = files();
        files.remove(file).unwrap();
        let problems = Pack::load(&files).unwrap_err();
        assert_eq!(problems.len(), 1, "only what is missing is blamed: {}", told(&problems));
        let line = files["pack.toml"].lines().position(|line| line.contains(&format!("\"{file}\""))).unwrap() + 1;
        assert_eq!((problems[0].file.as_str(), problems[0].line), ("pack.toml", line));
    }
    assert_eq!(Pack::load(&Files::new()).unwrap_err().len(), 1);
}

/// What hangs on something broken is not blamed for it.
#[test]
fn one_slip_is_told_once() {
    let slips = [
        ("fields.toml", "kind    = \"choice\"", "kind = \"list\""),
        ("fields.toml", "minutes = 0.1", "minutes = \"short\""),
        ("fields.toml", "max_chars = 200", "max_chars = 0"),
        ("fields.toml", "max     = 8", "max = -8"),
        ("categories.toml", "[kinds]", "[[kinds]]"),
        ("limits.toml", "[triage]", "[triage"),
        ("duties.toml", "category = \"cityscape.*\"", ""),
    ];
    for (file, from, to) in slips {
        let mut files = files();
        slip(file, from, to, "", "").make(&mut files);
        let problems = Pack::load(&files).unwrap_err();
        assert_eq!((problems.len(), problems[0].file.as_str()), (1, file), "{}", told(&problems));
    }
}

#[test]
fn the_default_pack_says_what_its_files_say() {
    let pack = pack();
    assert_eq!((pack.id.as_str(), pack.in_force.to_string()), ("cn", "2026-01-01".to_owned()));
    let flows: Vec<&str> = pack.flows().iter().map(|flow| flow.id()).collect();
    assert_eq!(flows, ["request", "callback", "rights"]);
    assert_eq!(pack.flow("request").unwrap().title().en, "Service request");
    assert_eq!(pack.role("desk-head").unwrap().title.en, "Head of the desk");

    let promise = |class| pack.limit("promise", class).unwrap().to_string();
    assert_eq!((promise(None), promise(Some("urgent")), promise(Some("new"))), ("7d".into(), "2h".into(), "7d".into()));
    assert_eq!(pack.limit("triage", Some("urgent")).unwrap().to_string(), "30m");
    assert_eq!(pack.limit("nothing", None), None);
    assert_eq!(pack.limit_rule("promise").unwrap().mark, Mark::Excerpt);

    let days = pack.field("extend_days").unwrap();
    assert_eq!((days.min, days.max, days.max_chars), (Some(1), Some(15), None));
    assert_eq!(pack.fields()[0].name, "class", "in the order of the file");
    assert_eq!(pack.text("login_code").unwrap().placeholders().count(), 2);
}

#[test]
fn a_category_inherits_what_it_does_not_say() {
    let pack = pack();
    let water = pack.category("utility.water").unwrap();
    assert_eq!((water.class.as_str(), water.kind.as_str()), ("utility", "help"));
    assert_eq!(water.label, pack.category("utility").unwrap().label);
    assert_eq!(pack.category("utility.lighting").unwrap().class, "general", "its own");
    let tops: Vec<_> = pack.children(None).map(|category| category.code.as_str()).collect();
    assert_eq!((tops.first(), tops.last()), (Some(&"cityscape"), Some(&"other")));
    for category in pack.categories() {
        let listed = pack.children(category.parent.as_deref()).any(|child| child == category);
        assert!(listed, "{} is no child of its parent", category.code);
        assert!(pack.kinds().iter().any(|(kind, _)| *kind == category.kind));
    }
}

#[test]
fn the_longest_match_of_the_duty_list_leads() {
    let pack = pack();
    let function = |category: &str| pack.duty(category).function.clone();
    assert_eq!(function("environment.water"), "environment", "the subtree");
    assert_eq!(function("environment.noise.trade"), "urban-management", "the longer subtree");
    assert_eq!(function("environment.noise"), "urban-management", "a subtree has its root");
    assert_eq!(function("cityscape.rubbish"), "sanitation", "the category alone");
    assert_eq!(function("cityscape.rubbishy"), "urban-management", "a longer word is another category");
    assert_eq!(function("other.tax.more"), "street-office", "a category alone has nothing below it");
    assert_eq!((function("nonsense"), pack.duty("nonsense").basis.clone()), ("street-office".to_owned(), None));
    assert_eq!(pack.duty("neighbour.noise").level, Carrier::Community);
    assert_eq!(pack.duty("neighbour.noise").basis.as_ref().unwrap().mark, Mark::Unconfirmed);

    assert_eq!(pack.community_part("neighbour.leak"), Part::Leads);
    assert_eq!(pack.community_part("utility.water"), Part::Assists);
    assert_eq!(pack.community_part("labour.wages"), Part::Never);
    assert_eq!((pack.community_part("other"), pack.community_part("other.tax")), (Part::Assists, Part::Never));
    assert_eq!(pack.community_part("safety.residence"), Part::Unlisted);
    assert_eq!(pack.community_rule().mark, Mark::Law);
}

#[test]
fn another_content_has_another_digest() {
    let digest = pack().digest();
    assert_eq!(digest, pack().digest());
    let mut files = files();
    files.get_mut("texts.toml").unwrap().push('#');
    assert_ne!(digest, Pack::load(&files).unwrap().digest());
    assert!(!files.keys().any(|path| path.starts_with("demo")), "what is beside the rules is no part of them");
    let error = read_dir(Path::new("no/such/pack")).unwrap_err();
    assert!(error.to_string().starts_with("no/such/pack: "), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is cut out of a pack, it is read, or refused with places that are there.
    #[test]
    fn a_damaged_pack_never_panics(which in any::<prop::sample::Index>(), from in any::<prop::sample::Index>(), length in 1..200usize) {
        let mut files = files();
        let paths: Vec<String> = files.keys().cloned().collect();
        let text = files.get_mut(which.get(&paths)).unwrap();
        let chars: Vec<char> = text.chars().collect();
        let from = from.index(chars.len());
        *text = chars.iter().take(from).chain(chars.iter().skip(from + length)).collect();
        if let Err(problems) = Pack::load(&files) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                let lines = files[&problem.file].lines().count();
                prop_assert!((1..=lines + 1).contains(&problem.line), "{problem}");
            }
        }
    }

    /// A text is filled in once: what people wrote is never read as a placeholder.
    #[test]
    fn an_argument_is_never_filled_in_itself(before in "[^{}]{0,9}", title in ".{0,20}", unit in ".{0,20}", after in "[^{}]{0,9}") {
        let text = Text { zh: format!("{before}{{title}}{{unit}}{{due}}{after}"), en: String::new() };
        let filled = fill(&text, "zh-CN", &[("title", &title), ("unit", &unit)]);
        prop_assert_eq!(filled, format!("{before}{title}{unit}{{due}}{after}"));
    }
}

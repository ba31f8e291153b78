//! Broken flows: each is refused at its line, with its reason.

use std::collections::BTreeMap;

use linli_flow::{FieldKind, Problem, World, load};

/// A small sound flow; each case below spoils one line of it.
const FLOW: &str = r#"id = "small"
title = { zh = "Z", en = "Small" }
start = ["look"]
counters = ["tries"]
[clock.whole]
title = { zh = "Z", en = "Whole" }
within = "limit.promise"
late = { 100 = "escalate:role:head" }
[step.look]
title = { zh = "Z", en = "Look" }
owner = "role:desk"
within = "2h"
late = { 80 = "remind:owner", 100 = "escalate:role:head" }
[step.look.act.split]
title = { zh = "Z", en = "Split" }
form = ["unit", "units?"]
opens = ["work", "parts"]
tell = { zh = "{unit}", en = "Sent to {unit}" }
[step.look.act.wait]
title = { zh = "Z", en = "Wait" }
form = ["day"]
opens = ["pause"]
[step.work]
title = { zh = "Z", en = "Work" }
owner = "case.unit"
within = "5wd"
late = { 100 = "escalate:role:head" }
[step.work.act.done]
title = { zh = "Z", en = "Done" }
opens = ["check"]
[step.parts]
title = { zh = "Z", en = "Parts" }
owner = "case.units"
each = true
within = "1d"
late = { 100 = "escalate:role:head" }
[step.parts.act.deliver]
title = { zh = "Z", en = "Deliver" }
opens = ["check"]
[step.check]
title = { zh = "Z", en = "Check" }
owner = "role:head"
waits = ["work", "parts"]
within = "1d"
late = { 100 = "escalate:role:head" }
[step.check.act.fine]
title = { zh = "Z", en = "Fine" }
ends = "done"
[step.check.act.again]
title = { zh = "Z", en = "Again" }
when = "tries < 2 and kind == 'road'"
why = { zh = "Z", en = "Tried twice" }
counts = ["tries"]
renews = { whole = "3d" }
opens = ["look"]
[step.pause]
title = { zh = "Z", en = "Pause" }
owner = "case.unit"
until = "day"
late = { 100 = "do:resume" }
[step.pause.act.resume]
title = { zh = "Z", en = "Resume" }
by = ["system"]
opens = ["look"]
[side.note]
title = { zh = "Z", en = "Note" }
by = ["case.reporter"]
during = ["look", "work"]
form = ["words"]
late = ["remind:owner"]
[cancel.stop]
title = { zh = "Z", en = "Stop" }
by = ["case.reporter"]
cancels = "all"
ends = "done"
[outcome]
done = { zh = "Z", en = "Done" }
"#;

/// Loads the flow with one line replaced (0: with none), and gives what is wrong.
fn problems(line: usize, with: &str) -> Vec<Problem> {
    let mut lines: Vec<&str> = FLOW.lines().collect();
    if line > 0 {
        lines[line - 1] = with;
    }
    let choice = FieldKind::Choice(vec!["road".to_owned(), "light".to_owned()]);
    let kinds = [
        ("unit", FieldKind::Org),
        ("units", FieldKind::Orgs),
        ("day", FieldKind::Date),
        ("days", FieldKind::Number),
        ("words", FieldKind::Text),
        ("kind", choice),
    ];
    let fields: BTreeMap<String, FieldKind> = kinds.map(|(name, kind)| (name.to_owned(), kind)).into();
    let (roles, limits) = (["desk".to_owned(), "head".to_owned()], ["promise".to_owned()]);
    let world = World { roles: &roles, limits: &limits, fields: &fields };
    load("small.toml", &lines.join("\n"), &world).err().unwrap_or_default()
}

#[test]
fn the_flow_itself_is_sound() {
    assert_eq!(problems(0, ""), []);
}

#[test]
fn each_fault_is_refused_at_its_line() {
    // The line that is replaced, with what, the line of the complaint, and a part of it.
    let table = [
        (1, "id = ", 1, "not TOML"),
        (1, "", 1, "needs `id`"),
        (2, "title = \"Small\"", 2, "has to be a table"),
        (2, "title = { zh = 'Z', en = '' }", 2, "in both languages"),
        (3, "start = []", 1, "needs `start`"),
        (3, "start = ['lok']", 3, "no step is called `lok`: there is check, look,"),
        (3, "start = ['check']", 3, "cannot begin at `check`"),
        (4, "counter = ['tries']", 4, "has no key `counter`"),
        (7, "within = 'limit.promis'", 7, "no limit is called `promis`"),
        (8, "", 5, "clock `whole` needs an escalation"),
        (8, "late = { 100 = 'do:split' }", 5, "clock `whole` cannot do `split`"),
        (9, "[step.Look]", 9, "`Look` is not a name"),
        (10, "", 9, "needs `title`"),
        (11, "owner = 'role:dsk'", 11, "no role is called `dsk`: the pack has desk, head"),
        (11, "owner = 'desk'", 11, "`desk` is nobody"),
        (11, "owner = 'case.words'", 11, "has to be of kind org"),
        (12, "within = '2 hours'", 12, "is not a limit"),
        (12, "", 9, "needs a clock"),
        (12, "until = 'words'", 12, "has to be of kind date"),
        (
            12,
            "within = '2h'\napart = { from = ['lunch'], why = { zh = 'Z', en = 'No' } }",
            13,
            "no step is called `lunch`",
        ),
        (12, "within = '2h'\napart = { from = [], why = { zh = 'Z', en = 'No' } }", 13, "`apart` needs `from`"),
        (12, "within = '2h'\napart = { from = ['check'] }", 13, "needs `why`"),
        (13, "late = { 80 = 'remind:owner' }", 9, "step `look` needs an escalation"),
        (13, "late = { 100 = 'remind:owner' }", 9, "step `look` needs an escalation"),
        (13, "late = { half = 'remind:owner' }", 13, "`half` is not a level"),
        (13, "late = { 100 = 'shout:owner' }", 13, "`shout:owner` is not a deed"),
        (13, "late = { 100 = 'escalate:role:king' }", 13, "no role is called `king`"),
        (13, "late = { 100 = 'do:jump' }", 9, "has no act `jump`"),
        (13, "late = { 100 = 'do:wait' }", 19, "`system` is not in its `by`"),
        (16, "form = ['unit', 'units?', 'colour']", 16, "no field is called `colour`"),
        (16, "form = ['unit', 'unit?']", 16, "asks twice for `unit`"),
        (17, "opens = ['work', 'parts', 'lunch']", 17, "no step is called `lunch`"),
        (17, "opens = []", 14, "has to lead on"),
        (17, "opens = ['work', 'check']", 14, "`check`, which does not wait for `look`"),
        (18, "tell = { zh = '{unti}', en = 'Sent' }", 18, "`{unti}` is not a field"),
        (21, "extends = { whole = 'days' }", 19, "extends by `days`, which no form asks for"),
        (21, "extends = { half = 'days' }", 21, "no clock with a limit is called `half`"),
        (30, "opens = ['look']", 40, "waits for `work`, no act of which opens it"),
        (33, "owner = 'role:desk'", 31, "has to be a field of kind orgs"),
        (39, "ends = 'done'", 37, "needs the same `opens`"),
        (43, "waits = ['work']", 40, "at least two"),
        (48, "ends = 'won'", 48, "no outcome is called `won`: there is done"),
        (48, "ends = 'done'\nwhen = 'tries > 0'\nwhy = { zh = 'Z', en = 'No' }", 40, "needs an act without `when`"),
        (51, "when = 'tries <'", 51, "at character 8: expected a number"),
        (51, "when = 'tires < 2'", 51, "`tires` is neither"),
        (51, "when = \"kind == 'rode'\"", 51, "none of the choices of `kind`: road, light"),
        (51, "when = \"tries == 'two'\"", 51, "compare it with a number"),
        (52, "", 51, "needs `why`"),
        (53, "counts = ['trials']", 53, "no counter is called `trials`"),
        (63, "", 61, "`late` does `resume`, but `system`"),
        (60, "late = { 100 = 'escalate:role:head' }", 61, "for the system alone"),
        (68, "during = ['look', 'walk']", 68, "no step is called `walk`"),
        (70, "late = ['do:split']", 65, "side `note` cannot do"),
        (73, "", 71, "needs `by`"),
        (74, "cancels = ['works']", 74, "no step is called `works`"),
    ];
    for (line, with, at, part) in table {
        let found = problems(line, with);
        let is_it = |problem: &Problem| problem.line == at && problem.reason.contains(part);
        assert!(found.iter().any(is_it), "line {line} as `{with}`: {found:#?}");
    }
}

#[test]
fn each_unsound_flow_is_refused_with_the_way_there() {
    let table = [
        (17, "opens = ['work', 'work', 'parts']", 14, "opens `work` while it is open", "start > look.split"),
        (17, "opens = ['work']", 28, "nothing open, with a token from `work`", "start > look.split > work.done"),
        (
            17,
            "opens = ['work', 'parts', 'pause']",
            14,
            "opens `work` while it is open",
            "start > look.split > pause.resume > look.split",
        ),
        (
            30,
            "opens = ['check', 'pause']",
            46,
            "leaves `pause` open behind",
            "start > look.split [none in parts] > work.done > check.fine",
        ),
        (64, "opens = ['pause']", 19, "`pause` open, from where", "start > look.wait"),
        (74, "cancels = ['work']", 71, "ends the case, but leaves `look` open behind", "start > cancel.stop"),
        (22, "opens = ['look']", 56, "step `pause` can never be reached", ""),
    ];
    for (line, with, at, part, trace) in table {
        let found = problems(line, with);
        let is_it = |problem: &Problem| {
            problem.line == at && problem.reason.contains(part) && problem.trace.join(" > ") == trace
        };
        assert!(found.iter().any(is_it), "line {line} as `{with}`: {found:#?}");
    }
}

#[test]
fn a_problem_reads_as_file_line_reason_and_way() {
    let shown = problems(64, "opens = ['pause']")[0].to_string();
    assert!(shown.starts_with("small.toml:19: look.wait leads to"), "{shown}");
    assert!(shown.ends_with("(start > look.wait)"), "{shown}");
}

/// A flow that forks into many steps and joins them.
fn wide(count: usize, each: &str) -> Vec<Problem> {
    let mut flow = String::from("id = 'wide'\ntitle = { zh = 'Z', en = 'Wide' }\nstart = ['fork']\n");
    let names: Vec<String> = (0..count).map(|i| format!("s{i}")).collect();
    let list = |names: &[String]| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let step = |name: &str, kind: &str, leads: &str| {
        format!(
            "[step.{name}]\ntitle = {{ zh = 'Z', en = 'Z' }}\nwithin = '1d'\n{kind}\n\
             late = {{ 100 = 'escalate:case.reporter' }}\n\
             [step.{name}.act.go]\ntitle = {{ zh = 'Z', en = 'Z' }}\n{leads}\n"
        )
    };
    let one = "owner = 'case.reporter'";
    flow += &step("fork", one, &format!("form = ['orgs']\nopens = [{}]", list(&names)));
    for name in &names {
        flow += &step(name, each, "opens = ['join']");
    }
    flow += &step("join", &format!("{one}\nwaits = [{}]", list(&names)), "ends = 'over'");
    flow += "[outcome]\nover = { zh = 'Z', en = 'Over' }\n";
    let fields = BTreeMap::from([("orgs".to_owned(), FieldKind::Orgs)]);
    load("wide.toml", &flow, &World { roles: &[], limits: &[], fields: &fields }).err().unwrap_or_default()
}

#[test]
fn too_many_states_are_refused_plainly() {
    for (count, kind) in [(17, "owner = 'case.reporter'"), (40, "owner = 'case.orgs'\neach = true")] {
        let problems = wide(count, kind);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].reason.contains("more than 20000 states"), "{problems:?}");
    }
}

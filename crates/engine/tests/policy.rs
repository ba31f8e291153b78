//! The policy: its whole truth table as a snapshot, and what must never be in it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{fmt::Write as _, path::Path};

use linli_engine::{
    ids::{AccountId, SeatId},
    policy::{self, Action, Reach, Relation, Resource, Subject, Table},
    seats::{Role, Seat},
};
use linli_worktime::Millis;

type Cell = (Subject, Relation, Action, Resource);

fn allowed() -> Vec<Cell> {
    let mut cells = Vec::new();
    for subject in Subject::all() {
        for relation in Relation::ALL {
            for action in Action::ALL {
                cells.extend(Resource::ALL.iter().map(|resource| (subject, *relation, *action, *resource)));
            }
        }
    }
    cells.retain(|(subject, relation, action, resource)| policy::allows(*subject, *relation, *action, *resource));
    cells
}

fn staff(subject: Subject) -> Option<Role> {
    if let Subject::Staff(role) = subject { Some(role) } else { None }
}

#[test]
fn the_truth_table_is_as_recorded() {
    let cells = allowed();
    let mut text = String::from("# Everything that the policy allows: subject, relation, action, resource.\n");
    for subject in Subject::all() {
        let own: Vec<_> = cells.iter().filter(|cell| cell.0 == subject).collect();
        writeln!(text, "\n{subject}: {}", own.len()).unwrap();
        for (_, relation, action, resource) in own {
            writeln!(text, "  {relation:9} {action:7} {resource}").unwrap();
        }
    }
    writeln!(text, "\nall: {}", cells.len()).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy.txt");
    if std::env::var_os("LINLI_BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let recorded = std::fs::read_to_string(&file).unwrap_or_default();
    let gone = recorded.lines().find(|line| !text.lines().any(|l| l == *line));
    let new = text.lines().find(|line| !recorded.lines().any(|l| l == *line));
    assert!(
        recorded == text,
        "what the policy allows is not what {} records (first gone: {gone:?}, first new: {new:?}); if it is meant, run \
         LINLI_BLESS=1 cargo test -p linli-engine --test policy, and commit the file",
        file.display()
    );
}

#[test]
fn administrators_see_no_case_and_keep_apart() {
    let about_people =
        [Resource::Case, Resource::Attachment, Resource::Inbox, Resource::Search, Resource::Notice, Resource::OwnCases];
    let (mut edits, mut count) = (Vec::new(), 0);
    for (subject, relation, action, resource) in allowed() {
        if !staff(subject).is_some_and(Role::is_admin) {
            assert_ne!(action, Action::Edit, "{subject} edits {resource}");
            continue;
        }
        count += 1;
        assert_eq!(relation, Relation::None);
        assert!(!about_people.contains(&resource), "{subject} may {action} {resource}");
        if action == Action::Edit {
            assert_ne!(subject, Subject::Staff(Role::AdminAudit), "the auditor edits {resource}");
            edits.push(resource);
        }
    }
    let number = edits.len();
    edits.sort();
    edits.dedup();
    assert!(count > 0 && edits.contains(&Resource::Seat) && edits.contains(&Resource::Account));
    assert_eq!(edits.len(), number, "two administrators edit the same");
}

#[test]
fn nobody_reaches_a_case_without_standing_to_it() {
    for (subject, relation, action, resource) in allowed() {
        let case = matches!(resource, Resource::Case | Resource::Attachment | Resource::Inbox | Resource::Search);
        if case && action != Action::File {
            let fits = match subject {
                Subject::Anyone => relation == Relation::Code,
                Subject::Resident => matches!(relation, Relation::Code | Relation::Reporter),
                Subject::Staff(Role::Handler) => relation == Relation::Unit,
                Subject::Staff(_) => relation == Relation::Scope,
            };
            assert!(fits, "{subject} by {relation} may {action} {resource}");
        }
        let sees = matches!(action, Action::See | Action::List);
        assert!(sees || subject != Subject::Staff(Role::Leader), "a leader may {action} {resource}");
    }
}

#[test]
fn a_list_is_cut_down_to_what_the_seat_reaches() {
    let (org, place) = ("water-office".parse().unwrap(), "110101001".parse().unwrap());
    let (id, account) = (SeatId([1; 16]), AccountId([2; 16]));
    let mut seat = Seat { id, account, org, role: Role::Handler, place, from: Millis(0), until: None, cover: None };
    for role in Role::ALL {
        seat.role = *role;
        let expected = match role {
            Role::Handler => Some(Reach::Unit(seat.org.clone())),
            role if role.is_admin() => None,
            _ => Some(Reach::Places(vec![seat.place.clone()])),
        };
        assert_eq!(policy::reach(&seat, Action::List, Resource::Case), expected, "{role}");
        let acts = expected.filter(|_| *role != Role::Leader);
        assert_eq!(policy::reach(&seat, Action::Act, Resource::Case), acts, "{role}");
    }
}

#[test]
fn words_that_nobody_knows_are_refused_with_their_line() {
    policy::check().unwrap();
    let good = "[[rule]]\nwho = [\"desk\"]\nby = [\"scope\"]\nmay = [\"see\"]\non = [\"case\"]\n";
    assert!(good.parse::<Table>().unwrap().allows(Role::Desk.into(), Relation::Scope, Action::See, Resource::Case));
    let spoilt = [
        ("desk", "dsek", 2),
        ("scope", "scop", 3),
        ("see", "read", 4),
        ("case", "cases", 5),
        ("may", "might", 4),
        ("[\"case\"]", "\"case\"", 5),
    ];
    for (word, wrong, line) in spoilt {
        let refused = good.replace(word, wrong).parse::<Table>().unwrap_err().to_string();
        assert!(refused.contains(&format!("line {line}")) && refused.contains(wrong), "{refused}");
    }
    assert_ne!(good.parse::<Table>().unwrap(), "rule = []".parse::<Table>().unwrap());
}

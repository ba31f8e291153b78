//! What may be answered, from the list of routes, the policy table and what the world was told of who is what to whom:
//! nothing here is copied from what the program did.

use axum::http::Method;
use linli::web::{
    Needs,
    routes::{Route, may_somewhere},
};
use linli_engine::policy::{self, Action, Resource, Subject};

use super::{
    doors::{Behind, Door},
    people::Person,
    world::{For, World},
};

/// How an answer is told in the matrix: `+` something is there, `-` nothing is, `?` sign in first (a page), `!` sign in
/// first, `x` not allowed, `0` not understood, `m` not so, `5` the program broke.
pub fn sort(status: u16, to: &str) -> char {
    match status {
        303 if to.contains("/signin?next=") => '?',
        200..=399 | 409 | 413 | 415 | 422 | 429 => '+',
        400 => '0',
        401 => '!',
        403 => 'x',
        404 => '-',
        405 => 'm',
        _ => '5',
    }
}

/// Whether somebody passes the gate of a route; if not, what they are told.
pub fn gate(person: &Person, route: &Route) -> Result<(), char> {
    let api = route.path.starts_with("/api/");
    // A token counts for programs only; on a page whoever brings one is nobody.
    let program = person.scopes.is_some();
    if program && api {
        if person.dead {
            return Err('!');
        }
        let scope = route.api.as_ref().and_then(|operation| operation.scope);
        if scope.is_some_and(|scope| !person.scopes.as_ref().is_some_and(|has| has.has(scope))) {
            return Err('x');
        }
    }
    let seat = person.seat.as_ref().filter(|_| api || !program);
    let signed_in = seat.is_some() || person.person.is_some();
    let passes = match route.needs {
        Needs::Nobody => true,
        Needs::Resident => person.person.is_some(),
        Needs::Staff => seat.is_some(),
        Needs::Seat(action, resource) => seat.is_some_and(|s| may_somewhere(Subject::Staff(s.role), action, resource)),
    };
    match passes {
        true => Ok(()),
        false if signed_in => Err('-'),
        false if route.method == Method::GET && !api => Err('?'),
        false => Err('!'),
    }
}

/// Whether somebody may do this to a case.
fn may(world: &World, person: &Person, case: usize, action: Action, resource: Resource) -> bool {
    let relations = person.relations(&world.cases[case]);
    relations.iter().any(|relation| policy::allows(person.subject(), *relation, action, resource))
}

/// Whether this is a door to a case for whoever brought it: staff have doors of their own.
fn resident_door(route: &Route) -> bool {
    route.path.starts_with("/c/") || route.path.starts_with("/api/v1/requests/")
}

/// Whether somebody reaches what stands behind a door. They have passed the gate.
pub fn reaches(world: &World, person: &Person, route: &Route, door: &Door) -> bool {
    match door.behind {
        Behind::Page | Behind::Shared => true,
        Behind::Nothing | Behind::Bent => false,
        // There are only calls that were put off, and their callers are called, not looked up.
        Behind::Case(case) if route.path.starts_with("/desk/calls/") && !world.cases[case].unit.is_empty() => false,
        Behind::Case(case) if about_caller(route) && world.cases[case].unit.is_empty() => false,
        Behind::Case(case) => {
            let staff = person.seat.is_some() && (person.scopes.is_none() || route.path.starts_with("/api/"));
            if resident_door(route) {
                return !staff && may(world, person, case, Action::See, Resource::Case);
            }
            let see = may(world, person, case, Action::See, Resource::Case);
            match route.needs {
                // A seat that files calls has to see the case, as everybody.
                Needs::Seat(Action::File, _) => see,
                Needs::Seat(_, Resource::Caller) => see && opens_vault(world, person, case),
                Needs::Seat(action, resource) => see && may(world, person, case, action, resource),
                _ => (staff || person.seat.is_none()) && may(world, person, case, Action::See, Resource::Attachment),
            }
        }
        Behind::Thing(what, whose) => {
            let owner = world.person(whose);
            let (own, theirs) = (person.seat.as_ref(), owner.seat.as_ref());
            match what {
                // Whoever has the same role where the places meet takes over.
                "handover" => own.zip(theirs).is_some_and(|(own, theirs)| {
                    own.role == theirs.role && (own.place.covers(&theirs.place) || theirs.place.covers(&own.place))
                }),
                // What is not one's unit's is not deleted, and whether it was there is not said.
                "phrase" => true,
                _ => own.zip(theirs).is_some_and(|(own, theirs)| own.account == theirs.account),
            }
        }
    }
}

/// Whether somebody may be shown who brought a case. Firms and social organisations never are, nor is whoever handles a
/// case of somebody who asked for silence.
fn opens_vault(world: &World, person: &Person, case: usize) -> bool {
    use linli_engine::directory::OrgKind::{Community, Government, Party};
    let (directory, Some(seat)) = (world.engine.directory(), &person.seat) else { return false };
    let office = directory.org(seat.org.as_str()).is_some_and(|org| matches!(org.kind, Government | Party | Community));
    let told = !(world.cases[case].silent && seat.role.handles());
    office && told && may(world, person, case, Action::See, Resource::Caller)
}

/// The answers that a door may give, in the letters of [`sort`].
pub fn expected(world: &World, person: &Person, route: &Route, door: &Door) -> String {
    if let Err(told) = gate(person, route) {
        // What cannot be an address is not looked at, whoever asks.
        return told.to_string();
    }
    if route.path.starts_with("/demo") {
        return "-".into();
    }
    // Whoever brings neither code nor session is asked for one, whatever is there.
    let asks = route.path.starts_with("/api/v1/requests/{") && person.person.is_none() && person.code.is_none();
    let asks = asks || (route.path.starts_with("/api/v1/attachments") && *person.subject().as_str() == *"anyone");
    if asks {
        return if door.behind == Behind::Bent { "!-0" } else { "!" }.into();
    }
    let reads = route.method == Method::GET;
    // Ending what is not there is done already.
    let ends = ["/end", "/revoke", "/delete"].iter().any(|deed| route.path.ends_with(deed));
    // A case is there, and no act of that name is possible now.
    let not_now = route.path.ends_with("{act}")
        && reaches(world, person, route, &Door { behind: Behind::Case(0), ..door.clone() });
    match door.behind {
        Behind::Nothing | Behind::Bent if ends => "+-0".into(),
        Behind::Bent if not_now => "+-0".into(),
        Behind::Bent => "-0".into(),
        Behind::Nothing => "-".into(),
        _ if !reaches(world, person, route, door) => "-".into(),
        // A page that is asked about the other street may say that there is nothing.
        Behind::Page if reads && door.path.contains('?') => "+0-".into(),
        Behind::Page if reads => "+0".into(),
        Behind::Page => "+0x-!".into(),
        // Merging is a page where the flow has it now.
        _ if reads && route.path.ends_with("/merge") => "+-".into(),
        _ if reads => "+".into(),
        _ => "+0x".into(),
    }
}

/// Whether a route is about who brought a case.
fn about_caller(route: &Route) -> bool {
    route.path.ends_with("/caller") || route.path.ends_with("/ring")
}

/// Whether somebody may read a planted word in an answer of this route.
pub fn may_read(world: &World, person: &Person, route: &Route, readers: &For) -> bool {
    let program = person.scopes.is_some() && !route.path.starts_with("/api/");
    if program || person.dead {
        return false;
    }
    match readers {
        For::Case(case) => may(world, person, *case, Action::See, Resource::Case),
        For::Vault(case) => {
            let brought = person.person == Some(world.cases[*case].by) || person.code == Some(*case);
            let opens = route.path.ends_with("/caller") && route.method == Method::POST;
            let dials = route.path.ends_with("/dial") && route.method == Method::POST;
            brought
                || opens && opens_vault(world, person, *case)
                || dials && may(world, person, *case, Action::Act, Resource::Case)
        }
        For::Staff(street) => {
            let place = person.seat.as_ref().map(|seat| seat.place.as_str());
            person.administers() || place.is_some_and(|at| at.starts_with(street) || street.starts_with(at))
        }
        For::Units(units) => person.works_for(units),
        For::Office(units) => person.works_for(units) || person.administers(),
    }
}

//! The request flow of the default pack: it is sound, and it goes the ways that its rules describe.

mod world;

use linli_flow::{Case, Command, Deed, Event, FormProblem, Instance, Refusal, Timed, Value, clock_facts, decide, draw};
use world::{Play, actor, list, request};

#[test]
fn it_is_sound() {
    let def = request();
    assert_eq!(def.id(), "request");
    assert!(def.step("review").is_some_and(|step| step.waits == ["handle", "parts"]));
}

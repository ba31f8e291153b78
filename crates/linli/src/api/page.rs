//! The page that explains the API with lines to copy and lets one try it; and the pages of the kinds of problems.

use askama::Template;
use axum::extract::{Path, State};

use super::openapi::GROUPS;
use crate::web::{
    App, Ctx, Fault, Page, Reply,
    operation::{Body, Operation},
    page::show,
    problem::KINDS,
    routes::Route,
};

/// An operation as the page shows it.
struct Shown {
    name: &'static str,
    method: String,
    path: &'static str,
    title: String,
    scope: Option<&'static str>,
    coded: bool,
    takes_json: bool,
    takes_files: bool,
    /// A body to begin with.
    sample: &'static str,
    /// The names in the path.
    names: Vec<&'static str>,
}

struct Group {
    name: &'static str,
    title: String,
    operations: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "api/page.html")]
struct ApiPage {
    page: Page,
    groups: Vec<Group>,
    scopes: Vec<(&'static str, String)>,
    problems: Vec<(&'static str, String)>,
    signed_in: Option<String>,
}

/// `GET /api`.
pub async fn page(State(app): State<App>, ctx: Ctx) -> Reply {
    let page = Page::titled(&ctx, "api-title");
    let routes = app.process.routes.get().map_or(&[][..], Vec::as_slice);
    let group = |name: &'static str| Group {
        name,
        title: page.t(&format!("api-group-{name}")),
        operations: routes.iter().filter_map(|route| shown(&page, route, name)).collect(),
    };
    let scopes =
        linli_engine::tokens::Scope::ALL.iter().map(|scope| (scope.as_str(), scope_words(&page, scope.as_str())));
    show(&ApiPage {
        groups: GROUPS.into_iter().map(group).collect(),
        scopes: scopes.collect(),
        problems: KINDS.iter().map(|kind| (*kind, page.t(&format!("problem-{kind}")))).collect(),
        signed_in: page.seat(),
        page,
    })
}

/// What a scope allows, in words.
fn scope_words(page: &Page, scope: &str) -> String {
    page.t(&format!("scope-{}", scope.replace(':', "-")))
}

fn shown(page: &Page, route: &Route, group: &str) -> Option<Shown> {
    let operation: &Operation = route.api.as_ref().filter(|operation| operation.group == group)?;
    let sample = match operation.name {
        "file-request" => r#"{ "body": "The lamp at building 3 is dark.", "place": "990101001001001003" }"#,
        "act-on-case" | "act-on-request" => r#"{ "way": "side", "act": "note", "form": { "note": "Seen." } }"#,
        "write-to-case" | "write-to-request" => r#"{ "text": "We come at five." }"#,
        _ => "",
    };
    Some(Shown {
        name: operation.name,
        method: route.method.to_string(),
        path: route.path,
        title: page.t(&format!("api-op-{}", operation.name)),
        scope: operation.scope.map(|scope| scope.as_str()),
        coded: operation.coded,
        takes_json: matches!(operation.takes, Body::Json(_)),
        takes_files: matches!(operation.takes, Body::Files),
        sample,
        names: route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect(),
    })
}

#[derive(Template)]
#[template(path = "api/problem.html")]
struct ProblemPage {
    page: Page,
    kind: &'static str,
    help: String,
}

/// `GET /api/problems/{kind}`.
pub async fn problem(ctx: Ctx, Path(kind): Path<String>) -> Reply {
    let kind = KINDS.into_iter().find(|known| *known == kind).ok_or_else(Fault::not_found)?;
    let page = Page::titled(&ctx, &format!("problem-{kind}"));
    let help = page.t(&format!("problem-{kind}-help"));
    show(&ProblemPage { page, kind, help })
}

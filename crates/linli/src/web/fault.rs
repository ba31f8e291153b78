//! When something cannot be done: the right status, and what happened, what is kept and what to do, in the reader's
//! language.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use linli_engine::{
    cases::{CaseError, FieldProblem},
    db::DbError,
    directory::LeadError,
};
use linli_flow::{FormProblem, Refusal};

use super::{
    Ctx, Page,
    i18n::{Lang, has, text},
    problem::{self, FieldError},
};

/// What a handler answers.
pub type Reply = Result<Response, Fault>;

/// Why a request was not done.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The HTTP status.
    pub status: StatusCode,
    /// The text key of what happened.
    pub key: &'static str,
    /// The arguments of the text.
    pub args: Vec<(&'static str, String)>,
    /// What the rule pack says about it.
    pub said: Option<linli_flow::Text>,
    /// What is wrong with single fields, for programs.
    pub errors: Vec<FieldError>,
}

impl Fault {
    /// A fault without arguments.
    pub fn new(status: StatusCode, key: &'static str) -> Self {
        Self { status, key, args: Vec::new(), said: None, errors: Vec::new() }
    }

    /// With an argument.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// There is no such page, or not for this reader.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "fault-not-found")
    }

    /// The sentence.
    pub fn words(&self, lang: Lang) -> String {
        match &self.said {
            Some(said) => said.get(lang.code()).to_owned(),
            None => {
                // A field of a report is known by its code; the reader knows it by its name.
                let named = |name: &str, value: &str| {
                    let key = format!("field-name-{value}");
                    if name == "field" && has(lang, &key) { text(lang, &key, &[]) } else { value.to_owned() }
                };
                let args: Vec<_> = self.args.iter().map(|(n, v)| (*n, named(n, v).into())).collect();
                text(lang, self.key, &args)
            }
        }
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        tracing::error!(error = linli_engine::chain(&error), "the database failed");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "fault-database")
    }
}

impl From<CaseError> for Fault {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Db(error) => error.into(),
            CaseError::NotFound => Self::not_found(),
            CaseError::NotYours(_) => Self::new(StatusCode::FORBIDDEN, "fault-not-yours"),
            CaseError::Refused(refusal) => refusal.into(),
            CaseError::Lead(error) => error.into(),
            CaseError::Field { field, problem } => {
                let key = match problem {
                    FieldProblem::Missing => "field-missing",
                    FieldProblem::TooLong(_) => "field-too-long",
                    FieldProblem::Unknown => "field-unknown",
                    FieldProblem::Closed => "join-closed",
                    FieldProblem::Far => "join-far",
                };
                let most = if let FieldProblem::TooLong(most) = problem { most.to_string() } else { String::new() };
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, key).with("field", field).with("most", most)
            }
            CaseError::StillOpen(numbers) => {
                Self::new(StatusCode::CONFLICT, "fault-still-open").with("numbers", numbers.join(", "))
            }
            CaseError::KeyUsed => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "fault-key-used"),
            CaseError::NoRules(rules) => {
                tracing::error!(rules, "the rules of a case are not loaded");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "fault-no-rules")
            }
        }
    }
}

impl From<LeadError> for Fault {
    fn from(error: LeadError) -> Self {
        let (key, org) = match &error {
            LeadError::Unknown(org) => ("fault-unit-unknown", org.clone()),
            LeadError::Elsewhere(org) => ("fault-unit-elsewhere", org.to_string()),
            LeadError::AssistsOnly(org) => ("fault-unit-assists", org.to_string()),
            LeadError::NotItsDuty(org) => ("fault-unit-not-its-duty", org.to_string()),
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, key).with("unit", org)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let conflict = |key| Self::new(StatusCode::CONFLICT, key);
        match refusal {
            Refusal::Closed { by, at, .. } => {
                conflict("fault-already-done").with("role", by.role.unwrap_or(by.kind)).with("at", at.0.to_string())
            }
            Refusal::Stale { .. } => conflict("fault-stale"),
            Refusal::NotOpen { .. } | Refusal::NotDuring { .. } | Refusal::AlreadyFired { .. } => {
                conflict("fault-not-now")
            }
            Refusal::Ended { .. } | Refusal::ClockStopped { .. } => conflict("fault-ended"),
            Refusal::AlreadyOpened | Refusal::NotOpened => conflict("fault-not-now"),
            Refusal::Unknown { .. } | Refusal::Foreign { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "fault-unknown-act")
            }
            Refusal::Guard { why, .. } => Self { said: Some(why), ..conflict("fault-not-now") },
            Refusal::Form { field, problem } => {
                let key = match problem {
                    FormProblem::Missing => "field-missing",
                    FormProblem::NotAChoice => "field-not-a-choice",
                    FormProblem::NotADate => "field-not-a-date",
                    FormProblem::Twice => "field-twice",
                    FormProblem::WrongType | FormProblem::NotInForm => "field-unknown",
                };
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, key).with("field", field).with("most", "")
            }
        }
    }
}

impl IntoResponse for Fault {
    /// A bare answer that carries the fault; `render` makes the page in the reader's language.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "web/fault.html")]
struct FaultPage {
    page: Page,
    words: String,
    status: u16,
}

/// Gives a fault its page (or, under `/api/`, its JSON).
pub fn render(ctx: &Ctx, response: Response) -> Response {
    let known = response.extensions().get::<Fault>().cloned();
    let fault = match (known, response.status()) {
        (Some(fault), _) => fault,
        (None, StatusCode::UNSUPPORTED_MEDIA_TYPE) => {
            Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "fault-media-type")
        }
        (None, StatusCode::NOT_FOUND) if !is_html(&response) => Fault::not_found(),
        // An answer that is a page already says it itself.
        (None, _) if is_html(&response) => return response,
        (None, StatusCode::METHOD_NOT_ALLOWED) => Fault::new(StatusCode::METHOD_NOT_ALLOWED, "fault-method"),
        (None, StatusCode::PAYLOAD_TOO_LARGE) => Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large"),
        (None, StatusCode::FORBIDDEN) => Fault::new(StatusCode::FORBIDDEN, "fault-cross-site"),
        (None, status) if status.is_client_error() => Fault::new(status, "fault-malformed"),
        (None, status) if status.is_server_error() && ctx.path.starts_with("/api/") => {
            Fault::new(status, "fault-broken")
        }
        _ => return response,
    };
    // The pages below `/api/` are for people, and are found.
    if ctx.path.starts_with("/api/") {
        return problem::answer(ctx, &fault, &response);
    }
    let words = fault.words(ctx.lang);
    let title = if fault.status == StatusCode::NOT_FOUND { "fault-title-404" } else { "fault-title" };
    let page = Page::titled(ctx, title);
    let html = FaultPage { page, words, status: fault.status.as_u16() }.render().unwrap_or_default();
    (fault.status, Html(html)).into_response()
}

fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(axum::http::header::CONTENT_TYPE);
    kind.is_some_and(|k| k.as_bytes().starts_with(b"text/html") || k.as_bytes().starts_with(b"application/json"))
}

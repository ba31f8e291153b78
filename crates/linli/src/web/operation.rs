//! What a route of the API is for, for whoever writes a program: from this and from the types of the bodies the description
//! (`/api/openapi.json`) is made, so it cannot differ from the routes.

use axum::http::StatusCode;
use linli_engine::tokens::Scope;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// The schema of a type.
pub type Shape = fn(&mut SchemaGenerator) -> Schema;

fn shape<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What goes in or comes out.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// Nothing.
    Nothing,
    /// JSON of this shape.
    Json(Shape),
    /// A form with files (in), or a file (out).
    Files,
}

/// A route, described. Its words are the texts `api-op-NAME` and `api-op-NAME-lead`.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// What it belongs to: `cases`, `requests`, `feed`, `directory`, `me`.
    pub group: &'static str,
    /// What a token needs for it; nothing where anybody may call it.
    pub scope: Option<Scope>,
    /// The shape of the query.
    pub query: Option<Shape>,
    /// What goes in.
    pub takes: Body,
    /// What comes out.
    pub gives: Body,
    /// The status when all is well.
    pub status: StatusCode,
    /// Whether the key of a deed belongs to it.
    pub once: bool,
    /// Whether a tracking code may open it.
    pub coded: bool,
}

impl Operation {
    /// One that gives nothing yet.
    pub fn new(group: &'static str, name: &'static str) -> Self {
        Self {
            name,
            group,
            scope: None,
            query: None,
            takes: Body::Nothing,
            gives: Body::Nothing,
            status: StatusCode::OK,
            once: false,
            coded: false,
        }
    }

    /// A token needs this scope.
    #[must_use]
    pub fn scope(self, scope: Scope) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// With a query.
    #[must_use]
    pub fn asks<T: JsonSchema>(self) -> Self {
        Self { query: Some(shape::<T>), ..self }
    }

    /// Takes JSON, with the key of a deed.
    #[must_use]
    pub fn takes<T: JsonSchema>(self) -> Self {
        Self { takes: Body::Json(shape::<T>), once: true, ..self }
    }

    /// Takes files, with the key of a deed.
    #[must_use]
    pub fn takes_files(self) -> Self {
        Self { takes: Body::Files, once: true, ..self }
    }

    /// Gives JSON.
    #[must_use]
    pub fn gives<T: JsonSchema>(self) -> Self {
        Self { gives: Body::Json(shape::<T>), ..self }
    }

    /// Gives a file.
    #[must_use]
    pub fn gives_file(self) -> Self {
        Self { gives: Body::Files, ..self }
    }

    /// Answers 201.
    #[must_use]
    pub fn creates(self) -> Self {
        Self { status: StatusCode::CREATED, ..self }
    }

    /// A tracking code opens it.
    #[must_use]
    pub fn coded(self) -> Self {
        Self { coded: true, ..self }
    }
}

//! The description of the API (OpenAPI 3.1), made of the routes and of the types of their bodies: it cannot differ from
//! them. A test compares it with the committed `docs/openapi.json`.

use std::collections::BTreeMap;

use axum::{Json, extract::State, response::IntoResponse};
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::caller::CODE;
use crate::web::{
    App, Ctx, Reply,
    i18n::{Lang, text},
    operation::{Body, Operation},
    problem::Problem,
    routes::{Needs, Route},
};

/// `GET /api/openapi.json`.
pub async fn serve(State(app): State<App>, ctx: Ctx) -> Reply {
    let routes = app.process.routes.get().map_or(&[][..], Vec::as_slice);
    Ok(Json(document(routes, ctx.lang)).into_response())
}

/// The description of these routes.
pub fn document(routes: &[Route], lang: Lang) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| {
        s.definitions_path = "/components/schemas".into();
        s.meta_schema = None;
    });
    let mut shapes = settings.into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes {
        if let Some(operation) = &route.api {
            let method = route.method.as_str().to_ascii_lowercase();
            paths.entry(route.path).or_default().insert(method, describe(route, operation, &mut shapes, lang));
        }
    }
    let problem = shapes.subschema_for::<Problem>();
    let schemas = shapes.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Linli",
            "version": "1",
            "description": text(lang, "api-about", &[]),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": GROUPS.map(|group| json!({ "name": group, "description": text(lang, &format!("api-group-{group}"), &[]) })),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": { "Problem": {
                "description": text(lang, "api-problem", &[]),
                "content": { "application/problem+json": { "schema": problem } },
            } },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": text(lang, "api-token", &[]) },
                "session": { "type": "apiKey", "in": "cookie", "name": "linli_session", "description": text(lang, "api-session", &[]) },
                "code": { "type": "apiKey", "in": "header", "name": "Tracking-Code", "description": text(lang, "api-code", &[]) },
            },
        },
    })
}

/// The groups of operations, in the order in which they are shown.
pub const GROUPS: [&str; 5] = ["requests", "cases", "feed", "directory", "me"];

fn describe(route: &Route, operation: &Operation, shapes: &mut SchemaGenerator, lang: Lang) -> Value {
    let mut described = json!({
        "operationId": operation.name,
        "tags": [operation.group],
        "summary": text(lang, &format!("api-op-{}", operation.name), &[]),
        "parameters": parameters(route, operation, shapes),
        "responses": responses(route, operation, shapes, lang),
        "security": security(route, operation),
    });
    let body = match operation.takes {
        Body::Nothing => return described,
        Body::Json(shape) => {
            json!({ "required": true, "content": { "application/json": { "schema": shape(shapes) } } })
        }
        Body::Files => {
            let file = json!({ "type": "array", "minItems": 1, "maxItems": linli_engine::limits::UPLOADS,
                "items": { "type": "string", "contentMediaType": "application/octet-stream" } });
            let schema = json!({ "type": "object", "required": ["files"], "properties": { "files": file } });
            json!({ "required": true, "content": { "multipart/form-data": { "schema": schema } } })
        }
    };
    described["requestBody"] = body;
    described
}

fn security(route: &Route, operation: &Operation) -> Value {
    let scopes: Vec<&str> = operation.scope.iter().map(|scope| scope.as_str()).collect();
    // OpenAPI 3.1 lets the roles of any scheme stand here.
    let mut ways = vec![json!({ "token": scopes })];
    match route.needs {
        Needs::Nobody if operation.coded => {
            // A token of a desk reads files; a request is followed by whoever brought it.
            ways.retain(|_| operation.scope.is_some());
            ways.extend([json!({ "code": [] }), json!({ "session": [] })]);
        }
        Needs::Nobody => ways.push(json!({})),
        _ => ways.push(json!({ "session": [] })),
    }
    Value::Array(ways)
}

fn parameters(route: &Route, operation: &Operation, shapes: &mut SchemaGenerator) -> Value {
    let mut all = Vec::new();
    for name in route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let schema = match name {
            "jurisdiction" => json!({ "type": "string", "pattern": "^[0-9]{9}$" }),
            "number" => json!({ "type": "string", "pattern": "^[0-9]{6}-[0-9]{5,}$" }),
            _ => json!({ "type": "string", "minLength": 1 }),
        };
        all.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    if let Some(query) = operation.query {
        let reference = query(shapes);
        for (name, schema) in properties(&reference.to_value(), shapes) {
            all.push(json!({ "name": name, "in": "query", "required": false, "schema": plain(schema) }));
        }
    }
    if operation.once {
        let schema = json!({ "type": "string", "pattern": "^[A-Za-z0-9_.:-]{8,120}$" });
        all.push(json!({ "name": "Idempotency-Key", "in": "header", "required": false, "schema": schema }));
    }
    if operation.coded {
        let schema = json!({ "type": "string", "pattern": "^[0-9A-Za-z]{12}$" });
        all.push(json!({ "name": "Tracking-Code", "in": "header", "required": false, "schema": schema }));
    }
    Value::Array(all)
}

/// The properties of a named shape. It is no body, so its name goes out of the list again.
fn properties(reference: &Value, shapes: &mut SchemaGenerator) -> Map<String, Value> {
    let name = reference["$ref"].as_str().and_then(|r| r.rsplit('/').next()).unwrap_or_default().to_owned();
    let shape = shapes.definitions_mut().remove(&name).unwrap_or_default();
    shape["properties"].as_object().cloned().unwrap_or_default()
}

/// A parameter is there or not; it is never null.
fn plain(mut schema: Value) -> Value {
    if let Some(kinds) = schema.get("type").and_then(Value::as_array) {
        let kind = kinds.iter().find(|kind| *kind != "null").cloned();
        schema["type"] = kind.unwrap_or_default();
    }
    if let Some(ways) = schema.get("anyOf").and_then(Value::as_array).cloned() {
        let way = ways.into_iter().find(|way| way["type"] != "null").unwrap_or_default();
        let description = schema.get("description").cloned();
        schema = way;
        if let Some(description) = description {
            schema["description"] = description;
        }
    }
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("default");
    }
    schema
}

fn responses(route: &Route, operation: &Operation, shapes: &mut SchemaGenerator, lang: Lang) -> Value {
    let mut all = Map::new();
    let good = text(lang, "api-good", &[]);
    let body = match operation.gives {
        Body::Nothing => json!({ "description": good }),
        Body::Json(shape) => {
            json!({ "description": good, "content": { "application/json": { "schema": shape(shapes) } } })
        }
        Body::Files => {
            let file = json!({ "schema": { "type": "string", "contentMediaType": "application/octet-stream" } });
            let kinds = ["image/jpeg", "image/png", "application/pdf"];
            json!({ "description": good, "content": kinds.map(|kind| (kind.to_owned(), file.clone())).into_iter().collect::<Map<_, _>>() })
        }
    };
    all.insert(operation.status.as_str().to_owned(), body);
    for status in refusals(route, operation) {
        all.insert(status.to_string(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    Value::Object(all)
}

/// The statuses with which an operation may refuse.
fn refusals(route: &Route, operation: &Operation) -> Vec<u16> {
    let mut all = vec![400, 401, 403, 429, 500, 503];
    // Who may not see something is told that it is not there.
    if route.path.contains('{') || route.needs != Needs::Nobody {
        all.push(404);
    }
    if !matches!(operation.takes, Body::Nothing) {
        all.extend([409, 413, 415, 422]);
    }
    all.sort_unstable();
    all
}

/// The header that holds a tracking code, as it is written in the description.
const _: () = assert!(CODE.len() == "Tracking-Code".len());

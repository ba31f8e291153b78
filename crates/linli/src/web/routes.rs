//! Routes with what each needs: the router refuses who may not pass before a handler runs, and a test walks the list.

use axum::{
    Extension, Router,
    extract::Request,
    handler::Handler,
    http::{Method, StatusCode},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use linli_engine::{
    policy::{self, Action, Relation, Resource, Subject},
    tokens::Scope,
};

use super::{App, Ctx, Fault, ctx::Who, operation::Operation, page::go};

/// What a route needs of whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nobody,
    /// A resident who signed in.
    Resident,
    /// A member of staff, any.
    Staff,
    /// A member of staff whose seat may do this somewhere; the engine then looks at the case.
    Seat(Action, Resource),
}

/// A route.
#[derive(Clone, Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{names}`.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// What it is for, where it is for programs.
    pub api: Option<Operation>,
}

/// The routes of a capability.
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    list: Vec<Route>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Route { method: Method::GET, path, needs, api: None }, MethodFilter::GET, handler)
    }

    /// A deed.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Route { method: Method::POST, path, needs, api: None }, MethodFilter::POST, handler)
    }

    /// Something that programs read.
    #[must_use]
    pub fn reads<H, T>(self, path: &'static str, needs: Needs, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Route { method: Method::GET, path, needs, api: Some(operation) }, MethodFilter::GET, handler)
    }

    /// Something that programs do.
    #[must_use]
    pub fn does<H, T>(self, path: &'static str, needs: Needs, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Route { method: Method::POST, path, needs, api: Some(operation) }, MethodFilter::POST, handler)
    }

    fn add<H, T>(mut self, route: Route, filter: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let (needs, scope) = (route.needs, route.api.as_ref().and_then(|operation| operation.scope));
        let guard = move |ctx: Extension<Ctx>, request: Request, next: Next| guard(needs, scope, ctx, request, next);
        self.router = self.router.route(route.path, on(filter, handler).route_layer(from_fn(guard)));
        self.list.push(route);
        self
    }

    /// With the routes of another capability.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }

    /// The router and the list of its routes.
    pub fn into_parts(self) -> (Router<App>, Vec<Route>) {
        (self.router, self.list)
    }
}

/// Whether a seat's role may do this to anything at all.
pub fn may_somewhere(subject: Subject, action: Action, resource: Resource) -> bool {
    Relation::ALL.iter().any(|relation| policy::allows(subject, *relation, action, resource))
}

async fn guard(
    needs: Needs,
    scope: Option<Scope>,
    Extension(ctx): Extension<Ctx>,
    request: Request,
    next: Next,
) -> Response {
    if let (Some(pass), Some(scope)) = (&ctx.pass, scope)
        && !pass.scopes.has(scope)
    {
        return Fault::new(StatusCode::FORBIDDEN, "fault-scope").with("scope", scope.as_str()).into_response();
    }
    let passes = match (needs, &ctx.who) {
        (Needs::Nobody, _) | (Needs::Resident, Who::Resident(_)) | (Needs::Staff, Who::Staff { .. }) => true,
        (Needs::Seat(action, resource), Who::Staff { seat, .. }) => {
            may_somewhere(Subject::Staff(seat.role), action, resource)
        }
        _ => false,
    };
    if let (Needs::Staff | Needs::Seat(..), Some((page, fault))) = (needs, ctx.first())
        && !ctx.path.starts_with(page)
    {
        return match *request.method() {
            Method::GET if !ctx.path.starts_with("/api/") => go(page),
            _ => Fault::new(StatusCode::FORBIDDEN, fault).into_response(),
        };
    }
    if passes {
        return next.run(request).await;
    }
    let get = request.method() == Method::GET && !ctx.path.starts_with("/api/");
    let back: String = percent(&ctx.path);
    match (needs, &ctx.who) {
        // Whoever has not signed in is asked to; whoever has is told that there is nothing here for them.
        (Needs::Resident, Who::Anyone) if get => go(&format!("/signin?next={back}")),
        (Needs::Staff | Needs::Seat(..), Who::Anyone) if get => go(&format!("/desk/signin?next={back}")),
        (_, Who::Anyone) => Fault::new(StatusCode::UNAUTHORIZED, "fault-sign-in").into_response(),
        _ => Fault::not_found().into_response(),
    }
}

/// A text inside an address.
pub fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

use crate::web::Routes;

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new()
}

//! The description of the REST interface, for programs and to browse.

use axum::Router;

use super::Http;

pub fn routes() -> Router<Http> {
    Router::new()
}

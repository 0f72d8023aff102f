//! The page `/docs`. Swagger UI comes with a page of its own, which leaves out landmarks, names and contrast: ours loads the same
//! program and mends what it lacks.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use utoipa_swagger_ui::{Config, serve};

use crate::server::http::{Http, problem};

const PAGE: &str = include_str!("index.html");
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");
/// What the page loads of Swagger UI.
const PROGRAM: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

/// The page and what it loads.
pub fn routes() -> Router<Http> {
    Router::new()
        .route("/docs", get(async || Redirect::to("/docs/")))
        .route("/docs/", get(async || Html(PAGE)))
        .route("/docs/page.js", get(async || ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)))
        .route("/docs/page.css", get(async || ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)))
        .route("/docs/{file}", get(program))
}

async fn program(Path(name): Path<String>) -> Response {
    let is_loaded = PROGRAM.contains(&name.as_str());
    match serve(&name, Arc::new(Config::default())) {
        Ok(Some(file)) if is_loaded => ([(CONTENT_TYPE, file.content_type)], file.bytes).into_response(),
        _ => problem::nothing_here().into_response(),
    }
}

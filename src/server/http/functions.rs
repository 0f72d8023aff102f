//! Server functions: Leptos calls them, and this puts the status of their errors on the answer.

use std::collections::BTreeSet;

use any_spawner::Executor;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use leptos::prelude::provide_context;
use leptos::server_fn::axum::server_fn_paths;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use leptos_axum::handle_server_fns_with_context;

use super::problem::{self, Problem};
use super::{Http, origin};
use crate::api::error::ApiError;

/// Errors are short; whatever is longer is none of ours.
const LONGEST_ERROR: usize = 64 * 1024;

/// One route for each server function, so that an unknown one is simply not there.
pub fn routes(_: &Http) -> Router<Http> {
    // Leptos runs what it starts by itself on this; it is there already when a second router is made.
    let _ = Executor::init_tokio();
    let functions: BTreeSet<(&str, bool)> =
        server_fn_paths().map(|(path, method)| (path, method == Method::GET)).collect();
    functions.into_iter().fold(Router::new(), |router, (path, reads)| {
        let method = if reads { MethodFilter::GET } else { MethodFilter::POST };
        router.route(path, on(method, call))
    })
}

async fn call(State(http): State<Http>, request: Request) -> Response {
    if let Err(problem) = origin::check(&http.app.config, request.headers()) {
        return problem.into_response();
    }
    let app = http.app.clone();
    let response = handle_server_fns_with_context(move || provide_context(app.clone()), request).await.into_response();
    let mut response = with_status(response).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Leptos answers every error with 500; the error knows better.
async fn with_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR
        || !response.headers().contains_key(SERVER_FN_ERROR_HEADER)
    {
        return response;
    }
    let (parts, body) = response.into_parts();
    match error_of(body).await {
        Some(error) => {
            let mut response = Problem::from(error).into_response();
            if let Some(path) = parts.headers.get(SERVER_FN_ERROR_HEADER) {
                response.headers_mut().insert(SERVER_FN_ERROR_HEADER, path.clone());
            }
            response
        }
        None => problem::of_status(parts.status).into_response(),
    }
}

async fn error_of(body: Body) -> Option<ApiError> {
    let bytes = to_bytes(body, LONGEST_ERROR).await.ok()?;
    serde_json::from_slice(&bytes).ok()
}

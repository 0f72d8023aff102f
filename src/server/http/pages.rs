//! The three pages, made by the server and taken over in the browser.

use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::{ResponseOptions, render_app_to_stream_with_context};

use super::Http;
use super::security::page_policy;
use crate::app::document::shell;
use crate::app::{CallerApp, DeskApp, HomeApp, NothingHereApp};

/// The first page.
pub async fn home(State(http): State<Http>, request: Request) -> Response {
    render(http, "home", StatusCode::OK, || view! { <HomeApp /> }.into_any(), request).await
}

/// The caller's page.
pub async fn caller(State(http): State<Http>, Path(code): Path<String>, request: Request) -> Response {
    let app = move || view! { <CallerApp code=code.clone() /> }.into_any();
    render(http, "caller", StatusCode::OK, app, request).await
}

/// An agent's desk.
pub async fn desk(State(http): State<Http>, Path(agent): Path<String>, request: Request) -> Response {
    let app = move || view! { <DeskApp agent=agent.clone() /> }.into_any();
    render(http, "desk", StatusCode::OK, app, request).await
}

/// A page for an address that leads nowhere, with the files of the first page.
pub async fn nothing_here(http: Http, request: Request) -> Response {
    render(http, "home", StatusCode::NOT_FOUND, || view! { <NothingHereApp /> }.into_any(), request).await
}

async fn render(
    http: Http,
    name: &'static str,
    status: StatusCode,
    app: impl Fn() -> AnyView + Clone + Send + Sync + 'static,
    request: Request,
) -> Response {
    let files = http.site.page(name).await;
    let is_development = files.is_none();
    let options = leptos_options(is_development);
    let headers = request.headers().clone();
    let desk = http.app;
    let context = move || {
        provide_context(desk.clone());
        let response = expect_context::<ResponseOptions>();
        if status != StatusCode::OK {
            response.set_status(status);
        }
        let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        let policy = page_policy(&desk.config, &headers, &nonce, is_development);
        let policy = HeaderValue::try_from(policy).expect("a policy is made of checked parts");
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
        // A page shows what is so at this moment, and its nonce is for once.
        response.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    };
    let page = move || shell(app(), files.clone(), options.clone());
    render_app_to_stream_with_context(context, page)(request).await
}

/// What names and reloads the files while one develops; without meaning elsewhere.
fn leptos_options(is_development: bool) -> LeptosOptions {
    let configured = is_development.then(|| get_configuration(None).ok()).flatten();
    configured
        .map(|configuration| configuration.leptos_options)
        .filter(|options| !options.output_name.is_empty())
        .unwrap_or_else(|| LeptosOptions::builder().output_name("baton").build())
}

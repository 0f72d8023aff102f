//! What a page says when it is closed. A browser sends it when the page is gone, and nobody reads the answer.

use js_sys::{Object, Reflect};
use leptos::server_fn::ServerFn;
use serde::Serialize;
use wasm_bindgen::JsValue;
use web_sys::{RequestInit, window};

/// Asks a server function that takes JSON, with this desk's sign-in if there is one.
///
/// Source: [Fetch, keepalive](https://fetch.spec.whatwg.org/#request-keepalive-flag).
pub fn last_word<F: ServerFn + Serialize>(word: &F, token: Option<&str>) {
    // There is nobody left to tell when it fails: the media server notices by itself, some seconds later.
    let _ = send(F::PATH, word, token);
}

fn send(path: &str, word: &impl Serialize, token: Option<&str>) -> Result<(), JsValue> {
    let headers = Object::new();
    Reflect::set(&headers, &"content-type".into(), &"application/json".into())?;
    if let Some(token) = token {
        Reflect::set(&headers, &"authorization".into(), &format!("Bearer {token}").into())?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&serde_json::to_string(word).map_err(|error| error.to_string())?.into());
    Reflect::set(&init, &"keepalive".into(), &true.into())?;
    if let Some(window) = window() {
        let _ = window.fetch_with_str_and_init(path, &init);
    }
    Ok(())
}

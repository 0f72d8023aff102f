//! The browser's side of a caller's page for the server's build, which has no browser.

use baton_domain::ids::CallId;

use super::caller_trouble::BrowserTrouble;

/// See `caller_browser.rs`.
pub fn browser_trouble() -> Option<BrowserTrouble> {
    None
}

/// See `caller_browser.rs`.
pub fn kept_name() -> Option<String> {
    None
}

/// See `caller_browser.rs`.
pub fn keep_name(_: &str) {}

/// See `caller_browser.rs`.
pub fn kept_captions() -> bool {
    false
}

/// See `caller_browser.rs`.
pub fn keep_captions(_: bool) {}

/// See `caller_browser.rs`.
pub fn keep_left(_: CallId) {}

/// See `caller_browser.rs`.
pub fn has_left(_: CallId) -> bool {
    false
}

/// See `caller_browser.rs`.
pub fn new_join_key() -> String {
    String::new()
}

/// See `caller_browser.rs`.
pub fn page_address() -> String {
    String::new()
}

/// See `caller_browser.rs`.
pub fn copy(_: &str) {}

/// See `caller_browser.rs`.
pub fn reload() {}

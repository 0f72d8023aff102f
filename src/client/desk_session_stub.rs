//! The tab's memory for the server's build, where there is no tab.

/// See `desk_session.rs`.
pub fn token_of(_: &str) -> Option<String> {
    None
}

/// See `desk_session.rs`.
pub fn remember(_: &str, _: &str) {}

/// See `desk_session.rs`.
pub fn forget() {}

/// See `desk_session.rs`.
pub fn access_code() -> Option<String> {
    None
}

/// See `desk_session.rs`.
pub fn remember_access_code(_: Option<&str>) {}

/// See `desk_session.rs`.
pub fn wish(_: &str) -> Option<String> {
    None
}

/// See `desk_session.rs`.
pub fn keep_wish(_: &str, _: &str) {}

/// See `desk_session.rs`.
pub fn command_key() -> String {
    String::new()
}

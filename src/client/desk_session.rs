//! What a tab keeps by itself: its sign-in, and small wishes of the person at this computer.

use web_sys::Storage;

use super::random_hex::random_hex;
use crate::api::desk::{DESK_TOKEN_KEY, desk_token};

/// Whose sign-in the tab keeps: after a walk from one desk to another it is no longer the right one.
const DESK_AGENT_KEY: &str = "baton-desk-agent";
/// The code that was printed at start, so that a demo in the local network asks for it once per tab.
const ACCESS_CODE_KEY: &str = "baton-access-code";

/// This tab's sign-in as `agent`.
pub fn token_of(agent: &str) -> Option<String> {
    let owner = tab_storage()?.get_item(DESK_AGENT_KEY).ok()??;
    desk_token().filter(|_| owner == agent)
}

/// Keeps a sign-in for this tab.
pub fn remember(agent: &str, token: &str) {
    keep(tab_storage(), DESK_AGENT_KEY, agent);
    keep(tab_storage(), DESK_TOKEN_KEY, token);
}

/// Forgets it: the server knows it no more.
pub fn forget() {
    if let Some(storage) = tab_storage() {
        let _ = storage.remove_item(DESK_TOKEN_KEY);
        let _ = storage.remove_item(DESK_AGENT_KEY);
    }
}

/// The access code that worked before.
pub fn access_code() -> Option<String> {
    tab_storage()?.get_item(ACCESS_CODE_KEY).ok()?
}

/// Keeps an access code that worked, or drops one that does no more.
pub fn remember_access_code(code: Option<&str>) {
    match (code, tab_storage()) {
        (Some(code), storage) => keep(storage, ACCESS_CODE_KEY, code),
        (None, Some(storage)) => drop(storage.remove_item(ACCESS_CODE_KEY)),
        (None, None) => {}
    }
}

/// A wish of the person at this computer, for all tabs.
pub fn wish(key: &str) -> Option<String> {
    computer_storage()?.get_item(key).ok()?
}

/// Keeps a wish.
pub fn keep_wish(key: &str, value: &str) {
    keep(computer_storage(), key, value);
}

/// A key for one click, so that a request that is sent twice is carried out once. It only has to differ from the others
/// of its agent.
pub fn command_key() -> String {
    random_hex()
}

/// A browser that keeps nothing (blocked storage) still gets a desk; it only asks again after a reload.
fn keep(storage: Option<Storage>, key: &str, value: &str) {
    if let Some(storage) = storage {
        let _ = storage.set_item(key, value);
    }
}

fn tab_storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn computer_storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

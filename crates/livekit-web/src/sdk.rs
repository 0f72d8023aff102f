//! The SDK itself, which is bigger than many a page: it arrives when it is asked for, and not with the page.

use std::cell::{Cell, OnceCell};

use wasm_bindgen::JsCast;

use crate::error::{LiveKitError, LiveKitErrorKind};
use crate::log::LogLevel;
use crate::sys;

thread_local! {
    static SDK: OnceCell<sys::Sdk> = const { OnceCell::new() };
    static FAILURES: Cell<u32> = const { Cell::new(0) };
}

/// Fetches the SDK, unless it is there, and says how much it may write to the console. Without it there are no rooms and
/// no tracks. A failure may be tried again.
pub async fn load(level: LogLevel) -> Result<(), LiveKitError> {
    if SDK.with(|sdk| sdk.get().is_some()) {
        return Ok(());
    }
    let loaded = sys::load_sdk(&suffix()).await.map_err(|error| {
        FAILURES.set(FAILURES.get() + 1);
        LiveKitError::new(LiveKitErrorKind::SdkMissing, LiveKitError::from_js(&error).message())
    })?;
    SDK.with(|sdk| {
        let sdk: &sys::Sdk = sdk.get_or_init(|| loaded.unchecked_into());
        sdk.set_log_level(level.as_sdk());
    });
    Ok(())
}

/// What [`load`] brought.
pub(crate) fn get() -> Result<sys::Sdk, LiveKitError> {
    let not_loaded = || LiveKitError::new(LiveKitErrorKind::SdkMissing, "it was not loaded");
    SDK.with(|sdk| sdk.get().cloned()).ok_or_else(not_loaded)
}

/// Browsers remember that a module failed to arrive, so every further attempt needs an address of its own.
fn suffix() -> String {
    match FAILURES.get() {
        0 => String::new(),
        failures => format!("#{failures}"),
    }
}

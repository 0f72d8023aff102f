//! How much the SDK writes to the browser's console, and what this crate has to say there.

use wasm_bindgen::JsValue;
use web_sys::console;

/// The SDK's log levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Everything, media negotiation included.
    Debug,
    /// The SDK's default.
    Info,
    /// Only what went wrong or may go wrong.
    Warn,
    /// Only what went wrong.
    Error,
    /// Nothing.
    Silent,
}

impl LogLevel {
    pub(crate) fn as_sdk(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Silent => "silent",
        }
    }
}

pub(crate) fn warn(message: &str) {
    console::warn_1(&JsValue::from_str(message));
}

pub(crate) fn warn_with(message: &str, value: &JsValue) {
    console::warn_2(&JsValue::from_str(message), value);
}

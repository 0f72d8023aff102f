//! How much the SDK writes to the browser's console, and what this crate has to say there.

use wasm_bindgen::JsValue;
use web_sys::console;

use crate::sys;

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

/// Sets how much the SDK writes to the console, for every room of the page.
pub fn set_log_level(level: LogLevel) {
    sys::set_log_level(match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
        LogLevel::Silent => "silent",
    });
}

pub(crate) fn warn(message: &str) {
    console::warn_1(&JsValue::from_str(message));
}

pub(crate) fn warn_with(message: &str, value: &JsValue) {
    console::warn_2(&JsValue::from_str(message), value);
}

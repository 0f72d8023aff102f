//! Redaction from outside: what goes, what stays, and what comes back.

mod goes;
mod properties;
mod restores;
mod stays;

use baton_redaction::{Kinds, Redactor};

/// `text` as it would leave, from a call in which nothing else was said.
fn redacted(text: &str) -> String {
    Redactor::new(Kinds::ALL).redact(text).as_str().to_owned()
}

//! Logs: readable lines for people, or JSON for machines. What goes in never names a person, a secret or what was said.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use super::config::TelemetryConfig;

/// What is logged when `RUST_LOG` says nothing.
const USUAL: &str = "info,sqlx=warn,hyper=warn,tower_http=warn";

/// Begins to log, to the standard error stream.
pub fn init(config: &TelemetryConfig) {
    let filter =
        EnvFilter::try_new(config.filter.as_deref().unwrap_or(USUAL)).unwrap_or_else(|_| EnvFilter::new(USUAL));
    // The library logs what it cannot read of a model's answer, and that is what was said in a call.
    let filter = filter.add_directive("async_openai=off".parse().expect("a valid directive"));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE)
        // Whoever read along may be gone. To say on the same stream that nothing can be written there would panic, and end
        // whatever logs.
        .log_internal_errors(false);
    // A second subscriber, as when two tests of one process begin to log, changes nothing.
    let _ = if config.json {
        logs.json().flatten_event(true).try_init()
    } else {
        logs.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init()
    };
}

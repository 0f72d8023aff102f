//! The server's build never sends server functions; it only needs the name.

/// See `desk_client.rs`.
pub type DeskClient = leptos::server_fn::mock::BrowserMockClient;

//! How a page's event stream stands.

/// Whether the server's events arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamStatus {
    /// On the way, for the first time.
    #[default]
    Connecting,
    /// They arrive.
    Live,
    /// They did, and the page is trying again.
    Reconnecting,
}

//! Why a browser cannot make calls.

/// What stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrowserTrouble {
    /// It lacks what a call needs.
    Unsupported,
    /// The page came over plain http from another machine.
    Insecure,
}

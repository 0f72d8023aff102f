//! Speech that a party's own browser turns into text, where no server does.

use serde::{Deserialize, Serialize};

use crate::ids::SegmentId;

/// A page is asked to let its browser recognise what is said into its own microphone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserSpeech {
    /// The language that is spoken; `None` is the browser's own.
    pub language: Option<String>,
}

/// A line as a browser hears it, so far. Who says it is whoever sends it, and when is when it arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecognisedLine {
    /// The name of the room that it is said in.
    pub room: String,
    /// Which line: the same for all that is heard of it.
    pub id: SegmentId,
    /// What, so far.
    pub text: String,
    /// Whether this is what stays.
    pub is_final: bool,
}

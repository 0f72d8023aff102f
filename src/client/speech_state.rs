//! What a page knows about its browser's speech recognition: plain values, the same in the browser and on the server.

/// Where this page's person speaks, and in which language, while what they say is to become text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeechPlace {
    /// The name of the room.
    pub room: String,
    /// The language; `None` is the browser's own.
    pub language: Option<String>,
}

/// How it stands with recognising what is said here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpeechState {
    /// Nothing is to be recognised at this moment.
    #[default]
    Off,
    /// What is said is recognised.
    Listening,
    /// The browser cannot.
    Unsupported,
    /// The person or the browser said no.
    Refused,
    /// Not in this language.
    Language,
    /// Whoever does it for the browser cannot be reached; it is tried again.
    Unreachable,
}

impl SpeechState {
    /// What there is to say about it; empty while there is nothing to recognise.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Off => "",
            Self::Listening => "Your browser writes down what you say. It may send your voice to its maker for that.",
            Self::Unsupported => "This browser cannot write down what you say. Chrome, Edge and Safari can.",
            Self::Refused => "Your browser was told not to write down what you say.",
            Self::Language => "Your browser cannot write down this language.",
            Self::Unreachable => "What you say is not written down: your browser's service does not answer.",
        }
    }

    /// Whether words are missing from the transcript because of it.
    pub const fn is_trouble(self) -> bool {
        !matches!(self, Self::Off | Self::Listening)
    }
}

//! Why a file is not taken, and what of it people get to read.

use baton_transcription::{KINDS, Kind};

const MEGABYTE: u64 = 1024 * 1024;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum FileRefusal {
    /// Nobody is there who could transcribe it.
    #[error("no speech recognition is set up")]
    NoProvider,
    /// It has more bytes than this.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// So many it may have.
        limit: u64,
    },
    /// It is of no kind that can be read.
    #[error("the file is of no known kind")]
    UnknownKind,
    /// Too many of the same owner's are not done yet.
    #[error("{limit} files are not done yet")]
    TooManyFiles {
        /// So many there may be.
        limit: u32,
    },
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// The connection broke before all of it was there.
    #[error("the file was cut off")]
    Cut,
    /// Nothing more of it came.
    #[error("the file stopped to come")]
    Stalled,
    /// The folder it should go to.
    #[error("the file cannot be kept")]
    Spool(#[source] std::io::Error),
}

impl FileRefusal {
    /// Status, code and sentence; nothing for a mistake of ours.
    pub fn told(&self) -> Option<(u16, &'static str, String)> {
        Some(match self {
            Self::NoProvider => (
                503,
                "no_speech_recognition",
                "No speech recognition is set up. Whoever runs this desk sets DEEPGRAM_API_KEY, ASSEMBLYAI_API_KEY or \
                 BATON_TRANSCRIPTION_BASE_URL, or names groq or openai in BATON_TRANSCRIPTION."
                    .to_owned(),
            ),
            Self::TooLarge { limit } => {
                (413, "file_too_large", format!("The file is too large: at most {} MB.", limit / MEGABYTE))
            }
            Self::UnknownKind => (
                415,
                "unknown_file_type",
                format!("Send the file itself, with its Content-Type: one of {}.", usual_types()),
            ),
            Self::TooManyFiles { limit } => {
                (409, "too_many_files", format!("{limit} files are not done yet. Wait for one, or delete one."))
            }
            Self::Empty => (422, "empty_file", "The file is empty.".to_owned()),
            Self::Cut => (400, "upload_cut", "The file did not come whole. Send it again.".to_owned()),
            Self::Stalled => (408, "too_slow", "Nothing of the file came for half a minute. Send it again.".to_owned()),
            Self::Spool(_) => return None,
        })
    }
}

fn usual_types() -> String {
    KINDS.each_ref().map(Kind::media_type).join(", ")
}

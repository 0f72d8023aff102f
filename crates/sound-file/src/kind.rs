//! Which kinds of file there are.

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What names end with, without the dot.
    pub extension: &'static str,
    /// What it is called on the wire; the first is the usual one.
    pub media_types: &'static [&'static str],
}

/// All that can be read.
pub const KINDS: [Kind; 7] = [
    Kind { extension: "wav", media_types: &["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"] },
    Kind { extension: "mp3", media_types: &["audio/mpeg", "audio/mp3"] },
    Kind { extension: "m4a", media_types: &["audio/mp4", "audio/x-m4a", "audio/m4a", "video/mp4"] },
    Kind { extension: "aac", media_types: &["audio/aac", "audio/aacp"] },
    Kind { extension: "ogg", media_types: &["audio/ogg", "application/ogg", "audio/opus", "video/ogg"] },
    Kind { extension: "webm", media_types: &["audio/webm", "video/webm"] },
    Kind { extension: "flac", media_types: &["audio/flac", "audio/x-flac"] },
];

impl Kind {
    /// The kind that a `Content-Type` names, whatever parameters it has.
    pub fn of_media_type(media_type: &str) -> Option<&'static Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        KINDS.iter().find(|kind| kind.media_types.contains(&essence.as_str()))
    }

    /// The usual media type.
    pub fn media_type(&self) -> &'static str {
        self.media_types[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_media_type() {
        let extension = |media_type| Kind::of_media_type(media_type).map(|kind| kind.extension);
        assert_eq!(extension("audio/webm;codecs=opus"), Some("webm"));
        assert_eq!(extension(" Audio/X-WAV "), Some("wav"));
        assert_eq!(extension("audio/midi"), None);
        assert_eq!(extension(""), None);
    }

    #[test]
    fn no_media_type_means_two_kinds() {
        let mut all: Vec<_> = KINDS.iter().flat_map(|kind| kind.media_types).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}

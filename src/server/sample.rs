//! The demo's sample conversation: what is said, for how long, and the caller's own voice as it was recorded.

use livekit_participant::ogg::Clip;
use serde::Deserialize;

/// Written by the script that spoke the conversation.
const LISTING: &str = include_str!("../../public/audio/sample/conversation.json");

/// What the caller says, so that the server can say it without the folder of files for browsers.
const CALLER: [(&str, &[u8]); 7] = [
    ("/audio/sample/02-caller.ogg", include_bytes!("../../public/audio/sample/02-caller.ogg")),
    ("/audio/sample/04-caller.ogg", include_bytes!("../../public/audio/sample/04-caller.ogg")),
    ("/audio/sample/06-caller.ogg", include_bytes!("../../public/audio/sample/06-caller.ogg")),
    ("/audio/sample/08-caller.ogg", include_bytes!("../../public/audio/sample/08-caller.ogg")),
    ("/audio/sample/10-caller.ogg", include_bytes!("../../public/audio/sample/10-caller.ogg")),
    ("/audio/sample/12-caller.ogg", include_bytes!("../../public/audio/sample/12-caller.ogg")),
    ("/audio/sample/14-caller.ogg", include_bytes!("../../public/audio/sample/14-caller.ogg")),
];

/// One line of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SampleLine {
    /// Whose line it is.
    pub speaker: SampleSpeaker,
    /// What is said.
    pub text: String,
    /// Where browsers find the sound.
    pub file: String,
    /// How long it takes to say.
    pub duration_ms: u64,
}

/// Who speaks in the sample conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleSpeaker {
    /// The customer.
    Caller,
    /// Whoever answered.
    Agent,
}

/// The whole conversation.
pub fn lines() -> Vec<SampleLine> {
    serde_json::from_str(LISTING).expect("the listing is part of the program, and a test reads it")
}

/// The sound of one of the caller's lines.
pub fn caller_clip(file: &str) -> Option<Clip> {
    let (_, sound) = CALLER.iter().find(|(name, _)| *name == file)?;
    Some(Clip::read(*sound).expect("the sounds are part of the program, and a test reads them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The listing rounds, and files begin and end in the middle of a packet.
    const TOLERANCE_MS: u64 = 60;

    #[test]
    fn every_line_of_the_caller_has_its_sound() {
        let callers: Vec<SampleLine> =
            lines().into_iter().filter(|line| line.speaker == SampleSpeaker::Caller).collect();
        assert_eq!(callers.len(), CALLER.len());
        for line in callers {
            let clip = caller_clip(&line.file).unwrap_or_else(|| panic!("{} has no sound", line.file));
            let lasts_ms = clip.duration() / 48;
            assert!(lasts_ms.abs_diff(line.duration_ms) <= TOLERANCE_MS, "{} lasts {lasts_ms} ms", line.file);
        }
    }
}

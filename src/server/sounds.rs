//! What the server plays to callers on hold: the desk's own sounds, which are part of the program, and those that the
//! installation has in a folder.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;

use baton_domain::hold_music::SoundFile;
use baton_domain::ids::AgentId;
use livekit_participant::deck::{Deck, DeckError};
use livekit_participant::ogg::{Clip, ClipError};
use tracing::warn;

use super::error::chain;

const MUSIC: &[u8] = include_bytes!("../../public/audio/hold.ogg");
const RINGBACK: &[u8] = include_bytes!("../../public/audio/ringback.ogg");
const WAITING: &[u8] = include_bytes!("../../public/audio/comfort/waiting.ogg");
const CONNECTING: &[u8] = include_bytes!("../../public/audio/comfort/connecting.ogg");
/// The agents of the demo are called by their names.
const CONNECTING_TO: [(&str, &[u8]); 3] = [
    ("alice", include_bytes!("../../public/audio/comfort/alice.ogg")),
    ("bob", include_bytes!("../../public/audio/comfort/bob.ogg")),
    ("carla", include_bytes!("../../public/audio/comfort/carla.ogg")),
];

/// More than an hour of music; what is larger is no such thing, and would fill the memory.
const LARGEST_FILE: u64 = 32 << 20;

/// Why a sound of the installation cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// It is not there, or not readable.
    #[error("could not open the file")]
    Open(#[source] io::Error),
    /// It is no Ogg Opus.
    #[error("this is no Ogg Opus file")]
    Clip(#[from] ClipError),
    /// It cannot be faded.
    #[error("this music cannot be faded")]
    Deck(#[from] DeckError),
    /// The computer is ending.
    #[error("the file was not read to its end")]
    Cancelled,
}

/// The sounds that there are.
#[derive(Clone, Debug)]
pub struct Sounds {
    folder: PathBuf,
}

impl Sounds {
    /// The desk's own, and those in this folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The music of a line, or the desk's own when it has none that can be played: nobody waits in silence for a file.
    pub async fn music(&self, file: Option<&SoundFile>) -> Clip {
        let Some(file) = file else { return own(MUSIC) };
        self.find(file).await.unwrap_or_else(|error| {
            warn!(error = chain(&error), "The hold music {file} cannot be played: the desk's own is");
            own(MUSIC)
        })
    }

    /// What is heard while it rings.
    pub fn ringback(&self) -> Clip {
        own(RINGBACK)
    }

    /// What somebody on hold is told: in `comfort-<agent>.ogg` of the folder when they are being connected to that agent, else in
    /// `comfort-connecting.ogg`; and otherwise in `comfort-waiting.ogg`. Without such a file, by the desk's own voice.
    pub async fn comfort(&self, connecting_to: Option<&AgentId>) -> Clip {
        let Some(agent) = connecting_to else {
            return self.comfort_file("waiting").await.unwrap_or_else(|| own(WAITING));
        };
        if let Some(found) = self.comfort_file(agent.as_str()).await {
            return found;
        }
        if let Some(generic) = self.comfort_file("connecting").await {
            return generic;
        }
        own(CONNECTING_TO.iter().find(|(handle, _)| *handle == agent.as_str()).map_or(CONNECTING, |(_, sound)| sound))
    }

    async fn comfort_file(&self, name: &str) -> Option<Clip> {
        let file: SoundFile = format!("comfort-{name}.ogg").parse().ok()?;
        match self.find(&file).await {
            Ok(found) => Some(found),
            Err(SoundError::Open(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                warn!(error = chain(&error), "The comfort message {file} cannot be played: the desk's own is");
                None
            }
        }
    }

    /// A sound of the folder.
    pub async fn find(&self, file: &SoundFile) -> Result<Clip, SoundError> {
        let path = self.folder.join(file.as_str());
        let reading = tokio::task::spawn_blocking(move || {
            let file = File::open(path).map_err(SoundError::Open)?;
            let clip = Clip::read(BufReader::new(file.take(LARGEST_FILE)))?;
            Deck::new(&clip)?;
            Ok(clip)
        });
        reading.await.unwrap_or(Err(SoundError::Cancelled))
    }
}

fn own(sound: &'static [u8]) -> Clip {
    Clip::read(sound).expect("the sounds are part of the program, and a test reads them")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(agent: &str) -> AgentId {
        agent.parse().expect("a handle")
    }

    #[tokio::test]
    async fn the_desk_has_its_own_sounds_and_each_can_be_faded() {
        let nothing = Sounds::new(PathBuf::from("there-is-no-such-folder"));
        let missing: SoundFile = "missing.ogg".parse().expect("a name");
        let comfort = [None, Some(handle("bob")), Some(handle("zoe"))];
        let mut lengths = vec![nothing.music(None).await, nothing.music(Some(&missing)).await, nothing.ringback()];
        for agent in &comfort {
            lengths.push(nothing.comfort(agent.as_ref()).await);
        }
        for clip in &lengths {
            Deck::new(clip).expect("packets that can be made again");
        }
        let seconds: Vec<u64> = lengths.iter().map(|clip| clip.duration() / 48_000).collect();
        assert_eq!(seconds[0], seconds[1], "the desk's own in the place of what is missing");
        assert!((45..=60).contains(&seconds[0]) && (2..=5).contains(&seconds[2]), "{seconds:?}");
        assert!(seconds[3..].iter().all(|length| (1..=8).contains(length)), "{seconds:?}");
    }

    #[tokio::test]
    async fn the_installation_may_say_it_otherwise() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let sounds = Sounds::new(folder.path().to_owned());
        std::fs::write(folder.path().join("comfort-bob.ogg"), RINGBACK).expect("written");
        std::fs::write(folder.path().join("noise.ogg"), b"no music").expect("written");
        let bob = sounds.comfort(Some(&handle("bob"))).await;
        assert_eq!(bob.duration(), own(RINGBACK).duration());
        assert_ne!(sounds.comfort(Some(&handle("carla"))).await.duration(), bob.duration());
        let noise: SoundFile = "noise.ogg".parse().expect("a name");
        assert!(matches!(sounds.find(&noise).await, Err(SoundError::Clip(_))));
        assert_eq!(sounds.music(Some(&noise)).await.duration(), own(MUSIC).duration());
    }
}

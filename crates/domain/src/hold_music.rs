//! What the server plays to a caller who cannot play it themselves: on a phone, or by a program.
//!
//! A caller's page has its own music, which begins and ends without anybody's help. Whoever has no page is played the same
//! by somebody of ours in the call's room, who is heard by that caller alone, has no seat and no leg, and is waited for by
//! nobody.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::ids::{AgentId, LegId};
use crate::seat::{Party, Sound, seats};
use crate::time::Span;

/// The identity of whoever plays, in the call's room: no leg has such a one.
pub const PLAYER: &str = "music";

/// How often somebody on hold is spoken to, unless the line says otherwise.
pub const COMFORT_EVERY: Span = Span::seconds(30);

/// The shortest time between two comfort messages: one that comes more often is no comfort.
pub const COMFORT_AT_LEAST: Span = Span::seconds(10);

/// What a line plays to callers on hold who have no page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldMusic {
    /// Of the sounds that the installation has; `None` is the desk's own.
    pub file: Option<SoundFile>,
    /// How often they are told that nobody has forgotten them; `None` is never.
    pub comfort_every: Option<Span>,
}

impl Default for HoldMusic {
    fn default() -> Self {
        Self { file: None, comfort_every: Some(COMFORT_EVERY) }
    }
}

/// The name of a sound among those that the installation has: a name, and no way to anywhere else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SoundFile(String);

/// It is no name of a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A sound has a name like \"music.ogg\": letters, digits, \"-\", \"_\" and dots, and .ogg or .opus at the end.")]
pub struct InvalidSoundFile;

impl SoundFile {
    const LONGEST: usize = 100;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SoundFile {
    type Err = InvalidSoundFile;

    fn from_str(name: &str) -> Result<Self, InvalidSoundFile> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let stem = name.strip_suffix(".ogg").or_else(|| name.strip_suffix(".opus")).unwrap_or_default();
        let fits = name.len() <= Self::LONGEST && !stem.is_empty() && !stem.starts_with('.');
        if fits && name.bytes().all(is_plain) { Ok(Self(name.to_owned())) } else { Err(InvalidSoundFile) }
    }
}

impl TryFrom<String> for SoundFile {
    type Error = InvalidSoundFile;

    fn try_from(name: String) -> Result<Self, InvalidSoundFile> {
        name.parse()
    }
}

impl From<SoundFile> for String {
    fn from(file: SoundFile) -> Self {
        file.0
    }
}

impl fmt::Display for SoundFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is to be played, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// The only one who may hear it.
    pub listener: LegId,
    /// Whom they hear instead, as soon as one of these is really there.
    pub hears: Vec<LegId>,
    /// What plays until then, and when there is none.
    pub otherwise: Sound,
    /// Whom they are being connected to.
    pub connecting_to: Option<AgentId>,
}

/// What the server must play in the room of `call`; nothing for a caller whose page has music of its own. It stands by from
/// their arrival to the end, so that nothing but playing is left to do when they are put on hold.
pub fn cue(call: &Call) -> Option<Cue> {
    if !call.caller.needs_music || call.is_ended() {
        return None;
    }
    let seat = seats(call).into_iter().find(|seat| seat.party == Party::Caller)?;
    let connecting_to = call.transfer().map(|transfer| transfer.target.agent.clone());
    Some(Cue { listener: seat.leg, hears: seat.hears, otherwise: seat.otherwise, connecting_to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_sound_leads_nowhere_else() {
        for name in ["music.ogg", "a.opus", "Hold_2-b.v1.ogg"] {
            assert_eq!(name.parse::<SoundFile>().map(|file| file.to_string()), Ok(name.to_owned()));
        }
        let long = format!("{}.ogg", "a".repeat(97));
        for name in ["", ".ogg", "..ogg", "../music.ogg", "a/b.ogg", "a\\b.ogg", "music.mp3", "ä.ogg", &long] {
            assert_eq!(name.parse::<SoundFile>(), Err(InvalidSoundFile), "{name}");
        }
    }
}

//! What the server plays to somebody who cannot play it themselves: a caller on a phone or played by a program, and a colleague
//! on a phone.
//!
//! A page has its own music, which begins and ends without anybody's help. Whoever has no page is played the same by somebody
//! of ours in the room in which they are, who is heard by them alone, has no seat and no leg, and is waited for by nobody.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::ids::{AgentId, LegId};
use crate::seat::{Party, Relay, RoomName, Seat, Sound, relay, seats};
use crate::time::Span;

/// The identity of whoever plays, in each room in which they do: no leg has such a one.
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

/// What is to be played, where, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// The room in which whoever is played to sits.
    pub room: RoomName,
    /// The only one who may hear it.
    pub listener: LegId,
    /// Whom they hear instead, by their identities in that room, as soon as one of these is really there.
    pub hears: Vec<LegId>,
    /// What plays until then, and when there is none.
    pub otherwise: Sound,
    /// What they are told over the music.
    pub comfort: Comfort,
}

/// What somebody on hold is told from time to time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comfort {
    /// Nothing: a colleague knows what they wait for.
    Nothing,
    /// That nobody has forgotten them.
    Waiting,
    /// That they are being connected.
    ConnectingTo(AgentId),
}

/// Everything that the server must play in `call`, one thing at most in each room; nothing for those whose page has music of its
/// own. Whoever plays stands by from when they are there to the end, so that nothing but playing is left to do when they wait.
pub fn cues(call: &Call) -> Vec<Cue> {
    seats(call).into_iter().filter_map(|seat| cue_of(call, seat)).collect()
}

/// What the server must play in this room of `call`.
pub fn cue(call: &Call, room: RoomName) -> Option<Cue> {
    cues(call).into_iter().find(|cue| cue.room == room)
}

fn cue_of(call: &Call, seat: Seat) -> Option<Cue> {
    let Seat { party, leg: listener, hears, otherwise, .. } = seat;
    match party {
        Party::Caller if call.caller.needs_music => {
            let target = call.transfer().map(|transfer| transfer.target.agent.clone());
            let comfort = target.map_or(Comfort::Waiting, Comfort::ConnectingTo);
            Some(Cue { room: RoomName::Call(call.id), listener, hears, otherwise, comfort })
        }
        Party::Caller => None,
        Party::Agent(_) => {
            let relay = relay(call).filter(|relay| relay.phone == listener)?;
            let (room, hears) = (RoomName::Consult(relay.consult), heard_at_phone(&relay, &hears));
            Some(Cue { room, listener, hears, otherwise, comfort: Comfort::Nothing })
        }
    }
}

/// Whom a phone hears, by their identities in its room: those whom the relay carries are all the relay there.
fn heard_at_phone(relay: &Relay, hears: &[LegId]) -> Vec<LegId> {
    let is_carried = |leg: &LegId| relay.carried.contains(leg);
    let carried = hears.iter().any(is_carried).then(|| relay.leg_at_phone());
    hears.iter().copied().filter(|leg| !is_carried(leg)).chain(carried).collect()
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

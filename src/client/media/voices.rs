//! The voices that this page plays: of those whom the seat lets it hear, and of nobody else.

use baton_domain::ids::LegId;
use livekit_web::audio::AudioEngine;
use livekit_web::level::LevelMeter;
use livekit_web::room::Room;
use livekit_web::silence_meter::MeterInput;
use livekit_web::track::{Playback, RemoteAudioTrack};

/// A voice that plays. Dropping it falls silent.
pub struct Voice {
    pub leg: LegId,
    pub track_sid: String,
    pub track: RemoteAudioTrack,
    level: Option<LevelMeter>,
    pub measured: Option<MeterInput>,
    _playback: Playback,
}

/// What a room says of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Not there, or on the way.
    Absent,
    /// There, without an open microphone.
    Closed,
    /// There, with one.
    Open,
}

impl Voice {
    /// How loud, as the length of a bar.
    pub fn bar(&self) -> f32 {
        self.level.as_ref().map_or(0.0, LevelMeter::bar)
    }

    fn play(engine: Option<&AudioEngine>, leg: LegId, track_sid: String, track: RemoteAudioTrack) -> Option<Self> {
        let playback = match track.attach() {
            Ok(playback) => playback,
            Err(error) => {
                leptos::logging::warn!("a voice does not play: {error}");
                return None;
            }
        };
        let level = engine.and_then(|engine| LevelMeter::new(engine, &track.media_stream_track()).ok());
        Some(Self { leg, track_sid, track, level, measured: None, _playback: playback })
    }
}

/// Makes `voices` play exactly the audible tracks of `legs` in `rooms`.
pub fn attach(voices: &mut Vec<Voice>, rooms: &[std::rc::Rc<Room>], legs: &[LegId], engine: Option<&AudioEngine>) {
    let audible: Vec<_> = rooms.iter().flat_map(|room| audible_tracks(room, legs)).collect();
    voices.retain(|voice| audible.iter().any(|(leg, sid, _)| voice.leg == *leg && voice.track_sid == *sid));
    for (leg, sid, track) in audible {
        if !voices.iter().any(|voice| voice.track_sid == sid) {
            voices.extend(Voice::play(engine, leg, sid, track));
        }
    }
}

/// How `leg` is in `rooms`.
pub fn presence(rooms: &[std::rc::Rc<Room>], leg: LegId) -> Presence {
    let mut found = Presence::Absent;
    for participant in rooms.iter().flat_map(|room| room.remote_participants()) {
        if participant.participant.identity.parse() != Ok(leg) {
            continue;
        }
        let mut open = participant.audio_tracks.iter().filter(|track| !track.muted).peekable();
        if open.peek().is_none() {
            found = Presence::Closed;
        } else if open.any(|track| track.subscribed) {
            return Presence::Open;
        }
    }
    found
}

fn audible_tracks(room: &Room, legs: &[LegId]) -> Vec<(LegId, String, RemoteAudioTrack)> {
    let mut tracks = Vec::new();
    for participant in room.remote_participants() {
        let Some(leg) = participant.participant.identity.parse().ok().filter(|leg| legs.contains(leg)) else {
            continue;
        };
        for info in participant.audio_tracks {
            if let Some(track) = room.remote_audio(&info.track_sid) {
                tracks.push((leg, info.track_sid, track));
            }
        }
    }
    tracks
}

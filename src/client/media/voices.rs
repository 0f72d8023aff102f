//! The voices that this page plays: of those whom the seat lets it hear, and of nobody else.
//!
//! Whoever is in the room but not to be heard is played silenced, not taken off: a browser that plays nothing of a track
//! for a while keeps what arrived last, plays that first when it is attached again, and throws new packets away for a
//! second (measured in Chromium). What must not arrive here at all is kept away by the media server.

use std::rc::Rc;

use baton_domain::ids::LegId;
use livekit_web::audio::AudioEngine;
use livekit_web::level::LevelMeter;
use livekit_web::room::Room;
use livekit_web::silence_meter::MeterInput;
use livekit_web::track::{Playback, RemoteAudioTrack};

/// A voice that plays, silenced or not. Dropping it falls silent.
pub struct Voice {
    pub leg: LegId,
    pub track_sid: String,
    pub track: RemoteAudioTrack,
    level: Option<LevelMeter>,
    pub measured: Option<MeterInput>,
    is_audible: bool,
    playback: Playback,
}

/// What a room says of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Not there, or on the way.
    Absent,
    /// There, without any microphone.
    Bare,
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

    pub fn is_audible(&self) -> bool {
        self.is_audible
    }

    fn set_audible(&mut self, audible: bool) {
        if self.is_audible != audible {
            self.is_audible = audible;
            self.playback.set_muted(!audible);
        }
        if !audible {
            self.measured = None;
        }
    }

    /// Silenced to begin with.
    fn play(engine: Option<&AudioEngine>, leg: LegId, track_sid: String, track: RemoteAudioTrack) -> Option<Self> {
        let playback = match track.attach() {
            Ok(playback) => playback,
            Err(error) => {
                leptos::logging::warn!("a voice does not play: {error}");
                return None;
            }
        };
        playback.set_muted(true);
        let level = engine.and_then(|engine| LevelMeter::new(engine, &track.media_stream_track()).ok());
        Some(Self { leg, track_sid, track, level, measured: None, is_audible: false, playback })
    }
}

/// Makes `voices` play every track in `rooms`, and makes exactly those of `legs` heard.
pub fn attach(voices: &mut Vec<Voice>, rooms: &[Rc<Room>], legs: &[LegId], engine: Option<&AudioEngine>) {
    let tracks: Vec<_> = rooms.iter().flat_map(|room| tracks_in(room)).collect();
    voices.retain(|voice| tracks.iter().any(|(leg, sid, _)| voice.leg == *leg && voice.track_sid == *sid));
    for (leg, sid, track) in tracks {
        if !voices.iter().any(|voice| voice.track_sid == sid) {
            voices.extend(Voice::play(engine, leg, sid, track));
        }
    }
    // Silence first, so that two are never heard where one should be.
    for voice in voices.iter_mut().filter(|voice| !legs.contains(&voice.leg)) {
        voice.set_audible(false);
    }
    for voice in voices.iter_mut().filter(|voice| legs.contains(&voice.leg)) {
        voice.set_audible(true);
    }
}

/// How `leg` is in `rooms`.
pub fn presence(rooms: &[Rc<Room>], leg: LegId) -> Presence {
    let mut found = Presence::Absent;
    for participant in rooms.iter().flat_map(|room| room.remote_participants()) {
        if participant.participant.identity.parse() != Ok(leg) {
            continue;
        }
        let mut open = participant.audio_tracks.iter().filter(|track| !track.muted).peekable();
        if open.peek().is_none() {
            found = if participant.audio_tracks.is_empty() { Presence::Bare } else { Presence::Closed };
        } else if open.any(|track| track.subscribed) {
            return Presence::Open;
        }
    }
    found
}

fn tracks_in(room: &Room) -> Vec<(LegId, String, RemoteAudioTrack)> {
    let mut tracks = Vec::new();
    for participant in room.remote_participants() {
        let Ok(leg) = participant.participant.identity.parse() else { continue };
        for info in participant.audio_tracks {
            if let Some(track) = room.remote_audio(&info.track_sid) {
                tracks.push((leg, info.track_sid, track));
            }
        }
    }
    tracks
}

//! What this page hears: voices, and music until they are really there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use baton_domain::ids::LegId;
use baton_domain::seat::{Seat, Sound};
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use livekit_web::room::Room;
use livekit_web::track::RemoteAudioTrack;

use super::core::Core;
use super::files::Files;
use super::silence::Silence;
use super::spawn_with;
use super::voices::{Presence, Voice, attach, presence};
use crate::client::desk_spoken::briefing_voice;
use crate::client::hearing::{Ear, Hearing};
use crate::client::media_state::{Place, Quality};
use crate::client::page_time::page_time;

/// Somebody is expected, or gives way: one packet is 20 ms long.
const WAITING_MS: u32 = 20;
/// Nobody is: only a lost connection is looked for.
const WATCHING_MS: u32 = 1000;

/// The page's ears.
#[derive(Default)]
pub struct Ears {
    pub files: Files,
    pub silence: Silence,
    pub voices: RefCell<Vec<Voice>>,
    pub qualities: RefCell<Vec<(LegId, Quality)>>,
    pub hears_engine: Cell<bool>,
    hearing: RefCell<Hearing>,
    followed: RefCell<Option<(LegId, Vec<LegId>, Sound)>>,
    is_counting: Cell<bool>,
    looking: RefCell<Option<(u32, Interval)>>,
}

impl Core {
    /// The seat says whom to hear.
    pub fn follow_by_ear(self: &Rc<Self>, place: Option<&Place>) {
        let wanted = place.map(|Place { seat, .. }| (seat.leg, seat.hears.clone(), seat.otherwise));
        if *self.ears.followed.borrow() == wanted {
            return;
        }
        match &wanted {
            Some((_, hears, otherwise)) => self.ears.hearing.borrow_mut().follow(page_time(), hears, *otherwise),
            None => self.ears.hearing.borrow_mut().end(),
        }
        self.ears.followed.replace(wanted);
        self.look();
    }

    /// Looks who is there, plays them, and counts what arrives of them.
    pub fn look(self: &Rc<Self>) {
        let place = self.place();
        let rooms = self.rooms_to_hear(place.as_ref().map(|place| &place.seat));
        let legs = self.parties();
        // Whoever reads a briefing aloud is no party, and is heard where the media server lets them be.
        let briefing = place.as_ref().and_then(|place| briefing_voice(&place.seat));
        let mut audible = self.ears.hearing.borrow_mut().audible(page_time());
        audible.extend(briefing);
        attach(&mut self.ears.voices.borrow_mut(), &rooms, &audible, self.engine_if_begun().as_ref());
        for leg in legs {
            match presence(&rooms, leg) {
                Presence::Absent => self.observe(leg, Ear::Absent),
                Presence::Bare | Presence::Closed => self.observe(leg, Ear::Closed),
                Presence::Open => {}
            }
        }
        self.sound_right();
        self.count(&rooms);
        self.pace();
    }

    /// Loads what a seat may want to play, and first what it wants now: to decode music takes longer than anything else that a
    /// page does before it sounds which is loaded again on hold.
    pub async fn load_sounds(self: &Rc<Self>, now: Sound) {
        let Some(engine) = self.engine() else { return };
        let order = if now == Sound::Music { [now, Sound::Ringback] } else { [Sound::Ringback, Sound::Music] };
        for sound in order {
            self.ears.files.load(&engine, sound).await;
            self.sound_right();
        }
    }

    /// Plays what should be played beside the voices, and says what the page shows of it.
    pub fn sound_right(self: &Rc<Self>) {
        let hearing = self.ears.hearing.borrow();
        self.ears.files.play(hearing.playing());
        let stalled = hearing.is_stalled(page_time());
        let is_line_open = hearing.is_line_open();
        drop(hearing);
        if self.state.stalled.get_untracked() != stalled {
            self.state.stalled.set(stalled);
        }
        self.measure_line(is_line_open);
    }

    /// The server's word stays away, or is back.
    pub fn cut_off(self: &Rc<Self>, is_cut_off: bool) {
        self.ears.hearing.borrow_mut().cut_off(is_cut_off);
        self.sound_right();
    }

    /// Whether `leg` should be heard and has no open microphone.
    pub fn is_party_muted(&self, leg: LegId) -> bool {
        self.ears.hearing.borrow().is_muted(leg)
    }

    /// Whether `leg` was reported as heard, and is so still.
    pub fn is_reported(&self, leg: LegId) -> bool {
        self.ears.hearing.borrow().is_reported(leg)
    }

    /// Whether `leg` should be heard and has no microphone at all, for so long that none is on its way.
    pub fn has_no_microphone(&self, leg: LegId) -> bool {
        let place = self.place();
        self.is_party_muted(leg)
            && self.is_reported(leg)
            && presence(&self.rooms_to_hear(place.as_ref().map(|place| &place.seat)), leg) == Presence::Bare
    }

    pub fn parties(&self) -> Vec<LegId> {
        self.ears.hearing.borrow().voices().collect()
    }

    /// The quality of somebody's connection; `None` is the own.
    pub fn note_quality(&self, leg: Option<LegId>, quality: Quality) {
        let Some(leg) = leg else { return self.state.own_quality.set(quality) };
        let mut qualities = self.ears.qualities.borrow_mut();
        qualities.retain(|(known, _)| *known != leg);
        qualities.push((leg, quality));
    }

    /// Only where the seat lets this party hear at all.
    fn rooms_to_hear(&self, seat: Option<&Seat>) -> Vec<Rc<Room>> {
        let may_hear =
            |name: &str| seat.is_some_and(|seat| seat.rooms.iter().any(|room| room.room == name && room.may_subscribe));
        let rooms = self.rooms.borrow();
        rooms.iter().filter(|room| may_hear(&room.key.room)).filter_map(|room| room.joined()).collect()
    }

    fn observe(self: &Rc<Self>, leg: LegId, ear: Ear) {
        let is_news = self.ears.hearing.borrow_mut().observe(page_time(), leg, ear);
        if let (true, Some(place)) = (is_news, self.place()) {
            (self.hooks.heard)(place.call, leg);
        }
    }

    /// Counts packets, which the browser answers a moment later.
    fn count(self: &Rc<Self>, rooms: &[Rc<Room>]) {
        let open: Vec<(LegId, String, RemoteAudioTrack)> = self
            .ears
            .voices
            .borrow()
            .iter()
            .filter(|voice| {
                voice.is_audible() && !voice.track.is_muted() && presence(rooms, voice.leg) == Presence::Open
            })
            .map(|voice| (voice.leg, voice.track_sid.clone(), voice.track.clone()))
            .collect();
        if open.is_empty() || self.ears.is_counting.replace(true) {
            return;
        }
        spawn_with(self, async move |core| {
            for (leg, track, audio) in open {
                // A track that has just gone is seen as gone by the next look.
                if let Ok(packets) = audio.packets_received().await {
                    core.observe(leg, Ear::Open { track, packets });
                }
            }
            core.ears.is_counting.set(false);
            core.sound_right();
            core.pace();
        });
    }

    /// Looks often while voices change, seldom while all is well, never while nobody is to be heard.
    fn pace(self: &Rc<Self>) {
        let hearing = self.ears.hearing.borrow();
        let period = match (hearing.is_waiting(), hearing.voices().next()) {
            (true, _) => Some(WAITING_MS),
            (false, Some(_)) => Some(WATCHING_MS),
            (false, None) => None,
        };
        let mut looking = self.ears.looking.borrow_mut();
        if looking.as_ref().map(|(period, _)| *period) == period {
            return;
        }
        *looking = period.map(|period| {
            let core = Rc::downgrade(self);
            let look = move || {
                if let Some(core) = core.upgrade() {
                    core.look();
                }
            };
            (period, Interval::new(period, look))
        });
    }
}

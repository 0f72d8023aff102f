//! The one loop that brings rooms and microphones to where the seat wants them.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use baton_domain::ids::{CallId, LegId};
use baton_domain::seat::{Microphone, Seat, Sound};
use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;
use livekit_web::audio::AudioEngine;
use livekit_web::listener::Listener;
use livekit_web::sdk;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlAudioElement;

use super::capture::Capture;
use super::ears::Ears;
use super::room::{JoinedRoom, SDK_LOG};
use super::screen::ScreenLock;
use super::tab_lock::TabLock;
use super::{kept, spawn_with};
use crate::client::followed::Followed;
use crate::client::media_plan::{ActualRoom, RoomKey, Step, is_ready, next_step};
use crate::client::media_state::{MediaHooks, MediaSettings, MediaState, MicrophoneChoice, Place, SeatNow};
use crate::client::page_time::page_time;
use crate::client::signal::Wake;

/// Before a room that would not take the microphone is tried anew.
const AFTER_REFUSAL_MS: u32 = 500;
/// Within this after a microphone was opened elsewhere a room is not left yet.
const LEAVES_AFTER_MS: f64 = 1000.0;
const LEAVES_LOOK_MS: u32 = 1050;

/// Everything behind a [`Media`](super::Media).
pub struct Core {
    pub state: MediaState,
    pub settings: MediaSettings,
    pub hooks: MediaHooks,
    pub capture: Capture,
    pub ears: Ears,
    pub rooms: RefCell<Vec<JoinedRoom>>,
    pub levels: RefCell<Option<Interval>>,
    wake: Rc<Wake>,
    followed: RefCell<Followed>,
    pub holds: Cell<bool>,
    /// Where, and as whom, this page has said that it can be heard.
    ready_for: RefCell<Option<(LegId, Vec<String>)>>,
    /// When the way there was last changed: a room is left when that has become quiet.
    moved_at: Cell<f64>,
    later: RefCell<Option<Timeout>>,
    engine: OnceCell<Option<AudioEngine>>,
    pub tab: RefCell<Option<TabLock>>,
    pub lock_name: RefCell<Option<String>>,
    /// Only the latest asking for the lock counts.
    pub times_asked: Cell<u32>,
    screen: ScreenLock,
    pub is_ringing: Cell<bool>,
    pub once: RefCell<Option<HtmlAudioElement>>,
    /// Empty is the system's default, which everything begins with.
    pub speaker_in_use: RefCell<String>,
    pub listeners: RefCell<Vec<Listener>>,
}

impl Drop for Core {
    fn drop(&mut self) {
        // The loop wakes a last time, finds nobody, and ends.
        self.wake.wake();
    }
}

impl Core {
    pub fn new(state: MediaState, settings: MediaSettings, hooks: MediaHooks) -> Rc<Self> {
        let core = Rc::new(Self {
            state,
            settings,
            hooks,
            capture: Capture::default(),
            ears: Ears::default(),
            rooms: RefCell::default(),
            levels: RefCell::default(),
            wake: Rc::default(),
            followed: RefCell::default(),
            holds: Cell::new(true),
            ready_for: RefCell::default(),
            moved_at: Cell::default(),
            later: RefCell::default(),
            engine: OnceCell::new(),
            tab: RefCell::default(),
            lock_name: RefCell::default(),
            times_asked: Cell::new(0),
            screen: ScreenLock::default(),
            is_ringing: Cell::new(false),
            once: RefCell::default(),
            speaker_in_use: RefCell::default(),
            listeners: RefCell::default(),
        });
        spawn_local(Self::converge(Rc::downgrade(&core), core.wake.clone()));
        core
    }

    /// What this tab and this browser remember. In the browser, once the page stands.
    pub fn restore(self: &Rc<Self>) {
        load_sdk_ahead();
        self.state.muted.set(kept::is_muted());
        self.state.speaker.set(kept::speaker());
        if let Some(choice) = kept::choice_of_this_tab().or_else(kept::last_choice) {
            self.state.choice.set(choice);
        }
        self.listen_to_browser();
        let other_pages = self.listen_to_other_pages();
        self.listeners.borrow_mut().extend(other_pages);
        self.refresh_devices();
    }

    /// Microphone, sound and files, for a call that may come.
    pub fn begin(self: &Rc<Self>, choice: MicrophoneChoice) {
        self.open_capture(choice);
        self.turn_sound_on();
        self.use_speaker();
        self.start_levels();
        spawn_with(self, async |core| {
            let now = core.followed.borrow().place().map_or(Sound::Silence, |place| place.seat.otherwise);
            core.load_sounds(now).await;
        });
    }

    /// The seat as the server says it now.
    pub fn follow(self: &Rc<Self>, place: Option<Place>) {
        if self.followed.borrow_mut().follow(place) {
            self.take_place();
        }
    }

    /// The seat as the server said it when asked, before its event arrived here.
    pub fn correct_seat(self: &Rc<Self>, call: CallId, answer: Option<SeatNow>) {
        self.followed.borrow_mut().correct(call, answer);
        // Also where it is the same seat: by now the server may mean it anew.
        self.take_place();
    }

    /// What to do has changed, or what is has.
    pub fn wake(&self) {
        self.wake.wake();
    }

    pub fn set_muted(&self, muted: bool) {
        kept::keep_muted(muted);
        self.state.muted.set(muted);
        self.state.talking_while_muted.set(false);
        self.wake();
    }

    /// The seat, unless another tab has its media.
    pub fn place(&self) -> Option<Place> {
        if self.holds.get() { self.followed.borrow().place().cloned() } else { None }
    }

    pub fn engine(&self) -> Option<AudioEngine> {
        let made = self.engine.get_or_init(|| match AudioEngine::new() {
            Ok(engine) => Some(engine),
            Err(error) => {
                leptos::logging::error!("this page stays silent: {error}");
                None
            }
        });
        made.clone()
    }

    /// Only what was made already: nothing may ask for sound before there was a click.
    pub fn engine_if_begun(&self) -> Option<AudioEngine> {
        self.engine.get().cloned().flatten()
    }

    /// The rooms as they are, for the page.
    pub fn show_rooms(&self) {
        let rooms = self.rooms.borrow();
        let shown: Vec<_> = rooms.iter().map(|room| room.status()).collect();
        if *self.state.rooms.read_untracked() != shown {
            self.state.rooms.set(shown);
        }
    }

    async fn converge(core: Weak<Self>, wake: Rc<Wake>) {
        loop {
            wake.wait().await;
            loop {
                let Some(core) = core.upgrade() else { return };
                let step = core.next_step();
                let Some(step) = step.filter(|step| !core.may_wait(step)) else {
                    core.settle();
                    break;
                };
                core.carry_out(step).await;
            }
        }
    }

    fn next_step(&self) -> Option<Step> {
        let place = self.place();
        let rooms = self.rooms.borrow();
        let actual: Vec<_> =
            rooms.iter().map(|room| ActualRoom { key: room.key.clone(), track: room.own_track() }).collect();
        next_step(place.as_ref().map(|place| &place.seat), self.state.muted.get_untracked(), &actual)
    }

    /// To leave a room takes a browser's main thread a while, and when voices change places others need it: who has moved
    /// just now leaves the old room a moment later, with the microphone there closed long since.
    fn may_wait(self: &Rc<Self>, step: &Step) -> bool {
        let Step::Leave(key) = step else { return false };
        let since = page_time() - self.moved_at.get();
        let is_there = self.room(key).is_some_and(|room| room.joined().is_some());
        if self.place().is_none() || !is_there || since >= LEAVES_AFTER_MS {
            return false;
        }
        let wake = self.wake.clone();
        self.later.replace(Some(Timeout::new(LEAVES_LOOK_MS, move || wake.wake())));
        true
    }

    async fn carry_out(self: &Rc<Self>, step: Step) {
        if matches!(step, Step::Open(_)) {
            self.moved_at.set(page_time());
        }
        match step {
            Step::Join(key) => self.join(key, 0),
            Step::Leave(key) => self.rooms.borrow_mut().retain(|room| room.key != key),
            Step::Close(key) | Step::Open(key) if self.room(&key).is_none() => {
                leptos::logging::warn!("{} was left meanwhile", key.room);
            }
            Step::Close(key) => self.turn(key, false).await,
            Step::Open(key) => self.turn(key, true).await,
        }
    }

    async fn turn(self: &Rc<Self>, key: RoomKey, open: bool) {
        let Some(session) = self.room(&key) else { return };
        if let Err(error) = session.turn_microphone(open).await {
            leptos::logging::warn!("{} is joined anew, its microphone did not obey: {error}", key.room);
            self.rooms.borrow_mut().retain(|room| room.key != key);
            self.join(key, AFTER_REFUSAL_MS);
        }
    }

    fn join(self: &Rc<Self>, key: RoomKey, wait_ms: u32) {
        let Some(place) = self.place() else { return };
        let Some(wanted) = place.seat.rooms.iter().find(|room| room.room == key.room) else { return };
        let joined = JoinedRoom::join(self, key, place.call, wanted.kind, wait_ms);
        self.rooms.borrow_mut().push(joined);
    }

    fn room(&self, key: &RoomKey) -> Option<Rc<super::room::RoomSession>> {
        self.rooms.borrow().iter().find(|room| room.key == *key).map(JoinedRoom::session)
    }

    /// What is agrees with what should be, as far as it goes at this moment.
    fn settle(self: &Rc<Self>) {
        self.show_rooms();
        self.look();
        let Some(place) = self.place() else { return };
        let settled: Vec<_> = self.rooms.borrow().iter().map(|room| (room.key.clone(), room.is_settled())).collect();
        let names: Vec<_> = place.seat.rooms.iter().map(|room| room.room.clone()).collect();
        let leg = place.seat.leg;
        let is_known = self.ready_for.borrow().as_ref().is_some_and(|(known, rooms)| {
            // A room less is no news, and a report would be one more thing to do when voices change places.
            *known == leg && names.iter().all(|name| rooms.contains(name))
        });
        if !is_known && !names.is_empty() && is_ready(&place.seat, &settled) {
            self.ready_for.replace(Some((leg, names)));
            (self.hooks.ready)(place.call);
        }
    }

    /// The seat, or whether this tab may have it, has changed.
    pub fn take_place(self: &Rc<Self>) {
        let place = self.place();
        for room in self.rooms.borrow().iter() {
            if !may_be_open(place.as_ref().map(|place| &place.seat), &room.key) {
                room.agree_with_server();
            }
        }
        self.screen.set(place.is_some());
        self.follow_by_ear(place.as_ref());
        self.wake();
    }

    fn listen_to_browser(self: &Rc<Self>) {
        let window = window();
        let on = |act: fn(&Rc<Self>)| {
            let core = Rc::downgrade(self);
            move || {
                if let Some(core) = core.upgrade() {
                    act(&core);
                }
            }
        };
        let came_back: fn(&Rc<Self>) = |core| {
            core.screen.renew();
            core.reacquire_capture();
            if core.engine_if_begun().is_some() {
                core.turn_sound_on();
            }
        };
        let closing = Listener::on_target(&window, "pagehide", on(|core| core.say_goodbye()));
        let online: fn(&Rc<Self>) = |core| core.rooms.borrow().iter().for_each(|room| room.retry_now());
        // Any click will do for a browser that waits for one.
        let unblock: fn(&Rc<Self>) = |core| {
            if core.state.sound_blocked.get_untracked() {
                core.turn_sound_on();
            }
        };
        let touches = ["pointerup", "keyup"].map(|event| Listener::on_target(&window, event, on(unblock)));
        let visible =
            window.document().map(|document| Listener::on_target(&document, "visibilitychange", on(came_back)));
        let online = Listener::on_target(&window, "online", on(online));
        let devices = livekit_web::devices::on_device_change(on(|core| {
            core.refresh_devices();
            core.look_after_capture();
        }));
        let heard = visible
            .into_iter()
            .flatten()
            .chain(touches.into_iter().flatten())
            .chain(closing)
            .chain(online)
            .chain(devices);
        self.listeners.borrow_mut().extend(heard);
    }
}

/// The page stands without LiveKit's client. By the time somebody calls it has usually arrived; if not, a room waits.
fn load_sdk_ahead() {
    spawn_local(async {
        if let Err(error) = sdk::load(SDK_LOG).await {
            leptos::logging::log!("the first room tries again: {error}");
        }
    });
}

fn may_be_open(seat: Option<&Seat>, key: &RoomKey) -> bool {
    seat.filter(|seat| seat.leg == key.leg)
        .and_then(|seat| seat.rooms.iter().find(|room| room.room == key.room))
        .is_some_and(|room| room.microphone == Microphone::Open)
}

//! A caller's page: where they are, as the server says it, and what they do about it.

use baton_domain::desk_event::{CallerState, CallerView, CaptionLine, RoomAccess};
use baton_domain::line::LineRefusal;
use baton_domain::time::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

use super::caller_browser::{has_left, keep_left, new_join_key};
use super::clock::Clock;
use super::closing::ask_before_closing;
use super::effect::effect;
use super::followed::is_outdated;
use super::last_word::last_word;
use super::media::Media;
use super::media_state::{Answer, MediaHooks, MediaSettings, MicrophoneChoice, MicrophoneState, Place, SeatNow};
use super::socket::{EventStream, StreamSlot};
use super::speech::recognise;
use super::speech_state::{SpeechPlace, SpeechState};
use super::stream_status::StreamStatus;
use super::tell::{ANSWER_LIMIT_MS, answered_within, ask_until_answered, tell, tell_while};
use crate::api::caller::{
    CallerLeftRooms, allow_listening, caller_access, caller_heard, caller_interrupted, caller_view, join_call,
    leave_call, rejoin_call, report_silence,
};
use crate::api::error::ApiError;
use crate::api::speech::caller_said;

/// So many lines are kept.
const LINES: usize = 20;

/// A `CallerEvent`, read without its tag: to read a tag first would put a second reader of the whole view into the caller's page,
/// which is to be small.
#[derive(Deserialize)]
struct Arrived {
    #[serde(default)]
    view: Option<CallerView>,
    #[serde(default)]
    line: Option<CaptionLine>,
    /// Of a line that is withdrawn.
    #[serde(default)]
    number: Option<u32>,
}

/// How far somebody is who wants to come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Joining {
    /// They have not asked.
    #[default]
    No,
    /// The browser asks for the microphone.
    Microphone,
    /// The server is asked.
    Server,
}

/// The page's state. A handle, like the signals in it.
#[derive(Clone, Copy)]
pub struct CallerSession {
    /// Where the caller is; nothing before they came in.
    pub view: RwSignal<Option<CallerView>>,
    /// Rooms, microphone and sound.
    pub media: Media,
    /// The server's time.
    pub clock: Clock,
    /// Whether the server's events arrive.
    pub stream: RwSignal<StreamStatus>,
    /// How far joining is.
    pub joining: RwSignal<Joining>,
    /// Whether joining was stopped by the microphone.
    pub stopped_by_microphone: RwSignal<bool>,
    /// What the server refused last.
    pub refusal: RwSignal<Option<ApiError>>,
    /// Whether the caller has left, and the server has not said yet that it knows.
    pub leaving: RwSignal<bool>,
    /// Whether the call of a former page waits for a click here.
    pub must_continue: RwSignal<bool>,
    /// Whether this page goes on with the call of a former one.
    pub is_resumed: RwSignal<bool>,
    /// What was said last.
    pub lines: RwSignal<Vec<CaptionLine>>,
    /// How it stands with recognising what the caller says.
    pub speech: RwSignal<SpeechState>,
    name: RwSignal<String>,
    code: StoredValue<String>,
    /// By what name this page has asked to come in, and under which key: an answer that was lost is got by asking again.
    asked: StoredValue<Option<(String, String)>>,
    events: StreamSlot,
}

impl CallerSession {
    /// The page of the join link `code`. `resume` is the call that this browser is in already.
    pub fn new(code: String, now: Timestamp, resume: Option<CallerView>, name: RwSignal<String>) -> Self {
        let session = Self {
            view: RwSignal::new(resume.clone()),
            media: caller_media(),
            clock: Clock::start(now),
            stream: RwSignal::default(),
            joining: RwSignal::default(),
            stopped_by_microphone: RwSignal::new(false),
            refusal: RwSignal::default(),
            leaving: RwSignal::new(false),
            must_continue: RwSignal::new(false),
            is_resumed: RwSignal::new(false),
            lines: RwSignal::default(),
            speech: RwSignal::default(),
            name,
            code: StoredValue::new(code),
            asked: StoredValue::default(),
            events: StreamSlot::empty(),
        };
        effect(move || {
            let Some(view) = resume.clone().filter(|view| !is_over(view)) else { return };
            // The server did not hear of it before this page was loaded again: nobody is put on the air for that.
            if has_left(view.call) {
                session.leave();
            } else {
                session.is_resumed.set(true);
                session.must_continue.set(!session.media.resume());
                session.enter(view);
            }
        });
        effect(move || session.go_on_joining());
        session.tell_of_interruptions();
        effect(move || session.media.cut_off(session.stream.get() == StreamStatus::Reconnecting));
        ask_before_closing(move || session.has_seat() && !session.media.state.elsewhere.get());
        let place = Memo::new(move |_| session.view.read().as_ref().and_then(speech_place));
        recognise(session.media, place, session.speech, |line| Box::pin(caller_said(line)));
        session
    }

    /// From a click: comes in, with this microphone.
    pub fn join(&self, choice: MicrophoneChoice) {
        self.refusal.set(None);
        self.stopped_by_microphone.set(false);
        self.media.unlock(choice);
        self.joining.set(Joining::Microphone);
    }

    /// From a click: goes on with the call of a former page.
    pub fn go_on(&self) {
        self.must_continue.set(false);
        self.media.unlock(self.media.state.choice.get_untracked());
    }

    /// From a click: comes back after leaving.
    pub fn rejoin(&self) {
        self.media.unlock(self.media.state.choice.get_untracked());
        self.ask_to_enter(rejoin_call());
    }

    /// Hangs up. From the click on nobody hears the caller, and they hear nobody; a server that is away is told once it is back.
    pub fn leave(&self) {
        let session = *self;
        if session.leaving.get_untracked() {
            return;
        }
        if let Some(view) = session.view.read_untracked().as_ref() {
            keep_left(view.call);
        }
        session.leaving.set(true);
        session.must_continue.set(false);
        session.refusal.set(None);
        session.media.measure_silence(None);
        session.media.follow(None);
        session.media.end_shift();
        let told = move |answer: Result<CallerView, ApiError>| {
            match answer {
                Ok(view) => session.apply(view),
                // It knows of no call that could be left.
                Err(error) => {
                    session.events.close();
                    session.view.set(None);
                    session.refusal.set(Some(error));
                }
            }
            session.leaving.set(false);
        };
        ask_until_answered(|| Box::pin(leave_call()), told);
    }

    /// Whether this page has a place in a call, tracked.
    pub fn has_seat(&self) -> bool {
        self.view.read().as_ref().is_some_and(|view| view.seat.is_some()) && !self.leaving.get()
    }

    /// Whether one may come back to a call that has ended, tracked.
    pub fn may_rejoin(&self, view: &CallerView) -> bool {
        match view.state {
            CallerState::Ended { rejoin_until, .. } => self.clock.until(rejoin_until).0 > 0,
            _ => false,
        }
    }

    /// Why the line takes nobody, where that is what the server has said, tracked.
    pub fn refused_by_line(&self) -> Option<LineRefusal> {
        self.refusal.read().as_ref().and_then(|error| LineRefusal::of_code(&error.code))
    }

    /// Says whether this call may be transcribed and recorded; `asking` until the server has heard it. Who says no must not have to
    /// look whether it was heard.
    pub fn allow_listening(&self, allow: bool, asking: RwSignal<bool>) {
        let session = *self;
        asking.set(true);
        session.refusal.set(None);
        let told = move |answer: Result<CallerView, ApiError>| {
            let is_asked_still = asking.try_set(false).is_none();
            match answer {
                Ok(view) => session.apply(view),
                Err(error) if is_asked_still => session.refusal.set(Some(error)),
                // The call ended meanwhile, and with it the question.
                Err(_) => {}
            }
        };
        ask_until_answered(move || Box::pin(allow_listening(allow)), told);
    }

    /// Back to the form, for a new call.
    pub fn start_over(&self) {
        self.refusal.set(None);
        self.view.set(None);
    }

    /// The microphone is decided on, one way or the other: the server is asked next.
    fn go_on_joining(&self) {
        if self.joining.get() != Joining::Microphone {
            return;
        }
        match self.media.state.microphone.get() {
            MicrophoneState::Ok | MicrophoneState::Interrupted | MicrophoneState::Without => {
                let (code, name) = (self.code.get_value(), self.name.get_untracked());
                let key = self.key_for(&name);
                self.ask_to_enter(join_call(code, name, Some(key)));
            }
            trouble if trouble.is_trouble() => {
                self.joining.set(Joining::No);
                self.stopped_by_microphone.set(true);
            }
            _ => {}
        }
    }

    /// Agents are told when something else takes the microphone, and when it is back.
    fn tell_of_interruptions(self) {
        let interrupted = Memo::new(move |_| self.has_seat() && self.media.state.microphone.get().is_taken());
        let mut told = false;
        effect(move || {
            if interrupted.get() != told {
                told = !told;
                // What is so by then, since an attempt may come through after the next news. A state is never too old to be told.
                let so = move || interrupted.try_get_untracked().unwrap_or_default();
                ask_until_answered(move || Box::pin(caller_interrupted(so())), |_| {});
            }
        });
    }

    /// The key of coming in by this name.
    fn key_for(&self, name: &str) -> String {
        let known = self.asked.get_value().filter(|(by, _)| by == name);
        let (name, key) = known.unwrap_or_else(|| (name.to_owned(), new_join_key()));
        self.asked.set_value(Some((name, key.clone())));
        key
    }

    /// Asked again, both ways in lead to the same call.
    fn ask_to_enter(&self, asked: impl Future<Output = Result<CallerView, ApiError>> + 'static) {
        let session = *self;
        session.joining.set(Joining::Server);
        session.is_resumed.set(false);
        session.refusal.set(None);
        spawn_local(async move {
            match answered_within(ANSWER_LIMIT_MS, asked).await {
                Ok(view) => {
                    session.asked.set_value(None);
                    session.enter(view);
                }
                Err(error) => {
                    // Nobody who is outside has an open microphone.
                    session.media.end_shift();
                    session.refusal.set(Some(if error.is_offline() { not_reached() } else { error }));
                }
            }
            session.joining.set(Joining::No);
        });
    }

    fn enter(self, view: CallerView) {
        // Of several tabs of this browser one has the sound and the microphone.
        if let Some(seat) = &view.seat {
            self.media.claim(&["caller-", &seat.leg.to_string()].concat());
        }
        self.apply(view);
        let on_event = move |_, Arrived { view, line, number }| {
            if let Some(line) = line {
                self.lines.update(|lines| said(lines, line));
            }
            if let Some(withdrawn) = number {
                self.lines.update(|lines| lines.retain(|known| known.number != withdrawn || known.is_final));
            }
            if let Some(view) = view {
                self.apply(view);
            }
        };
        let events = EventStream::follow("/ws/caller", || None, self.stream, on_event);
        self.events.put(events);
    }

    /// Takes in a view, be it an answer or an event; an older one that comes later says nothing new.
    fn apply(self, view: CallerView) {
        let known = self.view.read_untracked().as_ref().map(|known| (known.call, known.version));
        let (call, version) = (view.call, view.version);
        if is_outdated(known, (call, version)) {
            return;
        }
        self.clock.set(view.now);
        // Whoever has left has no seat any more, whatever the server still says.
        let stays = !self.leaving.get_untracked();
        self.media.follow(view.seat.clone().filter(|_| stays).map(|seat| Place { call, version, seat }));
        self.media.measure_silence(view.transfer.filter(|_| stays));
        if is_over(&view) {
            self.events.close();
            self.media.end_shift();
            self.lines.set(Vec::new());
        }
        self.view.set(Some(view));
    }
}

/// Puts a line where it belongs: in the place of its former version, or by its number.
fn said(lines: &mut Vec<CaptionLine>, line: CaptionLine) {
    lines.retain(|known| known.number != line.number);
    let at = lines.iter().rposition(|known| known.number < line.number).map_or(0, |at| at + 1);
    lines.insert(at, line);
    if lines.len() > LINES {
        lines.remove(0);
    }
}

/// Where what the caller says may become text by their own browser.
fn speech_place(view: &CallerView) -> Option<SpeechPlace> {
    let language = view.speech.clone()?.language;
    let room = view.seat.as_ref()?.open_room()?.room.clone();
    Some(SpeechPlace { room, language })
}

/// Whoever wants to come in is not asked for again and again: they may have gone meanwhile.
fn not_reached() -> ApiError {
    ApiError {
        message: "The desk cannot be reached. Check your connection, then try again.".to_owned(),
        ..ApiError::offline()
    }
}

/// Whether the call has ended.
pub fn is_over(view: &CallerView) -> bool {
    matches!(view.state, CallerState::Ended { .. })
}

/// The media of a caller's page; nothing is asked for or joined yet.
fn caller_media() -> Media {
    let made = StoredValue::new(None::<Media>);
    let hears = move |call, speaker| made.try_get_value().flatten().is_some_and(|media| media.hears(call, speaker));
    let hooks = MediaHooks {
        access: Box::new(|_, _| -> Answer<RoomAccess> { Box::pin(caller_access()) }),
        seat: Box::new(|call| -> Answer<Option<SeatNow>> {
            Box::pin(async move {
                let CallerView { call: shown, version, seat, .. } = caller_view().await?;
                Ok((shown == call).then_some(SeatNow { version, seat }))
            })
        }),
        heard: Box::new(move |call, speaker| {
            tell_while(move || hears(call, speaker), move || Box::pin(caller_heard(speaker)));
        }),
        // Nobody waits for the caller's microphone: they are there from hello to goodbye.
        ready: Box::new(|_| {}),
        left: Box::new(|_, connections| last_word(&CallerLeftRooms { connections }, None)),
        silence: Box::new(|transfer, longest| tell(move || Box::pin(report_silence(transfer, longest)))),
    };
    let media = Media::new(MediaSettings { voice: "caller".to_owned() }, hooks);
    made.set_value(Some(media));
    media
}

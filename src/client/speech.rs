//! Lets the browser recognise what is said into the own microphone, for as long as it is open in a room where what is said may
//! become text. What is shared with others is only ever the own words.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use baton_domain::browser_speech::RecognisedLine;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use livekit_web::speech::{self, Heard, Piece, Recogniser, SpeechFailure};

use super::backoff::Backoff;
use super::effect::effect;
use super::media::Media;
use super::media_state::{Answer, MicrophoneChoice, MicrophoneState};
use super::random_hex::random_hex;
use super::speech_lines::SpeechLines;
use super::speech_outbox::SpeechOutbox;
use super::speech_state::{SpeechPlace, SpeechState};

/// Recognises where `wanted` says, while the microphone is open there. `state` is shown, and `send` takes each line to the server.
pub fn recognise(
    media: Media,
    wanted: Memo<Option<SpeechPlace>>,
    state: RwSignal<SpeechState>,
    send: impl Fn(RecognisedLine) -> Answer<()> + 'static,
) {
    let outbox = SpeechOutbox::new(Box::new(send));
    let place = Memo::new(move |_| wanted.get().filter(|place| is_open(media, &place.room)));
    let running = RefCell::new(None::<Rc<Recognising>>);
    effect(move || {
        // The former one ends before the next begins, with its last words on their way.
        running.take();
        state.set(SpeechState::Off);
        let Some(place) = place.get() else { return };
        if !speech::is_supported() {
            return state.set(SpeechState::Unsupported);
        }
        running.replace(Some(Recognising::begin(media, place, outbox.clone(), state)));
    });
}

/// Whether the person speaks in this room at this moment. The bundled test voice is nobody, and browsers hear microphones only.
fn is_open(media: Media, room: &str) -> bool {
    let media = media.state;
    let speaks = matches!(media.choice.get(), MicrophoneChoice::Device(_))
        && media.microphone.get() == MicrophoneState::Ok
        && !media.muted.get()
        && !media.elsewhere.get();
    speaks && media.rooms.read().iter().any(|status| status.room == room && status.is_open)
}

/// One person in one room, from opening their microphone to closing it.
struct Recognising {
    media: Media,
    language: String,
    outbox: Rc<SpeechOutbox>,
    state: RwSignal<SpeechState>,
    lines: RefCell<SpeechLines>,
    recogniser: RefCell<Option<Recogniser>>,
    backoff: Cell<Backoff>,
    again: RefCell<Option<Timeout>>,
}

impl Drop for Recognising {
    fn drop(&mut self) {
        self.end_line();
    }
}

impl Recognising {
    fn begin(media: Media, place: SpeechPlace, outbox: Rc<SpeechOutbox>, state: RwSignal<SpeechState>) -> Rc<Self> {
        let own_language = || window().navigator().language().unwrap_or_default();
        let recognising = Rc::new(Self {
            media,
            language: place.language.unwrap_or_else(own_language),
            outbox,
            state,
            lines: RefCell::new(SpeechLines::new(place.room)),
            recogniser: RefCell::default(),
            backoff: Cell::default(),
            again: RefCell::default(),
        });
        recognising.start();
        recognising
    }

    fn start(self: &Rc<Self>) {
        let heard_by = Rc::downgrade(self);
        let on_heard = move |heard| {
            if let Some(recognising) = heard_by.upgrade() {
                recognising.hear(heard);
            }
        };
        match Recogniser::start(&self.language, self.media.captured().as_ref(), on_heard) {
            Ok(recogniser) => {
                self.recogniser.replace(Some(recogniser));
                self.show(SpeechState::Listening);
            }
            Err(error) => {
                leptos::logging::warn!("{error}");
                self.start_later();
            }
        }
    }

    fn hear(self: &Rc<Self>, heard: Heard) {
        match heard {
            Heard::Words(pieces) => {
                self.backoff.set(Backoff::default());
                self.show(SpeechState::Listening);
                let pieces = pieces.into_iter().map(|Piece { text, is_final }| (text, is_final));
                let lines = self.lines.borrow_mut().hear(pieces, random_hex);
                for line in lines {
                    self.outbox.push(line);
                }
            }
            Heard::Failed(SpeechFailure::Passing) => {}
            Heard::Failed(SpeechFailure::Refused) => self.show(SpeechState::Refused),
            Heard::Failed(SpeechFailure::Language) => self.show(SpeechState::Language),
            Heard::Failed(SpeechFailure::Unreachable) => self.show(SpeechState::Unreachable),
            Heard::Ended => {
                self.end_line();
                self.start_later();
            }
        }
    }

    /// It ends by itself every minute or so, and after a silence. What somebody refused is not asked for again.
    fn start_later(self: &Rc<Self>) {
        if matches!(self.state.get_untracked(), SpeechState::Refused | SpeechState::Language) {
            return;
        }
        let mut backoff = self.backoff.get();
        let wait = backoff.next_ms();
        self.backoff.set(backoff);
        let recognising = Rc::downgrade(self);
        let again = Timeout::new(wait, move || {
            if let Some(recognising) = recognising.upgrade() {
                recognising.start();
            }
        });
        self.again.replace(Some(again));
    }

    fn end_line(&self) {
        if let Some(line) = self.lines.borrow_mut().end() {
            self.outbox.push(line);
        }
    }

    fn show(&self, state: SpeechState) {
        if self.state.get_untracked() != state {
            self.state.set(state);
        }
    }
}

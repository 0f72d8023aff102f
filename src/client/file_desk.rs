//! A file of sound on its way to a transcript: recorded or chosen, sent, followed until it is done.

use std::rc::Rc;
use std::time::Duration;

use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::SpokenFile;
use baton_domain::time::Span;
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::media_state::MicrophoneChoice;
use super::page_time::page_time;
use super::sound_source::{self, Sending, Sound, Take};
use crate::api::error::ApiError;
use crate::api::spoken_files::{delete_file, follow_file};

/// Twice a second, so that no second is skipped on screen.
const TICK: Duration = Duration::from_millis(500);
/// Between two tries while the desk cannot be reached.
const AGAIN: Duration = Duration::from_secs(2);

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum FileStep {
    /// There is nothing yet.
    #[default]
    Empty,
    /// The browser asks for the microphone.
    Asking,
    /// It is being recorded, since this moment of the page's time.
    Recording(f64),
    /// It can be sent: its name, and how many bytes it has.
    Ready(String, u64),
    /// So much of a hundred has left.
    Sending(u8),
    /// The server has it.
    Followed(Box<SpokenFile>),
}

impl FileStep {
    /// Whether it goes on by itself, and nothing else may begin.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Empty | Self::Ready(..) => false,
            Self::Asking | Self::Recording(_) | Self::Sending(_) => true,
            Self::Followed(file) => !file.state.is_over(),
        }
    }
}

/// Why a recording is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeEnd {
    /// Somebody here wanted it.
    Asked,
    /// The microphone was unplugged, or taken away by the browser or the system.
    MicrophoneGone,
    /// The browser could not go on.
    Failed,
}

impl TakeEnd {
    /// What is said about it; nothing when all went as was asked for.
    fn words(self, is_something_kept: bool) -> Option<&'static str> {
        match (self, is_something_kept) {
            (Self::Asked, true) => None,
            (Self::Asked, false) => Some("Nothing was recorded. Try again."),
            (Self::MicrophoneGone, true) => {
                Some("The microphone went away, and the recording ended there. What was recorded until then is kept.")
            }
            (Self::MicrophoneGone, false) => {
                Some("The microphone went away before anything was recorded. Connect it, and try again.")
            }
            (Self::Failed, true) => {
                Some("The browser stopped recording by itself. What was recorded until then is kept.")
            }
            (Self::Failed, false) => {
                Some("The browser stopped recording, and nothing was kept. Try again, or choose a file.")
            }
        }
    }
}

/// A handle: copies mean the same.
#[derive(Clone, Copy)]
pub struct FileDesk {
    /// How far it is.
    pub step: RwSignal<FileStep>,
    /// What went wrong last, in a sentence.
    pub trouble: RwSignal<Option<String>>,
    /// How long the recording is by now.
    pub recorded: RwSignal<Span>,
    /// Counts what was begun: what comes of something earlier comes too late.
    turn: StoredValue<u32, LocalStorage>,
    take: StoredValue<Option<Take>, LocalStorage>,
    sound: StoredValue<Option<Sound>, LocalStorage>,
    sending: StoredValue<Option<Rc<Sending>>, LocalStorage>,
    ticking: StoredValue<Option<IntervalHandle>, LocalStorage>,
}

impl FileDesk {
    /// Nothing yet, or the file that this tab has followed before it was loaded again. What it holds ends with its owner.
    pub fn new() -> Self {
        let desk = Self {
            step: RwSignal::default(),
            trouble: RwSignal::new(None),
            recorded: RwSignal::default(),
            turn: StoredValue::new_local(0),
            take: StoredValue::new_local(None),
            sound: StoredValue::new_local(None),
            sending: StoredValue::new_local(None),
            ticking: StoredValue::new_local(None),
        };
        Effect::new(move || {
            if let Some(id) = sound_source::remembered().and_then(|id| id.parse().ok()) {
                desk.follow(id, None);
            }
        });
        on_cleanup(move || desk.stand_still());
        desk
    }

    /// Begins to record, with this microphone if it is there, and with any otherwise.
    pub fn record(self, microphone: &MicrophoneChoice) {
        let turn = self.begin_anew(FileStep::Asking);
        let device = microphone.device().map(str::to_owned);
        spawn_local(async move {
            let taken = Take::begin(device.as_deref()).await;
            // Meanwhile it was given up, or the desk is gone, and with it the microphone.
            if !self.is_at(turn) {
                return;
            }
            match taken {
                Ok(take) => self.follow_take(turn, take).await,
                Err(sentence) => {
                    self.step.set(FileStep::Empty);
                    self.trouble.set(Some(sentence));
                }
            }
        });
    }

    /// Until it is over: because somebody stops it, or by itself.
    async fn follow_take(self, turn: u32, take: Take) {
        let stopped = take.stopped();
        self.take.set_value(Some(take));
        self.recorded.set(Span::default());
        let began = page_time();
        self.step.set(FileStep::Recording(began));
        self.ticking.set_value(set_interval_with_handle(move || self.tick(began), TICK).ok());
        stopped.await;
        // What was discarded between "Stop" and the end does not come back.
        if !self.is_at(turn) {
            return;
        }
        let Some(take) = self.take.try_update_value(Option::take).flatten() else { return };
        self.stand_still();
        let (sound, end) = take.end();
        self.trouble.set(end.words(sound.is_some()).map(str::to_owned));
        match sound {
            Some(sound) => self.keep(sound),
            None => self.step.set(FileStep::Empty),
        }
    }

    /// Ends the recording, which can be sent as soon as the browser has given all of it.
    pub fn stop(self) {
        // Whoever is still asked for the microphone records nothing when it comes.
        if self.step.get_untracked() == FileStep::Asking {
            self.begin_anew(FileStep::Empty);
            return;
        }
        self.take.with_value(|take| {
            if let Some(take) = take {
                take.stop();
            }
        });
    }

    /// Takes the file that was chosen in an input.
    pub fn choose(self, input: &web_sys::HtmlInputElement) {
        let Some(sound) = Sound::chosen(input) else { return };
        self.begin_anew(FileStep::Empty);
        if sound.media_type.is_empty() {
            return self.trouble.set(Some(
                "This is no sound that can be transcribed: WAV, MP3, M4A, AAC, Ogg, WebM or FLAC.".to_owned(),
            ));
        }
        if sound.bytes == 0 {
            return self.trouble.set(Some("There is nothing in this file.".to_owned()));
        }
        self.keep(sound);
    }

    fn keep(self, sound: Sound) {
        self.step.set(FileStep::Ready(sound.name.clone(), sound.bytes));
        self.sound.set_value(Some(sound));
    }

    /// Sends it, and follows it until it is done.
    pub fn transcribe(self) {
        let Some(sound) = self.sound.with_value(Clone::clone) else { return };
        let ready = self.step.get_untracked();
        self.trouble.set(None);
        self.step.set(FileStep::Sending(0));
        let on_progress = move |percent| {
            let _ = self.step.try_update(|step| {
                if matches!(step, FileStep::Sending(_)) {
                    *step = FileStep::Sending(percent);
                }
            });
        };
        let sending = match Sending::begin(&sound, on_progress) {
            Ok(sending) => Rc::new(sending),
            Err(error) => return self.failed(ready, &error),
        };
        self.sending.set_value(Some(sending.clone()));
        spawn_local(async move {
            let answer = sending.answer().await;
            let is_still_sending = self.step.try_with_untracked(|step| matches!(step, FileStep::Sending(_)));
            // Given up meanwhile, or the desk is gone.
            if is_still_sending != Some(true) {
                return;
            }
            self.sending.set_value(None);
            match answer {
                Ok(id) => {
                    self.sound.set_value(None);
                    sound_source::remember(Some(&id));
                    match id.parse() {
                        Ok(id) => self.follow(id, None),
                        Err(_) => self.step.set(FileStep::Empty),
                    }
                }
                Err(error) => self.failed(ready, &error),
            }
        });
    }

    /// What could not be sent can be sent again.
    fn failed(self, ready: FileStep, error: &ApiError) {
        self.trouble.set(Some(error.message.clone()));
        self.step.set(ready);
    }

    fn follow(self, id: SpokenFileId, seen: Option<u32>) {
        spawn_local(async move {
            let answer = follow_file(id, seen).await;
            if !self.is_following(id) {
                return;
            }
            match answer {
                Ok(file) => {
                    let (is_over, revision) = (file.state.is_over(), file.revision);
                    self.step.set(FileStep::Followed(Box::new(file)));
                    if !is_over {
                        self.follow(id, Some(revision));
                    }
                }
                Err(error) if error.is_passing() => set_timeout(move || self.follow(id, seen), AGAIN),
                Err(error) => {
                    sound_source::remember(None);
                    self.step.set(FileStep::Empty);
                    // One of an earlier day may be deleted by now, which needs no words.
                    self.trouble.set((error.status != 404).then_some(error.message));
                }
            }
        });
    }

    /// Whether this file is still the one; `false` as well when the desk is gone.
    fn is_following(self, id: SpokenFileId) -> bool {
        let is_shown = self.step.try_with_untracked(|step| match step {
            FileStep::Followed(file) => file.id == id,
            // On its way to the screen.
            FileStep::Sending(_) | FileStep::Empty => true,
            _ => false,
        });
        is_shown == Some(true) && sound_source::remembered().is_some_and(|known| known == id.to_string())
    }

    /// Lets go of what is there: it is recorded, sent or worked on no more, and the server deletes what it has of it.
    pub fn discard(self) {
        let followed = self.step.with_untracked(|step| match step {
            FileStep::Followed(file) => Some(file.id),
            _ => None,
        });
        self.begin_anew(FileStep::Empty);
        if let Some(id) = followed {
            spawn_local(async move {
                if let Err(error) = delete_file(id).await.map_err(|error| error.message) {
                    let _ = self.trouble.try_set(Some(error));
                }
            });
        }
    }

    /// Lets go of what was, and says which turn it is now.
    fn begin_anew(self, step: FileStep) -> u32 {
        self.stand_still();
        self.turn.update_value(|turn| *turn += 1);
        self.sound.set_value(None);
        self.trouble.set(None);
        sound_source::remember(None);
        self.step.set(step);
        self.turn.get_value()
    }

    /// Whether nothing else was begun meanwhile; `false` as well when the desk is gone.
    fn is_at(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    /// Ends what goes on in this page.
    fn stand_still(self) {
        let _ = self.take.try_update_value(Option::take);
        if let Some(ticking) = self.ticking.try_update_value(Option::take).flatten() {
            ticking.clear();
        }
        if let Some(sending) = self.sending.try_update_value(Option::take).flatten() {
            sending.give_up();
        }
    }

    fn tick(self, began: f64) {
        let _ = self.recorded.try_set(Span(milliseconds(page_time() - began)));
    }
}

impl Default for FileDesk {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a recording lasts hours, not ages")]
fn milliseconds(span: f64) -> i64 {
    span as i64
}

/// What a file is called on the wire: as the browser says, or by what its name ends with. Empty when it is no sound.
pub fn media_type_of(name: &str, given: &str) -> String {
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence.starts_with("audio/") || essence.starts_with("video/") {
        return essence;
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "m4a" | "mp4" => "audio/mp4",
        "aac" => "audio/aac",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "webm" => "audio/webm",
        "flac" => "audio/flac",
        _ => "",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_recording_that_ended_as_asked_needs_no_words() {
        let kept = [TakeEnd::Asked, TakeEnd::MicrophoneGone, TakeEnd::Failed].map(|end| end.words(true).is_some());
        assert_eq!(kept, [false, true, true]);
        let lost = [TakeEnd::Asked, TakeEnd::MicrophoneGone, TakeEnd::Failed].map(|end| end.words(false).is_some());
        assert_eq!(lost, [true, true, true]);
    }

    #[test]
    fn what_the_browser_says_counts_before_the_name() {
        assert_eq!(media_type_of("a.bin", "audio/webm;codecs=opus"), "audio/webm");
        assert_eq!(media_type_of("Visit.FLAC", ""), "audio/flac");
        assert_eq!(media_type_of("notes.opus", "application/octet-stream"), "audio/ogg");
        assert_eq!(media_type_of("notes.txt", "text/plain"), "");
    }
}

//! A file of sound on its way to a transcript: recorded or chosen, sent, followed until it is done.

use std::rc::Rc;
use std::time::Duration;

use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::SpokenFile;
use baton_domain::time::Span;
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

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

/// A handle: copies mean the same.
#[derive(Clone, Copy)]
pub struct FileDesk {
    /// How far it is.
    pub step: RwSignal<FileStep>,
    /// What went wrong last, in a sentence.
    pub trouble: RwSignal<Option<String>>,
    /// How long the recording is by now.
    pub recorded: RwSignal<Span>,
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

    /// Begins to record.
    pub fn record(self) {
        self.begin_anew(FileStep::Asking);
        spawn_local(async move {
            let taken = Take::begin().await;
            // Meanwhile the desk may be gone, and with it the microphone.
            if self.step.try_get_untracked() != Some(FileStep::Asking) {
                return;
            }
            match taken {
                Ok(take) => {
                    self.take.set_value(Some(take));
                    self.recorded.set(Span::default());
                    let began = page_time();
                    self.step.set(FileStep::Recording(began));
                    self.ticking.set_value(set_interval_with_handle(move || self.tick(began), TICK).ok());
                }
                Err(sentence) => {
                    self.step.set(FileStep::Empty);
                    self.trouble.set(Some(sentence));
                }
            }
        });
    }

    /// Ends the recording, which can be sent then.
    pub fn stop(self) {
        // Whoever is still asked for the microphone records nothing when it comes.
        if self.step.get_untracked() == FileStep::Asking {
            return self.begin_anew(FileStep::Empty);
        }
        let Some(take) = self.take.try_update_value(Option::take).flatten() else { return };
        self.stand_still();
        spawn_local(async move {
            let sound = take.finish().await;
            self.take_sound(sound);
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
        self.take_sound(Some(sound));
    }

    fn take_sound(self, sound: Option<Sound>) {
        let Some(sound) = sound.filter(|sound| sound.bytes > 0) else {
            let _ = self.step.try_set(FileStep::Empty);
            let _ = self.trouble.try_set(Some("Nothing was recorded. Try again.".to_owned()));
            return;
        };
        let _ = self.step.try_set(FileStep::Ready(sound.name.clone(), sound.bytes));
        let _ = self.sound.try_set_value(Some(sound));
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

    fn begin_anew(self, step: FileStep) {
        self.stand_still();
        self.sound.set_value(None);
        self.trouble.set(None);
        sound_source::remember(None);
        self.step.set(step);
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
    fn what_the_browser_says_counts_before_the_name() {
        assert_eq!(media_type_of("a.bin", "audio/webm;codecs=opus"), "audio/webm");
        assert_eq!(media_type_of("Visit.FLAC", ""), "audio/flac");
        assert_eq!(media_type_of("notes.opus", "application/octet-stream"), "audio/ogg");
        assert_eq!(media_type_of("notes.txt", "text/plain"), "");
    }
}

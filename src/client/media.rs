//! The browser's media core: makes the rooms, microphones and sounds of this page match its seat.

use baton_domain::ids::TransferId;

use super::media_state::{MediaHooks, MediaSettings, MediaState, MicrophoneChoice, Place};

/// The page's media. A handle: copies mean the same, and everything ends with the reactive owner it was made under.
#[derive(Clone, Copy)]
pub struct Media {
    /// What the page shows.
    pub state: MediaState,
}

impl Media {
    /// Makes the core; nothing is asked for, joined or played yet.
    pub fn new(_: MediaSettings, _: MediaHooks) -> Self {
        Self { state: MediaState::new() }
    }
    /// From a click: lets the browser make sound, and opens the microphone. Remembered for this tab.
    pub fn unlock(&self, _: MicrophoneChoice) {}
    /// After a reload, without a click: the choice of this tab again. Says whether there was one; `sound_blocked` says
    /// whether a click is needed all the same.
    pub fn resume(&self) -> bool {
        false
    }
    /// Holds the media for `name` (an agent, a caller's leg): of several tabs only one does, the others show `elsewhere`.
    pub fn claim(&self, _: &str) {}
    /// Changes the microphone, also in a call.
    pub fn choose_microphone(&self, _: MicrophoneChoice) {}
    /// Changes the loudspeaker; an empty id is the system's default.
    pub fn choose_speaker(&self, _: &str) {}
    /// Lists the devices anew.
    pub fn refresh_devices(&self) {}
    /// Mutes or unmutes the person.
    pub fn set_muted(&self, _: bool) {}
    /// From a click: makes the browser play what it held back.
    pub fn turn_sound_on(&self) {}
    /// The seat as the server says it now; `None` leaves everything.
    pub fn follow(&self, _: Option<Place>) {}
    /// Measures the longest silence while there is a transfer; tells the page when it is over.
    pub fn measure_silence(&self, _: Option<TransferId>) {}
    /// Takes the media from the other tab.
    pub fn take_back(&self) {}
    /// Rings, or stops to.
    pub fn ring(&self, _: bool) {}
    /// Plays a file once, on the chosen loudspeaker.
    pub fn play(&self, _: &str) {}
    /// Closes the microphone and forgets the choice.
    pub fn end_shift(&self) {}
}

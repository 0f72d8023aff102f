//! What is sent to a caller who is played something: music that fades, with a voice over it from time to time.

use std::time::Duration;

use baton_domain::seat::Sound;
use baton_domain::time::Span;
use bytes::Bytes;
use livekit_participant::deck::{Deck, DeckError};
use livekit_participant::ogg::Clip;
use tokio::sync::watch;

/// Music comes in quickly, since it covers a silence.
const FADE_IN: Duration = Duration::from_millis(150);
/// It goes out under the first word of whoever comes.
const FADE_OUT: Duration = Duration::from_millis(400);

/// What is to play now.
#[derive(Clone, Debug)]
pub struct Programme {
    /// Which kind of sound it is.
    pub sound: Sound,
    /// The sound.
    pub clip: Clip,
    /// What is said over it, and how often.
    pub comfort: Option<(Span, Clip)>,
}

/// One performance of a programme: packet after packet until it has faded out, because another one is wanted or none.
pub struct Performance {
    deck: Deck,
    sound: Sound,
    wanted: watch::Receiver<Option<Programme>>,
    comfort: Option<(Span, Clip)>,
    /// In samples of 48 kHz since the last words.
    wordless: u64,
    error: Option<DeckError>,
}

impl Performance {
    /// Begins with what is wanted now.
    pub fn new(programme: Programme, wanted: watch::Receiver<Option<Programme>>) -> Result<Self, DeckError> {
        let mut deck = Deck::new(&programme.clip)?;
        deck.fade_to(1.0, FADE_IN);
        let Programme { sound, comfort, .. } = programme;
        Ok(Self { deck, sound, wanted, comfort, wordless: 0, error: None })
    }

    /// Why it broke off, if it did.
    pub fn error(self) -> Option<DeckError> {
        self.error
    }

    fn follow(&mut self) {
        // Whoever said what is wanted being gone, the whole part is about to end.
        if !self.wanted.has_changed().unwrap_or(false) {
            return;
        }
        let wanted = self.wanted.borrow_and_update();
        match &*wanted {
            Some(programme) if programme.sound == self.sound => {
                self.deck.fade_to(1.0, FADE_IN);
                self.comfort.clone_from(&programme.comfort);
            }
            _ => self.deck.fade_to(0.0, FADE_OUT),
        }
    }

    fn packet(&mut self) -> Result<Option<Bytes>, DeckError> {
        if let Some((every, words)) = &self.comfort
            && self.wordless >= samples(*every)
            && !self.deck.is_speaking()
        {
            self.deck.say(words)?;
        }
        let Some((packet, duration)) = self.deck.next_packet()? else { return Ok(None) };
        self.wordless = if self.deck.is_speaking() { 0 } else { self.wordless + u64::from(duration) };
        Ok(Some(packet))
    }
}

impl Iterator for Performance {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        self.follow();
        self.packet().unwrap_or_else(|error| {
            self.error = Some(error);
            None
        })
    }
}

fn samples(span: Span) -> u64 {
    u64::try_from(span.0).unwrap_or_default() * 48
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::sounds::Sounds;

    /// Ringing is short, and so quickly played.
    fn ringing(sound: Sound) -> Programme {
        let clip = Sounds::new("there-is-no-such-folder".into()).ringback();
        Programme { sound, clip: clip.clone(), comfort: Some((Span::seconds(2), clip)) }
    }

    fn begun() -> (watch::Sender<Option<Programme>>, Performance) {
        let (tell, wanted) = watch::channel(Some(ringing(Sound::Music)));
        let programme = wanted.borrow().clone().expect("something is wanted");
        (tell, Performance::new(programme, wanted).expect("a sound of ours"))
    }

    #[test]
    fn it_plays_until_something_else_is_wanted_and_fades() {
        let (tell, mut performance) = begun();
        assert_eq!(performance.by_ref().take(500).count(), 500);
        tell.send_replace(Some(ringing(Sound::Ringback)));
        assert_eq!(performance.by_ref().count(), 20, "400 ms of fading");
        let (tell, mut performance) = begun();
        assert_eq!(performance.by_ref().take(10).count(), 10);
        tell.send_replace(None);
        assert_eq!(performance.by_ref().take(10).count(), 10);
        tell.send_replace(Some(ringing(Sound::Music)));
        assert_eq!(performance.by_ref().take(100).count(), 100, "wanted again in time");
        assert!(performance.error().is_none());
    }

    #[test]
    fn words_come_after_as_long_as_the_line_says() {
        let (_tell, mut performance) = begun();
        assert_eq!(performance.by_ref().take(100).count(), 100);
        assert!(!performance.deck.is_speaking());
        performance.next();
        assert!(performance.deck.is_speaking());
        let lasts = ringing(Sound::Music).clip.duration() / 960;
        let spoken = performance.by_ref().take(usize::try_from(lasts).expect("a length") + 30).count();
        assert!(spoken > 100 && !performance.deck.is_speaking(), "all is said");
    }
}

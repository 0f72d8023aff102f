//! A phone whom the server plays: it rings for a moment, is answered, and whoever has it says the same few sentences again and
//! again, as somebody does who wants to hear whether they are heard.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use livekit_participant::ogg::Clip;

use crate::server::ports::participation::{Participation, ParticipationError, Presence};
use crate::server::ports::telephony::{Dial, PhoneCall, PhoneNews, Telephony};

/// How long it rings.
const RINGS: Duration = Duration::from_millis(1500);
/// The pause before each sentence, in which others may speak.
const PAUSE: Duration = Duration::from_secs(2);
/// They hang up after so many rounds, about ten minutes, so that a forgotten demo empties itself.
const ROUNDS: usize = 40;

const SENTENCES: [&[u8]; 3] = [
    include_bytes!("../../../public/audio/phone/1.ogg"),
    include_bytes!("../../../public/audio/phone/2.ogg"),
    include_bytes!("../../../public/audio/phone/3.ogg"),
];

/// Phones that the server plays.
pub struct SimulatedPhones {
    rooms: Arc<dyn Participation>,
}

impl SimulatedPhones {
    /// Phones in these rooms.
    pub fn new(rooms: Arc<dyn Participation>) -> Self {
        Self { rooms }
    }
}

#[async_trait]
impl Telephony for SimulatedPhones {
    async fn call(&self, dial: Dial) -> Result<Box<dyn PhoneCall>, ParticipationError> {
        let does = if dial.was_answered { Does::Joins } else { Does::Rings };
        Ok(Box::new(SimulatedCall { rooms: self.rooms.clone(), dial, does, presence: None }))
    }
}

struct SimulatedCall {
    rooms: Arc<dyn Participation>,
    dial: Dial,
    does: Does,
    presence: Option<Presence>,
}

/// What it does next.
#[derive(Clone, Copy)]
enum Does {
    Rings,
    Answers,
    Joins,
    Talks,
    IsOver,
}

#[async_trait]
impl PhoneCall for SimulatedCall {
    async fn next(&mut self) -> Result<Option<PhoneNews>, ParticipationError> {
        let (then, news) = match self.does {
            Does::Rings => (Does::Answers, PhoneNews::Rings),
            Does::Answers => {
                tokio::time::sleep(RINGS).await;
                (Does::Joins, PhoneNews::Answered)
            }
            Does::Joins => {
                self.presence = Some(self.rooms.join(self.dial.tokens.clone()).await?);
                (Does::Talks, PhoneNews::Heard)
            }
            Does::Talks => {
                self.talk().await?;
                (Does::IsOver, PhoneNews::HungUp)
            }
            Does::IsOver => return Ok(None),
        };
        self.does = then;
        Ok(Some(news))
    }

    async fn hang_up(self: Box<Self>) {
        if let Some(presence) = self.presence {
            presence.voice.leave().await;
        }
    }
}

impl SimulatedCall {
    async fn talk(&mut self) -> Result<(), ParticipationError> {
        let Some(Presence { voice, ear }) = &mut self.presence else { return Ok(()) };
        let sentences = sentences();
        let talk = async {
            for sentence in std::iter::repeat_n(&sentences, ROUNDS).flatten() {
                voice.be_quiet(PAUSE).await?;
                voice.say(sentence).await?;
            }
            Ok(())
        };
        tokio::select! {
            talked = talk => talked,
            // Whoever is in a room takes what comes from there.
            () = async { while ear.next().await.is_some() {} } => Err(ParticipationError::Ended),
        }
    }
}

fn sentences() -> Vec<Clip> {
    let read =
        |sound: &&'static [u8]| Clip::read(*sound).expect("the sounds are part of the program, and a test reads them");
    SENTENCES.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_can_be_said() {
        assert!(sentences().iter().all(|sentence| sentence.duration() > 48_000));
    }
}

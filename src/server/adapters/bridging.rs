//! Bridges between two rooms of LiveKit.

use std::time::Duration;

use async_trait::async_trait;
use livekit_participant::{
    Audience, Event, Events, JoinOptions, LocalTrack, Participant, PublishOptions, Relay, SendError, Subscribe,
};
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tracing::info;

use super::participation::{Source, noticed};
use crate::server::ports::bridging::{Bridge, BridgeEnds};
use crate::server::ports::participation::{Noticed, ParticipationError, Tokens};

/// How often it is made sure that what is to be heard is not muted: the media server may have muted it a moment too late.
const LOOK: Duration = Duration::from_millis(500);

/// A participant in each of two rooms.
pub(super) struct LiveKitBridge {
    call: End,
    phone: End,
    /// The phone's voice, into the call.
    out: Carrier,
    /// Voices of the call, to the phone.
    back: Vec<Carrier>,
}

struct End {
    participant: Participant,
    events: Events,
}

impl End {
    async fn join(options: JoinOptions) -> Result<Self, ParticipationError> {
        let joined = Participant::join(options).await;
        let (participant, events) = joined.map_err(|error| ParticipationError::Join(Box::new(error)))?;
        Ok(Self { participant, events })
    }
}

impl LiveKitBridge {
    pub async fn join(url: &str, ends: BridgeEnds) -> Result<Box<dyn Bridge>, ParticipationError> {
        let options = |tokens: Tokens| JoinOptions::new(url, Source(tokens));
        let muted = |audience| PublishOptions::new("microphone").audience(audience).muted();
        let call =
            options(ends.call).publish(muted(Audience::Everybody)).subscribe(Subscribe::Only(ends.voices.clone()));
        let only_phone = || muted(Audience::Only(vec![ends.phone.clone()]));
        let phone = options(ends.phone_room).subscribe(Subscribe::Only(vec![ends.phone.clone()]));
        let phone = ends.voices.iter().fold(phone, |options, _| options.publish(only_phone()));
        let (call, phone) = tokio::try_join!(End::join(call), End::join(phone))?;
        let out = Carrier::new(ends.phone, call.participant.track(0).ok_or(ParticipationError::Ended)?);
        let back: Vec<Carrier> = ends
            .voices
            .into_iter()
            .zip(phone.participant.tracks())
            .map(|(voice, track)| Carrier::new(voice, track))
            .collect();
        info!(room = &*call.participant.connected().room, "A relay to a phone stands by");
        Ok(Box::new(Self { call, phone, out, back }))
    }

    async fn follow(&mut self, carried: &[String]) -> Result<(), SendError> {
        self.out.set_open(!carried.is_empty()).await?;
        for carrier in &mut self.back {
            carrier.set_open(carried.contains(&carrier.voice)).await?;
        }
        Ok(())
    }

    /// Something happened in the call's room.
    fn in_call(&mut self, event: &Event) -> Result<Option<Noticed>, SendError> {
        let mut relayed = false;
        for carrier in &mut self.back {
            relayed |= carrier.on_event(event)?;
        }
        Ok(match event {
            Event::Audio(packet) if relayed => Some(Noticed::Sound(packet.identity.clone())),
            Event::TrackPublished(track) | Event::TrackMuted { track, .. } if track.is_audio => {
                Some(noticed(track.clone()))
            }
            Event::TrackUnpublished(track) if track.is_audio => Some(Noticed::Gone(track.identity.clone())),
            Event::ParticipantLeft { identity, .. } => Some(Noticed::Gone(identity.clone())),
            _ => None,
        })
    }
}

#[async_trait]
impl Bridge for LiveKitBridge {
    async fn carry(
        &mut self,
        mut carried: watch::Receiver<Vec<String>>,
        noticed: mpsc::Sender<Noticed>,
    ) -> Result<(), ParticipationError> {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let went_on = tokio::select! {
                // What is not to be carried any more goes before every packet.
                biased;
                told = carried.changed() => {
                    told.map_err(|_| ParticipationError::Ended)?;
                    let now = carried.borrow_and_update().clone();
                    self.follow(&now).await
                }
                _ = looks.tick() => {
                    let now = carried.borrow().clone();
                    self.follow(&now).await
                }
                event = self.call.events.next() => {
                    let event = event.ok_or(ParticipationError::Ended)?;
                    self.in_call(&event).map(|told| {
                        if let Some(told) = told {
                            // Whoever is behind hears of the next packet.
                            let _ = noticed.try_send(told);
                        }
                    })
                }
                event = self.phone.events.next() => {
                    self.out.on_event(&event.ok_or(ParticipationError::Ended)?).map(drop)
                }
            };
            went_on.map_err(|_| ParticipationError::Ended)?;
        }
    }

    async fn leave(self: Box<Self>) {
        let Self { call, phone, .. } = *self;
        tokio::join!(call.participant.leave(), phone.participant.leave());
    }
}

/// One voice on its way, or held back.
struct Carrier {
    voice: String,
    relay: Relay,
    track: LocalTrack,
    is_open: bool,
}

impl Carrier {
    fn new(voice: String, track: &LocalTrack) -> Self {
        Self { relay: Relay::new(&voice, track.clone()), voice, track: track.clone(), is_open: false }
    }

    /// What is held back is held back here first, and is muted at the media server besides.
    async fn set_open(&mut self, is_open: bool) -> Result<(), SendError> {
        self.is_open = is_open;
        if self.track.is_muted() == is_open { self.track.set_muted(!is_open).await } else { Ok(()) }
    }

    fn on_event(&mut self, event: &Event) -> Result<bool, SendError> {
        // Levels are followed all the time, so that the first packet bears the right one.
        if matches!(event, Event::Audio(_)) && !self.is_open { Ok(false) } else { self.relay.on_event(event) }
    }
}

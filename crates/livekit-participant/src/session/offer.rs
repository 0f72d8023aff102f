//! How an offer is made out of what the negotiation plans.

use std::time::Instant;

use str0m::change::SdpApi;
use str0m::channel::{ChannelConfig, Reliability};
use str0m::media::{Direction, MediaKind, Mid};

use super::engine::Engine;
use super::sections::{self, Sender};
use crate::data::Delivery;
use crate::error::MediaError;
use crate::negotiation::Plan;

/// The labels that LiveKit knows its data channels by.
pub(crate) const CHANNELS: [(Delivery, &str); 2] = [(Delivery::Reliable, "_reliable"), (Delivery::Lossy, "_lossy")];

/// An offer that is to be sent to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) id: u32,
    pub(crate) sdp: String,
}

impl Engine {
    /// The offer to send now, if the negotiation wants one.
    pub(crate) fn next_offer(&mut self, now: Instant) -> Result<Option<Offer>, MediaError> {
        let Some(plan) = self.negotiation.next(now) else { return Ok(None) };
        if plan.id == 1 { self.first_offer(plan) } else { self.further_offer(plan) }.map(Some)
    }

    /// Everything that is published, the data channels, and the first receiving sections.
    fn first_offer(&mut self, plan: Plan) -> Result<Offer, MediaError> {
        let changes = self.offer_sections();
        let mut api = self.rtc.sdp_api();
        sections::apply(&mut api, &mut self.senders, changes);
        let is_data_wanted = self.options.has_data;
        for (delivery, label) in CHANNELS.into_iter().filter(|_| is_data_wanted) {
            let id = api.add_channel_with_config(channel(delivery, label));
            self.channels.insert(id, delivery);
        }
        add_receivers(&mut api, &mut self.receivers, plan.new_receivers);
        let (offer, pending) = api.apply().ok_or(MediaError::EmptyOffer)?;
        self.pending = Some(pending);
        Ok(Offer { id: plan.id, sdp: offer.to_sdp_string() })
    }

    /// Sections that begin or cease to send, new receiving ones, ICE anew, or simply the same once more.
    fn further_offer(&mut self, plan: Plan) -> Result<Offer, MediaError> {
        // The server answers `inactive` when a section is idle, str0m takes that for our own wish, and the track that the
        // server puts there next would never flow.
        let idle: Vec<Mid> = self.receivers.iter().copied().filter(|mid| self.is_inactive(*mid)).collect();
        let unchanged = self.unchanged_section();
        let changes = self.offer_sections();
        let mut api = self.rtc.sdp_api();
        sections::apply(&mut api, &mut self.senders, changes);
        for mid in idle {
            api.set_direction(mid, Direction::RecvOnly);
        }
        if plan.restarts_ice {
            api.ice_restart(true);
        }
        add_receivers(&mut api, &mut self.receivers, plan.new_receivers);
        if let (false, Some((mid, direction))) = (api.has_changes(), unchanged) {
            // str0m offers only what has changed; this changes nothing and counts as a change.
            api.set_direction(mid, Direction::SendRecv);
            api.set_direction(mid, direction);
        }
        let (offer, pending) = api.apply().ok_or(MediaError::EmptyOffer)?;
        self.pending = Some(pending);
        Ok(Offer { id: plan.id, sdp: offer.to_sdp_string() })
    }

    fn is_inactive(&self, mid: Mid) -> bool {
        self.rtc.media(mid).is_some_and(|media| media.direction() == Direction::Inactive)
    }

    /// Some section with the direction it has.
    fn unchanged_section(&self) -> Option<(Mid, Direction)> {
        let mut sections = self.senders.iter().filter_map(Sender::mid).chain(self.receivers.iter().copied());
        sections.find_map(|mid| Some((mid, self.rtc.media(mid)?.direction())))
    }
}

fn add_receivers(api: &mut SdpApi<'_>, receivers: &mut Vec<Mid>, count: usize) {
    for _ in 0..count {
        receivers.push(api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None));
    }
}

fn channel(delivery: Delivery, label: &str) -> ChannelConfig {
    let reliability = match delivery {
        Delivery::Reliable => Reliability::Reliable,
        Delivery::Lossy => Reliability::MaxRetransmits { retransmits: 0 },
    };
    let ordered = delivery == Delivery::Reliable;
    ChannelConfig { label: label.into(), ordered, reliability, ..ChannelConfig::default() }
}

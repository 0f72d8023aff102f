//! The sections of the session description that carry our tracks.
//!
//! A section cannot be taken out of a description any more, so one whose track has ended is kept for the next. What the server
//! knows a track by is the section's name, and it takes the same name again once the track before has ended.

use str0m::change::SdpApi;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::rtp::SeqNo;

use super::engine::Engine;
use crate::rebase::Rebaser;

/// What a section is called in offers, and a track in requests.
pub(crate) fn cid(section: usize) -> String {
    format!("audio-{section}")
}

/// Where a section stands between us and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Idle on both sides.
    Free,
    /// The server is being asked for a track.
    Reserved,
    /// It is to send with the next offer.
    Wanted,
    /// It sends in an offer that is not answered yet.
    Offered,
    /// It sends.
    Sending,
    /// It is to be idle with the next offer.
    Unwanted,
    /// It is idle in an offer that is not answered yet.
    Withdrawn,
    /// The server may still connect its name with a track that never came about.
    Spent,
}

/// A section that sends one of our tracks.
#[derive(Debug)]
pub(crate) struct Sender {
    mid: Option<Mid>,
    usage: Use,
    pub(super) rebaser: Rebaser,
}

impl Sender {
    fn new(usage: Use) -> Self {
        // One stream goes through a section, whichever tracks it carries.
        Self { mid: None, usage, rebaser: Rebaser::new(first_sequence(), 0) }
    }

    /// The section to send in, once both sides agree on it.
    pub(super) fn sending_mid(&self) -> Option<Mid> {
        self.mid.filter(|_| self.usage == Use::Sending)
    }

    /// The section in the description, if it has a place there.
    pub(super) fn mid(&self) -> Option<Mid> {
        self.mid
    }
}

impl Engine {
    /// A section for one more track. It is offered once it is [used](Self::use_section).
    pub(crate) fn reserve_section(&mut self) -> usize {
        let free = self.senders.iter().position(|sender| sender.usage == Use::Free);
        let section = free.unwrap_or_else(|| {
            self.senders.push(Sender::new(Use::Reserved));
            self.senders.len() - 1
        });
        self.set_usage(section, Use::Reserved);
        section
    }

    /// The server knows the track: it is to be sent in its section.
    pub(crate) fn use_section(&mut self, section: usize) {
        if self.senders.get(section).is_some_and(|sender| sender.usage == Use::Reserved) {
            self.set_usage(section, Use::Wanted);
            self.negotiation.demand(0);
        }
    }

    /// Nothing is to be sent in a section any more.
    pub(crate) fn release_section(&mut self, section: usize) {
        let Some(sender) = self.senders.get(section) else { return };
        match sender.usage {
            Use::Reserved | Use::Wanted => self.set_usage(section, Use::Spent),
            Use::Offered | Use::Sending => {
                self.set_usage(section, Use::Unwanted);
                self.negotiation.demand(0);
            }
            Use::Free | Use::Unwanted | Use::Withdrawn | Use::Spent => {}
        }
    }

    /// Whether both sides agree that a section sends.
    pub(crate) fn is_sending(&self, section: usize) -> bool {
        self.senders.get(section).is_some_and(|sender| sender.usage == Use::Sending)
    }

    fn set_usage(&mut self, section: usize, usage: Use) {
        if let Some(sender) = self.senders.get_mut(section) {
            sender.usage = usage;
        }
    }

    /// The sections of the first offer, one for each track that is asked for while joining.
    pub(super) fn begin_sections(&mut self, count: usize) {
        self.senders.extend((0..count).map(|_| Sender::new(Use::Wanted)));
    }

    /// Says in the offer that is being made what each section is to do. An offer that was lost is said again.
    pub(super) fn offer_sections(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        for (section, sender) in self.senders.iter_mut().enumerate() {
            let known = sender.mid.filter(|mid| self.rtc.media(*mid).is_some());
            match (sender.usage, known) {
                (Use::Wanted | Use::Offered, Some(mid)) => {
                    sender.usage = Use::Offered;
                    changes.push(Change::Direction(mid, Direction::SendOnly));
                }
                (Use::Wanted | Use::Offered, None) => {
                    sender.usage = Use::Offered;
                    changes.push(Change::New(section));
                }
                (Use::Unwanted | Use::Withdrawn, Some(mid)) => {
                    sender.usage = Use::Withdrawn;
                    changes.push(Change::Direction(mid, Direction::Inactive));
                }
                (Use::Unwanted | Use::Withdrawn, None) => sender.usage = Use::Spent,
                (Use::Free | Use::Reserved | Use::Sending | Use::Spent, _) => {}
            }
        }
        changes
    }

    /// The server has answered the offer: what stood in it is agreed.
    pub(super) fn agree_sections(&mut self) {
        for sender in &mut self.senders {
            match sender.usage {
                Use::Offered => sender.usage = Use::Sending,
                Use::Withdrawn => sender.usage = Use::Free,
                _ => {}
            }
        }
    }
}

/// What an offer changes about a section.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    New(usize),
    Direction(Mid, Direction),
}

/// Puts the changes into an offer.
pub(super) fn apply(api: &mut SdpApi<'_>, senders: &mut [Sender], changes: Vec<Change>) {
    for change in changes {
        match change {
            Change::New(section) => {
                let (stream, track) = (Some(format!("stream-{section}")), Some(cid(section)));
                let mid = api.add_media(MediaKind::Audio, Direction::SendOnly, stream, track, None);
                if let Some(sender) = senders.get_mut(section) {
                    sender.mid = Some(mid);
                }
            }
            Change::Direction(mid, direction) => api.set_direction(mid, direction),
        }
    }
}

/// A sequence number to begin with, which nobody can guess (RFC 3550 §5.1).
fn first_sequence() -> u16 {
    u16::try_from(*SeqNo::default()).unwrap_or_default()
}

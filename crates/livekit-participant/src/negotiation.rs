//! When to make which SDP offer. In LiveKit's single peer connection the client always offers, and the server says when.
//!
//! Rules that were learned from the server (1.13): one offer is outstanding at a time and its id grows; a demand for *zero*
//! sections is a demand for an offer all the same (an idle section is used again); an offer that is never answered means that
//! the two sides no longer agree, which only a full reconnect cures. Offers are limited in rate, because two sides that
//! misunderstand each other would otherwise exchange a hundred a second.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long the server may take to answer.
pub(crate) const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// At most this many offers in one [`RATE_WINDOW`].
const RATE: usize = 8;
const RATE_WINDOW: Duration = Duration::from_secs(2);

/// More receiving sections than any room of people needs; a greater demand is a misunderstanding, or an attack on memory.
const MOST_SECTIONS: usize = 64;

/// What the next offer shall contain besides what is there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The id of the offer; the answer bears the same.
    pub(crate) id: u32,
    /// New sections that receive audio.
    pub(crate) new_receivers: usize,
    /// Whether ICE begins anew (RFC 8445 §9).
    pub(crate) restarts_ice: bool,
}

#[derive(Debug, Clone, Copy)]
struct Outstanding {
    plan: Plan,
    since: Instant,
}

#[derive(Debug, Clone, Copy, Default)]
struct Want {
    new_receivers: usize,
    restarts_ice: bool,
}

/// The state of offer and answer, without SDP, socket or clock.
#[derive(Debug, Default)]
pub(crate) struct Negotiation {
    last_id: u32,
    receivers: usize,
    outstanding: Option<Outstanding>,
    wanted: Option<Want>,
    recent: VecDeque<Instant>,
}

impl Negotiation {
    /// The server demands this many more receiving audio sections, perhaps none, and an offer in any case.
    pub(crate) fn demand(&mut self, new_receivers: u32) {
        let more = usize::try_from(new_receivers).unwrap_or(MOST_SECTIONS);
        let wanted = self.wanted.get_or_insert_default();
        let room = MOST_SECTIONS.saturating_sub(self.receivers);
        wanted.new_receivers = (wanted.new_receivers + more).min(room);
    }

    /// ICE is to begin anew with the next offer.
    pub(crate) fn demand_ice_restart(&mut self) {
        self.wanted.get_or_insert_default().restarts_ice = true;
    }

    /// The offer to make now, if one is wanted and none is outstanding. Whoever takes it must send it.
    pub(crate) fn next(&mut self, now: Instant) -> Option<Plan> {
        if self.outstanding.is_some() || self.wanted.is_none() || self.allowed_at(now) > now {
            return None;
        }
        let want = self.wanted.take()?;
        self.last_id += 1;
        let plan = Plan { id: self.last_id, new_receivers: want.new_receivers, restarts_ice: want.restarts_ice };
        self.outstanding = Some(Outstanding { plan, since: now });
        self.receivers += want.new_receivers;
        self.recent.push_back(now);
        Some(plan)
    }

    /// Whether an answer with this id is the one waited for; if so it is no longer outstanding.
    pub(crate) fn answered(&mut self, id: u32) -> bool {
        let is_it = self.outstanding.is_some_and(|outstanding| outstanding.plan.id == id);
        if is_it {
            self.outstanding = None;
        }
        is_it
    }

    /// The offer on its way is lost (its connection was); what it was to do is wanted again.
    pub(crate) fn forget_outstanding(&mut self) {
        let Some(lost) = self.outstanding.take() else { return };
        self.receivers -= lost.plan.new_receivers;
        let wanted = self.wanted.get_or_insert_default();
        wanted.new_receivers += lost.plan.new_receivers;
        wanted.restarts_ice |= lost.plan.restarts_ice;
    }

    /// Whether an offer waits for its answer or is yet to be made.
    pub(crate) fn is_busy(&self) -> bool {
        self.outstanding.is_some() || self.wanted.is_some()
    }

    /// Whether the answer is overdue.
    pub(crate) fn is_overdue(&self, now: Instant) -> bool {
        self.outstanding.is_some_and(|outstanding| now >= outstanding.since + ANSWER_LIMIT)
    }

    /// When to look again: the answer becomes overdue, or the rate allows the wanted offer.
    pub(crate) fn deadline(&mut self, now: Instant) -> Option<Instant> {
        match self.outstanding {
            Some(outstanding) => Some(outstanding.since + ANSWER_LIMIT),
            None if self.wanted.is_some() => Some(self.allowed_at(now)),
            None => None,
        }
    }

    fn allowed_at(&mut self, now: Instant) -> Instant {
        while self.recent.front().is_some_and(|oldest| now >= *oldest + RATE_WINDOW) {
            self.recent.pop_front();
        }
        match self.recent.front() {
            Some(oldest) if self.recent.len() >= RATE => *oldest + RATE_WINDOW,
            _ => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(id: u32, new_receivers: usize) -> Plan {
        Plan { id, new_receivers, restarts_ice: false }
    }

    #[test]
    fn a_demand_for_nothing_is_an_offer_all_the_same() {
        let now = Instant::now();
        let mut negotiation = Negotiation::default();
        assert_eq!(negotiation.next(now), None);
        negotiation.demand(0);
        assert_eq!(negotiation.next(now), Some(plan(1, 0)));
    }

    #[test]
    fn demands_gather_while_an_offer_is_outstanding() {
        let now = Instant::now();
        let mut negotiation = Negotiation::default();
        negotiation.demand(1);
        assert_eq!(negotiation.next(now), Some(plan(1, 1)));
        negotiation.demand(1);
        negotiation.demand(2);
        assert_eq!(negotiation.next(now), None);
        assert!(!negotiation.answered(7));
        assert!(negotiation.answered(1));
        assert_eq!(negotiation.next(now), Some(plan(2, 3)));
        assert!(negotiation.is_busy());
        assert!(negotiation.answered(2));
        assert!(!negotiation.is_busy());
    }

    #[test]
    fn a_lost_offer_is_wanted_again_with_a_new_id() {
        let now = Instant::now();
        let mut negotiation = Negotiation::default();
        negotiation.demand(2);
        negotiation.next(now);
        negotiation.forget_outstanding();
        negotiation.demand_ice_restart();
        assert_eq!(negotiation.next(now), Some(Plan { id: 2, new_receivers: 2, restarts_ice: true }));
    }

    #[test]
    fn an_answer_becomes_overdue() {
        let now = Instant::now();
        let mut negotiation = Negotiation::default();
        negotiation.demand(0);
        negotiation.next(now);
        assert_eq!(negotiation.deadline(now), Some(now + ANSWER_LIMIT));
        assert!(!negotiation.is_overdue(now));
        assert!(negotiation.is_overdue(now + ANSWER_LIMIT));
    }

    #[test]
    fn offers_are_limited_in_rate() {
        let now = Instant::now();
        let mut negotiation = Negotiation::default();
        let mut made = 0;
        for _ in 0..100 {
            negotiation.demand(0);
            if let Some(plan) = negotiation.next(now) {
                negotiation.answered(plan.id);
                made += 1;
            }
        }
        assert_eq!(made, RATE);
        assert_eq!(negotiation.deadline(now), Some(now + RATE_WINDOW));
        assert!(negotiation.next(now + RATE_WINDOW).is_some());
    }

    #[test]
    fn sections_are_limited_in_number() {
        let now = Instant::now();
        let mut negotiation = Negotiation::default();
        negotiation.demand(u32::MAX);
        negotiation.demand(u32::MAX);
        assert_eq!(negotiation.next(now).map(|plan| plan.new_receivers), Some(MOST_SECTIONS));
    }
}

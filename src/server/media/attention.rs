//! Whom somebody whom the server plays hears, and when that is worth reporting: arithmetic only.

use std::collections::HashMap;

use baton_domain::call::Call;
use baton_domain::ids::LegId;
use baton_domain::seat::{Party, seats};

use crate::server::ports::participation::Noticed;

/// Where the call stands, as far as its caller minds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Counts every change of the call.
    pub version: u32,
    /// Whom they hear; nobody in the queue and on hold.
    pub hears: Vec<LegId>,
}

impl Situation {
    /// That of the caller of `call`.
    pub fn of_caller(call: &Call) -> Self {
        let seat = seats(call).into_iter().find(|seat| seat.party == Party::Caller);
        Self { version: call.version, hears: seat.map(|seat| seat.hears).unwrap_or_default() }
    }

    /// Whether there is anybody to talk to.
    pub fn is_in_talk(&self) -> bool {
        !self.hears.is_empty()
    }
}

/// What was noticed and reported so far.
#[derive(Debug, Default)]
pub struct Attention {
    /// Who is there with a closed microphone, with whom the seat named at the last look.
    muted: HashMap<LegId, Option<Vec<LegId>>>,
    /// Who was reported, and at which version: what was heard before a change may not count after it.
    reported: HashMap<LegId, u32>,
}

impl Attention {
    /// Something was noticed. Gives whom to report as heard.
    pub fn notice(&mut self, noticed: &Noticed, now: &Situation) -> Option<LegId> {
        let (Noticed::Sound(identity)
        | Noticed::NotMuted(identity)
        | Noticed::Muted(identity)
        | Noticed::Gone(identity)) = noticed;
        let leg: LegId = identity.parse().ok()?;
        match noticed {
            Noticed::Sound(_) => return self.is_news(leg, now).then_some(leg),
            Noticed::NotMuted(_) | Noticed::Gone(_) => {
                self.muted.remove(&leg);
            }
            Noticed::Muted(_) => {
                self.muted.insert(leg, None);
            }
        }
        None
    }

    /// Looks, once in a while, for those who are to be heard and have had their microphone closed since the last look. They
    /// count as heard, as on a caller's page: they are there, and nothing else will come of waiting. Whoever stood by until
    /// just now is about to open it, and is given the time.
    pub fn look(&mut self, now: &Situation) -> Vec<LegId> {
        let was_so = |seen: &mut Option<Vec<LegId>>| seen.replace(now.hears.clone()).as_ref() == Some(&now.hears);
        let muted: Vec<LegId> = self.muted.iter_mut().filter_map(|(leg, seen)| was_so(seen).then_some(*leg)).collect();
        muted.into_iter().filter(|leg| self.is_news(*leg, now)).collect()
    }

    fn is_news(&mut self, leg: LegId, now: &Situation) -> bool {
        now.hears.contains(&leg) && self.reported.insert(leg, now.version) != Some(now.version)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn leg(number: u128) -> LegId {
        LegId(Uuid::from_u128(number))
    }

    fn situation(version: u32, hears: &[u128]) -> Situation {
        Situation { version, hears: hears.iter().copied().map(leg).collect() }
    }

    fn sound(number: u128) -> Noticed {
        Noticed::Sound(leg(number).to_string().into())
    }

    fn muted(number: u128) -> Noticed {
        Noticed::Muted(leg(number).to_string().into())
    }

    #[test]
    fn whoever_is_heard_is_reported_once_for_every_change() {
        let mut attention = Attention::default();
        let now = situation(1, &[1, 2]);
        assert_eq!(attention.notice(&sound(1), &now), Some(leg(1)));
        assert_eq!(attention.notice(&sound(1), &now), None);
        assert_eq!(attention.notice(&sound(2), &now), Some(leg(2)));
        assert_eq!(attention.notice(&sound(2), &situation(2, &[2])), Some(leg(2)));
    }

    #[test]
    fn nobody_is_reported_whom_the_seat_does_not_name() {
        let mut attention = Attention::default();
        assert_eq!(attention.notice(&sound(1), &situation(1, &[])), None);
        assert_eq!(attention.notice(&Noticed::Sound("somebody".into()), &situation(1, &[1])), None);
        assert_eq!(attention.notice(&sound(1), &situation(2, &[1])), Some(leg(1)));
    }

    #[test]
    fn a_closed_microphone_counts_when_it_was_closed_at_the_last_look_already() {
        let mut attention = Attention::default();
        let now = situation(1, &[1]);
        assert_eq!(attention.notice(&muted(1), &now), None);
        assert_eq!(attention.look(&now), []);
        assert_eq!(attention.look(&now), [leg(1)]);
        assert_eq!(attention.look(&now), []);
    }

    #[test]
    fn a_microphone_that_stood_by_is_given_time_to_open() {
        let mut attention = Attention::default();
        let on_hold = situation(1, &[]);
        attention.notice(&muted(1), &on_hold);
        for _ in 0..2 {
            assert_eq!(attention.look(&on_hold), []);
        }
        let completing = situation(2, &[1]);
        assert_eq!(attention.look(&completing), []);
        attention.notice(&Noticed::NotMuted(leg(1).to_string().into()), &completing);
        assert_eq!(attention.look(&completing), []);
        assert_eq!(attention.notice(&sound(1), &completing), Some(leg(1)));
    }
}

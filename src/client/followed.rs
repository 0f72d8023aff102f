//! Which seat a page follows. Word of a call may arrive late: an answer crosses an event, or a line is told while the event
//! before it still waits. An older seat that was followed again would open a microphone that the server has closed.

use baton_domain::ids::CallId;
use baton_domain::seat::Seat;

use super::media_state::{Place, SeatNow};

/// Whether word of a call is older than what is known. Another call's word always counts.
pub fn is_outdated(known: Option<(CallId, u32)>, told: (CallId, u32)) -> bool {
    known.is_some_and(|(call, version)| call == told.0 && version > told.1)
}

/// The seat that is followed, and the newest word of its call.
#[derive(Debug, Default)]
pub struct Followed {
    place: Option<Place>,
    /// Goes on when the seat is given up: what was so before says nothing new then, either.
    newest: Option<(CallId, u32)>,
}

impl Followed {
    /// Where the page sits.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Takes in the seat as an event tells it. Says whether it is another one than before.
    pub fn follow(&mut self, told: Option<Place>) -> bool {
        match told {
            Some(place) => self.take(place.call, place.version, Some(place)),
            None => self.place.take().is_some(),
        }
    }

    /// Takes in what the server answered when it was asked for the seat in `call`. Where it shows that call no more, the seat
    /// that is known is over.
    pub fn correct(&mut self, call: CallId, answer: Option<SeatNow>) {
        let Some(known) = self.place.as_ref().filter(|place| place.call == call) else { return };
        let over = SeatNow { version: known.version.saturating_add(1), seat: None };
        let SeatNow { version, seat } = answer.unwrap_or(over);
        self.take(call, version, seat.map(|seat| Place { call, version, seat }));
    }

    fn take(&mut self, call: CallId, version: u32, place: Option<Place>) -> bool {
        if is_outdated(self.newest, (call, version)) {
            return false;
        }
        self.newest = Some((call, version));
        let before = std::mem::replace(&mut self.place, place);
        before.as_ref().map(seat_in) != self.place.as_ref().map(seat_in)
    }
}

fn seat_in(place: &Place) -> (CallId, &Seat) {
    (place.call, &place.seat)
}

#[cfg(test)]
mod tests {
    use baton_domain::desk_event::DeskEvent;
    use baton_domain::machine::Command;
    use baton_domain::seat::Microphone;

    use super::*;
    use crate::client::desk_fixtures::{Story, call_id};
    use crate::client::desk_media::place;
    use crate::client::reduce::reduce;

    fn alice(story: &Story) -> Place {
        let view = DeskEvent::View { view: Box::new(story.view("alice")) };
        reduce(None, view).as_ref().and_then(place).expect("she is in the call")
    }

    fn answer(place: &Place) -> SeatNow {
        SeatNow { version: place.version, seat: Some(place.seat.clone()) }
    }

    fn is_open(followed: &Followed) -> bool {
        followed.place().is_some_and(|place| place.seat.rooms.iter().any(|room| room.microphone == Microphone::Open))
    }

    /// Alice talks, and has pressed Hold: her seat before and after.
    fn on_hold() -> (Story, Place, Place) {
        let mut story = Story::talking();
        let talking = alice(&story);
        story.command("alice", Command::Hold);
        let held = alice(&story);
        (story, talking, held)
    }

    #[test]
    fn what_the_server_has_corrected_is_not_undone_by_an_older_event() {
        let (mut story, talking, held) = on_hold();
        let mut followed = Followed::default();
        assert!(followed.follow(Some(talking.clone())));
        assert!(is_open(&followed));
        followed.correct(talking.call, Some(answer(&held)));
        assert!(!followed.follow(Some(talking)), "a line arrives before the event of the hold");
        assert!(!is_open(&followed));
        assert!(!followed.follow(Some(held)), "the event says nothing new");
        story.command("alice", Command::Retrieve);
        assert!(followed.follow(Some(alice(&story))));
        assert!(is_open(&followed));
    }

    #[test]
    fn an_answer_that_an_event_has_overtaken_changes_nothing() {
        let (_, talking, held) = on_hold();
        let mut followed = Followed::default();
        followed.follow(Some(held.clone()));
        followed.correct(talking.call, Some(answer(&talking)));
        assert_eq!(followed.place(), Some(&held));
    }

    #[test]
    fn a_seat_that_the_server_has_taken_away_is_not_taken_again() {
        let (_, talking, held) = on_hold();
        for answer in [None, Some(SeatNow { version: held.version, seat: None })] {
            let mut followed = Followed::default();
            followed.follow(Some(talking.clone()));
            followed.correct(talking.call, answer);
            assert_eq!(followed.place(), None);
            assert!(!followed.follow(Some(talking.clone())));
            assert_eq!(followed.place(), None);
        }
    }

    #[test]
    fn who_has_left_comes_back_with_a_newer_word_only() {
        let (_, talking, held) = on_hold();
        let mut followed = Followed::default();
        followed.follow(Some(held.clone()));
        assert!(followed.follow(None));
        assert!(!followed.follow(Some(talking)));
        assert!(followed.follow(Some(held)));
    }

    #[test]
    fn another_call_always_counts() {
        let (_, talking, held) = on_hold();
        let mut followed = Followed::default();
        followed.follow(Some(held));
        let other = Place { call: call_id(0xd), version: 1, ..talking.clone() };
        assert!(followed.follow(Some(other.clone())));
        followed.correct(talking.call, Some(answer(&talking)));
        assert_eq!(followed.place(), Some(&other), "an answer about the call before");
    }

    #[test]
    fn of_one_version_both_words_count() {
        let known = Some((call_id(0xc), 5));
        assert!(is_outdated(known, (call_id(0xc), 4)));
        assert!(!is_outdated(known, (call_id(0xc), 5)), "a place in the queue changes without one");
        assert!(!is_outdated(known, (call_id(0xc), 6)));
        assert!(!is_outdated(known, (call_id(0xd), 1)));
        assert!(!is_outdated(None, (call_id(0xc), 1)));
    }
}

//! Who rang here and was not answered. Whoever lets an offer ring out is set away by the server, and is told why.

use baton_domain::agent::{Presence, PresenceChoice};
use baton_domain::time::Timestamp;

use super::desk_words::ringing_until;
use super::reduce::DeskData;

/// What rang here last, and whether it rang out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// It rings, or what became of it is not told yet.
    offer: Option<Offer>,
    caller: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    caller: String,
    until: Timestamp,
}

impl Missed {
    /// Who rang out here, and made this agent away, until they choose a presence or are rung again.
    pub fn caller(&self) -> Option<&str> {
        self.caller.as_deref()
    }

    /// The agent has chosen what to be.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

impl DeskData {
    /// Looks at what rings after every event. An offer rang out when its agent became away no sooner than its time was
    /// up; that it is gone, and what its agent is now, are told one after the other, in either order.
    pub(super) fn note_missed(&mut self) {
        let offer = self
            .ringing()
            .and_then(|rung| Some(Offer { caller: rung.call.caller.name.clone(), until: ringing_until(&rung.call)? }));
        if offer.is_some() || self.live().is_some() {
            self.missed = Missed { offer, caller: None };
            return;
        }
        let Some(me) = self.view.agents.iter().find(|view| view.agent.id == self.view.me) else { return };
        if me.agent.choice != PresenceChoice::Away {
            self.missed.caller = None;
        }
        match self.missed.offer.take() {
            Some(offer) if me.agent.choice == PresenceChoice::Away && me.since >= offer.until => {
                self.missed.caller = Some(offer.caller);
            }
            // What its agent has become is told next.
            waiting if me.presence == Presence::Reserved => self.missed.offer = waiting,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use baton_domain::agent::{AgentView, Presence, PresenceChoice};
    use baton_domain::desk_event::DeskEvent;
    use baton_domain::machine::TransferKind;
    use baton_domain::time::{Span, Timestamp};

    use super::ringing_until;
    use crate::client::desk_fixtures::{NOW, Story, agent, call_id};
    use crate::client::reduce::{DeskData, reduce};

    fn after(data: DeskData, event: DeskEvent) -> DeskData {
        reduce(Some(data), event).expect("a desk stays open")
    }

    fn bob_is(story: &Story, choice: PresenceChoice, presence: Presence, since: Timestamp) -> Vec<AgentView> {
        let mut agents = story.agents.clone();
        let bob = agents.iter_mut().find(|view| view.agent.id == agent("bob")).expect("Bob");
        bob.agent.choice = choice;
        (bob.presence, bob.since) = (presence, since);
        agents
    }

    /// It rings at Bob, and until when.
    fn ringing() -> (Story, DeskData, Timestamp) {
        let mut story = Story::ringing(TransferKind::Warm);
        story.agents = bob_is(&story, PresenceChoice::Available, Presence::Reserved, NOW);
        let data = reduce(None, DeskEvent::View { view: Box::new(story.view("bob")) }).expect("a view opens the desk");
        let until = ringing_until(&story.call).expect("it rings");
        (story, data, until)
    }

    fn away_at(story: &Story, since: Timestamp) -> DeskEvent {
        DeskEvent::Agents { agents: bob_is(story, PresenceChoice::Away, Presence::Away, since) }
    }

    fn gone() -> DeskEvent {
        DeskEvent::CallGone { call: call_id(0xc) }
    }

    #[test]
    fn who_rang_out_is_named_whichever_is_told_first() {
        let (story, data, until) = ringing();
        assert_eq!(data.missed.caller(), None, "it rings");
        let gone_first = after(data.clone(), gone());
        assert_eq!(gone_first.missed.caller(), None, "it may have been taken back");
        assert_eq!(after(gone_first, away_at(&story, until)).missed.caller(), Some("Carol"));
        assert_eq!(after(after(data, away_at(&story, until)), gone()).missed.caller(), Some("Carol"));
    }

    #[test]
    fn it_is_named_after_a_break_too() {
        let (story, data, until) = ringing();
        let mut view = story.view("bob");
        view.calls.clear();
        view.agents = bob_is(&story, PresenceChoice::Away, Presence::Away, until);
        assert_eq!(after(data, DeskEvent::View { view: Box::new(view) }).missed.caller(), Some("Carol"));
    }

    #[test]
    fn an_offer_that_was_taken_back_is_not_missed() {
        let (story, data, until) = ringing();
        let free = DeskEvent::Agents { agents: bob_is(&story, PresenceChoice::Available, Presence::Available, NOW) };
        let free = after(after(data, gone()), free);
        let later = until.plus(Span::seconds(60));
        assert_eq!(after(free, away_at(&story, later)).missed.caller(), None, "Bob went for lunch");
    }

    #[test]
    fn whoever_chose_to_be_away_while_it_rang_is_told_nothing() {
        let (story, data, _) = ringing();
        let agents = bob_is(&story, PresenceChoice::Away, Presence::Reserved, NOW);
        let chosen = after(data, DeskEvent::Agents { agents });
        let gone = after(after(chosen, gone()), away_at(&story, NOW));
        assert_eq!(gone.missed.caller(), None);
    }

    #[test]
    fn it_is_named_until_a_presence_is_chosen_or_it_rings_again() {
        let (story, data, until) = ringing();
        let missed = after(after(data, gone()), away_at(&story, until));
        let available = bob_is(&story, PresenceChoice::Available, Presence::Available, until);
        assert_eq!(after(missed.clone(), DeskEvent::Agents { agents: available }).missed.caller(), None);
        let rung = after(missed, DeskEvent::Call { call: Box::new(story.desk_call()) });
        assert_eq!(rung.missed.caller(), None);
    }
}

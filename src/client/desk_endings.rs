//! How transfers ended, for whoever goes on with the caller and for whoever looks back.

use baton_domain::call::Call;
use baton_domain::ids::{AgentId, TransferId};
use baton_domain::routing::target_options;
use baton_domain::time::Timestamp;
use baton_domain::transfer::Outcome;

use super::desk_part::{Part, part};
use super::reduce::DeskData;

/// An attempt that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// Which.
    pub transfer: TransferId,
    /// Who was to take over.
    pub target: AgentId,
    /// Who is still there.
    pub caller: String,
}

/// A transfer to look back on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Which.
    pub transfer: TransferId,
    /// Who handed over.
    pub transferring: AgentId,
    /// Who took over, or was to.
    pub target: AgentId,
    /// When it began.
    pub started_at: Timestamp,
    /// Whether the target has the caller.
    pub completed: bool,
    /// When it ended; a blind one may still be ringing.
    pub ended_at: Option<Timestamp>,
}

/// The attempt after which `me` still has the caller.
pub fn last_attempt(call: &Call, me: &AgentId) -> Option<Last> {
    let last = call.last_transfer.as_ref()?;
    let is_mine = last.transferring == *me && !matches!(last.outcome, Outcome::Completed { .. });
    (is_mine && part(call, me) == Some(Part::Handling)).then(|| Last {
        transfer: last.id,
        target: last.target.clone(),
        caller: call.caller.name.clone(),
    })
}

/// The transfer that `me` handed over by, or took over by.
pub fn ending(call: &Call, me: &AgentId) -> Option<Ending> {
    if let Some(open) = call.transfer().filter(|open| open.state.is_blind() && open.transferring.agent == *me) {
        return Some(Ending {
            transfer: open.id,
            transferring: me.clone(),
            target: open.target.agent.clone(),
            started_at: open.started_at,
            completed: false,
            ended_at: None,
        });
    }
    let last = call.last_transfer.as_ref().filter(|_| call.transfer().is_none())?;
    let completed = matches!(last.outcome, Outcome::Completed { .. });
    let took_over = completed && last.target == *me;
    let handed_over = last.transferring == *me && part(call, me).is_none() && (completed || !call.is_ended());
    (took_over || handed_over).then(|| Ending {
        transfer: last.id,
        transferring: last.transferring.clone(),
        target: last.target.clone(),
        started_at: last.started_at,
        completed,
        ended_at: Some(last.ended_at),
    })
}

/// Whether the region "Consult" is about this call, so that nothing else says the same.
pub fn is_in_consult(call: &Call, me: &AgentId) -> bool {
    matches!(part(call, me), Some(Part::Transferring | Part::Target | Part::Tail)) || last_attempt(call, me).is_some()
}

/// Whom the live call could be offered to next, now that `not` has not taken it.
pub fn next_best(data: &DeskData, not: &AgentId) -> Option<(AgentId, String)> {
    let call = &data.live()?.call;
    let options = target_options(&data.view.agents, &call.queue, &data.view.me);
    let next = options.into_iter().find(|option| option.available() && option.agent.agent.id != *not)?;
    Some((next.agent.agent.id, next.agent.agent.name))
}

#[cfg(test)]
mod tests {
    use baton_domain::desk_event::DeskEvent;
    use baton_domain::machine::{Command, TransferKind};

    use super::{ending, is_in_consult, last_attempt, next_best};
    use crate::client::desk_fixtures::{Story, agent, transfer_id};
    use crate::client::reduce::reduce;

    #[test]
    fn a_declined_transfer_is_shown_to_whoever_still_has_the_caller() {
        let mut story = Story::ringing(TransferKind::Warm);
        story.command("bob", Command::Decline { reason: String::new() });
        let (alice, bob) = (agent("alice"), agent("bob"));
        assert_eq!(last_attempt(&story.call, &alice).map(|last| last.target), Some(bob.clone()));
        assert!(is_in_consult(&story.call, &alice) && !is_in_consult(&story.call, &bob));
        assert_eq!(ending(&story.call, &alice), None);
        assert_eq!(ending(&story.call, &bob), None);
    }

    #[test]
    fn both_look_back_on_a_completed_transfer() {
        let mut story = Story::consulting();
        assert!(is_in_consult(&story.call, &agent("bob")));
        story.command("alice", Command::Merge);
        story.command("alice", Command::Complete);
        for me in ["alice", "bob"] {
            assert_eq!(ending(&story.call, &agent(me)).map(|ending| ending.transfer), Some(transfer_id(7)), "{me}");
            assert!(!is_in_consult(&story.call, &agent(me)), "{me}");
        }
    }

    #[test]
    fn a_cold_transfer_is_looked_back_on_while_it_rings() {
        let story = Story::ringing(TransferKind::Cold);
        assert_eq!(ending(&story.call, &agent("alice")).map(|ending| ending.ended_at), Some(None));
        assert_eq!(ending(&story.call, &agent("bob")), None);
    }

    #[test]
    fn an_old_refusal_is_not_looked_back_on_after_the_call() {
        let mut story = Story::ringing(TransferKind::Warm);
        story.command("bob", Command::Decline { reason: String::new() });
        story.command("alice", Command::HangUp);
        assert_eq!(ending(&story.call, &agent("alice")), None);
    }

    #[test]
    fn the_next_best_is_somebody_else() {
        let story = Story::talking();
        let data =
            reduce(None, DeskEvent::View { view: Box::new(story.view("alice")) }).expect("a view opens the desk");
        assert_eq!(next_best(&data, &agent("carla")).map(|(id, _)| id), Some(agent("bob")));
        assert_eq!(next_best(&data, &agent("bob")), None);
    }
}

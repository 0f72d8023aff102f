//! Whether the words of a call become lines just now, and whether those are late.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use baton_domain::call::Call;
use baton_domain::desk_event::{CaptionLine, Captions};
use baton_domain::ids::{AgentId, CallId, LegId};
use baton_domain::seat::RoomName;
use baton_domain::transcript::{Segment, Speaker};

use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::state::App;
use crate::server::store::{agents, calls, segments};

/// So many lines a caller gets when their page opens.
const SHOWN_AT_ONCE: u32 = 20;

/// Who is being listened to; `true` for those whose lines are late.
#[derive(Debug, Default)]
pub struct Listened(Mutex<HashMap<CallId, HashMap<LegId, bool>>>);

impl Listened {
    fn change(&self, call: CallId, change: impl FnOnce(&mut HashMap<LegId, bool>)) -> bool {
        // A panic elsewhere leaves plain values behind, which stay right.
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state(calls.get(&call));
        let legs = calls.entry(call).or_default();
        change(legs);
        if legs.is_empty() {
            calls.remove(&call);
        }
        before != state(calls.get(&call))
    }
}

fn state(legs: Option<&HashMap<LegId, bool>>) -> Captions {
    match legs {
        None => Captions::Off,
        Some(legs) if legs.values().any(|is_late| *is_late) => Captions::Delayed,
        Some(_) => Captions::Live,
    }
}

/// What everybody in a call is called.
#[derive(Clone, Debug)]
pub struct Names {
    caller: String,
    agents: HashMap<AgentId, String>,
}

impl Names {
    /// Who said something.
    pub fn of(&self, speaker: &Speaker) -> String {
        match speaker {
            Speaker::Caller => self.caller.clone(),
            Speaker::Agent(agent) => self.agents.get(agent).cloned().unwrap_or_else(|| agent.to_string()),
        }
    }

    /// A line as the caller sees it.
    pub fn caption(&self, line: &Segment) -> CaptionLine {
        CaptionLine {
            number: line.number,
            name: self.of(&line.speaker),
            text: line.text.to_string(),
            is_final: line.is_final,
        }
    }
}

/// Captions of calls.
pub struct CaptionsService<'a>(pub(crate) &'a App);

impl CaptionsService<'_> {
    /// How it is with those of a call.
    pub fn of_call(&self, call: CallId) -> Captions {
        state(self.0.listened.0.lock().unwrap_or_else(PoisonError::into_inner).get(&call))
    }

    /// What everybody in a call is called.
    pub async fn names(&self, call: &Call) -> Result<Names, ServiceError> {
        let mut db = self.0.store.read().await?;
        let all = agents::all(&mut db).await?.into_iter().map(|stored| (stored.agent.id, stored.agent.name));
        Ok(Names { caller: call.caller.name.clone(), agents: all.collect() })
    }

    /// The newest lines of a call for its caller, and the names for those that follow. Only what was said in the call itself: what agents
    /// say to each other stands elsewhere.
    pub async fn for_caller(&self, call: CallId) -> Result<(Names, Vec<CaptionLine>), ServiceError> {
        let mut db = self.0.store.read().await?;
        let found = calls::find(&mut db, call).await?.ok_or(ServiceError::NotFound("call"))?;
        let room = RoomName::Call(call);
        let mut newest = segments::newest(&mut db, room, SHOWN_AT_ONCE).await?;
        drop(db);
        self.0.open_lines.bring_up(room, &mut newest);
        let names = self.names(&found).await?;
        let lines = newest.iter().map(|line| names.caption(line)).collect();
        Ok((names, lines))
    }

    /// Somebody's words become lines from now on.
    pub fn listening(&self, call: CallId, leg: LegId) {
        self.change(call, |legs| {
            legs.entry(leg).or_default();
        });
    }

    /// Somebody's lines are late, or no longer.
    pub fn delayed(&self, call: CallId, leg: LegId, is_delayed: bool) {
        self.change(call, |legs| {
            legs.insert(leg, is_delayed);
        });
    }

    /// Somebody's words become lines no more.
    pub fn stopped(&self, call: CallId, leg: LegId) {
        self.change(call, |legs| {
            legs.remove(&leg);
        });
    }

    fn change(&self, call: CallId, change: impl FnOnce(&mut HashMap<LegId, bool>)) {
        if self.0.listened.change(call, change) {
            self.0.hub.wake(Wake::Call(call));
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_late_speaker_makes_a_call_late_and_the_last_one_turns_it_off() {
        let listened = Listened::default();
        let call = CallId(Uuid::nil());
        let (a, b) = (LegId(Uuid::from_u128(1)), LegId(Uuid::from_u128(2)));
        let now = || state(listened.0.lock().expect("no panic").get(&call));
        assert!(listened.change(call, |legs| {
            legs.insert(a, false);
        }));
        assert!(!listened.change(call, |legs| {
            legs.insert(b, false);
        }));
        assert_eq!(now(), Captions::Live);
        assert!(listened.change(call, |legs| {
            legs.insert(b, true);
        }));
        assert_eq!(now(), Captions::Delayed);
        assert!(listened.change(call, |legs| {
            legs.remove(&b);
        }));
        assert!(listened.change(call, |legs| {
            legs.remove(&a);
        }));
        assert_eq!(now(), Captions::Off);
    }
}

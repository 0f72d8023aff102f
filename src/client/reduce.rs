//! What a desk knows, and how every event of the server changes it. Pure, so that a lost or repeated event can be tried
//! out without a browser.

use baton_domain::call::{Call, Engagement};
use baton_domain::desk_event::{DeskCall, DeskEvent, DeskView, TransferBriefing};
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::transcript::{ConsultTranscript, Segment};

use super::desk_missed::Missed;
use super::desk_part::{Part, part};

/// Everything a desk shows.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskData {
    /// What the server said.
    pub view: DeskView,
    /// The last call that left this desk: what the card after a call or a transfer is about.
    pub finished: Option<DeskCall>,
    /// Who rang here and was not answered.
    pub missed: Missed,
}

/// The desk after one event; before the first view there is nothing that could change.
pub fn reduce(data: Option<DeskData>, event: DeskEvent) -> Option<DeskData> {
    let mut data = match (data, event) {
        (None, DeskEvent::View { view }) => DeskData::begin(*view, None, Missed::default()),
        (None, _) => return None,
        (Some(mut data), event) => {
            data.apply(event);
            data
        }
    };
    data.note_missed();
    Some(data)
}

impl DeskData {
    /// A fresh view. The call that this desk had last is kept, which a view after a break may no longer hold.
    fn begin(view: DeskView, last: Option<DeskCall>, missed: Missed) -> Self {
        let mut data = Self { view, finished: last, missed };
        data.sort_out_finished(None);
        let is_current = |last: &DeskCall| data.view.calls.iter().any(|call| call.call.id == last.call.id);
        if data.finished.as_ref().is_some_and(is_current) {
            data.finished = None;
        }
        data
    }

    /// The call that this desk had last, taken from what a fresh view replaces: with its transcript it is large.
    fn take_last(&mut self) -> Option<DeskCall> {
        let live = self.view.calls.iter().position(|call| is_in(call, &self.view.me));
        live.map(|at| self.view.calls.swap_remove(at)).or_else(|| self.finished.take())
    }

    fn apply(&mut self, event: DeskEvent) {
        match event {
            DeskEvent::View { view } => *self = Self::begin(*view, self.take_last(), std::mem::take(&mut self.missed)),
            DeskEvent::Call { call } => self.put_call(*call),
            DeskEvent::Moved { call } => self.move_call(*call),
            DeskEvent::CallGone { call } => self.take_call(call),
            DeskEvent::Waiting { waiting } => self.view.waiting = waiting,
            DeskEvent::Agents { agents } => self.view.agents = agents,
            DeskEvent::Said { call, segment } => {
                if let Some(call) = self.call_mut(call) {
                    say(&mut call.transcript, segment);
                }
            }
            DeskEvent::SaidInConsult { call, transfer, segment } => self.say_in_consult(call, transfer, segment),
            DeskEvent::Withdrawn { call, number } => {
                if let Some(call) = self.call_mut(call) {
                    withdraw(&mut call.transcript, number);
                }
            }
            DeskEvent::WithdrawnInConsult { transfer, number } => {
                for consult in self.view.consults.iter_mut().filter(|known| known.transfer == transfer) {
                    withdraw(&mut consult.lines, number);
                }
            }
            DeskEvent::Briefed { call, briefing } => {
                if let Some(call) = self.call_mut(call) {
                    brief(&mut call.briefings, *briefing);
                }
            }
            DeskEvent::Insight { call, change } => {
                if let Some(call) = self.call_mut(call) {
                    call.insight.apply(change);
                }
            }
            DeskEvent::WrapUp { wrap_up } => self.view.wrap_up = wrap_up,
        }
    }

    fn say_in_consult(&mut self, call: CallId, transfer: TransferId, segment: Segment) {
        let consults = &mut self.view.consults;
        match consults.iter_mut().find(|known| known.transfer == transfer) {
            Some(known) => say(&mut known.lines, segment),
            None => consults.push(ConsultTranscript { call, transfer, lines: vec![segment] }),
        }
    }

    /// A call may still be sent after this agent has left it, for instance when the caller's page reports its silence.
    fn put_call(&mut self, call: DeskCall) {
        let id = call.call.id;
        let known = self.view.calls.iter().chain(&self.finished).find(|known| known.call.id == id);
        // Two answers may cross: the older one says nothing new.
        if known.is_some_and(|known| known.call.version > call.call.version) {
            return;
        }
        let was_mine = self.was_mine(id);
        self.finished.take_if(|finished| finished.call.id == id);
        match self.view.calls.iter_mut().find(|known| known.call.id == id) {
            Some(known) => *known = call,
            None => self.view.calls.push(call),
        }
        self.sort_out_finished(was_mine);
    }

    /// The call has gone on; what else is known of it stays.
    fn move_call(&mut self, call: Call) {
        let id = call.id;
        let was_mine = self.was_mine(id);
        let Some(known) = self.view.calls.iter_mut().find(|known| known.call.id == id) else { return };
        if known.call.version < call.version {
            known.call = call;
            self.sort_out_finished(was_mine);
        }
    }

    fn was_mine(&self, id: CallId) -> Option<CallId> {
        self.live().or(self.finished.as_ref()).is_some_and(|mine| mine.call.id == id).then_some(id)
    }

    fn take_call(&mut self, id: CallId) {
        let Some(at) = self.view.calls.iter().position(|call| call.call.id == id) else { return };
        let gone = self.view.calls.remove(at);
        if is_in(&gone, &self.view.me) || had_share(&gone.call, &self.view.me) {
            self.finished = Some(gone);
        }
    }

    /// Calls that this agent is no longer in are what the card afterwards is about; an offer that went elsewhere leaves
    /// nothing to look back on.
    fn sort_out_finished(&mut self, was_mine: Option<CallId>) {
        let me = self.view.me.clone();
        let finishing = self.view.wrap_up.as_ref().map(|wrap_up| wrap_up.call);
        let (current, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.view.calls).into_iter().partition(|call| part(&call.call, &me).is_some());
        self.view.calls = current;
        let worth_a_look = |call: &DeskCall| {
            let id = Some(call.call.id);
            id == was_mine || id == finishing || had_share(&call.call, &me)
        };
        if let Some(last) = left.into_iter().filter(worth_a_look).max_by_key(|call| call.call.created_at) {
            self.finished = Some(last);
        }
    }

    fn call_mut(&mut self, id: CallId) -> Option<&mut DeskCall> {
        let finished = self.finished.as_mut();
        self.view.calls.iter_mut().chain(finished).find(|call| call.call.id == id)
    }

    /// The one call this agent is in, as opposed to being rung for.
    pub fn live(&self) -> Option<&DeskCall> {
        self.view.calls.iter().find(|call| is_in(call, &self.view.me))
    }

    /// The call that rings at this desk.
    pub fn ringing(&self) -> Option<&DeskCall> {
        self.view.calls.iter().find(|call| part(&call.call, &self.view.me).is_some_and(Part::is_rung))
    }

    /// What keeps this agent from answering a waiting call.
    pub fn engaged(&self) -> Option<Engagement> {
        let call = self.live().map(|_| Engagement::Call);
        call.or_else(|| self.ringing().map(|_| Engagement::Offer))
    }

    /// The call that is talked about on screen: the one that goes on, else the one that rings, else the last.
    pub fn shown(&self) -> Option<&DeskCall> {
        self.live().or_else(|| self.ringing()).or(self.finished.as_ref())
    }
}

/// Whether this agent is in the call, as opposed to being rung for.
fn is_in(call: &DeskCall, me: &AgentId) -> bool {
    part(&call.call, me).is_some_and(|part| !part.is_rung())
}

/// Whether this agent handed the call over, or tries to.
fn had_share(call: &Call, me: &AgentId) -> bool {
    let now = call.transfer().is_some_and(|transfer| transfer.transferring.agent == *me);
    now || call.last_transfer.as_ref().is_some_and(|last| last.transferring == *me)
}

/// A line replaces the one under its number. A final one only gives way to another final one, which its page sends when it was cut
/// off and is back.
fn say(transcript: &mut Vec<Segment>, segment: Segment) {
    match transcript.binary_search_by_key(&segment.number, |line| line.number) {
        Ok(at) if transcript[at].is_final && !segment.is_final => {}
        Ok(at) => transcript[at] = segment,
        Err(at) => transcript.insert(at, segment),
    }
}

fn withdraw(transcript: &mut Vec<Segment>, number: u32) {
    transcript.retain(|line| line.number != number || line.is_final);
}

fn brief(briefings: &mut Vec<TransferBriefing>, briefing: TransferBriefing) {
    match briefings.iter_mut().find(|known| known.transfer == briefing.transfer) {
        Some(known) => *known = briefing,
        None => briefings.push(briefing),
    }
}

#[cfg(test)]
#[path = "reduce_tests.rs"]
mod tests;

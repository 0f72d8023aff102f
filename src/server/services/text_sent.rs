//! The audit of what leaves: to whom and how much, never what. Of a call whose caller has refused to be listened to nothing does.

use baton_domain::call::Call;
use baton_domain::ids::{CallId, TransferId};
use baton_domain::listening::Consent;
use baton_domain::machine::{Actor, Refusal};
use baton_domain::outcome::{Happening, HappeningKind};

use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::ports::briefing_writer::{Departure, Sent};
use crate::server::state::App;
use crate::server::store::{StoreError, calls, events, lines};

impl App {
    /// Whether personal data is taken out of what leaves about `call`: its line says so at this moment, so that whoever switches
    /// it on need not wait until the last call has ended.
    pub(super) async fn redacts(&self, call: &Call) -> Result<bool, ServiceError> {
        let mut db = self.store.read().await?;
        Ok(lines::find(&mut db, &call.line).await?.is_none_or(|line| line.redact))
    }

    /// Text of `call` is about to leave: it does once that is written down, and else stays.
    pub(super) async fn text_departs(
        &self,
        call: CallId,
        transfer: Option<TransferId>,
        departure: Departure,
    ) -> Result<(), ServiceError> {
        self.text_leaves(call, transfer, &departure.sent).await?;
        departure.go();
        Ok(())
    }

    /// Writes down that text of `call` leaves, for whoever sends it only then.
    pub(super) async fn text_leaves(
        &self,
        call: CallId,
        transfer: Option<TransferId>,
        sent: &Sent,
    ) -> Result<(), ServiceError> {
        self.write_down(call, transfer, HappeningKind::TextSentToModel, in_words(sent)).await
    }

    /// A voice in `call` is about to be sent to whoever recognises speech. Nothing of it may leave before this is done.
    pub(in crate::server) async fn speech_leaves(
        &self,
        call: CallId,
        speaker: &str,
        providers: &[String],
    ) -> Result<(), ServiceError> {
        let detail = format!("{speaker}, to {}", providers.join(", or else to "));
        self.write_down(call, None, HappeningKind::SpeechSentToRecogniser, detail).await
    }

    async fn write_down(
        &self,
        call: CallId,
        transfer: Option<TransferId>,
        kind: HappeningKind,
        detail: String,
    ) -> Result<(), ServiceError> {
        let mut tx = self.store.begin().await?;
        let found = calls::find(&mut tx, call).await?.ok_or(ServiceError::NotFound("call"))?;
        // Also of what was said before they refused.
        if found.listening.consent == Consent::Refused {
            return Err(Refusal::ListeningRefused.into());
        }
        let happened = Happening { kind, agent: None, transfer, detail: Some(detail) };
        events::append(&mut tx, &found, &events::actor_name(&Actor::Desk), &[happened], self.clock.now()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.hub.wake(Wake::Call(call));
        Ok(())
    }
}

pub(super) fn in_words(sent: &Sent) -> String {
    let Sent { provider, model, lines, is_redacted, taken_out } = sent;
    if *is_redacted {
        format!("{provider}, {model}: {lines} lines, personal data taken out: {taken_out}")
    } else {
        format!("{provider}, {model}: {lines} lines, personal data left in")
    }
}

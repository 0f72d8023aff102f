//! The audit of what leaves: to whom and how much, never what.

use baton_domain::ids::{CallId, TransferId};
use baton_domain::machine::Actor;
use baton_domain::outcome::{Happening, HappeningKind};

use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::ports::briefing_writer::Sent;
use crate::server::state::App;
use crate::server::store::{StoreError, calls, events};

impl App {
    /// Text of `call` leaves: written down as it does.
    pub(super) async fn text_leaves(
        &self,
        call: CallId,
        transfer: Option<TransferId>,
        sent: &Sent,
    ) -> Result<(), ServiceError> {
        let mut tx = self.store.begin().await?;
        let found = calls::find(&mut tx, call).await?.ok_or(ServiceError::NotFound("call"))?;
        let happened =
            Happening { kind: HappeningKind::TextSentToModel, agent: None, transfer, detail: Some(in_words(sent)) };
        events::append(&mut tx, &found, &events::actor_name(&Actor::Desk), &[happened], self.clock.now()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.hub.wake(Wake::Call(call));
        Ok(())
    }
}

fn in_words(sent: &Sent) -> String {
    let Sent { provider, model, lines, taken_out } = sent;
    format!("{provider}, {model}: {lines} lines, personal data taken out: {taken_out}")
}

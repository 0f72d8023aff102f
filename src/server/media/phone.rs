//! Somebody's phone, in the consult room that it was called into: what it does is told to the desk, as a page would.

use std::sync::Arc;

use baton_domain::call::AgentLeg;
use baton_domain::ids::{CallId, TransferId};
use baton_domain::transfer::TransferState;
use tokio_util::sync::CancellationToken;

use super::PartError;
use super::following::Following;
use crate::server::ports::participation::Tokens;
use crate::server::ports::telephony::{Dial, PhoneCall, PhoneNews, Telephony};
use crate::server::services::phones::phone_leg;
use crate::server::state::App;

/// Calls the phone of `transfer`'s target, and keeps it until it is out of the call or `stop` is cancelled.
pub async fn play(
    app: App,
    phones: impl Telephony,
    call: CallId,
    transfer: TransferId,
    stop: CancellationToken,
) -> Result<(), PartError> {
    let found = app.calls().find(call).await.map_err(PartError::Desk)?;
    let Some(leg) = phone_leg(&found, transfer).cloned() else { return Ok(()) };
    let is_ringing = |state: &TransferState| {
        matches!(state, TransferState::Ringing { .. } | TransferState::BlindRinging { accepted: None, .. })
    };
    let was_answered = !found.transfer().is_some_and(|open| is_ringing(&open.state));
    let dial = Dial { tokens: tokens(&app, call, transfer), was_answered };
    let Some(called) = stop.run_until_cancelled(phones.call(dial)).await else { return Ok(()) };
    let mut phone = called?;
    let desk = Desk { app, call, transfer, leg };
    let talked = stop.run_until_cancelled(desk.stay(&mut *phone)).await.unwrap_or(Ok(()));
    phone.hang_up().await;
    talked
}

fn tokens(app: &App, call: CallId, transfer: TransferId) -> Tokens {
    let app = app.clone();
    Arc::new(move || {
        let app = app.clone();
        Box::pin(async move { Ok(app.phones().phone_token(call, transfer).await?) })
    })
}

/// What a phone has instead of a desk.
struct Desk {
    app: App,
    call: CallId,
    transfer: TransferId,
    leg: AgentLeg,
}

impl Desk {
    async fn stay(&self, phone: &mut dyn PhoneCall) -> Result<(), PartError> {
        let stayed = tokio::select! {
            out = self.until_it_is_out() => out,
            over = self.tell(phone) => over,
        };
        match stayed {
            // The room was closed before the news of the end came.
            Err(_) if !self.is_wanted().await => Ok(()),
            other => other,
        }
    }

    async fn is_wanted(&self) -> bool {
        let call = self.app.calls().find(self.call).await;
        call.is_ok_and(|call| phone_leg(&call, self.transfer).is_some())
    }

    async fn until_it_is_out(&self) -> Result<(), PartError> {
        let mut following = Following::begin(&self.app, self.call);
        while following.next().await?.is_some_and(|call| phone_leg(&call, self.transfer).is_some()) {}
        Ok(())
    }

    async fn tell(&self, phone: &mut dyn PhoneCall) -> Result<(), PartError> {
        let desk = self.app.phones();
        while let Some(news) = phone.next().await? {
            let told = match news {
                PhoneNews::Rings => desk.rings(self.call, &self.leg).await,
                PhoneNews::Answered => desk.answered(self.call, &self.leg).await,
                PhoneNews::Heard => desk.is_heard(self.call, &self.leg).await,
                PhoneNews::HungUp => desk.hung_up(self.call, &self.leg).await,
            };
            told.map_err(PartError::Desk)?;
        }
        Ok(())
    }
}

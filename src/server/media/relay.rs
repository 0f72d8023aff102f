//! The relay to a phone: stands by in the call's room and in the phone's, and carries the voices that the rules name.

use std::sync::Arc;
use std::time::Duration;

use baton_domain::ids::{CallId, LegId, TransferId};
use baton_domain::machine::Fact;
use baton_domain::seat::{Relay, RoomName};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::PartError;
use super::attention::{Attention, Situation};
use super::following::Following;
use crate::server::error::chain;
use crate::server::ports::bridging::{Bridge, BridgeEnds};
use crate::server::ports::participation::{Noticed, Participation, Tokens};
use crate::server::services::phones::relay_to;
use crate::server::state::App;

/// How often it is looked for whoever is there with a closed microphone.
const LOOK: Duration = Duration::from_secs(1);
/// How many things may be noticed before they are looked at.
const NOTICED: usize = 64;

/// Carries voices to the phone of `transfer`'s target and back until it is out of the call or `stop` is cancelled.
pub async fn play(
    app: App,
    rooms: Arc<dyn Participation>,
    call: CallId,
    transfer: TransferId,
    stop: CancellationToken,
) -> Result<(), PartError> {
    let found = app.calls().find(call).await.map_err(PartError::Desk)?;
    let Some(relay) = relay_to(&found, transfer) else { return Ok(()) };
    let ends = BridgeEnds {
        call: tokens(&app, call, RoomName::Call(call), transfer),
        phone_room: tokens(&app, call, RoomName::Consult(transfer), transfer),
        phone: relay.phone.to_string(),
        voices: names(&relay.prepared),
    };
    let Some(joined) = stop.run_until_cancelled(rooms.bridge(ends)).await else { return Ok(()) };
    let mut bridge = joined?;
    let part = Carrying { app, call, transfer, phone: relay.phone };
    let acted = stop.run_until_cancelled(part.act(&mut *bridge)).await.unwrap_or(Ok(()));
    bridge.leave().await;
    acted
}

fn names(legs: &[LegId]) -> Vec<String> {
    legs.iter().map(ToString::to_string).collect()
}

fn tokens(app: &App, call: CallId, room: RoomName, transfer: TransferId) -> Tokens {
    let app = app.clone();
    Arc::new(move || {
        let app = app.clone();
        Box::pin(async move { Ok(app.phones().relay_token(call, room, transfer).await?) })
    })
}

struct Carrying {
    app: App,
    call: CallId,
    transfer: TransferId,
    phone: LegId,
}

impl Carrying {
    async fn act(&self, bridge: &mut dyn Bridge) -> Result<(), PartError> {
        let (carry, carried) = watch::channel(Vec::new());
        let (tell, situation) = watch::channel(Situation::default());
        let (notice, noticed) = mpsc::channel(NOTICED);
        let acted = tokio::select! {
            over = self.follow(&carry, &tell) => over,
            gone = bridge.carry(carried, notice) => gone.map_err(PartError::from),
            () = self.report(noticed, situation) => Ok(()),
        };
        match acted {
            // A room was closed before the news of the end came.
            Err(_) if !self.is_wanted().await => Ok(()),
            other => other,
        }
    }

    async fn is_wanted(&self) -> bool {
        self.app.calls().find(self.call).await.is_ok_and(|call| relay_to(&call, self.transfer).is_some())
    }

    async fn follow(
        &self,
        carry: &watch::Sender<Vec<String>>,
        tell: &watch::Sender<Situation>,
    ) -> Result<(), PartError> {
        let mut following = Following::begin(&self.app, self.call);
        while let Some(call) = following.next().await? {
            let Some(Relay { carried, .. }) = relay_to(&call, self.transfer) else { return Ok(()) };
            carry.send_if_modified(|now| {
                let wanted = names(&carried);
                let is_other = *now != wanted;
                *now = wanted;
                is_other
            });
            tell.send_replace(Situation { version: call.version, hears: carried });
        }
        Ok(())
    }

    /// Tells the desk whom the phone hears: the phone itself says nothing. Never ends before the carrying does.
    async fn report(&self, mut noticed: mpsc::Receiver<Noticed>, situation: watch::Receiver<Situation>) {
        let mut attention = Attention::default();
        let mut looks = tokio::time::interval(LOOK);
        loop {
            let heard: Vec<LegId> = tokio::select! {
                Some(noticed) = noticed.recv() => attention.notice(&noticed, &situation.borrow()).into_iter().collect(),
                _ = looks.tick() => attention.look(&situation.borrow()),
            };
            for speaker in heard {
                let fact = Fact::Heard { listener: self.phone, speaker };
                if let Err(error) = self.app.calls().fact(self.call, fact).await {
                    warn!(call.id = %self.call, error = chain(&error), "Could not report whom the phone in call {} hears", self.call);
                }
            }
        }
    }
}

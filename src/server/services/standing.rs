//! Where a call stands, for whoever was refused: a conflict is answered with what is the case now.

use baton_domain::ids::{CallId, TransferId};
use tracing::warn;

use crate::api::error::Standing;
use crate::server::error::{ServiceError, chain};
use crate::server::state::App;

impl App {
    /// What was done to a call; a conflict gets where the call stands now, and the transfer that was meant, if one was.
    pub(super) async fn with_standing<T>(
        &self,
        call: CallId,
        transfer: Option<TransferId>,
        done: Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let error = match done {
            Err(error) if error.is_conflict() => error,
            other => return other,
        };
        match self.standing(call, transfer).await {
            Ok(standing) => Err(ServiceError::Conflict { error: Box::new(error), standing }),
            Err(unknown) => {
                warn!(call.id = %call, error = chain(&unknown), "Could not look up where call {call} stands");
                Err(error)
            }
        }
    }

    async fn standing(&self, call: CallId, transfer: Option<TransferId>) -> Result<Standing, ServiceError> {
        let call = self.calls().find(call).await?;
        let transfer_state = match transfer {
            Some(meant) => Some(self.transfers().find(meant).await?.state),
            None => call.transfer().map(|open| open.state.name().to_owned()),
        };
        Ok(Standing { state: call.state_name().to_owned(), version: call.version, transfer_state })
    }
}

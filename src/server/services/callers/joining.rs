//! Coming in by a join link, also by a page that asks again because it got no answer.

use baton_domain::call::Call;
use baton_domain::desk_event::CallerView;
use baton_domain::ids::CallId;

use super::Callers;
use crate::server::error::ServiceError;
use crate::server::random;
use crate::server::services::idempotency::Key;
use crate::server::store::{StoreError, Tx, calls};

/// Under whose name the keys of those are kept who are nobody's caller yet.
pub(super) const NEWCOMER: &str = "newcomer";
/// Whoever has the key is the caller, so it must not be one that can be guessed.
const SHORTEST_KEY: usize = 32;

impl Callers<'_> {
    /// Comes in by a join link, or goes on with the call that this browser is in. The second part is the new caller's
    /// secret.
    pub async fn join(
        &self,
        code: &str,
        name: &str,
        known: Option<CallId>,
    ) -> Result<(CallerView, Option<String>), ServiceError> {
        let tx = self.0.store.begin().await?;
        self.come_in_by(tx, code, name, known, None).await
    }

    /// The same, once under this key: a page whose answer was lost asks again, and gets the call that it came in with.
    pub async fn join_once(
        &self,
        code: &str,
        name: &str,
        known: Option<CallId>,
        key: &str,
    ) -> Result<(CallerView, Option<String>), ServiceError> {
        if key.len() < SHORTEST_KEY {
            let told = format!("The key of a page must have at least {SHORTEST_KEY} characters.");
            return Err(ServiceError::Invalid(told));
        }
        // A key lets somebody in, so it is kept as other secrets are.
        let key = Key::new(random::fingerprint(key), code, &"join")?;
        let mut tx = self.0.store.begin().await?;
        let Some(call) = came_in(&mut tx, &key).await? else {
            return self.come_in_by(tx, code, name, known, Some(&key)).await;
        };
        // The secret that was made then may never have arrived.
        let secret = self.new_secret(&mut tx, call.id).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok((self.0.caller_view(call.id).await?, Some(secret)))
    }
}

/// The call that began under this key, as long as it goes on.
async fn came_in(tx: &mut Tx, key: &Key) -> Result<Option<Call>, ServiceError> {
    let Some(known) = key.answer(tx, NEWCOMER).await? else { return Ok(None) };
    let known = known.parse().map_err(StoreError::from)?;
    Ok(calls::find(tx, known).await?.filter(|call| !call.is_ended()))
}

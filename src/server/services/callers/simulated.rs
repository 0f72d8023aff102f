//! Callers whom the server plays: an ordinary call on the demo's line, with a caller whose page is the server itself.

use baton_domain::call::Call;
use baton_domain::desk_event::CallerView;
use baton_domain::line::LineRefusal;

use super::{Callers, refusal};
use crate::server::error::ServiceError;
use crate::server::permissions::{Action, Who, may};
use crate::server::services::idempotency::{Key, asker};
use crate::server::store::{StoreError, calls, lines};

/// What they are called, so that several can be told apart.
const NAMES: [&str; 10] = ["Carol", "Dora", "Emil", "Frida", "Georg", "Hanna", "Ivan", "Judith", "Karl", "Lotte"];

impl Callers<'_> {
    /// One more caller whom the server plays, in the queue of the first open line; the one whom it plays already, when this
    /// key has come before.
    pub async fn simulate(&self, who: &Who, key: Option<String>) -> Result<CallerView, ServiceError> {
        let limit = self.0.config.demo.simulated_callers;
        if limit == 0 {
            return Err(ServiceError::NotFound("simulated caller"));
        }
        if !may(who, Action::SimulateCaller) {
            return Err(ServiceError::NotAllowed);
        }
        // Of those whom we do not know, nobody can say whose key it is.
        let key = key.filter(|_| *who != Who::Anonymous);
        let key = key.map(|key| Key::new(key, "demo", &"simulated caller")).transpose()?;
        let mut tx = self.0.store.begin().await?;
        if let Some(key) = &key
            && let Some(call) = key.answer(&mut tx, &asker(who)).await?
        {
            drop(tx);
            return self.0.caller_view(call.parse().map_err(StoreError::from)?).await;
        }
        let mut running = calls::unsettled(&mut tx).await?;
        running.retain(|call| call.caller.is_simulated && !call.is_ended());
        if running.len() >= limit as usize {
            return Err(ServiceError::TooManySimulated { limit });
        }
        let open = lines::all(&mut tx).await?.into_iter().find(|line| line.open && line.join_code.is_some());
        let line = open.ok_or(LineRefusal::Closed)?;
        if let Some(refusal) = refusal(&mut tx, &line).await? {
            return Err(refusal.into());
        }
        let mut call = self.new_call(&line, Some(&free_name(&running)));
        call.caller.is_simulated = true;
        call.caller.needs_music = true;
        if let Some(key) = &key {
            key.remember(&mut tx, &asker(who), &call.id.to_string(), call.created_at).await?;
        }
        let (view, _) = self.begin_call(tx, call).await?;
        Ok(view)
    }
}

/// The first name that no simulated caller has now, with a word that says what they are.
fn free_name(running: &[Call]) -> String {
    let is_free = |name: &String| running.iter().all(|call| call.caller.name != *name);
    let mut names = NAMES.iter().map(|name| format!("{name} (simulated)"));
    names.find(is_free).unwrap_or_else(|| format!("Caller {} (simulated)", running.len() + 1))
}

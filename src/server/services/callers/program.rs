//! Callers whom a program plays: it comes in by a line like anybody, and takes part with the token that it gets.

use baton_domain::call::{Call, CallerLeg};
use baton_domain::desk_event::RoomAccess;
use baton_domain::ids::LineId;

use super::{Callers, checked_name, refusal};
use crate::server::error::ServiceError;
use crate::server::permissions::{Action, Who, may};
use crate::server::services::idempotency::{Key, asker};
use crate::server::store::{StoreError, calls, lines};

impl Callers<'_> {
    /// One more caller on a line, without a page: the server plays them music and says for them whom they hear. Asked again with
    /// the same key, it is the same call, with another token.
    pub async fn come_in(
        &self,
        who: &Who,
        line: &LineId,
        key: Option<String>,
        name: Option<&str>,
    ) -> Result<(Call, RoomAccess), ServiceError> {
        if !may(who, Action::ChangeCalls) {
            return Err(ServiceError::NotAllowed);
        }
        let name = name.map(checked_name).transpose()?;
        let shown = name.as_deref().unwrap_or(CallerLeg::UNNAMED);
        let key = key.map(|key| Key::new(key, line, &shown)).transpose()?;
        let mut tx = self.0.store.begin().await?;
        if let Some(key) = &key
            && let Some(known) = key.answer(&mut tx, &asker(who)).await?
        {
            let known = known.parse().map_err(StoreError::from)?;
            let call = calls::find(&mut tx, known).await?.ok_or(ServiceError::NotFound("call"))?;
            drop(tx);
            let access = self.0.seating().caller_access(call.id).await?;
            return Ok((call, access));
        }
        let line = lines::find(&mut tx, line).await?.ok_or(ServiceError::NotFound("line"))?;
        if let Some(refusal) = refusal(&mut tx, &line).await? {
            return Err(refusal.into());
        }
        let mut call = self.new_call(&line, name.as_deref());
        call.caller.needs_music = true;
        if let Some(key) = &key {
            key.remember(&mut tx, &asker(who), &call.id.to_string(), call.created_at).await?;
        }
        let (view, _) = self.begin_call(tx, call).await?;
        let access = self.0.seating().caller_access(view.call).await?;
        Ok((self.0.calls().find(view.call).await?, access))
    }
}

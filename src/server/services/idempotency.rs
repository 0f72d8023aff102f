//! Commands that carry a key of their giver's making: one that comes twice is carried out once, and a key is for one command.

use baton_domain::machine::Actor;
use baton_domain::time::{Span, Timestamp};
use serde::Serialize;
use sqlx::AnyConnection;

use crate::server::error::ServiceError;
use crate::server::permissions::Who;
use crate::server::random;
use crate::server::state::App;
use crate::server::store::events::actor_name;
use crate::server::store::requests::{self, Answered};
use crate::server::store::{StoreError, Tx};

/// How long a repetition is known for one.
const KEPT: Span = Span::seconds(24 * 60 * 60);

/// What makes a repetition known, and a different command under the same key as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    text: String,
    /// The fingerprint of all that was asked for.
    command: String,
}

impl Key {
    /// A key that came with `asked`, which was asked of `about`: a call, or a line.
    pub fn new(text: String, about: impl Serialize, asked: &impl Serialize) -> Result<Self, ServiceError> {
        if !(1..=128).contains(&text.len()) {
            let told = "The idempotency key must have between 1 and 128 characters.";
            return Err(ServiceError::Invalid(told.to_owned()));
        }
        if text.contains(char::is_control) {
            return Err(ServiceError::Invalid("The idempotency key must have no control characters.".to_owned()));
        }
        let asked = serde_json::to_string(&(about, asked)).map_err(StoreError::Value)?;
        Ok(Self { text, command: random::fingerprint(&asked) })
    }

    /// What was answered when this came before.
    pub(super) async fn answer(&self, db: &mut AnyConnection, actor: &str) -> Result<Option<String>, ServiceError> {
        match requests::answered(db, actor, &self.text).await? {
            Some(before) if before.command == self.command => Ok(Some(before.answer)),
            Some(_) => Err(ServiceError::KeyReused),
            None => Ok(None),
        }
    }

    /// Remembers the answer, in the transaction that carries the command out.
    pub(super) async fn remember(
        &self,
        tx: &mut Tx,
        actor: &str,
        answer: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let answered = Answered { command: self.command.clone(), answer: answer.to_owned() };
        Ok(requests::remember(tx, actor, &self.text, &answered, now).await?)
    }
}

/// Under whose name an answer is kept: the keys of two askers have nothing to do with each other.
pub(super) fn asker(who: &Who) -> String {
    match who {
        Who::Caller(call) => format!("caller:{call}"),
        _ => who.actor().map_or_else(|| "nobody".to_owned(), |actor| actor_name(&actor)),
    }
}

impl App {
    /// What this actor was answered when they sent this before. For commands that look around before they are tried: what
    /// was done then has changed what they would find.
    pub(super) async fn answered_before(&self, by: &Actor, key: Option<&Key>) -> Result<Option<String>, ServiceError> {
        let Some(key) = key else { return Ok(None) };
        let mut db = self.store.read().await?;
        key.answer(&mut db, &actor_name(by)).await
    }

    /// Forgets the answers that nobody asks for again.
    pub async fn forget_old_requests(&self) -> Result<(), ServiceError> {
        let before = Timestamp(self.clock.now().0 - KEPT.0);
        let mut tx = self.store.begin().await?;
        requests::forget_before(&mut tx, before).await?;
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }
}

//! What tells this installation from others on the same media server. It makes both parts at its first start and keeps them.

use crate::server::error::ServiceError;
use crate::server::random;
use crate::server::state::App;
use crate::server::store::{StoreError, installation};

/// This installation.
#[derive(Clone)]
pub struct Installation {
    /// Stands on every room that we make.
    pub id: String,
    /// Sign-ins are signed with it. It is for nothing else, so nobody who knows another of our secrets can sign in by it.
    pub(super) session_key: String,
}

impl std::fmt::Debug for Installation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Installation").field("id", &self.id).finish_non_exhaustive()
    }
}

impl App {
    /// This installation, read once.
    pub async fn installation(&self) -> Result<&Installation, ServiceError> {
        self.installation.get_or_try_init(|| self.read_installation()).await
    }

    async fn read_installation(&self) -> Result<Installation, ServiceError> {
        let mut tx = self.store.begin().await?;
        let id = installation::value_or(&mut tx, "id", &random::id().simple().to_string()).await?;
        let session_key = installation::value_or(&mut tx, "session_key", &random::secret::<32>()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(Installation { id, session_key })
    }
}

//! The better briefing: a model writes again what the local summariser has said at once.
//!
//! Nothing waits for it. The transfer has its briefing when it begins; this one takes its place when it comes, beside what the
//! agent has edited meanwhile, and what leaves for it is written down as it leaves.

use baton_domain::briefing::{Briefing, PreparedBriefing};
use baton_domain::call::Call;
use baton_domain::desk_event::TransferBriefing;
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::transcript::Transcript;
use sqlx::AnyConnection;
use tracing::warn;

use crate::server::error::{ServiceError, chain};
use crate::server::hub::Wake;
use crate::server::ports::analyst::Talk;
use crate::server::ports::briefing_writer::{Order, Step};
use crate::server::services::briefings::Briefings;
use crate::server::state::App;
use crate::server::store::{StoreError, briefings};

/// Of one transfer that has begun.
struct Better {
    app: App,
    call: CallId,
    transfer: TransferId,
}

impl Briefings<'_> {
    /// Begins to write, when there is somebody who can.
    pub(in crate::server::services) fn improve(
        &self,
        call: &Call,
        transfer: TransferId,
        target: AgentId,
        note: String,
    ) {
        if !self.0.writer.is_there() {
            return;
        }
        let better = Better { app: self.0.clone(), call: call.id, transfer };
        let call = call.clone();
        tokio::spawn(async move {
            if let Err(error) = better.write(&call, &target, note).await {
                let id = better.transfer;
                warn!(transfer.id = %id, error = chain(&error), "The briefing of transfer {id} stays the local one");
            }
        });
    }
}

impl Better {
    async fn write(&self, call: &Call, target: &AgentId, note: String) -> Result<(), ServiceError> {
        let shown = {
            let mut db = self.app.store.read().await?;
            self.stored(&mut db).await?.generated
        };
        let (transcript, context) = self.app.briefings().material(call, Some(target)).await?;
        if note.is_empty() && self.has_read_all(&shown, &transcript).await? {
            return Ok(());
        }
        let earlier = self.app.briefings().earlier(call.id, Some(self.transfer)).await?;
        let earlier = earlier.iter().map(PreparedBriefing::plain_text).collect();
        let language = self.app.briefings().language_for(Some(target)).await?;
        let redact = self.app.redacts(call).await?;
        let talk = Talk { transcript, context, language, note, earlier, redact, is_spare: false };
        let mut steps = self.app.writer.write(Order { talk, local: shown });
        while let Some(step) = steps.recv().await {
            match step {
                Step::Leaving(departure) => self.app.text_departs(self.call, Some(self.transfer), departure).await?,
                Step::Draft(briefing) => self.show(*briefing).await?,
                Step::Written(briefing) => self.replace(*briefing).await?,
            }
        }
        Ok(())
    }

    /// Whether a model has kept the briefing up to date to the last line: then nothing is asked twice.
    async fn has_read_all(&self, shown: &Briefing, transcript: &Transcript) -> Result<bool, ServiceError> {
        let rolling = self.app.briefings().rolling(self.call).await?;
        let read = rolling.filter(|rolling| rolling.source == shown.source).map(|rolling| rolling.lines_read);
        Ok(read.is_some_and(|read| usize::try_from(read) == Ok(transcript.final_lines().count())))
    }

    /// A draft is shown and not kept.
    async fn show(&self, draft: Briefing) -> Result<(), ServiceError> {
        let mut db = self.app.store.read().await?;
        let stored = self.stored(&mut db).await?;
        drop(db);
        self.tell(PreparedBriefing { generated: draft, edit: stored.edit });
        Ok(())
    }

    async fn replace(&self, briefing: Briefing) -> Result<(), ServiceError> {
        let mut tx = self.app.store.begin().await?;
        // The edit is read again in the same transaction: one that was made meanwhile stays.
        let edit = self.stored(&mut tx).await?.edit;
        let prepared = PreparedBriefing { generated: briefing, edit };
        briefings::put(&mut tx, self.call, self.transfer, &prepared, self.app.clock.now()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.tell(prepared);
        Ok(())
    }

    async fn stored(&self, db: &mut AnyConnection) -> Result<PreparedBriefing, ServiceError> {
        let all = briefings::of_call(db, self.call).await?;
        let ours = all.into_iter().find(|stored| stored.transfer == self.transfer);
        ours.map(|stored| stored.briefing).ok_or(ServiceError::NotFound("briefing"))
    }

    fn tell(&self, briefing: PreparedBriefing) {
        let briefing = TransferBriefing { transfer: self.transfer, briefing };
        self.app.hub.wake(Wake::Briefed(self.call, Box::new(briefing)));
    }
}

//! Lines that were begun and will not be ended by whoever heard them.

use baton_domain::ids::{CallId, SegmentId};
use baton_domain::seat::RoomName;
use baton_domain::transcript::Segment;

use super::Transcripts;
use super::live::agents_of;
use crate::server::error::ServiceError;
use crate::server::hub::{News, Wake};
use crate::server::media::{Role, ServerParticipant};
use crate::server::store::{StoreError, segments};

impl Transcripts<'_> {
    /// Takes back a line that turned out to be nothing. What is final stays.
    pub async fn withdraw(&self, call: CallId, room: RoomName, id: SegmentId) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let open = segments::open_in(&mut tx, room).await?;
        let Some(number) = open.iter().find(|line| line.id == id).map(|line| line.number) else { return Ok(()) };
        segments::remove(&mut tx, room, number).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.open_lines.closed(room, id);
        match room {
            RoomName::Call(_) => self.0.hub.wake(Wake::Withdrawn(call, number)),
            RoomName::Consult(transfer) => {
                let mut db = self.0.store.read().await?;
                let agents = agents_of(&mut db, transfer).await?;
                self.0.hub.publish(News::WithdrawnInConsult(transfer, agents.into(), number));
            }
        }
        Ok(())
    }

    /// At the start: ends all lines that were being spoken when the server ended, in whatever call, unless another server is
    /// listening by now.
    pub async fn end_open_lines(&self) -> Result<(), ServiceError> {
        let mut db = self.0.store.read().await?;
        let rooms = segments::rooms_with_open_lines(&mut db).await?;
        drop(db);
        for (call, room) in rooms {
            let listener = ServerParticipant { call, role: Role::Listener(room) };
            if self.0.leases().is_free(&listener.lease()).await? {
                self.end_open_lines_in(call, room).await?;
            }
        }
        Ok(())
    }

    /// Ends the lines of one room that were being spoken: they stay as they were heard, and what is said from now on stands in
    /// lines of its own.
    pub async fn end_open_lines_in(&self, call: CallId, room: RoomName) -> Result<(), ServiceError> {
        self.end(call, room, |_| true).await
    }

    /// Ends one line of which nothing more will be heard, as it stands.
    pub async fn end_line(&self, call: CallId, room: RoomName, id: SegmentId) -> Result<(), ServiceError> {
        self.end(call, room, |line| line.id == id).await
    }

    async fn end(&self, call: CallId, room: RoomName, ends: impl Fn(&Segment) -> bool) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let mut lines = segments::open_in(&mut tx, room).await?;
        lines.retain(ends);
        self.0.open_lines.bring_up(room, &mut lines);
        let ended: Vec<Segment> = lines.into_iter().map(|line| Segment { is_final: true, ..line }).collect();
        for line in &ended {
            segments::put(&mut tx, room, line).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        for line in &ended {
            self.0.open_lines.closed(room, line.id);
            self.tell(call, room, line).await?;
        }
        Ok(())
    }
}

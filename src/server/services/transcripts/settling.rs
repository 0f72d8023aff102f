//! Lines that were begun and will not be ended by whoever heard them.

use baton_domain::ids::{CallId, SegmentId};
use baton_domain::seat::RoomName;
use baton_domain::transcript::Segment;

use super::Transcripts;
use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::media::{Role, ServerParticipant};
use crate::server::store::{StoreError, calls, consult_segments, segments};

/// A line that is not among so many of the newest is none that is still being spoken.
const RECENT: u32 = 64;

impl Transcripts<'_> {
    /// Takes back a line that turned out to be nothing. What is final stays.
    pub async fn withdraw(&self, call: CallId, room: RoomName, id: SegmentId) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let is_it = |line: &&Segment| line.id == id && !line.is_final;
        match room {
            RoomName::Call(call) => {
                if let Some(line) = segments::newest(&mut tx, call, RECENT).await?.iter().find(is_it) {
                    segments::remove(&mut tx, call, line.number).await?;
                }
            }
            RoomName::Consult(transfer) => {
                if let Some(line) = consult_segments::newest(&mut tx, transfer, RECENT).await?.iter().find(is_it) {
                    consult_segments::remove(&mut tx, transfer, line.number).await?;
                }
            }
        }
        tx.commit().await.map_err(StoreError::from)?;
        self.0.hub.wake(Wake::Call(call));
        Ok(())
    }

    /// At the start: ends all lines that were being spoken when the server ended, unless another server is listening by now.
    pub async fn end_open_lines(&self) -> Result<(), ServiceError> {
        let mut db = self.0.store.read().await?;
        let calls = calls::unsettled(&mut db).await?;
        drop(db);
        for call in calls {
            let consult = call.transfer_id().map(RoomName::Consult);
            for room in [RoomName::Call(call.id)].into_iter().chain(consult) {
                let listener = ServerParticipant { call: call.id, role: Role::Listener(room) };
                if self.0.leases().is_free(&listener.lease()).await? {
                    self.end_open_lines_in(call.id, room).await?;
                }
            }
        }
        Ok(())
    }

    /// Ends the lines of one room that were being spoken: they stay as they were heard, and what is said from now on stands in
    /// lines of its own.
    pub async fn end_open_lines_in(&self, call: CallId, room: RoomName) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        match room {
            RoomName::Call(call) => {
                for line in open(segments::newest(&mut tx, call, RECENT).await?) {
                    segments::put(&mut tx, call, &line).await?;
                }
            }
            RoomName::Consult(transfer) => {
                for line in open(consult_segments::newest(&mut tx, transfer, RECENT).await?) {
                    consult_segments::put(&mut tx, transfer, &line).await?;
                }
            }
        }
        tx.commit().await.map_err(StoreError::from)?;
        self.0.hub.wake(Wake::Call(call));
        Ok(())
    }
}

fn open(lines: Vec<Segment>) -> impl Iterator<Item = Segment> {
    lines.into_iter().filter(|line| !line.is_final).map(|line| Segment { is_final: true, ..line })
}

//! Lines that were begun and will not be ended by whoever heard them.

use baton_domain::ids::{CallId, SegmentId};
use baton_domain::seat::RoomName;
use baton_domain::transcript::Segment;

use super::Transcripts;
use crate::server::error::ServiceError;
use crate::server::hub::Wake;
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

    /// Ends all lines that were being spoken when the server ended: they stay as they were heard, and what is said from now on
    /// stands in lines of its own.
    pub async fn end_open_lines(&self) -> Result<(), ServiceError> {
        let mut db = self.0.store.read().await?;
        let calls = calls::unsettled(&mut db).await?;
        drop(db);
        for call in calls {
            let mut tx = self.0.store.begin().await?;
            for line in open(segments::newest(&mut tx, call.id, RECENT).await?) {
                segments::put(&mut tx, call.id, &line).await?;
            }
            if let Some(transfer) = call.transfer_id() {
                for line in open(consult_segments::newest(&mut tx, transfer, RECENT).await?) {
                    consult_segments::put(&mut tx, transfer, &line).await?;
                }
            }
            tx.commit().await.map_err(StoreError::from)?;
        }
        Ok(())
    }
}

fn open(lines: Vec<Segment>) -> impl Iterator<Item = Segment> {
    lines.into_iter().filter(|line| !line.is_final).map(|line| Segment { is_final: true, ..line })
}

//! Lines that were begun and will not be ended by whoever heard them.

use std::slice;

use baton_domain::ids::{CallId, SegmentId};
use baton_domain::seat::RoomName;
use baton_domain::time::{Span, Timestamp};
use baton_domain::transcript::Segment;

use super::Transcripts;
use super::live::agents_of;
use crate::server::error::ServiceError;
use crate::server::hub::{News, Wake};
use crate::server::media::{Role, ServerParticipant};
use crate::server::store::segments::{FromBrowser, OpenLine};
use crate::server::store::{StoreError, segments};

/// Recognisers end a line soon after its last word: a browser from which nothing more of it came for so long is gone.
pub(super) const QUIET: Span = Span::seconds(15);
/// The server that a line came to ends it itself, knowing what came last. Unless it is gone, too.
const QUIET_ELSEWHERE: Span = Span::seconds(45);

impl Transcripts<'_> {
    /// Takes back a line that turned out to be nothing. What is final stays.
    pub async fn withdraw(&self, call: CallId, room: RoomName, id: SegmentId) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let open = segments::open_in(&mut tx, room).await?;
        let Some(number) = open.iter().find(|open| open.line.id == id).map(|open| open.line.number) else {
            return Ok(());
        };
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

    /// At the start: ends all lines that the server itself was hearing when it ended, in whatever call, unless another server is
    /// listening by now. What browsers recognise goes on, whichever server their pages find.
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

    /// Ends the lines of one room that a listener was hearing: they stay as they were heard, and what is said from now on stands in
    /// lines of its own.
    pub async fn end_open_lines_in(&self, call: CallId, room: RoomName) -> Result<(), ServiceError> {
        self.end(call, room, |open| open.browser.is_none()).await
    }

    /// Ends one line of which nothing more will be heard, as it stands.
    pub async fn end_line(&self, call: CallId, room: RoomName, id: SegmentId) -> Result<(), ServiceError> {
        self.end(call, room, |open| open.line.id == id).await
    }

    /// Ends the lines of browsers of which nothing more has come for a while, because their pages are closed or cut off. Gives
    /// when the next one might be such a line.
    pub async fn end_quiet_lines(&self) -> Result<Option<Timestamp>, ServiceError> {
        let now = self.0.clock.now();
        let mut db = self.0.store.read().await?;
        let open = segments::open_from_browsers(&mut db).await?;
        drop(db);
        let mut next: Option<Timestamp> = None;
        for (call, room, browser) in open {
            let quiet_at = self.quiet_at(&browser);
            if quiet_at > now {
                next = Some(next.map_or(quiet_at, |next| next.min(quiet_at)));
                continue;
            }
            // More may have come since it was read.
            let is_quiet = |open: &OpenLine| open.browser.as_ref().is_some_and(|browser| self.quiet_at(browser) <= now);
            self.end(call, room, is_quiet).await?;
        }
        Ok(next)
    }

    fn quiet_at(&self, browser: &FromBrowser) -> Timestamp {
        browser.at.plus(if browser.instance == self.0.instance { QUIET } else { QUIET_ELSEWHERE })
    }

    async fn end(&self, call: CallId, room: RoomName, ends: impl Fn(&OpenLine) -> bool) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let mut open = segments::open_in(&mut tx, room).await?;
        open.retain(ends);
        let ended: Vec<Segment> = open.into_iter().map(|open| self.ended(room, open)).collect();
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

    /// A line as it ends: with what was heard of it last, unless that came to another server.
    fn ended(&self, room: RoomName, open: OpenLine) -> Segment {
        let OpenLine { mut line, browser } = open;
        if browser.is_none_or(|browser| browser.instance == self.0.instance) {
            self.0.open_lines.bring_up(room, slice::from_mut(&mut line));
        }
        Segment { is_final: true, ..line }
    }
}

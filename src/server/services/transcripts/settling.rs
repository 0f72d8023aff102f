//! Lines that were begun and will not be ended by whoever heard them.

use std::slice;

use baton_domain::ids::{CallId, SegmentId};
use baton_domain::seat::RoomName;
use baton_domain::time::{Span, Timestamp};

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
/// A page that was cut off sends the end of its line when it is back, and tries for about half a minute. After so long since the last
/// that came of the line, it stays as it was ended.
pub(super) const LATE: Span = Span::seconds(120);

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
        self.forget_strays().await?;
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

    /// Forgets lines that are no longer being heard here. Whoever goes on with one at another server, or ends it there, does not tell
    /// us, and what we know of it is older than what is stored.
    async fn forget_strays(&self) -> Result<(), ServiceError> {
        for (room, id) in self.0.open_lines.idle(self.0.clock.now(), QUIET) {
            let mut db = self.0.store.read().await?;
            let open = segments::open_in(&mut db, room).await?;
            if !open.iter().any(|open| open.line.id == id && self.is_heard_here(open)) {
                self.0.open_lines.closed(room, id);
            }
        }
        Ok(())
    }

    /// Whether the newest of a line came to this server. A listener's line is where it began for as long as it is open.
    fn is_heard_here(&self, open: &OpenLine) -> bool {
        open.browser.as_ref().is_none_or(|browser| browser.instance == self.0.instance)
    }

    fn quiet_at(&self, browser: &FromBrowser) -> Timestamp {
        browser.at.plus(if browser.instance == self.0.instance { QUIET } else { QUIET_ELSEWHERE })
    }

    async fn end(&self, call: CallId, room: RoomName, ends: impl Fn(&OpenLine) -> bool) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let mut open = segments::open_in(&mut tx, room).await?;
        open.retain(ends);
        for open in &mut open {
            self.bring_up(room, open);
            open.line.is_final = true;
            segments::put_heard(&mut tx, room, &open.line, open.browser.as_ref()).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        for OpenLine { line, .. } in &open {
            self.0.open_lines.closed(room, line.id);
            self.tell(call, room, line).await?;
        }
        Ok(())
    }

    /// To what was heard of a line last, unless that came to another server.
    fn bring_up(&self, room: RoomName, open: &mut OpenLine) {
        if self.is_heard_here(open) {
            self.0.open_lines.bring_up(room, slice::from_mut(&mut open.line));
        }
    }
}

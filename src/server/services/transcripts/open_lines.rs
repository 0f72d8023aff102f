//! Lines that are being spoken. What is heard of one changes several times a second; the pages are told of each version, and the
//! database gets one about once a second. Whoever reads a line from there gets it as it stands now.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_domain::ids::SegmentId;
use baton_domain::seat::RoomName;
use baton_domain::time::{Span, Timestamp};
use baton_domain::transcript::Segment;

/// So much of a line is lost at most when the server is killed.
const STORED_EVERY: Span = Span::seconds(1);

/// The newest version of each line that is being spoken.
#[derive(Debug, Default)]
pub struct OpenLines(Mutex<HashMap<RoomName, Vec<OpenLine>>>);

#[derive(Debug)]
struct OpenLine {
    newest: Segment,
    stored_at: Timestamp,
}

impl OpenLines {
    /// Whether the database is to get the next version of a line.
    pub(super) fn is_due(&self, room: RoomName, id: SegmentId, now: Timestamp) -> bool {
        let rooms = self.lock();
        let line = rooms.get(&room).and_then(|lines| lines.iter().find(|line| line.newest.id == id));
        line.is_none_or(|line| now >= line.stored_at.plus(STORED_EVERY))
    }

    /// A version that nobody has stored.
    pub(super) fn heard(&self, room: RoomName, segment: &Segment) {
        let mut rooms = self.lock();
        let line = rooms.get_mut(&room).and_then(|lines| lines.iter_mut().find(|line| line.newest.id == segment.id));
        if let Some(line) = line {
            line.newest.clone_from(segment);
        }
    }

    /// A version that was stored. With the final one, a line is open no more.
    pub(super) fn stored(&self, room: RoomName, segment: &Segment, now: Timestamp) {
        self.closed(room, segment.id);
        if !segment.is_final {
            let line = OpenLine { newest: segment.clone(), stored_at: now };
            self.lock().entry(room).or_default().push(line);
        }
    }

    /// A line is open no more.
    pub(super) fn closed(&self, room: RoomName, id: SegmentId) {
        let mut rooms = self.lock();
        if let Some(lines) = rooms.get_mut(&room) {
            lines.retain(|line| line.newest.id != id);
            if lines.is_empty() {
                rooms.remove(&room);
            }
        }
    }

    /// The lines of which nothing was stored for so long.
    pub(super) fn idle(&self, now: Timestamp, span: Span) -> Vec<(RoomName, SegmentId)> {
        let rooms = self.lock();
        let all = rooms.iter().flat_map(|(room, lines)| lines.iter().map(|line| (*room, line)));
        all.filter(|(_, line)| now >= line.stored_at.plus(span)).map(|(room, line)| (room, line.newest.id)).collect()
    }

    /// Brings lines that were read from the database to where they are now.
    pub fn bring_up(&self, room: RoomName, lines: &mut [Segment]) {
        let rooms = self.lock();
        for open in rooms.get(&room).into_iter().flatten() {
            if let Some(line) = lines.iter_mut().find(|line| line.id == open.newest.id && !line.is_final) {
                line.clone_from(&open.newest);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoomName, Vec<OpenLine>>> {
        // A panic elsewhere leaves whole lines behind, which stay right.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

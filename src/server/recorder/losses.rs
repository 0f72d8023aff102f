//! Packets that could not be recorded: counted, and told of once a second, because a full disk refuses fifty a second of every
//! speaker, and the log may be on it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use baton_domain::ids::RecordingId;

/// How often a recording's losses are told of.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// What was lost of each recording, and not yet told.
#[derive(Debug, Default)]
pub(super) struct Losses(HashMap<RecordingId, Loss>);

#[derive(Debug)]
struct Loss {
    untold: u64,
    told_at: Instant,
}

impl Losses {
    /// One more packet is lost. Gives how many are to be told of, when it is time to.
    pub fn add(&mut self, id: RecordingId, now: Instant) -> Option<u64> {
        let Some(loss) = self.0.get_mut(&id) else {
            self.0.insert(id, Loss { untold: 0, told_at: now });
            return Some(1);
        };
        loss.untold += 1;
        if now.saturating_duration_since(loss.told_at) < TELL_EVERY {
            return None;
        }
        loss.told_at = now;
        Some(std::mem::take(&mut loss.untold))
    }

    /// The recording is over. Gives how many are still to be told of, if any.
    pub fn end(&mut self, id: RecordingId) -> Option<u64> {
        self.0.remove(&id).map(|loss| loss.untold).filter(|untold| *untold > 0)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::server::clock;

    #[test]
    fn many_losses_are_told_of_once_a_second() {
        let (mut losses, began) = (Losses::default(), clock::monotonic());
        let (one, other) = (RecordingId(Uuid::from_u128(1)), RecordingId(Uuid::from_u128(2)));
        // Fifty packets a second for three seconds.
        let told: Vec<u64> =
            (0..150).filter_map(|number| losses.add(one, began + Duration::from_millis(20 * number))).collect();
        assert_eq!(told, [1, 50, 50]);
        assert_eq!(losses.add(other, began), Some(1), "each recording is told of by itself");
        assert_eq!((losses.end(one), losses.end(one), losses.end(other)), (Some(49), None, None));
    }
}

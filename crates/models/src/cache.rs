//! What was written already: the same conversation is not sent twice.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Enough for every call of a busy desk. They hold what was said, so they live in memory only.
const CAPACITY: usize = 256;

/// What an answer depends on, as a hash.
pub type Key = [u8; 32];

/// The most recently used last.
#[derive(Debug)]
pub struct Cache<T>(Mutex<VecDeque<(Key, T)>>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Cache<T> {
    pub fn get(&self, key: &Key) -> Option<T> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = entries.iter().position(|(known, _)| known == key)?;
        let entry = entries.remove(at)?;
        let known = entry.1.clone();
        entries.push_back(entry);
        Some(known)
    }

    pub fn put(&self, key: Key, written: T) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|(known, _)| *known != key);
        if entries.len() >= CAPACITY {
            entries.pop_front();
        }
        entries.push_back((key, written));
    }
}

/// A hash of `parts`, each with its length, so that no two lists of parts read alike.
pub fn key<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Key {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(key([&b"ab"[..], b"c"]), key([&b"a"[..], b"bc"]));
        assert_eq!(key([&b"ab"[..], b"c"]), key([&b"ab"[..], b"c"]));
    }
}

//! The only place that makes ids and secrets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A new id that sorts by the time it was made.
pub fn id() -> Uuid {
    Uuid::now_v7()
}

/// A secret of `BYTES` random bytes, in letters that fit an address.
///
/// # Panics
/// When the operating system has no randomness, without which nothing here is safe.
pub fn secret<const BYTES: usize>() -> String {
    let mut bytes = [0_u8; BYTES];
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a text that must be known again and not be read.
pub fn fingerprint(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

/// Compares secrets in constant time.
pub fn same(left: &str, right: &str) -> bool {
    use subtle::ConstantTimeEq;
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

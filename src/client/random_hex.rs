//! Chance for names that only have to differ from others.

use std::str::FromStr;

/// 32 hexadecimal digits, as whatever they are to be.
pub fn random_hex<T: FromStr<Err: std::fmt::Debug>>() -> T {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any bits will do")]
    let random = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    let digits = format!("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
    digits.parse().expect("32 digits are an id and a text")
}

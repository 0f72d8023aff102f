//! What is drawn of a recording, read off its packets without decoding them.

use baton_domain::recording::Activity;
use baton_domain::time::Span;
use livekit_participant::ogg::{Packet, ReadError};

/// Samples in a millisecond.
const SAMPLES_PER_MS: u64 = 48;
/// An encoder with constant bit rate makes all packets alike: what it sends is then shown as there or not.
const ALIKE: f32 = 1.25;
/// What is shown of the quietest sound: something was there.
const LEAST: f32 = 16.0;

/// Looks through the packets of a whole file.
pub fn activity(
    packets: impl Iterator<Item = Result<Packet, ReadError>>,
    duration: Span,
) -> Result<Activity, ReadError> {
    let step = Activity::step_for(duration);
    let steps = usize::try_from(duration.0 / step.0 + 1).unwrap_or(Activity::MOST_STEPS);
    let mut rates = vec![0.0_f32; steps.min(Activity::MOST_STEPS)];
    for packet in packets {
        let packet = packet?;
        let at_ms = i64::try_from(packet.position / SAMPLES_PER_MS).unwrap_or(i64::MAX);
        let index = usize::try_from(at_ms / step.0).unwrap_or(usize::MAX);
        if let Some(rate) = rates.get_mut(index) {
            *rate = rate.max(bytes_per_ms(&packet.data, packet.duration));
        }
    }
    Ok(Activity { step, levels: levels(&rates) })
}

/// How much there was to say of a sound. Silence, written for what was not heard or not sent, says nothing.
#[expect(clippy::cast_precision_loss, reason = "a packet has at most 61,440 bytes and lasts at most 5,760 samples")]
fn bytes_per_ms(packet: &[u8], duration: u32) -> f32 {
    /// A packet this small tells the decoder to go on with silence or with noise (RFC 6716 §2.1.9 and §3.1).
    const NOTHING: usize = 3;
    if packet.len() <= NOTHING { 0.0 } else { packet.len() as f32 * 48.0 / duration.max(1) as f32 }
}

/// Spreads what was sent over the range that is drawn: from the quietest to the fullest of this very recording, because
/// encoders differ in how much they need.
fn levels(rates: &[f32]) -> Vec<u8> {
    let heard = || rates.iter().copied().filter(|rate| *rate > 0.0);
    let (least, most) = (heard().fold(f32::INFINITY, f32::min), heard().fold(0.0, f32::max));
    let is_even = most < least * ALIKE;
    let level = |rate: f32| {
        let share = if is_even { 1.0 } else { (rate - least) / (most - least) };
        to_byte(LEAST + share * (255.0 - LEAST))
    };
    rates.iter().map(|&rate| if rate > 0.0 { level(rate) } else { 0 }).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn to_byte(level: f32) -> u8 {
    level.clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quietest_and_the_fullest_are_the_ends_of_the_scale() {
        assert_eq!(levels(&[0.0, 1.0, 2.0, 3.0, 0.0]), [0, 16, 135, 255, 0]);
    }

    #[test]
    fn packets_that_are_all_alike_are_there_or_not() {
        assert_eq!(levels(&[0.0, 4.0, 4.1, 0.0]), [0, 255, 255, 0]);
        assert_eq!(levels(&[0.0, 0.0]), [0, 0]);
        assert_eq!(levels(&[]), Vec::<u8>::new());
    }

    #[test]
    fn silence_says_nothing() {
        assert!(bytes_per_ms(&[0xF8, 0xFF, 0xFE], 960) < f32::EPSILON);
        assert!((bytes_per_ms(&[0; 80], 960) - 4.0).abs() < f32::EPSILON);
    }
}

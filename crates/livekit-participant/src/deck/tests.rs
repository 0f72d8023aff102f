//! What is heard of music that is faded and spoken over: decoded by one decoder, as by whoever listens.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use opus::Decoder;

use super::*;
use crate::ogg::Clip;

/// 12 s of 660 Hz at −12 dBFS.
const TONE: &[u8] = include_bytes!("../../tests/sounds/tone-660.opus");
/// Two sentences.
const SPEECH: &[u8] = include_bytes!("../../tests/sounds/speech.opus");

const FADE: Duration = Duration::from_millis(400);

fn clip(sound: &[u8]) -> Clip {
    Clip::read(sound).unwrap()
}

/// A deck that plays, with the ear of whoever listens.
struct Listener {
    deck: Deck,
    ear: Decoder,
    original: Looped,
    made: usize,
}

impl Listener {
    fn new(music: &Clip) -> Self {
        let mut deck = Deck::new(music).unwrap();
        deck.fade_to(1.0, Duration::ZERO);
        let ear = Decoder::new(SAMPLE_RATE, opus::Channels::Mono).unwrap();
        Self { deck, ear, original: music.looped(), made: 0 }
    }

    /// Hears so many packets, or until there are no more.
    fn hear(&mut self, packets: usize) -> Vec<f32> {
        let mut heard = Vec::new();
        for _ in 0..packets {
            let Some((packet, duration)) = self.deck.next_packet().unwrap() else { break };
            self.made += usize::from(self.original.next().unwrap().packet != packet);
            let mut samples = vec![0.0; duration as usize];
            let decoded = self.ear.decode_float(&packet, &mut samples, false).unwrap();
            assert_eq!(decoded, duration as usize);
            heard.extend(samples);
        }
        heard
    }
}

/// How loud, in dBFS.
#[expect(clippy::cast_precision_loss, reason = "few samples")]
fn level(samples: &[f32]) -> f32 {
    let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32;
    10.0 * power.max(1e-12).log10()
}

/// The largest bend from one sample to the next two: a click stands out of a tone.
fn roughest(samples: &[f32]) -> f32 {
    let bend = |three: &[f32]| (three[0] - 2.0 * three[1] + three[2]).abs();
    samples.windows(3).map(bend).fold(0.0, f32::max)
}

#[test]
fn music_that_plays_as_it_is_passes_untouched() {
    let mut listener = Listener::new(&clip(TONE));
    // Longer than the clip: over its end, too.
    let heard = listener.hear(700);
    assert_eq!((listener.made, heard.len()), (0, 700 * 960));
}

#[test]
fn a_fade_goes_down_evenly_without_a_click_and_then_there_is_nothing() {
    let mut listener = Listener::new(&clip(TONE));
    let before = listener.hear(50);
    let (loud, smooth) = (level(&before[9600..]), roughest(&before[9600..]));
    listener.deck.fade_to(0.0, FADE);
    let fading = listener.hear(100);
    assert!(listener.deck.is_silent());
    assert_eq!((listener.made, fading.len()), (20, 20 * 960), "as long as the fade");
    let levels: Vec<f32> = fading.chunks(960).map(level).collect();
    assert!((levels[0] - loud).abs() < 1.0, "it begins where the music was: {levels:?} after {loud}");
    assert!(levels.windows(2).all(|pair| pair[1] < pair[0] + 0.2), "{levels:?}");
    assert!(levels[19] < loud - 20.0, "{levels:?}");
    let joint: Vec<f32> = [&before[before.len() - 4800..], &fading[..9600]].concat();
    assert!(roughest(&joint) < smooth * 1.6, "{} against {smooth}", roughest(&joint));
}

#[test]
fn it_comes_back_as_it_is() {
    let mut listener = Listener::new(&clip(TONE));
    listener.deck.fade_to(0.0, Duration::ZERO);
    assert_eq!(listener.hear(1), [0.0; 0]);
    listener.deck.fade_to(1.0, FADE);
    let rising = listener.hear(20);
    assert!(level(&rising[..960]) < level(&rising[18 * 960..]) - 15.0);
    let made = listener.made;
    let back = listener.hear(50);
    assert_eq!(listener.made, made, "no codec is needed any more");
    let (joint, smooth) = ([&rising[15 * 960..], &back[..9600]].concat(), roughest(&back[24_000..]));
    assert!(roughest(&joint) < smooth * 1.6, "{} against {smooth}", roughest(&joint));
    assert!((level(&back[..960]) - level(&back[24_000..])).abs() < 1.0);
}

#[test]
fn a_voice_is_heard_over_softer_music_which_comes_back() {
    let (music, words) = (clip(TONE), clip(SPEECH));
    let mut listener = Listener::new(&music);
    let before = listener.hear(50);
    listener.deck.say(&words).unwrap();
    assert!(listener.deck.is_speaking());
    let mut packets = 0_u64;
    let mut over = Vec::new();
    while listener.deck.is_speaking() {
        over.extend(listener.hear(1));
        packets += 1;
    }
    let lasts = words.duration() / 960 + 20;
    assert!(packets.abs_diff(lasts) <= 1, "{packets} packets, not {lasts}");
    // The words begin with a second of silence: there is the music alone.
    let softer = level(&over[30 * 960..60 * 960]) - level(&before[9600..]);
    assert!((-17.0..-13.0).contains(&softer), "{softer} dB");
    let spoken: Vec<f32> = over.chunks(4800).map(level).collect();
    let loudest = spoken[8..].iter().copied().fold(f32::MIN, f32::max);
    assert!(loudest > level(&over[30 * 960..60 * 960]) + 6.0, "{spoken:?}");
    listener.hear(20);
    let made = listener.made;
    let after = listener.hear(50);
    assert_eq!(listener.made, made);
    assert!((level(&after) - level(&before[9600..])).abs() < 1.0);
}

#[test]
fn a_fade_cuts_a_voice_off() {
    let mut listener = Listener::new(&clip(TONE));
    listener.deck.say(&clip(SPEECH)).unwrap();
    listener.hear(100);
    listener.deck.fade_to(0.0, FADE);
    listener.hear(21);
    assert!(listener.deck.is_silent() && !listener.deck.is_speaking());
    listener.deck.fade_to(1.0, Duration::ZERO);
    let back = listener.hear(50);
    assert!(level(&back[9600..]) > -17.0, "not ducked any more: {}", level(&back[9600..]));
}

#[test]
fn only_what_an_encoder_can_make_is_taken() {
    let allowed: Vec<u32> = (1..=48).map(|of| of * 120).filter(|duration| can_be_made(*duration)).collect();
    assert_eq!(allowed, [120, 240, 480, 960, 1920, 2880, 3840, 4800, 5760]);
    assert!(!can_be_made(961));
}

//! Keys, tokens, passwords, PINs: what opens something for whoever reads it.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use regex::Regex;

use crate::find::cue::numbers_after;
use crate::groups::Group;

/// Keys that say themselves whose they are.
static KNOWN: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"\b(?:(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)[-_][A-Za-z0-9_-]{8,}|sk-[A-Za-z0-9_-]{16,}|gsk_[A-Za-z0-9]{16,}",
        r"|(?:AKIA|ASIA|AGPA|AROA)[A-Z0-9]{12,}|gh[opsur]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{12,}",
        r"|xox[abeoprs]-[A-Za-z0-9-]{8,}|AIza[\w-]{20,}|ya29\.[\w-]{16,}|SG\.[\w-]{12,}\.[\w-]{12,}|hf_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{16,}",
        r"|dop_v1_[a-f0-9]{16,}|API[A-Za-z0-9]{11,16}|whsec_[A-Za-z0-9+/=]{12,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)",
        r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\z)",
    ))
});

/// Long enough for a key; whether it is one, its letters tell.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| regex(r"[A-Za-z0-9_+/=-]{20,}"));
/// Words have about 2.5 bits a letter at this length, random letters and digits 4 and more.
const MIN_ENTROPY: f64 = 3.5;
const MIN_HEX: usize = 32;
/// A name in a path has one number or two; a key has digits all over.
const MIN_DIGITS: usize = 3;

static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)\b(?:password|passcode|passphrase|passwort|kennwort|contraseña|clave|mot de passe|parola|api[- ]key|access key|secret|token|pin|pin code)(?:[ ]+(?:is|was|ist|lautet|es|est|=)|[ ]?[:=])+[ ]*["'“„«]?([^\s\[\]"'“”„«»]{4,128})"#,
    )
});

/// Card security codes and PINs, also spoken.
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:pin|pin code|cvv2?|cvc2?|cv2|security code|verification code|one[- ]time (?:code|password)|passcode|otp|tan|prüfnummer|kartenprüfnummer|prüfziffer|geheimzahl|código de seguridad|código de verificación|clave|cryptogramme|code de sécurité|code secret|code de vérification)(?:[ ,:]+(?:number|code|nummer|número|numéro|on|the|back|auf|der|rückseite|is|was|ist|lautet|es|est|it's)){0,5}[ ,:#-]*$",
    )
});
const CODE_DIGITS: RangeInclusive<usize> = 3..=8;

pub fn find(text: &str, groups: &[Group]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = KNOWN.find_iter(text).map(|found| found.range()).collect();
    found.extend(TOKEN.find_iter(text).filter(|token| looks_random(token.as_str())).map(|token| token.range()));
    found.extend(PASSWORD.captures_iter(text).filter_map(|said| password(&said)));
    found.extend(numbers_after(text, groups, &CODE, &CODE_DIGITS));
    found
}

pub fn compile() {
    for pattern in [&KNOWN, &TOKEN, &PASSWORD, &CODE] {
        LazyLock::force(pattern);
    }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is tested")
}

/// "My password is wrong" names none: a password that is worth the name has a digit or a sign in it.
fn password(said: &regex::Captures<'_>) -> Option<Range<usize>> {
    let value = said.get(1)?;
    let word = value.as_str().trim_end_matches(['.', ',', ';', '!', '?']);
    let inner = word.strip_prefix(|c: char| !c.is_alphanumeric()).unwrap_or(word);
    let is_password = inner.chars().any(|c| !c.is_alphabetic() && !matches!(c, '-' | '’')) && inner.chars().count() > 2;
    is_password.then(|| value.start()..value.start() + word.len())
}

fn looks_random(token: &str) -> bool {
    let count = |test: fn(&u8) -> bool| token.bytes().filter(test).count();
    let (digits, lower, upper) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
    let is_hex = token.bytes().all(|b| b.is_ascii_hexdigit()) && token.len() >= MIN_HEX && digits < token.len();
    let is_mixed = digits >= MIN_DIGITS && lower > 0 && upper > 0 && entropy(token) >= MIN_ENTROPY;
    digits > 0 && (is_hex || is_mixed)
}

/// Shannon's, in bits for each character.
fn entropy(token: &str) -> f64 {
    let mut counts = [0_u32; 128];
    for byte in token.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(counts.iter().sum::<u32>());
    let shares = counts.iter().filter(|&&count| count > 0).map(|&count| f64::from(count) / length);
    shares.map(|share| -share * share.log2()).sum()
}

//! The kinds of personal data, and which of them are taken out.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 13 to 19 digits that satisfy Luhn's check.
    Card,
    /// ISO 13616: the country's length and the check digits.
    Iban,
    /// Social security, tax and identity numbers of persons: US, UK, DE, FR, ES, CH.
    Ssn,
    /// Keys, tokens, passwords, PINs and card security codes.
    Secret,
    /// Written, or spoken as "carol at example dot com".
    Email,
    /// In doubt, a number is one.
    Phone,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 6] = [Self::Card, Self::Iban, Self::Ssn, Self::Secret, Self::Email, Self::Phone];

    /// The word in the placeholder, and in a setting.
    pub fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Ssn => "ssn",
            Self::Secret => "secret",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A setting names a kind that there is not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no kind of personal data: there are card, iban, ssn, secret, email and phone, and `all` and `none`")]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        let named = Self::ALL.into_iter().find(|kind| word.trim().eq_ignore_ascii_case(kind.word()));
        named.ok_or_else(|| UnknownKind(word.trim().to_owned()))
    }
}

/// Which kinds are taken out; all of them unless said otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kinds(u8);

impl Kinds {
    /// Everything that can be found.
    pub const ALL: Self = Self((1 << Kind::ALL.len()) - 1);
    /// Redaction is off. What looks like a placeholder is escaped all the same.
    pub const NONE: Self = Self(0);

    /// These, and `kind`.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// These, but not `kind`.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Self {
        Self(self.0 & !(1 << kind as u8))
    }

    /// Whether `kind` is taken out.
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }

    /// The kinds that are taken out.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |&kind| self.has(kind))
    }
}

impl Default for Kinds {
    fn default() -> Self {
        Self::ALL
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}

/// A setting: `all`, `none`, or kinds with commas between, like `card, iban, secret`.
impl FromStr for Kinds {
    type Err = UnknownKind;

    fn from_str(setting: &str) -> Result<Self, UnknownKind> {
        match setting.trim().to_ascii_lowercase().as_str() {
            "all" => Ok(Self::ALL),
            "none" => Ok(Self::NONE),
            list => list.split(',').map(Kind::from_str).collect(),
        }
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

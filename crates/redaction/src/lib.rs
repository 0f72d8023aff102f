//! Personal data is taken out of a transcript before it leaves for a provider, and put back into what the provider answers.
//!
//! A [`Redactor`] belongs to one call. It replaces every card number, IBAN, social security or tax number, e-mail address, phone
//! number and secret by a placeholder such as `[card 1]`, the same one whenever the same value comes again, however it is
//! written or spoken. Who holds its [`Placeholders`] can turn an answer back ([`restore`]); nobody else can.
//!
//! [`Redacted`] is made by a [`Redactor`] only, and [`Outgoing`] of nothing but [`Redacted`] pieces and our own fixed words.
//! Code that talks to a provider takes [`Outgoing`], so unredacted text cannot be handed to it by mistake.
//!
//! In doubt a piece goes: it comes back with the answer. What is known by check digits (cards, IBANs, most national numbers)
//! is certain; order numbers, dates, times, prices, postcodes and version numbers stay, since a summary is made of them.

mod find;
mod groups;
mod kind;
mod numerals;
mod outgoing;
mod placeholder;
mod redacted;
mod redactor;

pub use find::{Finding, find, warm_up};
pub use groups::spoken_numbers;
pub use kind::{Kind, Kinds, UnknownKind};
pub use outgoing::Outgoing;
pub use placeholder::{Placeholders, restore};
pub use redacted::Redacted;
pub use redactor::Redactor;

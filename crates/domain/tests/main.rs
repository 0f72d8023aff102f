//! The rules of the desk, proved: the table of the transfer, the table of the seats, and what holds for every order of
//! events. One binary, so that it links once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod caller_side;
mod desk;
mod exhaustive;
mod grid;
mod hold_music;
mod invariants;
mod listening;
mod phones;
mod properties;
mod queue;
mod seats;
mod spoken;
mod table;
mod vanishing;
mod vanishing_caller;

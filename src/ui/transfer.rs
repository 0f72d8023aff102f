//! Handing a call over: from the dialog to the card afterwards, for both agents.

pub mod after;
pub mod consult;
pub mod consult_lines;
pub mod dialog;
pub mod dialog_form;
pub mod dialog_targets;
pub mod hears;
pub mod hears_map;
pub mod incoming;
pub mod spoken;

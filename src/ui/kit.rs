//! Parts of any page; no word of the domain in here.

pub mod button;
pub mod dialog;
pub mod dynamic;
pub mod field;
pub mod icon;
pub mod meter;
pub mod notice;
pub mod select;
pub mod theme;
pub mod toast;

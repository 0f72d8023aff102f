//! One file per page.

pub mod caller;
pub mod desk;
pub mod home;

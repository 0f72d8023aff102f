//! A LiveKit participant in pure Rust, without libwebrtc.

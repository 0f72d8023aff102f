//! The settings of a desk under test.

use std::path::Path;

use baton::server::config::{
    Config, DatabaseConfig, DemoConfig, DeskConfig, HttpConfig, LimitsConfig, LiveKitConfig, ModelsConfig,
    SoundsConfig, SpeakingConfig, TelemetryConfig, TranscriptionConfig,
};
use baton_domain::listening::ListeningPolicy;
use baton_domain::rules::Rules;
use baton_domain::time::Span;

use crate::harness::{API_KEY, LIVEKIT_KEY, LIVEKIT_SECRET};
use crate::recording_place;

/// What a desk under test goes by.
pub fn settings(database: String, site: &Path) -> Config {
    Config {
        http: HttpConfig { site: site.to_owned(), ..HttpConfig::default() },
        livekit: LiveKitConfig {
            url: "ws://127.0.0.1:9".to_owned(),
            public_url: None,
            api_key: LIVEKIT_KEY.to_owned(),
            api_secret: LIVEKIT_SECRET.to_owned(),
        },
        database: DatabaseConfig { url: database },
        demo: DemoConfig {
            is_on: true,
            access_code: None,
            api_key: Some(API_KEY.to_owned()),
            simulated_callers: 5,
            phone: false,
            listening: ListeningPolicy::default(),
            languages: Vec::new(),
        },
        desk: DeskConfig {
            rules: Rules::default(),
            wrap_up: Span::seconds(120),
            offer_gone: Span::seconds(10),
            offline: Span::seconds(30),
            rejoin: Span::seconds(60),
        },
        limits: LimitsConfig::default(),
        models: ModelsConfig::default(),
        recordings: recording_place::settings(site),
        speaking: SpeakingConfig::default(),
        sounds: SoundsConfig { folder: site.with_file_name("sounds") },
        transcription: TranscriptionConfig::default(),
        telemetry: TelemetryConfig::default(),
    }
}

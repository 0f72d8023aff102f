//! What the server is told by its environment. One struct per area; `.env.example` lists every variable.

mod languages;
mod models;
mod recordings;
mod sounds;
mod speaking;
mod transcription;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;

use baton_domain::briefing::Language;
use baton_domain::ids::AgentId;
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::rules::Rules;
use baton_domain::time::Span;
use baton_provider::settings::{self, SettingError};

pub use models::ModelsConfig;
pub use recordings::{RecordingsConfig, RecordingsPlace, S3Config};
pub use sounds::SoundsConfig;
pub use speaking::SpeakingConfig;
pub use transcription::TranscriptionConfig;

/// All settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens and what it serves.
    pub http: HttpConfig,
    /// The media server.
    pub livekit: LiveKitConfig,
    /// Where everything is kept.
    pub database: DatabaseConfig,
    /// The demo, which is all there is until there is a way to sign in.
    pub demo: DemoConfig,
    /// How long the desk waits for what.
    pub desk: DeskConfig,
    /// How much one asker may ask for.
    pub limits: LimitsConfig,
    /// Who writes briefings besides the local summariser.
    pub models: ModelsConfig,
    /// Where recordings are kept, and for how long.
    pub recordings: RecordingsConfig,
    /// Sounds of the installation's own.
    pub sounds: SoundsConfig,
    /// Who reads briefings aloud.
    pub speaking: SpeakingConfig,
    /// Who turns speech into text.
    pub transcription: TranscriptionConfig,
    /// What is logged, and how.
    pub telemetry: TelemetryConfig,
}

/// What is logged, and how.
#[derive(Clone, Debug, Default)]
pub struct TelemetryConfig {
    /// `BATON_LOG=json`: for machines instead of for people.
    pub json: bool,
    /// `RUST_LOG`: what is logged, for instance `info,baton=debug`.
    pub filter: Option<String>,
}

/// Where it listens and what it serves.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// `BATON_ADDR`, default `127.0.0.1:3000`.
    pub addr: SocketAddr,
    /// `PUBLIC_URL`, the address that people open; default `http://localhost:<port>`.
    pub public_url: String,
    /// `BATON_SITE`, the folder that `make` builds for the browser; default `site`.
    pub site: PathBuf,
    /// `BATON_BEHIND_PROXY=1`: the address of whoever asks is the last in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// `BATON_HOSTS`, with commas between them: further names under which we answer.
    pub hosts: Vec<String>,
    /// `BATON_DEV=1`: pages from any port of this computer count as ours, as that of `trunk serve`.
    pub development: bool,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 3000)),
            public_url: "http://localhost:3000".to_owned(),
            site: PathBuf::from("site"),
            behind_proxy: false,
            hosts: Vec::new(),
            development: false,
        }
    }
}

/// The media server.
#[derive(Clone)]
pub struct LiveKitConfig {
    /// `LIVEKIT_URL`, for the server; default `ws://127.0.0.1:7880`.
    pub url: String,
    /// `LIVEKIT_PUBLIC_URL`, for browsers; unset means under our own address at `/rtc`.
    pub public_url: Option<String>,
    /// `LIVEKIT_API_KEY`.
    pub api_key: String,
    /// `LIVEKIT_API_SECRET`.
    pub api_secret: String,
}

impl std::fmt::Debug for LiveKitConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveKitConfig").field("url", &self.url).field("api_key", &self.api_key).finish_non_exhaustive()
    }
}

/// Where everything is kept.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`, default `sqlite://data/baton.db?mode=rwc`, for one instance; or `postgres://…`, for several.
    pub url: String,
}

impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseConfig")
    }
}

/// The demo setting, in which anyone may sign in as anybody.
#[derive(Clone)]
pub struct DemoConfig {
    /// `BATON_DEMO=1`: anyone may sign in as anybody, and pages say so.
    pub is_on: bool,
    /// `BATON_DEMO_CODE`: asked for when the demo listens beyond this computer.
    pub access_code: Option<String>,
    /// `BATON_DEMO_API_KEY`: the key that the REST interface takes.
    pub api_key: Option<String>,
    /// `BATON_SIMULATED_CALLERS` (5): how many callers the server plays at once; 0 for none.
    pub simulated_callers: u32,
    /// `BATON_DEMO_PHONE` (1): whether there is a colleague on a phone, whom the server plays.
    pub phone: bool,
    /// `BATON_DEMO_TRANSCRIBE` and `BATON_DEMO_RECORD` (`nothing`, `call` or `call_and_consult`): what the demo's line does
    /// with what is said, until somebody changes it through the API.
    pub listening: ListeningPolicy,
    /// `BATON_DEMO_LANGUAGES`, for instance `bob=de,carla=fr`: in which language these agents want to read briefings.
    pub languages: Vec<(AgentId, Language)>,
}

impl std::fmt::Debug for DemoConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DemoConfig")
    }
}

/// How long the desk waits for what.
#[derive(Clone, Debug)]
pub struct DeskConfig {
    /// `BATON_RING_SECONDS` (30), `BATON_RING_BACK_SECONDS` (10), `BATON_MEDIA_SECONDS` (10), `BATON_HEARD_SECONDS` (5),
    /// `BATON_GRACE_SECONDS` (20), `BATON_TAKE_AFTER_SECONDS` (5), `BATON_CALLER_GRACE_SECONDS` (60),
    /// `BATON_CONSULT_TAIL_SECONDS` (60).
    pub rules: Rules,
    /// `BATON_WRAP_UP_SECONDS` (120).
    pub wrap_up: Span,
    /// `BATON_DESK_GONE_SECONDS` (10): after this long without a desk an offer counts as unreachable.
    pub offer_gone: Span,
    /// `BATON_OFFLINE_SECONDS` (30): after this long without a desk an agent is offline.
    pub offline: Span,
    /// `BATON_REJOIN_SECONDS` (60): how long "Rejoin call" works.
    pub rejoin: Span,
}

/// How much one asker may ask for in a minute, all at once if they like.
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    /// `BATON_JOINS_PER_MINUTE` (120): calls from one address by one line.
    pub joins_per_minute: NonZeroU32,
    /// `BATON_SIGN_INS_PER_MINUTE` (120): desks opened, and codes tried, from one address.
    pub sign_ins_per_minute: NonZeroU32,
    /// `BATON_API_PER_MINUTE` (6000): requests to the REST interface with one key.
    pub api_per_minute: NonZeroU32,
    /// `BATON_SPEECH_PER_MINUTE` (600): lines, and what is heard of them so far, from one browser that recognises speech.
    pub speech_per_minute: NonZeroU32,
}

impl Default for LimitsConfig {
    /// Wide enough for a whole office behind one address.
    fn default() -> Self {
        let many = |count| NonZeroU32::new(count).expect("more than none");
        Self {
            joins_per_minute: many(120),
            sign_ins_per_minute: many(120),
            api_per_minute: many(6000),
            speech_per_minute: many(600),
        }
    }
}

/// Enough to fill a queue, and little enough for any computer.
pub const SIMULATED_CALLERS: u32 = 5;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable cannot be meant as it is set, or must be set.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The demo is open to the network without a code.
    #[error("BATON_DEMO listens beyond this computer: set BATON_DEMO_CODE, or let BATON_ADDR be on 127.0.0.1")]
    OpenDemo,
    /// There is no sign-in yet.
    #[error("sign-in is not built yet: set BATON_DEMO=1 to try the desk with demo agents on this computer")]
    NoSignIn,
}

impl Config {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        let usual = HttpConfig::default();
        let addr: SocketAddr = parsed("BATON_ADDR", "an address such as 127.0.0.1:3000")?.unwrap_or(usual.addr);
        let demo = demo_from_env(addr)?;
        Ok(Self {
            http: HttpConfig {
                addr,
                public_url: text("PUBLIC_URL").map_or_else(
                    || format!("http://localhost:{}", addr.port()),
                    |url| url.trim_end_matches('/').to_owned(),
                ),
                site: text("BATON_SITE").map_or(usual.site, PathBuf::from),
                behind_proxy: text("BATON_BEHIND_PROXY").as_deref() == Some("1"),
                hosts: listed("BATON_HOSTS"),
                development: text("BATON_DEV").as_deref() == Some("1"),
            },
            livekit: livekit_from_env()?,
            database: DatabaseConfig {
                url: text("DATABASE_URL").unwrap_or_else(|| "sqlite://data/baton.db?mode=rwc".to_owned()),
            },
            demo,
            desk: desk_from_env()?,
            limits: limits_from_env()?,
            models: ModelsConfig::from_env()?,
            recordings: RecordingsConfig::from_env()?,
            sounds: SoundsConfig::from_env(),
            speaking: SpeakingConfig::from_env()?,
            transcription: TranscriptionConfig::from_env()?,
            telemetry: TelemetryConfig { json: text("BATON_LOG").as_deref() == Some("json"), filter: text("RUST_LOG") },
        })
    }
}

fn demo_from_env(addr: SocketAddr) -> Result<DemoConfig, ConfigError> {
    let is_on = text("BATON_DEMO").as_deref() == Some("1");
    if !is_on {
        return Err(ConfigError::NoSignIn);
    }
    let demo = DemoConfig {
        is_on,
        access_code: text("BATON_DEMO_CODE"),
        api_key: text("BATON_DEMO_API_KEY"),
        simulated_callers: parsed("BATON_SIMULATED_CALLERS", "a whole number")?.unwrap_or(SIMULATED_CALLERS),
        phone: text("BATON_DEMO_PHONE").is_none_or(|value| value == "1"),
        listening: listening_from_env()?,
        languages: languages::from_env()?,
    };
    if !addr.ip().is_loopback() && demo.access_code.is_none() {
        return Err(ConfigError::OpenDemo);
    }
    Ok(demo)
}

fn listening_from_env() -> Result<ListeningPolicy, SettingError> {
    let usual = ListeningPolicy::default();
    let record = match text("BATON_DEMO_RECORD").as_deref() {
        None => usual.record,
        Some("nothing") => Recorded::Nothing,
        Some("call") => Recorded::Call,
        Some("call_and_consult") => Recorded::CallAndConsult,
        Some(value) => {
            let (variable, wanted) = ("BATON_DEMO_RECORD", "nothing, call or call_and_consult");
            return Err(SettingError::Invalid { variable, value: value.to_owned(), wanted });
        }
    };
    let transcribe = text("BATON_DEMO_TRANSCRIBE").map_or(usual.transcribe, |value| value == "1");
    Ok(ListeningPolicy { transcribe, record })
}

fn livekit_from_env() -> Result<LiveKitConfig, SettingError> {
    let needed = |variable| {
        text(variable)
            .ok_or(SettingError::Missing { variable, hint: "`make run` starts a LiveKit and sets it by itself" })
    };
    Ok(LiveKitConfig {
        url: text("LIVEKIT_URL").unwrap_or_else(|| "ws://127.0.0.1:7880".to_owned()),
        public_url: text("LIVEKIT_PUBLIC_URL"),
        api_key: needed("LIVEKIT_API_KEY")?,
        api_secret: needed("LIVEKIT_API_SECRET")?,
    })
}

fn desk_from_env() -> Result<DeskConfig, SettingError> {
    let usual = Rules::default();
    Ok(DeskConfig {
        rules: Rules {
            ring: seconds("BATON_RING_SECONDS", usual.ring)?,
            ring_back: seconds("BATON_RING_BACK_SECONDS", usual.ring_back)?,
            media: seconds("BATON_MEDIA_SECONDS", usual.media)?,
            heard: seconds("BATON_HEARD_SECONDS", usual.heard)?,
            agent_grace: seconds("BATON_GRACE_SECONDS", usual.agent_grace)?,
            take_after: seconds("BATON_TAKE_AFTER_SECONDS", usual.take_after)?,
            caller_grace: seconds("BATON_CALLER_GRACE_SECONDS", usual.caller_grace)?,
            consult_tail: seconds("BATON_CONSULT_TAIL_SECONDS", usual.consult_tail)?,
        },
        wrap_up: seconds("BATON_WRAP_UP_SECONDS", Span::seconds(120))?,
        offer_gone: seconds("BATON_DESK_GONE_SECONDS", Span::seconds(10))?,
        offline: seconds("BATON_OFFLINE_SECONDS", Span::seconds(30))?,
        rejoin: seconds("BATON_REJOIN_SECONDS", Span::seconds(60))?,
    })
}

fn limits_from_env() -> Result<LimitsConfig, SettingError> {
    let usual = LimitsConfig::default();
    let wanted = "a whole number above 0";
    Ok(LimitsConfig {
        joins_per_minute: parsed("BATON_JOINS_PER_MINUTE", wanted)?.unwrap_or(usual.joins_per_minute),
        sign_ins_per_minute: parsed("BATON_SIGN_INS_PER_MINUTE", wanted)?.unwrap_or(usual.sign_ins_per_minute),
        api_per_minute: parsed("BATON_API_PER_MINUTE", wanted)?.unwrap_or(usual.api_per_minute),
        speech_per_minute: parsed("BATON_SPEECH_PER_MINUTE", wanted)?.unwrap_or(usual.speech_per_minute),
    })
}

fn text(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

fn listed(variable: &str) -> Vec<String> {
    let items = text(variable).unwrap_or_default();
    items.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

fn parsed<T: FromStr>(variable: &'static str, wanted: &'static str) -> Result<Option<T>, SettingError> {
    settings::parsed(&text, variable, wanted, str::parse)
}

fn seconds(variable: &'static str, usual: Span) -> Result<Span, SettingError> {
    let seconds = settings::number(&text, variable, 1..=86_400, "a number of seconds between 1 and 86400")?;
    Ok(seconds.map_or(usual, |seconds| Span::seconds(seconds.into())))
}

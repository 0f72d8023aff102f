//! The application: what every request and worker shares.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use baton_domain::ids::{AgentId, CallId};
use baton_domain::time::Timestamp;
use baton_speaking::Speaker;
use tokio::sync::{Notify, OnceCell, mpsc};

use super::clock::Clock;
use super::config::Config;
use super::ears::Ears;
use super::hub::{Hub, Wake};
use super::instance::InstanceId;
use super::limits::Limits;
use super::ports::briefing_writer::BriefingWriter;
use super::ports::media_server::MediaServer;
use super::recorder::Recorder;
use super::services::acting::Acting;
use super::services::captions::{CaptionsService, Listened};
use super::services::hold_music::HoldMusicService;
use super::services::home::Progress;
use super::services::installation::Installation;
use super::services::media_health::MediaHealth;
use super::services::seating::EndedRooms;
use super::services::speaking::Speaking;
use super::services::spoken_files::SpokenFiles;
use super::services::transcripts::{OpenLines, Samples};
use super::services::{
    briefings::Briefings, callers::Callers, calls::Calls, home::Home, insight::Insights, leases::Leases,
    listening::ListeningService, phones::Phones, presence::PresenceService, recordings::Recordings, seating::Seating,
    sessions::Sessions, transcripts::Transcripts, transfers::Transfers, wrap_ups::WrapUps,
};
use super::store::Store;
use super::uploads::Uploads;

/// A handle to everything; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What [`App`] holds.
pub struct Inner {
    /// Which of several servers on the database this is.
    pub instance: InstanceId,
    /// All settings.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub store: Store,
    /// Rooms and participants.
    pub media: Arc<dyn MediaServer>,
    /// Who writes better briefings.
    pub writer: Arc<dyn BriefingWriter>,
    /// Who reads briefings aloud, where somebody does.
    pub speaker: Option<Speaker>,
    /// What recordings are made with.
    pub recorder: Recorder,
    /// Files that are transcribed.
    pub uploads: Uploads,
    /// Whether the media server answers.
    pub media_health: MediaHealth,
    /// How far the demo has come.
    pub demo_progress: Progress,
    /// Open desks and their news.
    pub hub: Hub,
    /// What is heard in calls.
    pub ears: Ears,
    /// Whose words become lines.
    pub listened: Listened,
    /// What is being said at this moment.
    pub open_lines: OpenLines,
    /// What is due when.
    pub agenda: Agenda,
    /// How much one asker may ask for.
    pub limits: Limits,
    /// Which changes are being carried out.
    pub acting: Acting,
    /// Where a sample conversation is being played.
    pub samples: Samples,
    /// Who we are among other installations.
    pub(super) installation: OnceCell<Installation>,
    /// One reconciliation of a call at a time, with what the former ones have ended.
    pub seat_locks: Mutex<HashMap<CallId, Arc<tokio::sync::Mutex<EndedRooms>>>>,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Puts the parts together; the second part is for the publisher.
    pub fn new(
        instance: InstanceId,
        config: Config,
        clock: Clock,
        store: Store,
        media: Arc<dyn MediaServer>,
        writer: Arc<dyn BriefingWriter>,
        recorder: Recorder,
    ) -> (Self, mpsc::UnboundedReceiver<Wake>) {
        let (hub, woken) = Hub::new(clock.now());
        let agenda = Agenda::default();
        for due in [Due::Forget, Due::QuietLines] {
            agenda.set(due, Some(clock.now()));
        }
        let limits = Limits::new(&config.limits, &clock);
        let speaker = config.speaking.provider.clone().map(Speaker::new);
        let inner = Inner {
            uploads: Uploads::below(&config.recordings.spool),
            instance,
            config,
            clock,
            store,
            media,
            writer,
            speaker,
            recorder,
            media_health: MediaHealth::default(),
            demo_progress: Progress::default(),
            hub,
            ears: Ears::default(),
            listened: Listened::default(),
            open_lines: OpenLines::default(),
            agenda,
            limits,
            acting: Acting::default(),
            samples: Samples::default(),
            installation: OnceCell::new(),
            seat_locks: Mutex::default(),
        };
        (Self(Arc::new(inner)), woken)
    }

    /// Signing in.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    /// Calls and what is done to them.
    pub fn calls(&self) -> Calls<'_> {
        Calls(self)
    }

    /// Transfers.
    pub fn transfers(&self) -> Transfers<'_> {
        Transfers(self)
    }

    /// Briefings.
    pub fn briefings(&self) -> Briefings<'_> {
        Briefings(self)
    }

    /// What agents see of a call while it goes on.
    pub fn insights(&self) -> Insights<'_> {
        Insights(self)
    }

    /// Hold music for callers without a page.
    pub fn hold_music(&self) -> HoldMusicService<'_> {
        HoldMusicService(self)
    }

    /// Briefings read aloud.
    pub fn speaking(&self) -> Speaking<'_> {
        Speaking(self)
    }

    /// Listening.
    pub fn listening(&self) -> ListeningService<'_> {
        ListeningService(self)
    }

    /// What only one of several servers may do.
    pub fn leases(&self) -> Leases<'_> {
        Leases(self)
    }

    /// Agents on phones.
    pub fn phones(&self) -> Phones<'_> {
        Phones(self)
    }

    /// Transcripts.
    pub fn transcripts(&self) -> Transcripts<'_> {
        Transcripts(self)
    }

    /// Recordings.
    pub fn recordings(&self) -> Recordings<'_> {
        Recordings(self)
    }

    /// Files that are transcribed.
    pub fn spoken_files(&self) -> SpokenFiles<'_> {
        SpokenFiles(self)
    }

    /// Captions of calls.
    pub fn captions(&self) -> CaptionsService<'_> {
        CaptionsService(self)
    }

    /// Callers and lines.
    pub fn callers(&self) -> Callers<'_> {
        Callers(self)
    }

    /// Seats: tokens, and making the media server match.
    pub fn seating(&self) -> Seating<'_> {
        Seating(self)
    }

    /// Agents and their presence.
    pub fn presence(&self) -> PresenceService<'_> {
        PresenceService(self)
    }

    /// The work after a call.
    pub fn wrap_ups(&self) -> WrapUps<'_> {
        WrapUps(self)
    }

    /// The first page.
    pub fn home(&self) -> Home<'_> {
        Home(self)
    }
}

/// What becomes due by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Due {
    /// A deadline of this call.
    Call(CallId),
    /// This agent's wrap-up ends.
    WrapUp(AgentId),
    /// This agent's desk has been gone for long enough that an offer does not reach it.
    Unreachable(AgentId),
    /// This agent's desk has been gone for long enough to show them as offline.
    Offline(AgentId),
    /// What nobody asks for again is forgotten.
    Forget,
    /// Lines of browsers may have been left open.
    QuietLines,
}

/// What is due when. The deadlines themselves are stored with the state; this is only the alarm clock.
#[derive(Debug, Default)]
pub struct Agenda {
    due: Mutex<HashMap<Due, Timestamp>>,
    changed: Notify,
}

impl Agenda {
    /// Sets, moves or (with `None`) removes an alarm.
    pub fn set(&self, due: Due, at: Option<Timestamp>) {
        let mut agenda = self.lock();
        match at {
            Some(at) => agenda.insert(due, at),
            None => agenda.remove(&due),
        };
        drop(agenda);
        self.changed.notify_one();
    }

    /// Sets an alarm, unless it rings earlier already. To ring too early does no harm: whoever is rung looks whether it is time.
    pub fn set_at_latest(&self, due: Due, at: Timestamp) {
        self.lock().entry(due).and_modify(|set| *set = at.min(*set)).or_insert(at);
        self.changed.notify_one();
    }

    /// Takes out everything that is due by `now`.
    pub fn take_due(&self, now: Timestamp) -> Vec<Due> {
        let mut agenda = self.lock();
        let due: Vec<Due> = agenda.iter().filter(|(_, at)| **at <= now).map(|(due, _)| due.clone()).collect();
        for item in &due {
            agenda.remove(item);
        }
        due
    }

    /// The next alarm.
    pub fn next(&self) -> Option<Timestamp> {
        self.lock().values().min().copied()
    }

    /// Waits until an alarm is set or moved.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Due, Timestamp>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The server's start: settings, database, workers, listener; and its orderly end.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use baton::server::adapters::livekit::LiveKit;
use baton::server::adapters::models::Models;
use baton::server::adapters::participation::LiveKitRooms;
use baton::server::adapters::recording_storage::{ObjectStorage, OpenStorageError};
use baton::server::clock::Clock;
use baton::server::config::{Config, ConfigError, RecordingsConfig};
use baton::server::error::{ServiceError, chain};
use baton::server::instance::{Instance, OpenInstanceError};
use baton::server::recorder::{Recorder, Spool};
use baton::server::state::App;
use baton::server::store::{Store, StoreError};
use baton::server::{demo, http, telemetry, workers};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

/// How long requests that are under way may take when the server is asked to end.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// What a shell is told when it is the settings that must be changed.
const BAD_SETTINGS: u8 = 2;

/// Why the server did not start, or did not go on.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("cannot read .env")]
    DotEnv(#[source] dotenvy::Error),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("cannot open the database")]
    Store(#[from] StoreError),
    #[error("cannot open the storage of recordings")]
    Storage(#[from] OpenStorageError),
    #[error("cannot write recordings into {0}")]
    Spool(PathBuf, #[source] io::Error),
    #[error("cannot be the server of the folder {0}")]
    Instance(PathBuf, #[source] OpenInstanceError),
    #[error("cannot set up the demo")]
    Demo(#[source] ServiceError),
    #[error("port {} is in use: stop the program that has it, or set BATON_ADDR to another address", .0.port())]
    PortInUse(SocketAddr),
    #[error("cannot listen on {0}")]
    Listen(SocketAddr, #[source] io::Error),
    #[error("cannot start")]
    Runtime(#[source] io::Error),
    #[error("the listener failed")]
    Serve(#[source] io::Error),
}

impl StartError {
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::DotEnv(_)
            | Self::Config(_)
            | Self::PortInUse(_)
            | Self::Listen(..)
            | Self::Storage(_)
            | Self::Spool(..)
            | Self::Instance(..) => ExitCode::from(BAD_SETTINGS),
            Self::Store(_) | Self::Demo(_) | Self::Runtime(_) | Self::Serve(_) => ExitCode::FAILURE,
        }
    }
}

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Baton cannot run: {}", chain(&error));
            error.exit_code()
        }
    }
}

/// The environment is read before there are threads, which is when `.env` may be put into it.
fn start() -> Result<(), StartError> {
    match dotenvy::dotenv() {
        Err(error) if !error.not_found() => return Err(StartError::DotEnv(error)),
        _ => {}
    }
    let config = Config::from_env()?;
    telemetry::init(&config.telemetry);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(StartError::Runtime)?;
    runtime.block_on(run(config))
}

async fn run(config: Config) -> Result<(), StartError> {
    let addr = config.http.addr;
    let store = Store::open(&config.database.url).await?;
    let media = Arc::new(LiveKit::new(&config.livekit));
    let rooms = Arc::new(LiveKitRooms::new(&config.livekit));
    let writer = Arc::new(Models::new(&config.models));
    let spool = config.recordings.spool.clone();
    // Nothing is touched before it is certain that nobody else is this instance.
    let instance = Instance::open(&spool).map_err(|error| StartError::Instance(spool, error))?;
    let recorder = recorder(&config.recordings)?;
    let (app, woken) = App::new(instance.id.clone(), config, Clock::System, store, media, writer, recorder);
    demo::seed(&app).await.map_err(StartError::Demo)?;
    let listener = listen(addr).await?;
    // The first briefing is written while somebody waits for it, so what it needs is made ready before.
    tokio::task::spawn_blocking(baton_summariser::warm_up);
    let stop = CancellationToken::new();
    let workers = workers::start(&app, woken, rooms, &stop);
    // Before we say that we are there: who asks for the end at once is heard as well.
    let asked_to_end = asked_to_end();
    info!(address = %addr, "Listening on {addr}; people open {}", app.config.http.public_url);
    let router = http::router(app, stop.clone());
    let served = serve(listener, router, stop, asked_to_end).await;
    workers.wait().await;
    info!("Stopped");
    served
}

fn recorder(config: &RecordingsConfig) -> Result<Recorder, StartError> {
    let spooled = Arc::new(ObjectStorage::folder(&config.spool)?);
    let storage = Arc::new(ObjectStorage::open(&config.place)?);
    let failed = |error| StartError::Spool(config.spool.clone(), error);
    let spool = Spool::open(config.spool.clone()).map_err(failed)?;
    Recorder::open(spool, spooled, storage).map_err(failed)
}

async fn listen(addr: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(addr).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse(addr),
        _ => StartError::Listen(addr, error),
    })
}

/// Serves until somebody asks for the end; then sockets are told, and requests under way are finished.
async fn serve(
    listener: TcpListener,
    router: axum::Router,
    stop: CancellationToken,
    asked_to_end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let asked = stop.clone();
    tokio::spawn(async move {
        asked_to_end.await;
        info!("Stopping");
        asked.cancel();
    });
    let listener = listener.tap_io(|tcp| {
        // Where a call has gone is told in small messages, none of which waits until the one before has arrived.
        if let Err(error) = tcp.set_nodelay(true) {
            debug!(error = chain(&error), "A connection may be slow");
        }
    });
    let serving = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::select! {
        served = serving.into_future() => served.map_err(StartError::Serve),
        () = async { stop.cancelled().await; tokio::time::sleep(LAST_REQUESTS).await } => {
            warn!("Some requests took too long to finish");
            Ok(())
        }
    }
}

/// Listens from now on, and not only once somebody waits.
#[cfg(unix)]
fn asked_to_end() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    // Without signals there is nothing to wait for but the end of the process itself.
    async fn asked(signal: io::Result<Signal>) {
        match signal {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    }
    let (interrupted, terminated) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        tokio::select! {
            () = asked(interrupted) => {}
            () = asked(terminated) => {}
        }
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

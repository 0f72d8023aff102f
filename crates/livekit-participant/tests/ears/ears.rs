//! Runs the programs in this folder, which listen and speak through libwebrtc.

use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use crate::server::LIMIT;

/// What the ears heard.
#[derive(Debug)]
pub struct Heard {
    /// For every 10 ms whether it was the tone alone.
    pub frames: Vec<bool>,
    /// For how many frames of 10 ms this process or the ears stood still: on a machine with more work than it can do, sound comes
    /// too late to be played, however well it is sent.
    pub stalled_frames: f64,
}

/// Frames of 10 ms come in pairs; a longer gap than this is a program that stood still.
const GAP_MS: f64 = 40.0;

/// Notices when this process stands still.
struct Stalls {
    milliseconds: Arc<Mutex<f64>>,
    _task: AbortOnDropHandle<()>,
}

impl Stalls {
    fn watch() -> Self {
        let milliseconds = Arc::<Mutex<f64>>::default();
        let total = Arc::clone(&milliseconds);
        let task = tokio::spawn(async move {
            loop {
                let before = Instant::now();
                tokio::time::sleep(Duration::from_millis(10)).await;
                let gap = before.elapsed().as_secs_f64() * 1000.0;
                if gap > GAP_MS {
                    *total.lock().unwrap() += gap;
                }
            }
        });
        Self { milliseconds, _task: AbortOnDropHandle::new(task) }
    }

    fn milliseconds(&self) -> f64 {
        *self.milliseconds.lock().unwrap()
    }
}

/// A client of LiveKit's that these programs are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    Python,
    Node,
}

impl Client {
    /// Those that are named in the environment.
    pub fn installed() -> Vec<Self> {
        let named = |client: &Self| std::env::var_os(client.variable()).is_some();
        [Self::Python, Self::Node].into_iter().filter(named).collect()
    }

    /// What names it: the interpreter that `make-venv.sh` prints, or the folder that `make-node.sh` prints.
    fn variable(self) -> &'static str {
        match self {
            Self::Python => "BATON_EARS_PYTHON",
            Self::Node => "BATON_EARS_NODE",
        }
    }

    fn command(self, script: &str) -> Command {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ears");
        match self {
            Self::Python => {
                let mut command = Command::new(std::env::var_os(self.variable()).expect("it is named"));
                command.arg("-B").arg(folder.join(script).with_extension("py"));
                command
            }
            Self::Node => {
                let mut command = Command::new("node");
                command.arg(folder.join("node").join(script).with_extension("mjs"));
                command
            }
        }
    }
}

/// One of the programs in this folder. Dropping it ends it.
pub struct Program {
    lines: Lines<BufReader<ChildStdout>>,
    _input: ChildStdin,
    _process: Child,
}

impl Program {
    pub fn start(client: Client, script: &str, url: &str, token: &str, options: &[&str]) -> Self {
        let mut command = client.command(script);
        command.args(["--url", url, "--token", token]).args(options);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = piped.spawn().expect("the interpreter starts");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { lines, _input: process.stdin.take().unwrap(), _process: process }
    }

    /// The next line; `None` at the end.
    pub async fn line(&mut self) -> Option<Value> {
        let line = timeout(LIMIT, self.lines.next_line()).await.expect("it still says something").unwrap()?;
        Some(serde_json::from_str(&line).unwrap())
    }

    /// Waits for a line of this kind.
    pub async fn event(&mut self, kind: &str) {
        while let Some(line) = self.line().await {
            if line["event"] == kind {
                return;
            }
        }
        panic!("it ended before: {kind}");
    }

    /// Lets something happen, and hears the tone for a second after it. Gives for how long at most it was not heard meanwhile.
    pub async fn longest_silence(&mut self, hz: f64, happens: impl Future<Output = ()>) -> Duration {
        const AFTERWARDS: Duration = Duration::from_secs(1);
        let over = Arc::new(AtomicBool::new(false));
        let happening = async {
            happens.await;
            over.store(true, Ordering::Relaxed);
        };
        let hearing = async {
            let (mut last, mut longest, mut until) = (None, 0.0_f64, None);
            while let Some(line) = self.line().await {
                if !is_tone(&line, hz) {
                    continue;
                }
                let at = line["ms"].as_f64().unwrap();
                longest = longest.max(at - last.replace(at).unwrap_or(at));
                if over.load(Ordering::Relaxed) && at > *until.get_or_insert(at + AFTERWARDS.as_secs_f64() * 1000.0) {
                    return Duration::from_secs_f64(longest / 1000.0);
                }
            }
            panic!("the ears ended");
        };
        tokio::join!(happening, hearing).1
    }

    /// For every 10 ms whether there was nothing to be heard but this tone, from its first frame on.
    pub async fn tones(&mut self, hz: f64) -> Heard {
        let stalls = Stalls::watch();
        let mut heard = Vec::new();
        let (mut ears_stalled, mut before) = (0.0, None);
        while let Some(line) = self.line().await {
            if line["event"] == "frame" {
                let at = line["ms"].as_f64().unwrap();
                let gap = at - before.replace(at).unwrap_or(at);
                ears_stalled += if gap > GAP_MS { gap } else { 0.0 };
                heard.push(is_tone(&line, hz));
            }
        }
        let first = heard.iter().position(|&tone| tone).unwrap_or(heard.len());
        let frames = heard.split_off(first);
        let stalled_frames = ((stalls.milliseconds() + ears_stalled) / 10.0).round();
        Heard { frames, stalled_frames }
    }
}

/// Whether a frame was this tone alone.
fn is_tone(line: &Value, hz: f64) -> bool {
    let is_loud = line["db"].as_f64() > Some(-35.0);
    is_loud && line["hz"].as_f64() == Some(hz) && line["share"].as_f64() > Some(0.8)
}

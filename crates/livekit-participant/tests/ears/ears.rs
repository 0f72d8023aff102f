//! Runs the programs in this folder, which listen and speak through libwebrtc.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::server::LIMIT;

/// One of the programs in this folder. Dropping it ends it.
pub struct Program {
    lines: Lines<BufReader<ChildStdout>>,
    _input: ChildStdin,
    _process: Child,
}

impl Program {
    /// `BATON_EARS_PYTHON` is the interpreter that `make-venv.sh` prints.
    pub fn start(script: &str, url: &str, token: &str, options: &[&str]) -> Self {
        let python = std::env::var("BATON_EARS_PYTHON").expect("BATON_EARS_PYTHON names the interpreter");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ears").join(script);
        let mut command = Command::new(python);
        command.arg("-B").arg(script).args(["--url", url, "--token", token]).args(options);
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

    /// For every 10 ms whether there was nothing to be heard but this tone, from its first frame on.
    pub async fn tones(&mut self, hz: f64) -> Vec<bool> {
        let mut heard = Vec::new();
        while let Some(line) = self.line().await {
            if line["event"] == "frame" {
                let loud = line["db"].as_f64() > Some(-35.0);
                heard.push(loud && line["hz"].as_f64() == Some(hz) && line["share"].as_f64() > Some(0.8));
            }
        }
        let first = heard.iter().position(|&tone| tone).unwrap_or(heard.len());
        heard.split_off(first)
    }
}

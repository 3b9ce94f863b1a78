//! A line on the terminal while a long job is under way, gone when it is done.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Who waits less than this sees nothing.
const PATIENCE: Duration = Duration::from_millis(800);
/// How often the line is written again.
const EVERY: Duration = Duration::from_millis(200);
/// Back to the start of the line, and clear it.
const CLEAR: &str = "\r\u{1b}[2K";

/// Tells that something is under way until it is dropped.
pub struct Progress {
    /// Closing it ends the line.
    under_way: Option<mpsc::Sender<()>>,
    writer: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins, where standard error is a terminal that can clear a line.
    pub fn begin(what: &str, quiet: bool) -> Progress {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if quiet || dumb || !std::io::stderr().is_terminal() {
            return Progress { under_way: None, writer: None };
        }
        let (sender, done) = mpsc::channel();
        let what = what.to_owned();
        Progress { under_way: Some(sender), writer: Some(std::thread::spawn(move || write(&what, &done))) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.under_way.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write(what: &str, done: &mpsc::Receiver<()>) {
    let begun = Instant::now();
    let mut wait = PATIENCE;
    let mut written = false;
    while done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        wait = EVERY;
        written = true;
        let mut stderr = std::io::stderr().lock();
        let _ = write!(stderr, "{CLEAR}lastcopy: {what} ({} s)", begun.elapsed().as_secs());
        let _ = stderr.flush();
    }
    if written {
        let _ = write!(std::io::stderr().lock(), "{CLEAR}");
    }
}

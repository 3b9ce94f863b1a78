//! Standard output, and the files the command line names. The only place besides `workspace` that
//! touches the file system.

use std::io::{IsTerminal, Write};
use std::path::{Component, Path, PathBuf};

use crate::cli::args::When;
use crate::pipeline::failure::Failure;
use crate::report::neutral;

/// Where a command writes, and how.
pub struct Out {
    /// Columns.
    pub width: usize,
    /// Whether styles may be used.
    pub color: bool,
    text: String,
}

impl Out {
    /// For standard output: styles on a terminal unless `NO_COLOR` is set, `--color` first.
    pub fn standard(when: When) -> Out {
        let terminal = std::io::stdout().is_terminal();
        let color = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && supports_color::on(supports_color::Stream::Stdout).is_some(),
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
        let measured = || terminal_size::terminal_size().map(|(w, _)| usize::from(w.0));
        let width = columns.or_else(|| if terminal { measured() } else { None }).unwrap_or(100);
        Out { width: width.clamp(40, 400), color, text: String::new() }
    }

    /// Adds text to what is written at the end.
    pub fn print(&mut self, text: &str) {
        self.text.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Writes everything. A reader that has gone away is no error.
    pub fn flush(self) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(self.text.as_bytes()).and_then(|()| stdout.flush());
    }
}

/// Tells the person something that is no part of the output: on standard error, at once.
pub fn tell(message: &str) {
    let message = neutral::guard(neutral::lines(message).into_owned());
    let _ = writeln!(std::io::stderr().lock(), "lastcopy: {}", message.trim_end());
}

/// The working directory.
///
/// # Errors
/// Where there is none.
pub fn working_directory() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|e| Failure::new(format!("the working directory: {e}")))
}

/// Writes a file named on the command line, or one that a fix changes.
///
/// # Errors
/// What the system says, with the path.
#[allow(clippy::disallowed_methods)]
pub fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
}

/// A path without `.` and `..`, by its words alone.
pub fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

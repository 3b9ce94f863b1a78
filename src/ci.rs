//! Commands that run by themselves or that something can start: CI workflows, package scripts,
//! Makefiles, containers, shell scripts.
//!
//! Each file is read into commands of shell text, with what starts them, what puts a person in
//! between, and where each byte of the text stands. What a command does isn't judged here.

mod docker;
mod github;
mod gitlab;
mod just;
mod make;
mod mapping;
mod paths;
mod procfile;
mod runnable;
mod scripts;
mod step;
mod taskfile;

use std::borrow::Cow;
use std::ops::Range;

pub use mapping::Mapping;
pub use runnable::scripts;
pub use step::{Given, Step};

use crate::source::{SourceId, Span, Text};
use crate::syntax::document::Document;
use crate::syntax::tree::{Node, Tree};
use crate::workspace::{File, Workspace};

/// The marker in [`Command::environment`] for a value that is written out (and not repeated here).
pub const LITERAL: &str = "literal";

/// A command in a file.
#[derive(Clone, Debug)]
pub struct Command {
    /// The shell text.
    pub text: Text,
    /// Where it stands.
    pub span: Span,
    /// Where a byte of `text` lies in the file, when it is verbatim there: offset of `text`'s first byte.
    pub verbatim: Option<u32>,
    /// Where the pieces of `text` stand when it isn't; see [`Command::span_of`].
    pub mapping: Mapping,
    /// The step, recipe line or member that holds it.
    pub item: Span,
    /// The file.
    pub source: SourceId,
    /// What runs it.
    pub runs_in: RunsIn,
    /// Job name, script name, target or service: the `JOB` of `command:FILE#JOB`.
    pub name: String,
    /// Other names it can be called by; an empty one where it is what runs without a name.
    pub aliases: Vec<String>,
    /// Conditions that put a person in between (a protected `environment:`, `workflow_dispatch` only), in words.
    pub gates: Vec<String>,
    /// Names of secrets and variables in its environment: name, and `secrets.X`, the expression, or [`LITERAL`].
    pub environment: Vec<(Text, Text)>,
    /// The directory it starts in, relative to the project root with `/` (empty: the root); `None`
    /// where that is only known when it runs.
    pub dir: Option<String>,
    /// The deployment environment its job names.
    pub deploys_to: Option<Text>,
    /// What reads the text when that isn't a POSIX shell: `python`, `pwsh`, `node`.
    pub interpreter: Option<Text>,
}

/// What runs a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunsIn {
    /// A CI job, with the events that start it (`push`, `pull_request`, `schedule`, …).
    Workflow {
        /// Event names.
        events: Vec<Text>,
    },
    /// A script of `package.json`, a Makefile target, …: runs when something calls it.
    Script,
    /// A shell script file.
    ShellScript,
    /// A commit or agent hook.
    Hook,
    /// The start command of a container or process: runs at every start.
    Start,
    /// Runs at each deployment, before the new version starts.
    PreDeploy,
}

impl Command {
    /// Where a byte range of `text` stands in the file; the whole command where that isn't known.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        self.mapping.range(range).map_or(self.span, |(start, end)| Span::new(self.source, start, end))
    }

    /// The text as its shell sees it, as far as that is known: each `${{ expression }}` of the
    /// platform is put in before the shell starts, so it stands as a variable of the same length
    /// here, and offsets stay those of `text`.
    pub fn shell(&self) -> Cow<'_, str> {
        shell_text(&self.text)
    }

    fn new(text: &str, mapping: Mapping, span: Span, name: impl Into<String>, runs_in: RunsIn) -> Command {
        Command {
            text: text.into(),
            span,
            verbatim: mapping.verbatim(text.len()),
            mapping,
            item: span,
            source: span.source,
            runs_in,
            name: name.into(),
            aliases: Vec::new(),
            gates: Vec::new(),
            environment: Vec::new(),
            dir: Some(String::new()),
            deploys_to: None,
            interpreter: None,
        }
    }
}

/// `${{ expression }}` → `${_____}` of the same length in bytes.
fn shell_text(text: &str) -> Cow<'_, str> {
    if !text.contains("${{") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let Some((inside, behind)) = after.split_once("}}") else { break };
        out.push_str(before);
        out.push_str("${");
        out.push_str(&"_".repeat(inside.len() + 2));
        out.push('}');
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Reads every command of a project, in the order of its files.
pub fn read<'a>(workspace: &'a Workspace, document: &dyn Fn(SourceId) -> Option<&'a Document>) -> Vec<Command> {
    let project = Project { workspace, document };
    let mut found = github::read(&project).0;
    for file in workspace.files.iter().filter(|f| !f.template) {
        found.extend(match file.role.as_str() {
            "gitlab-ci" => gitlab::read(&project, file),
            "package-json" | "composer" | "pyproject" => scripts::read(&project, file),
            "taskfile" => taskfile::read(&project, file),
            "makefile" => make::read(&file.source),
            "justfile" => just::read(&file.source),
            "procfile" => procfile::read(&file.source),
            "dockerfile" => docker::read(&file.source),
            "compose" => docker::compose(&project, file),
            "shell-script" => vec![script(file)],
            _ => Vec::new(),
        });
    }
    found.sort_by_key(|c| (c.source, c.span.start));
    found
}

/// Every step of the project's workflows that some event starts, and of the actions they call.
pub fn steps<'a>(workspace: &'a Workspace, document: &dyn Fn(SourceId) -> Option<&'a Document>) -> Vec<Step> {
    github::read(&Project { workspace, document }).1
}

/// A whole script file.
fn script(file: &File) -> Command {
    let source = &file.source;
    let hook = source.path.split('/').any(|part| matches!(part, ".husky" | ".githooks"));
    let runs_in = if hook { RunsIn::Hook } else { RunsIn::ShellScript };
    let name = source.path.rsplit('/').next().unwrap_or(&source.path);
    let mapping = Mapping::of_verbatim(0, source.text.len());
    // Scripts are mostly started from the root; what they do first is often to go elsewhere.
    Command::new(&source.text, mapping, source.span(), name, runs_in)
}

/// The project's files and what was parsed of them.
struct Project<'a, 'd> {
    workspace: &'a Workspace,
    document: &'d dyn Fn(SourceId) -> Option<&'a Document>,
}

impl<'a> Project<'a, '_> {
    fn tree(&self, file: &File) -> Option<&'a Tree> {
        (self.document)(file.source.id)?.tree()
    }

    fn root(&self, file: &File) -> Option<&'a Node> {
        self.tree(file)?.root()
    }

    /// A command that is a string of a data file.
    fn command(&self, file: &File, node: &Node, name: &str, runs_in: RunsIn) -> Option<Command> {
        let text = node.as_str().filter(|t| !t.trim().is_empty())?;
        let source = &file.source;
        let raw = source.slice(node.span);
        let span = Span { end: node.span.start + raw.trim_end().len() as u32, ..node.span };
        let mapping = Mapping::aligned(source, node.span, text);
        Some(Command::new(text, mapping, span, name, runs_in))
    }
}

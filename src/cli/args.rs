//! The command line, as clap sees it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Can one command, one API call or one AI agent destroy the last copy of this project's data,
/// without a person being asked?
#[derive(Debug, Parser)]
#[command(name = "lastcopy", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub struct Cli {
    /// What to do; without it, `check`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of `check`.
    #[command(flatten)]
    pub check: Check,
}

impl Cli {
    /// Reads the arguments of this process; ends it with the usage where they are wrong.
    pub fn of_process() -> Cli {
        let given: Vec<OsString> = std::env::args_os().collect();
        let cli = Cli::parse_from(&given);
        Cli::with_options_behind(&cli, &given).unwrap_or(cli)
    }

    /// What follows a command belongs to it, but a command in one quoted piece is whole: options
    /// behind it are ours.
    fn with_options_behind(cli: &Cli, given: &[OsString]) -> Option<Cli> {
        let words = match &cli.command {
            Some(Command::Can(args)) => &args.words,
            Some(Command::What(args)) => &args.words,
            _ => return None,
        };
        let (whole, behind) = words.split_first()?;
        let before = given.get(..given.len().checked_sub(words.len())?)?;
        if !whole.contains(char::is_whitespace) || behind.is_empty() || before.iter().any(|word| word == "--") {
            return None;
        }
        let options = behind.iter().map(OsString::from);
        let ends = [OsString::from("--"), OsString::from(whole)];
        Cli::try_parse_from(before.iter().cloned().chain(options).chain(ends)).ok()
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look for what can destroy the last copy (the default)
    Check(Box<Check>),
    /// May this agent run this command without a person being asked?
    Can(Can),
    /// Which known destructive operations would this command perform?
    What(What),
    /// For each store: what can destroy it, by whom, and what survives
    Blast(Blast),
    /// Show what the linter sees, as JSON
    Inspect(Inspect),
    /// Show a rule's page
    Explain(Explain),
    /// List the rules, or the facts a rule can name
    Rules(Rules),
    /// Run the examples of rules
    Test(Test),
    /// Write a commented lastcopy.yaml and show the commit hook's entry
    Init(Init),
    /// Serve an editor over standard input and output
    Lsp(Common),
    /// Print completions for a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Options every command has that looks at a project.
#[derive(Clone, Debug, Default, Args)]
pub struct Common {
    /// The project root, instead of the nearest directory with `.git` or a root `lastcopy.yaml`
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// The configuration, instead of the root's `lastcopy.yaml`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Let nothing in the tree remove or weaken a finding: no config, rules, baseline or ignores
    #[arg(long)]
    pub isolated: bool,
    /// More rules and knowledge, from a directory (repeatable)
    #[arg(long = "rules", value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Today's date, instead of the system's
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub today: Option<String>,
    /// When to colour the output
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Say less: only findings
    #[arg(short, long)]
    pub quiet: bool,
    /// Say more: excerpts, help and reasons
    #[arg(short, long)]
    pub verbose: bool,
    /// Look at one environment only
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// `--var` and `--var-file`, in their order.
    #[command(flatten)]
    pub assigning: crate::cli::assigning::Assigning,
    /// Set Terraform variables from the environment's TF_VAR_…
    #[arg(long)]
    pub env_vars: bool,
    /// Look at a plan in place of evaluating its root: what `terraform show -json` writes of a plan or a state
    /// (repeatable)
    #[arg(long = "plan", value_name = "[ROOT=]FILE")]
    pub plans: Vec<String>,
    /// Read your own agent settings in your home directory too
    #[arg(long)]
    pub home: bool,
}

impl Common {
    /// What a project is opened with.
    pub fn session(&self) -> crate::pipeline::session::Options {
        crate::pipeline::session::Options {
            config: self.config.clone(),
            isolated: self.isolated,
            rules: self.rules.clone(),
            today: self.today.clone().unwrap_or_else(crate::cli::today::system),
            environment: self.environment.clone(),
            assign: self.assigning.0.clone(),
            env_vars: self.env_vars,
            plans: self.plans.clone(),
            base: None,
            home: if self.home { std::env::home_dir() } else { None },
        }
    }
}

/// A date as `2026-11-24`.
fn date(text: &str) -> Result<String, String> {
    crate::cli::today::parse(text).map(|_| text.to_owned()).ok_or_else(|| "a date is written 2026-11-24".to_owned())
}

/// Options of `check`.
#[derive(Clone, Debug, Default, Args)]
pub struct Check {
    /// Files or directories to report on; `-` reads one document from standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The path that the document on standard input has in the project
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,
    /// Output format: human, short, json, sarif, github, gitlab, junit, rdjson
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: String,
    /// Also write a format to a file (repeatable)
    #[arg(long = "output", value_name = "FORMAT=FILE")]
    pub outputs: Vec<String>,
    /// Fail from this severity on
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Let findings that rest on personal files count for the exit code
    #[arg(long)]
    pub fail_on_local: bool,
    /// Whom to show findings to
    #[arg(long, value_name = "PERSONA")]
    pub persona: Option<Persona>,
    /// Show nothing less sure than this
    #[arg(long, value_name = "CONFIDENCE")]
    pub min_confidence: Option<Confidence>,
    /// Run only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Run all rules but these
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Hide the findings listed in this file
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write today's findings to this file, to be hidden from now on
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// Apply the safe fixes
    #[arg(long)]
    pub fix: bool,
    /// With --fix: print the changes as a diff and write nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// Compare with a revision of the repository (a branch, a tag, a commit, HEAD~1) or with another directory: what
    /// applying this tree would destroy
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Show what comments and the config ignore
    #[arg(long)]
    pub no_ignores: bool,
    /// Report on examples, tests and fixtures too
    #[arg(long)]
    pub include_undeployed: bool,
    /// Exit with 2 where a file was skipped, a limit hit, or something consequential is undecided
    #[arg(long)]
    pub strict: bool,
    /// Common options.
    #[command(flatten)]
    pub common: Common,
}

/// From which severity on a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Anything.
    Note,
    /// Nothing.
    Never,
}

/// For whom findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Persona {
    /// Proven, and can be acted on.
    Regular,
    /// Adds weak guards, shared regions, non-production.
    Pedantic,
    /// Adds every undecided.
    Auditor,
}

/// How sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Confidence {
    /// Half-known.
    Low,
    /// Inferred.
    Medium,
    /// Proven.
    High,
}

impl From<Persona> for crate::finding::Persona {
    fn from(persona: Persona) -> Self {
        match persona {
            Persona::Regular => Self::Regular,
            Persona::Pedantic => Self::Pedantic,
            Persona::Auditor => Self::Auditor,
        }
    }
}

impl From<Confidence> for crate::finding::Confidence {
    fn from(confidence: Confidence) -> Self {
        match confidence {
            Confidence::Low => Self::Low,
            Confidence::Medium => Self::Medium,
            Confidence::High => Self::High,
        }
    }
}

/// Options of `can`.
#[derive(Clone, Debug, Args)]
pub struct Can {
    /// The agent: `claude`, `cursor`, `codex`, …
    #[arg(value_name = "AGENT")]
    pub agent: Option<String>,
    /// The command, `mcp:SERVER/TOOL` or `op:ID`; all that follows its first word belongs to it
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    pub words: Vec<String>,
    /// Ask every agent of the project
    #[arg(long)]
    pub all: bool,
    /// List the operations the agent runs unasked
    #[arg(long)]
    pub list: bool,
    /// Output format: human or json
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: String,
    /// Common options.
    #[command(flatten)]
    pub common: Common,
}

/// Options of `what`.
#[derive(Clone, Debug, Args)]
pub struct What {
    /// The command; all that follows its first word belongs to it
    #[arg(value_name = "COMMAND", trailing_var_arg = true, required = true)]
    pub words: Vec<String>,
    /// Output format: human or json
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: String,
    /// Common options.
    #[command(flatten)]
    pub common: Common,
}

/// Options of `blast`.
#[derive(Clone, Debug, Args)]
pub struct Blast {
    /// The project, or a path in it
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Output format: text, json, mermaid, svg, html
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: String,
    /// Common options.
    #[command(flatten)]
    pub common: Common,
}

/// Options of `inspect`.
#[derive(Clone, Debug, Args)]
pub struct Inspect {
    /// The project, or a path in it
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Common options.
    #[command(flatten)]
    pub common: Common,
}

/// Options of `explain`.
#[derive(Clone, Debug, Args)]
pub struct Explain {
    /// The rule
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// More rules, from a directory (repeatable)
    #[arg(long = "rules", value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// When to colour the output
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// Options of `rules`.
#[derive(Clone, Debug, Args)]
pub struct Rules {
    /// List the facts a rule can name
    #[arg(long)]
    pub facts: bool,
    /// Output format: human or json
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: String,
    /// More rules, from a directory (repeatable)
    #[arg(long = "rules", value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// When to colour the output
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// Options of `test`.
#[derive(Clone, Debug, Args)]
pub struct Test {
    /// A directory of rules; without it the built-in ones
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// When to colour the output
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// Options of `init`.
#[derive(Clone, Debug, Args)]
pub struct Init {
    /// Where to write it
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
}

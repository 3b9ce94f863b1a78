//! Types of `rules/knowledge/operations/*.yaml` and `rules/knowledge/mcp/*.yaml`: the known ways to
//! destroy. Plain serde types that name nothing of the crate: `build.rs` compiles this file too.

use serde::{Deserialize, Serialize};

/// One tool's file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Short name: `railway`, `terraform`, `prisma`.
    pub tool: String,
    /// The platform whose stores it takes, as in `rules/knowledge/stores`; none where it depends on
    /// its configuration (psql, terraform).
    #[serde(default)]
    pub provider: Option<String>,
    /// Whether it deletes one thing after the other, by many calls (aws-nuke).
    #[serde(default)]
    pub many_calls: bool,
    /// How ordinary it is: 1 for what most who run anything have at hand, 3 for what few have; in between
    /// where absent. What is more ordinary is told first.
    #[serde(default)]
    pub rank: Option<u8>,
    /// Files, as globs, without which it has nothing to act on (`cdk.json`): a project without them doesn't
    /// use it.
    #[serde(default)]
    pub works_on: Vec<String>,
    /// What its runs work through, where that isn't a platform's API: they take what it tracks.
    #[serde(default)]
    pub runs: Option<Runs>,
    /// Engines of the databases it opens by their address and a password, whoever hosts them; what it
    /// does to one leaves the server itself, and what its platform keeps of it.
    #[serde(default)]
    pub opens: Vec<String>,
    /// How its programs read their arguments.
    #[serde(default)]
    pub programs: Vec<Program>,
    /// Its operations.
    #[serde(default)]
    pub operations: Vec<Operation>,
}

/// What a tool's runs work through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Runs {
    /// Terraform, by its own name or under another (OpenTofu, Terragrunt): what `prevent_destroy` is
    /// written for is refused.
    Terraform,
}

/// How a program, or one of its sub-commands, reads its arguments. Where several rows fit, each thing
/// is taken from the row with the most words that says it; value flags are those of all rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Its names, by base name.
    pub names: Vec<String>,
    /// The sub-command this row is about, as in [`Form::words`]; the whole program where absent.
    #[serde(default)]
    pub words: Vec<Vec<String>>,
    /// Flags that take the next word as their value.
    #[serde(default)]
    pub values: Vec<String>,
    /// A general option as it may stand in front of the sub-command (`-chdir=infra`, `-n prod`): with it
    /// the command is the same and reads differently.
    #[serde(default)]
    pub ahead: Vec<String>,
    /// Flags of one letter whose value is joined to them, if they have one (`mysql -pSECRET`).
    #[serde(default)]
    pub attached: Vec<String>,
    /// Whether `-word` is one flag and not a cluster of letters (terraform, find, java).
    #[serde(default)]
    pub single_dash: bool,
    /// Whether sub-commands are the same in capitals (redis-cli).
    #[serde(default)]
    pub ignore_case: bool,
    /// Whether flags may stand behind `--` too, as they are handed on.
    #[serde(default)]
    pub past_dashes: bool,
    /// Whether `help` behind everything shows help (aws).
    #[serde(default)]
    pub help_last: bool,
    /// Flags with which it does nothing.
    #[serde(default)]
    pub defused_by: Vec<String>,
    /// Variables whose words are added to the arguments; `{}` stands for the sub-command.
    #[serde(default)]
    pub arguments_from: Vec<String>,
    /// Where it takes SQL, a script or a query from.
    #[serde(default)]
    pub payload: Option<Payload>,
    /// Where it acts.
    #[serde(default)]
    pub target: Option<Aim>,
}

/// Where a program takes a payload from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// `sql`, `graphql`; anything else is only searched by [`Form::payload`].
    pub language: String,
    /// Flags whose value is the payload.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Flags whose value is a file with it.
    #[serde(default)]
    pub files: Vec<String>,
    /// The first operand that is payload, from 0.
    #[serde(default)]
    pub operands: Option<usize>,
    /// Whether the operands from there on are files with it.
    #[serde(default)]
    pub operand_files: bool,
    /// Whether it is read from standard input where nothing else gives it.
    #[serde(default)]
    pub stdin: bool,
}

/// How to tell where a program acts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aim {
    /// Flags whose value is a host, an address or a name listed in `local`.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Flags whose value tells it if it is an address (`-d postgres://…`, but not `-d name`).
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Whether an operand that is an address (`postgres://…`) tells it.
    #[serde(default)]
    pub operands: bool,
    /// Variables that hold the host or address, the first set one counts.
    #[serde(default)]
    pub variables: Vec<String>,
    /// Values that mean this machine besides localhost (`kind-*`, `minikube`).
    #[serde(default)]
    pub local: Vec<String>,
    /// Flags that mean this machine.
    #[serde(default)]
    pub local_flags: Vec<String>,
    /// Flags that mean another machine.
    #[serde(default)]
    pub remote_flags: Vec<String>,
    /// `local`, `remote` or `unknown`: where nothing else tells it.
    #[serde(default)]
    pub otherwise: String,
}

/// One known way to destroy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Kebab-case, unique: `railway-volume-delete`.
    pub id: String,
    /// In words: "deletes a volume with its snapshots".
    pub title: String,
    /// The short name people know the call by, for messages: `volumeDelete`, `terraform destroy`.
    pub call: String,
    /// A command that performs it, in canonical form and without a prompt; what agents are asked about.
    #[serde(default)]
    pub command: Option<String>,
    /// The same as an HTTP call, with `curl`, if there is one.
    #[serde(default)]
    pub http_command: Option<String>,
    /// The platform whose stores it takes; the tool's where absent.
    #[serde(default)]
    pub provider: Option<String>,
    /// Kinds of store it takes (`database`, `volume`, `bucket`, …; `any`).
    #[serde(default)]
    pub destroys: Vec<String>,
    /// What one call takes: store, parent, environment, project, account.
    #[serde(default = "store")]
    pub blast: String,
    /// Engines of the databases it opens; the tool's where absent.
    #[serde(default)]
    pub opens: Vec<String>,
    /// For how long it can be taken back, in words; none if it can't.
    #[serde(default)]
    pub undo: Option<String>,
    /// The same in days.
    #[serde(default)]
    pub undo_days: Option<f64>,
    /// Whether it asks by itself, on a terminal, in the form without a silencing flag.
    #[serde(default)]
    pub prompts: bool,
    /// Whether it asks only on a terminal and goes ahead where there is none.
    #[serde(default)]
    pub terminal_only: bool,
    /// Flags and variables (`NAME=`) that silence it.
    #[serde(default)]
    pub silenced_by: Vec<String>,
    /// What the vendor put in the way of agents or scripts, in words: a variable, a refusal.
    #[serde(default)]
    pub brake: Option<String>,
    /// Flags that make it harmless.
    #[serde(default)]
    pub defused_by: Vec<String>,
    /// Whether it deletes nothing by itself, but may (an apply of a plan nobody has seen, a schema push).
    #[serde(default)]
    pub may: bool,
    /// Whether it applies a plan: what it destroys is what the plan says.
    #[serde(default)]
    pub applies: bool,
    /// Whether its forms fit more than what destroys: at most low confidence.
    #[serde(default)]
    pub loose: bool,
    /// `local` or `remote` where its form alone tells it.
    #[serde(default)]
    pub target: Option<String>,
    /// The forms that perform it.
    #[serde(default)]
    pub forms: Vec<Form>,
    /// checked, taken_over, unverified.
    #[serde(default)]
    pub tier: super::stores::Tier,
    /// Where it is documented.
    #[serde(default)]
    pub source: Option<String>,
}

fn store() -> String {
    "store".into()
}

/// One form: a command line, SQL, or an HTTP call. All keys given must hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Programs (`terraform`, `tofu`), by base name.
    #[serde(default)]
    pub programs: Vec<String>,
    /// Sub-commands in order, each a choice: `[[volume], [delete, rm]]`.
    #[serde(default)]
    pub words: Vec<Vec<String>>,
    /// At least one of these flags must be there; `--flag=value` asks for that value in either spelling.
    #[serde(default)]
    pub flags: Vec<String>,
    /// At least one of these as well.
    #[serde(default)]
    pub also: Vec<String>,
    /// None of these may be there: then it is another operation.
    #[serde(default)]
    pub without: Vec<String>,
    /// A pattern that one operand behind the words must match whole.
    #[serde(default)]
    pub operand: Option<String>,
    /// Kinds of SQL statement in the payload, any of which performs it: `drop`, `drop-database`,
    /// `truncate`, `delete-all`, `update-all`, `alter-drop`, …
    #[serde(default)]
    pub sql: Vec<String>,
    /// Whether it asks by itself in this form; the operation's where absent.
    #[serde(default)]
    pub prompts: Option<bool>,
    /// A pattern of operands that don't count (build folders, caches): where all of those behind the
    /// words are such, nothing is lost.
    #[serde(default)]
    pub spares: Option<String>,
    /// A pattern that a file its output is redirected to must match whole.
    #[serde(default)]
    pub writes: Option<String>,
    /// A pattern that the payload (SQL, a script) must match; the arguments where it has none.
    #[serde(default)]
    pub payload: Option<String>,
    /// Hosts of an HTTP call (`backboard.railway.com`; a leading `.` means any below).
    #[serde(default)]
    pub hosts: Vec<String>,
    /// HTTP method.
    #[serde(default)]
    pub method: Option<String>,
    /// Pattern of the URL's path.
    #[serde(default)]
    pub path: Option<String>,
    /// GraphQL fields, any of which in a body performs it.
    #[serde(default)]
    pub graphql: Vec<String>,
}

/// A file of MCP servers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct McpServers {
    /// The servers.
    pub servers: Vec<McpServer>,
}

/// One MCP server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct McpServer {
    /// Short name, unique.
    pub server: String,
    /// In words.
    #[serde(default)]
    pub title: Option<String>,
    /// The platform its tools act on.
    #[serde(default)]
    pub provider: Option<String>,
    /// Engines of the databases its tools open, by an address that it is started with.
    #[serde(default)]
    pub opens: Vec<String>,
    /// npm, PyPI or container packages that run it, without version.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Command lines that run it, by leading words: `railway mcp`.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Addresses, by beginning.
    #[serde(default)]
    pub urls: Vec<String>,
    /// Tools that destroy.
    #[serde(default)]
    pub tools: Vec<McpTool>,
    /// Tools through which anything can be run (SQL, a shell, a browser).
    #[serde(default)]
    pub exec: Vec<String>,
    /// Switches after which it offers nothing that destroys, and nothing else: `--flag` (also with a
    /// value: `--access-mode=restricted`), `NAME=value` of its environment or its address's query, a
    /// header as `Name: value`, or a part of its address's path as `/part`.
    #[serde(default)]
    pub read_only: Vec<String>,
    /// What leaves it with less, as flags or in words, without proving that nothing destructive is left:
    /// for the help only.
    #[serde(default)]
    pub narrowed_by: Vec<String>,
    /// Flags or `NAME=value` variables without which nothing destructive is offered: it is read-only
    /// until one of them is given. Counts only for a server that has no `read_only`.
    #[serde(default)]
    pub enabled_by: Vec<String>,
    /// checked, taken_over, unverified.
    #[serde(default)]
    pub tier: super::stores::Tier,
    /// Where this was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// A tool of an MCP server that destroys.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct McpTool {
    /// Its name.
    pub name: String,
    /// Kinds of store it takes.
    #[serde(default)]
    pub destroys: Vec<String>,
    /// What one call takes.
    #[serde(default = "store")]
    pub blast: String,
    /// For how long it can be taken back, in words.
    #[serde(default)]
    pub undo: Option<String>,
    /// Whether it destroys nothing by itself, but may, by what it is given.
    #[serde(default)]
    pub may: bool,
    /// Id of the operation it performs, if that is one of a command too.
    #[serde(default)]
    pub operation: Option<String>,
}

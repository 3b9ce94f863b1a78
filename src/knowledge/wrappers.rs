//! What is known of programs that run others: the formats of `rules/knowledge/wrappers.yaml` and
//! `rules/knowledge/exec.yaml`. Plain serde types that name nothing of the crate.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `wrappers.yaml`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrappers {
    /// Programs that run what stands in their arguments.
    #[serde(default)]
    pub wrappers: Vec<Wrapper>,
    /// Programs that run a script of the project by its name.
    #[serde(default)]
    pub runners: Vec<Runner>,
    /// Programs that speak HTTP.
    #[serde(default)]
    pub clients: Vec<Client>,
    /// Packages (npm, PyPI, gems) whose program is called otherwise than they are.
    #[serde(default)]
    pub packages: BTreeMap<String, String>,
    /// Container images that are a program: without registry and tag, to the program's name.
    #[serde(default)]
    pub images: BTreeMap<String, String>,
}

/// A program that runs what stands in its arguments.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrapper {
    /// Its names.
    pub programs: Vec<String>,
    /// Sub-commands in order, each a choice; without them any arguments are taken.
    #[serde(default)]
    pub words: Vec<Vec<String>>,
    /// Flags of its own that take the next word as their value.
    #[serde(default)]
    pub values: Vec<String>,
    /// What the rest is.
    pub takes: Takes,
    /// Operands in front of it (a host, a duration, a container).
    #[serde(default)]
    pub skip: usize,
    /// The word it begins behind, if that is there: `--`.
    #[serde(default)]
    pub after: Option<String>,
    /// Flags whose value is shell text (or code, for `code`) and which make the rest arguments of that.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Flags whose value is a module that is run like a program (`python -m`).
    #[serde(default)]
    pub modules: Vec<String>,
    /// Whether nothing is run without one of `flags`.
    #[serde(default)]
    pub only_flags: bool,
    /// Words that end a command begun by a flag (`;`, `+` of find).
    #[serde(default)]
    pub until: Vec<String>,
    /// Flags with which it runs nothing.
    #[serde(default)]
    pub defused_by: Vec<String>,
    /// Field of a flag's value that holds the text: `commands=…`, or a list in JSON.
    #[serde(default)]
    pub field: Option<String>,
    /// First words that are commands of its own.
    #[serde(default)]
    pub except: Vec<String>,
    /// Whether `NAME=value` in front of the command is set for it.
    #[serde(default)]
    pub assignments: bool,
    /// Whether shell text is read from standard input where no command or script is given.
    #[serde(default)]
    pub stdin: bool,
    /// Whether it runs in this shell, with its variables and functions (eval, trap).
    #[serde(default)]
    pub here: bool,
    /// How many operands of the rest count, all where absent (trap: one).
    #[serde(default)]
    pub most: Option<usize>,
    /// Whether more arguments come from standard input (xargs).
    #[serde(default)]
    pub more: bool,
    /// `local` or `remote`: where what it runs acts when that can't be told otherwise.
    #[serde(default)]
    pub target: Option<String>,
    /// Whether what it runs has variables (a platform's, a secret store's) that aren't seen here.
    #[serde(default)]
    pub environment: bool,
}

/// What a wrapper's arguments are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Takes {
    /// A program and its arguments.
    #[default]
    Command,
    /// Shell text, the words joined.
    Shell,
    /// A package, then its program's arguments.
    Package,
    /// A container image, then a program and its arguments, or arguments of the image's own program.
    Image,
    /// A shell script's file, then its arguments.
    Script,
    /// A file in another language, then its arguments; the file's name is taken for the program.
    File,
    /// Nothing: only `flags` give code in another language.
    Code,
    /// Something that isn't here: a function, a workflow, another agent.
    Elsewhere,
}

/// A program that runs a script of the project by its name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runner {
    /// Its names.
    pub programs: Vec<String>,
    /// Sub-commands in front of the script's name, each a choice.
    #[serde(default)]
    pub words: Vec<Vec<String>>,
    /// What holds the scripts: `package-json`, `make`, `just`, `task`, `composer`, `pyproject`.
    pub kind: String,
    /// Flags of its own that take the next word as their value.
    #[serde(default)]
    pub values: Vec<String>,
    /// Flags that name the directory.
    #[serde(default)]
    pub directories: Vec<String>,
    /// Flags that name the file.
    #[serde(default)]
    pub files: Vec<String>,
    /// Whether only a script that exists is meant (`yarn build`): otherwise it is a command of its own.
    #[serde(default)]
    pub if_known: bool,
    /// Whether it runs a script of the file's choice where none is named (`just`).
    #[serde(default)]
    pub by_itself: bool,
    /// Sub-commands that are scripts by themselves (`npm test`).
    #[serde(default)]
    pub names: Vec<String>,
    /// Whether each operand is a script (make).
    #[serde(default)]
    pub each: bool,
}

/// A program that speaks HTTP.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Its names.
    pub programs: Vec<String>,
    /// Sub-commands in front of the call.
    #[serde(default)]
    pub words: Vec<Vec<String>>,
    /// How its arguments are read: `flags` (curl, wget), `items` (httpie), `path` (gh api).
    pub style: String,
    /// The host that a bare path is on.
    #[serde(default)]
    pub host: Option<String>,
    /// Flags that take a value and matter for nothing here.
    #[serde(default)]
    pub values: Vec<String>,
    /// Flags that give the method.
    #[serde(default)]
    pub method: Vec<String>,
    /// Flags that give (part of) the body; `@file` and `@-` are files.
    #[serde(default)]
    pub body: Vec<String>,
    /// Flags whose value is a file with the body.
    #[serde(default)]
    pub body_files: Vec<String>,
    /// Flags whose value is a field of the body, `name=value`.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Flags that give the address.
    #[serde(default)]
    pub url: Vec<String>,
    /// Flags that give a header.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Flags that set the method, and which (`-G`: GET, `-I`: HEAD, `-T`: PUT).
    #[serde(default)]
    pub methods: BTreeMap<String, String>,
}

/// `exec.yaml`: programs through which anything can be run or called.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exec {
    /// The programs.
    pub programs: Vec<Runs>,
}

/// A program through which anything can be run or called.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runs {
    /// Its names.
    pub names: Vec<String>,
    /// Sub-commands with which it does, each a choice; any use of it where absent.
    #[serde(default)]
    pub words: Vec<Vec<String>>,
    /// `shell`, `interpreter`, `http`, `packages`, `container`, `remote`, `scripts`, `agent`, `editor`.
    pub kind: String,
    /// In words: "runs any JavaScript".
    pub title: String,
    /// What it runs can open a database by its address: with a driver, or with a client.
    #[serde(default)]
    pub opens_databases: bool,
    /// A command that runs or calls something no list names; `{url}` is an address to call. Without it
    /// nobody is asked about the program.
    #[serde(default)]
    pub example: Option<String>,
}

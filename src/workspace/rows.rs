//! The shape of `rules/files.yaml`, shared with the build that turns it into bytes.

use serde::{Deserialize, Serialize};

/// The table as written.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What is a file to which product; the first row that matches counts.
    pub files: Vec<Row>,
    /// Roles wanted inside ignored directories.
    pub ignored_wanted: Vec<String>,
    /// Directories never entered.
    pub never: Vec<String>,
    /// Directories read but not reported.
    pub undeployed: Vec<String>,
    /// Endings of files that aren't text.
    pub binary: Vec<String>,
    /// Personal files of agents, below the home directory.
    pub home: Vec<String>,
}

/// A row of the table.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What the file is to which product.
    pub role: String,
    /// How it is written.
    pub format: Format,
    /// The word under which the summary counts it.
    pub counts: String,
    /// Whether its product refuses a broken one.
    pub strict: bool,
    /// Commands that run a script the file defines; `{}` is its name.
    #[serde(default)]
    pub invoked: Vec<String>,
    /// Which paths it is about.
    pub globs: Vec<String>,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// HCL native syntax.
    Hcl,
    /// HCL in JSON (`.tf.json`).
    HclJson,
    /// JSON, strictly.
    Json,
    /// JSON with comments and trailing commas.
    Jsonc,
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
    /// Markdown with YAML front matter.
    FrontMatter,
    /// TypeScript or JavaScript.
    #[serde(rename = "typescript")]
    TypeScript,
    /// Python.
    Python,
    /// Go.
    Go,
    /// POSIX shell or bash.
    Shell,
    /// Starlark.
    Starlark,
    /// `.env`.
    Dotenv,
    /// Any other text.
    Text,
}

impl Format {
    /// The word for it, as the table writes it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Hcl => "hcl",
            Format::HclJson => "hcl-json",
            Format::Json => "json",
            Format::Jsonc => "jsonc",
            Format::Toml => "toml",
            Format::Yaml => "yaml",
            Format::FrontMatter => "front-matter",
            Format::TypeScript => "typescript",
            Format::Python => "python",
            Format::Go => "go",
            Format::Shell => "shell",
            Format::Starlark => "starlark",
            Format::Dotenv => "dotenv",
            Format::Text => "text",
        }
    }
}

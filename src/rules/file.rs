//! The rule file, as written in YAML. The keys are fixed; there are no others.
//!
//! Plain serde types that name nothing of the crate: `build.rs` compiles this file too.

use serde::{Deserialize, Serialize};

/// One rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Kebab-case; names what is wrong.
    pub id: String,
    /// One line.
    pub title: String,
    /// error, warning or note: the highest it can have.
    pub severity: String,
    /// regular, pedantic or auditor.
    #[serde(default = "regular")]
    pub persona: String,
    /// high, medium or low: the highest it can have.
    #[serde(default = "high")]
    pub confidence: String,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The kind of fact; the condition's variable has that name.
    pub r#for: String,
    /// Which ones the rule is about.
    #[serde(default)]
    pub r#where: Option<String>,
    /// What is wrong.
    pub when: String,
    /// Dotted path of the primary place.
    pub at: String,
    /// Other places worth seeing.
    #[serde(default)]
    pub related: Vec<Related>,
    /// Template: one line.
    pub message: String,
    /// Markdown: why it matters.
    pub why: String,
    /// Template: what to do.
    pub help: String,
    /// A fix by setting an attribute.
    #[serde(default)]
    pub fix: Option<FixRule>,
    /// At least one bad and one good; run as tests, shown as documentation.
    #[serde(default)]
    pub examples: Examples,
    /// Links.
    #[serde(default)]
    pub references: Vec<String>,
}

fn regular() -> String {
    "regular".into()
}

fn high() -> String {
    "high".into()
}

/// Other places of a finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// Dotted path of a list; without it there is one place.
    #[serde(default)]
    pub each: Option<String>,
    /// The name an element is bound to.
    #[serde(default)]
    pub r#as: Option<String>,
    /// Dotted path of the place.
    pub at: String,
    /// What stands there; without it the element's own `label`.
    #[serde(default)]
    pub label: Option<String>,
}

/// A fix that sets one attribute.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixRule {
    /// Dotted path of the place to set.
    pub set: String,
    /// Dotted path of the HCL to write.
    pub to: String,
    /// Whether it can be applied without looking.
    #[serde(default)]
    pub safe: bool,
}

/// The examples of a rule.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Projects in which it fires.
    #[serde(default)]
    pub bad: Vec<Example>,
    /// Projects in which it doesn't.
    #[serde(default)]
    pub good: Vec<Example>,
    /// Projects in which it can't be known.
    #[serde(default)]
    pub undecided: Vec<Example>,
}

/// A small project.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Its name.
    pub name: String,
    /// Files by path.
    pub files: std::collections::BTreeMap<String, String>,
    /// With which options it is run.
    #[serde(default)]
    pub options: With,
    /// Where this rule's findings must be (bad and undecided).
    #[serde(default)]
    pub expect: Vec<Expect>,
}

/// The command line's options of an example, each with files of the example.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct With {
    /// `--plan`: `[ROOT=]FILE` of plans in JSON.
    #[serde(default)]
    pub plan: Vec<String>,
    /// `--var-file`: `[ROOT=]FILE` of values for variables.
    #[serde(default)]
    pub var_file: Vec<String>,
}

impl With {
    /// The root, if one is named, and the file; `None` where there is no such file.
    pub fn file<'a>(
        text: &'a str,
        files: &std::collections::BTreeMap<String, String>,
    ) -> Option<(Option<&'a str>, &'a str)> {
        if files.contains_key(text) {
            return Some((None, text));
        }
        let (root, file) = text.split_once('=')?;
        files.contains_key(file).then_some((Some(root), file))
    }
}

/// The place of an expected finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Path.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
}

/// What is needed to choose a rule, for every built-in one, and where the rest of it lies among the
/// embedded bytes (start, end).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// See [`RuleFile::id`].
    pub id: String,
    /// See [`RuleFile::title`].
    pub title: String,
    /// See [`RuleFile::severity`].
    pub severity: String,
    /// See [`RuleFile::persona`].
    pub persona: String,
    /// See [`RuleFile::confidence`].
    pub confidence: String,
    /// See [`RuleFile::tags`].
    pub tags: Vec<String>,
    /// The kind of fact it is for.
    pub kind: String,
    /// The folder it lies in; empty where it lies in none.
    pub group: String,
    /// Bytes of its [`Body`].
    pub body: (u32, u32),
    /// Bytes of its [`Page`].
    pub page: (u32, u32),
    /// Bytes of its [`Examples`].
    pub examples: (u32, u32),
}

/// What is needed to run a rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    /// See [`RuleFile::where`](RuleFile).
    pub r#where: Option<String>,
    /// See [`RuleFile::when`].
    pub when: String,
    /// See [`RuleFile::at`].
    pub at: String,
    /// See [`RuleFile::related`].
    pub related: Vec<Related>,
    /// See [`RuleFile::message`].
    pub message: String,
    /// See [`RuleFile::help`].
    pub help: String,
    /// See [`RuleFile::fix`].
    pub fix: Option<FixRule>,
}

/// What is only shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Page {
    /// See [`RuleFile::why`].
    pub why: String,
    /// See [`RuleFile::references`].
    pub references: Vec<String>,
}

impl RuleFile {
    /// Its parts by when they are needed. The entry's byte ranges are still empty.
    pub fn split(self, group: &str) -> (Entry, Body, Page, Examples) {
        let entry = Entry {
            id: self.id,
            title: self.title,
            severity: self.severity,
            persona: self.persona,
            confidence: self.confidence,
            tags: self.tags,
            kind: self.r#for,
            group: group.to_owned(),
            body: (0, 0),
            page: (0, 0),
            examples: (0, 0),
        };
        let body = Body {
            r#where: self.r#where,
            when: self.when,
            at: self.at,
            related: self.related,
            message: self.message,
            help: self.help,
            fix: self.fix,
        };
        (entry, body, Page { why: self.why, references: self.references }, self.examples)
    }
}

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
    /// Where this rule's findings must be (bad and undecided).
    #[serde(default)]
    pub expect: Vec<Expect>,
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

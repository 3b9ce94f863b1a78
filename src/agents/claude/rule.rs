//! Claude Code's permission rules: `Tool` and `Tool(spec)`, and what they match.
//! Facts: code.claude.com/docs "permissions" and the typings of the agent SDK 0.3.330.

use std::borrow::Cow;

use crate::agents::glob;
use crate::agents::shell::{Part, Word};

/// A rule, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Tool name, possibly with `*`.
    pub tool: String,
    /// What stands in the parentheses; `None` for the whole tool (`Tool`, `Tool(*)`).
    pub spec: Option<String>,
}

/// Reads a rule of a list (`allow`, `ask`, `deny`). The error says why the product doesn't use it.
pub fn parse(text: &str, effect: &str) -> Result<Rule, String> {
    let text = text.trim();
    let (tool, spec) = match text.find('(') {
        None if text.contains(')') => return Err("its parentheses don't match, so it is skipped".into()),
        None => (text, None),
        Some(open) => {
            let Some(spec) = text.get(open + 1..).and_then(|s| s.strip_suffix(')')) else {
                return Err("its parentheses don't match, so it is skipped".into());
            };
            (text.get(..open).unwrap_or(""), Some(spec))
        }
    };
    if tool.is_empty() {
        return Err("it names no tool".into());
    }
    if spec.is_some_and(|s| s.trim().is_empty()) {
        return Err("its parentheses are empty, so it is skipped".into());
    }
    if tool.starts_with("mcp__") && spec.is_some() {
        return Err("an MCP rule takes no parentheses: it is skipped".into());
    }
    if effect == "allow" && tool.contains('*') {
        let anchored = tool
            .strip_prefix("mcp__")
            .and_then(|rest| rest.split_once("__"))
            .is_some_and(|(server, _)| !server.is_empty() && !server.contains('*'));
        if !anchored {
            return Err("an allow rule may have `*` in a tool's name only after `mcp__SERVER__`: it is skipped".into());
        }
    }
    if let (Some(instead), Some(spec)) = (instead_of(tool), spec)
        && spec != "*"
    {
        return Err(format!("only `Read(…)` and `Edit(…)` paths are consulted: write `{instead}(…)`"));
    }
    if tool.chars().next().is_some_and(|c| c.is_lowercase()) && !tool.starts_with("mcp__") {
        return Err("tool names begin with a capital (`Bash`, `Edit`) or `mcp__`: it matches nothing".into());
    }
    Ok(Rule { tool: tool.to_owned(), spec: spec.filter(|s| *s != "*").map(str::to_owned) })
}

impl Rule {
    /// Whether it is about a tool of this name.
    pub fn is_about(&self, tool: &str) -> bool {
        if self.tool == tool || (self.tool.contains('*') && glob::matches(&self.tool, tool)) {
            return true;
        }
        // `mcp__server` is every tool of the server.
        self.tool.starts_with("mcp__")
            && self.tool.split("__").count() == 2
            && tool.strip_prefix(self.tool.as_str()).is_some_and(|rest| rest.starts_with("__"))
    }

    /// Whether it is about every call of a tool.
    pub fn is_whole(&self, tool: &str) -> bool {
        self.spec.is_none() && self.is_about(tool)
    }

    /// Whether its Bash pattern matches a text.
    pub fn matches_text(&self, text: &str) -> bool {
        match &self.spec {
            None => true,
            Some(spec) => bash_matches(spec, text),
        }
    }

    /// Whether it is a rule for PowerShell, which runs the same programs on Windows.
    pub fn for_powershell(&self) -> bool {
        self.tool == "PowerShell"
    }

    /// Whether it allows a sub-command.
    pub fn allows(&self, part: &Part) -> bool {
        if self.for_powershell() {
            // Case counts for nothing there.
            let text = part.text.to_lowercase();
            return self.spec.as_ref().is_none_or(|spec| bash_matches(&spec.to_lowercase(), &text));
        }
        if !self.is_about("Bash") {
            return false;
        }
        let Some(spec) = &self.spec else { return true };
        let wildcard = spec.contains('*');
        forms(part, false).iter().any(|form| bash_matches(spec, &form.text) && !(wildcard && form.never_by_prefix()))
    }

    /// Whether it stops a sub-command (as a deny or ask rule with a pattern).
    pub fn stops(&self, part: &Part) -> bool {
        self.is_about("Bash")
            && self.spec.as_ref().is_some_and(|spec| forms(part, true).iter().any(|f| bash_matches(spec, &f.text)))
    }

    /// Whether auto mode drops it from the allow rules: it would let anything run.
    pub fn dropped_in_auto(&self) -> bool {
        if matches!(self.tool.as_str(), "Agent" | "Task" | "Monitor") {
            return true;
        }
        if !matches!(self.tool.as_str(), "Bash" | "PowerShell") {
            return false;
        }
        let Some(spec) = &self.spec else { return true };
        let spec = spec.to_ascii_lowercase();
        if spec.trim_matches(['*', ':', ' ']).is_empty() {
            return true;
        }
        RUNS_ANYTHING.iter().any(|program| {
            spec.strip_prefix(program).is_some_and(|rest| {
                matches!(rest, ":*" | "*" | " *") || (rest.starts_with(" -") && rest.ends_with('*'))
            })
        })
    }
}

/// Programs whose wildcarded allow rule auto mode drops. The vendor names interpreters and package
/// managers' run commands without listing them; these are the ones seen.
const RUNS_ANYTHING: [&str; 32] = [
    "python",
    "python2",
    "python3",
    "node",
    "deno",
    "tsx",
    "ruby",
    "perl",
    "php",
    "lua",
    "npx",
    "bunx",
    "bash",
    "sh",
    "zsh",
    "fish",
    "ssh",
    "eval",
    "exec",
    "env",
    "xargs",
    "sudo",
    "npm run",
    "npm run-script",
    "yarn run",
    "pnpm run",
    "bun run",
    "bun",
    "pnpm exec",
    "npm exec",
    "uv run",
    "poetry run",
];

/// A Bash pattern against one sub-command. `:*` at the end is ` *`.
fn bash_matches(spec: &str, text: &str) -> bool {
    let legacy = spec.strip_suffix(":*");
    match legacy.or_else(|| spec.strip_suffix(" *")) {
        // The only wildcard trails a blank: the bare command matches too.
        Some(prefix) if !prefix.contains('*') => {
            text.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        }
        _ if !spec.contains('*') => spec == text,
        _ => match legacy {
            Some(prefix) => glob::matches(&format!("{prefix} *"), text),
            None => glob::matches(spec, text),
        },
    }
}

/// A text a sub-command is compared as, after stripping, and the words left.
struct Form<'a> {
    text: Cow<'a, str>,
    words: &'a [Word],
}

impl Form<'_> {
    /// Programs no prefix rule covers.
    fn never_by_prefix(&self) -> bool {
        match self.words.first().map(|w| w.value.as_str()) {
            Some("watch" | "setsid" | "ionice" | "flock") => true,
            Some("find") => finds_and_acts(self.words),
            _ => false,
        }
    }
}

/// Whether a `find` does more than find.
pub fn finds_and_acts(words: &[Word]) -> bool {
    const ACTS: [&str; 9] =
        ["-exec", "-execdir", "-ok", "-okdir", "-delete", "-fprint", "-fprint0", "-fprintf", "-fls"];
    words.iter().any(|w| ACTS.contains(&w.value.as_str()))
}

/// Variables whose assignment in front of a command doesn't keep an allow rule from matching. The
/// vendor publishes examples only; what isn't here is taken as not safe, as in its examples.
const SAFE_VARIABLES: [&str; 12] = [
    "LANG",
    "LANGUAGE",
    "TZ",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "FORCE_COLOR",
    "NODE_ENV",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "PYTHONUNBUFFERED",
    "CLICOLOR",
];

/// The texts a sub-command is compared as: as written, then with each wrapper and leading
/// assignment taken off (any variable for deny and ask, known-safe ones for allow).
fn forms(part: &Part, any_variable: bool) -> Vec<Form<'_>> {
    let mut result = vec![Form { text: Cow::Borrowed(&part.text), words: &part.words }];
    let mut from = 0;
    // Every round takes at least one word off.
    while let Some(rest) = part.words.get(from..).filter(|r| !r.is_empty()) {
        let taken = match assigned(rest) {
            Some(name) if any_variable || SAFE_VARIABLES.contains(&name) || name.starts_with("LC_") => 1,
            Some(_) => break,
            None => wrapper(rest),
        };
        if taken == 0 || taken >= rest.len() {
            break;
        }
        from += taken;
        result.push(Form { text: tail(part, from).into(), words: part.words.get(from..).unwrap_or(&[]) });
    }
    result
}

/// The variable a leading `NAME=value` sets.
pub fn assigned(words: &[Word]) -> Option<&str> {
    let raw = &words.first()?.raw;
    let (name, _) = raw.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let mut chars = name.chars();
    let head = chars.next()?;
    ((head.is_ascii_alphabetic() || head == '_') && chars.all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .then_some(name)
}

/// How many words a wrapper that the product strips takes at the front; 0 for none.
fn wrapper(words: &[Word]) -> usize {
    let Some(name) = words.first().map(|w| w.value.as_str()) else { return 0 };
    let mut n = 1;
    let value = |n: usize| words.get(n).map(|w| w.value.as_str()).unwrap_or("");
    match name {
        "nohup" | "builtin" | "noglob" => {}
        "time" => {
            while value(n) == "-p" {
                n += 1;
            }
        }
        "command" => {
            if value(n).starts_with('-') {
                return 0;
            }
        }
        "xargs" => {
            if value(n).starts_with('-') {
                return 0;
            }
        }
        "nice" => {
            if value(n) == "-n" {
                n += 2;
            } else if value(n).starts_with('-') {
                n += 1;
            }
        }
        "stdbuf" => {
            while value(n).starts_with('-') {
                n += if matches!(value(n), "-i" | "-o" | "-e") { 2 } else { 1 };
            }
        }
        "timeout" => {
            while value(n).starts_with('-') {
                n += if matches!(value(n), "-k" | "-s" | "--kill-after" | "--signal") { 2 } else { 1 };
            }
            n += 1;
        }
        _ => return 0,
    }
    n
}

/// The part's text from a word on.
fn tail(part: &Part, from: usize) -> String {
    let mut at = 0;
    for (i, word) in part.words.iter().enumerate() {
        let Some(found) = part.text.get(at..).and_then(|t| t.find(word.raw.as_str())) else { break };
        at += found;
        if i == from {
            return part.text.get(at..).unwrap_or("").to_owned();
        }
        at += word.raw.len();
    }
    part.words.get(from..).unwrap_or(&[]).iter().map(|w| w.raw.as_str()).collect::<Vec<_>>().join(" ")
}

/// The name the product gives a server's tool in rules.
pub fn mcp_tool(server: &str, tool: &str) -> String {
    let clean = |s: &str| -> String {
        s.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
    };
    format!("mcp__{}__{}", clean(server), clean(tool))
}
/// The tool whose paths are consulted for one whose own aren't.
fn instead_of(tool: &str) -> Option<&'static str> {
    match tool {
        "Write" | "NotebookEdit" | "MultiEdit" => Some("Edit"),
        "Glob" | "Grep" | "LS" => Some("Read"),
        _ => None,
    }
}

/// An entry whose paths aren't consulted, as it is read: `Edit(x)` for `Write(x)`.
pub fn twin(text: &str) -> Option<String> {
    let (tool, rest) = text.split_once('(')?;
    Some(format!("{}({rest}", instead_of(tool)?))
}

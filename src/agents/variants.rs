//! Other forms of a command that do the same, and which of them an entry misses. An allow grants
//! its canonical form only; a deny is worth what it stops.

use crate::agents::{Agent, Call, Entry, Procedure, shell};

/// Another form of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// How it differs, in words.
    pub kind: &'static str,
    /// The command.
    pub command: String,
}

/// Forms of a simple command that any command has: an absolute path, `sh -c`, `sudo`, `env`, an
/// assignment in front. Forms of its own (flag order, global flags) belong to the operation.
pub fn variants(command: &str) -> Vec<Variant> {
    let Ok(parts) = shell::split(command) else { return Vec::new() };
    let [part] = parts.as_slice() else { return Vec::new() };
    let Some(program) = part.words.first().filter(|w| w.literal && !w.raw.contains('=')) else { return Vec::new() };
    let mut result = Vec::new();
    let mut add = |kind, command| result.push(Variant { kind, command });
    if !program.value.contains('/') {
        add("by its absolute path", format!("/usr/bin/{command}"));
    }
    if !command.contains('\'') {
        add("inside `sh -c`", format!("sh -c '{command}'"));
    }
    add("with `sudo`", format!("sudo {command}"));
    add("with `env`", format!("env {command}"));
    add("with a variable set in front", format!("X=1 {command}"));
    result
}

/// Patterns, with `*` for any text, of a command in whatever form: its words in order. One word alone is
/// part of many others (`rm` of `terraform`), and is looked for as a word.
pub fn patterns(base: &str) -> Vec<String> {
    if base.contains(' ') {
        return vec![format!("*{base}*"), format!("*{}*", base.replace(' ', "*"))];
    }
    vec![format!("*/{base} *"), format!("* {base} *"), format!("*'{base} *")]
}

/// The fewest of some entries, the first ones preferred, that stop every form; `None` where they don't.
pub fn covering(
    procedure: &dyn Procedure,
    entry: &Entry,
    candidates: &[String],
    forms: &[String],
) -> Option<Vec<String>> {
    let made = |text: &String| Entry { text: text.as_str().into(), inert: None, ..entry.clone() };
    let mut chosen: Vec<String> = Vec::new();
    for form in forms {
        let stops = |text: &&String| procedure.matches(&made(text), &Call::Shell(form));
        if chosen.iter().any(|text| stops(&text)) {
            continue;
        }
        chosen.push(candidates.iter().find(stops)?.clone());
    }
    Some(chosen)
}

/// A form an entry doesn't stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// The form.
    pub variant: Variant,
    /// Whether it then runs unasked on some surface (another rule or the mode may still stop it).
    pub unasked: bool,
}

/// What a deny or ask entry stops and misses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Whether it stops the canonical form at all (if not, it isn't about this operation).
    pub applies: bool,
    /// Forms it stops.
    pub stops: Vec<Variant>,
    /// Forms it misses.
    pub misses: Vec<Miss>,
}

/// Whether a deny or ask entry of an agent holds against other forms of an operation.
pub fn walked_around(agent: &Agent, entry: &Entry, canonical: &str, variants: &[Variant]) -> Held {
    let mut held = Held::default();
    let Some(procedure) = &agent.procedure else { return held };
    held.applies = entry.inert.is_none() && procedure.matches(entry, &Call::Shell(canonical));
    if !held.applies {
        return held;
    }
    for variant in variants {
        let call = Call::Shell(&variant.command);
        if procedure.matches(entry, &call) {
            held.stops.push(variant.clone());
        } else {
            let unasked = agent
                .decide(&call)
                .iter()
                .any(|(_, v)| v.decision.as_ref().map_or(true, |decision| decision.unasked()));
            held.misses.push(Miss { variant: variant.clone(), unasked });
        }
    }
    held
}

//! Calls that an agent's own entries spell out: behind `npx supabase`, `docker exec db psql` or
//! `psql -h db.acme.com` an entry lets anything run, in words that no canonical command has.

use super::Probe;
use crate::agents::Agent;
use crate::knowledge::operations::{Operation, Tool};
use crate::model::act::Act;
use crate::model::grant::GrantKind;
use crate::model::inputs::Inputs;
use crate::model::sight::Sight;

/// More entries than this aren't spelt out.
const ENTRIES: usize = 500;

/// What the allow entries of an agent that end in a wildcard let run, where that is a known operation in
/// other words than its own.
pub(in crate::model) fn of_entries(inputs: &Inputs<'_>, sight: &Sight, agent: &Agent) -> Vec<Probe> {
    let allowed = agent.entries.iter().filter(|e| e.effect == "allow" && e.inert.is_none());
    let mut beginnings: Vec<&str> = allowed.filter_map(|e| beginning(&e.text)).take(ENTRIES).collect();
    beginnings.sort_unstable();
    beginnings.dedup();
    let mut probes = Vec::new();
    if sight.opens_databases() {
        let allowed = agent.entries.iter().filter(|e| e.effect == "allow" && e.inert.is_none()).take(ENTRIES);
        probes.extend(allowed.filter_map(|e| by_driver(inputs, &e.text)));
    }
    for begun in beginnings {
        let mut wraps: Option<bool> = None;
        for (tool, operation) in inputs.knowledge.tools().flat_map(|t| t.operations.iter().map(move |o| (t, o))) {
            let Some(command) = &operation.command else { continue };
            if let Some(way) = going_on(begun, command).filter(|_| !is_a_script(inputs, begun)) {
                probes.extend(probe(inputs, sight, (tool, operation), &way, GrantKind::Command));
            }
            // A program that runs others runs any of them: one question tells.
            if wraps != Some(false) && sight.offers(tool, operation) {
                let way = format!("{begun} {command}");
                let probe = probe(inputs, sight, (tool, operation), &way, GrantKind::Exec);
                wraps.get_or_insert(probe.is_some());
                probes.extend(probe);
            }
        }
    }
    probes
}

/// A program of whoever calls, behind an entry that ends inside of its quotes: `.venv/bin/python -c ' *`.
fn by_driver(inputs: &Inputs<'_>, entry: &str) -> Option<Probe> {
    let open = inner(entry)?.strip_suffix('*')?;
    let quote = open.trim_end().chars().next_back().filter(|c| matches!(c, '"' | '\''))?;
    let words = || open.split_whitespace();
    let runs = inputs.knowledge.exec().iter().filter(|r| r.opens_databases && r.words.is_empty());
    let program = |word: &str| {
        let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
        let name = name.strip_suffix(".exe").unwrap_or(name).to_owned();
        runs.clone().any(|r| r.names.contains(&name)).then_some(name)
    };
    let name = words().find_map(program)?;
    let way = format!("{open}x(){quote}");
    Some(Probe::of(&way, GrantKind::Exec, Act::of_program(&name, &way)))
}

/// Whether the words end in what an interpreter runs (`node build.mjs`, `python -m http.server`): what
/// follows is handed to that, and isn't code.
fn is_a_script(inputs: &Inputs<'_>, begun: &str) -> bool {
    let interpreters = || inputs.knowledge.exec().iter().filter(|runs| runs.kind == "interpreter");
    let is_one = |word: &str| {
        let name = word.rsplit('/').next().unwrap_or(word);
        interpreters().any(|runs| runs.names.iter().any(|n| n == name))
    };
    let mut words = begun.split_whitespace().skip_while(|w| !is_one(w)).skip(1);
    words.any(|word| !word.starts_with('-') || word == "-m")
}

fn probe(
    inputs: &Inputs<'_>,
    sight: &Sight,
    (tool, operation): (&Tool, &Operation),
    way: &str,
    kind: GrantKind,
) -> Option<Probe> {
    let performed = (inputs.classify)(Some(""), way).operations.into_iter().find(|p| p.id == operation.id)?;
    let known = Act::of(tool, operation, sight.offers(tool, operation));
    let act = Act {
        command: way.to_owned(),
        target: performed.target,
        confidence: performed.confidence.min(known.confidence),
        ..known
    };
    Some(Probe::of(way, kind, act.called_as_command(operation)))
}

/// The words an entry begins with, where anything may follow: `Bash(npx supabase:*)`, `npx supabase *`.
fn beginning(entry: &str) -> Option<&str> {
    let open = inner(entry)?.strip_suffix('*')?.trim_end_matches(':').trim_end();
    let plain = !open.is_empty() && !open.contains(['*', '\n', '"', '\'']);
    plain.then_some(open)
}

/// What stands in an entry's brackets: `psql *` of `Bash(psql *)`.
fn inner(entry: &str) -> Option<&str> {
    match entry.split_once('(') {
        Some((tool, rest)) if tool.chars().all(|c| c.is_alphanumeric() || c == '_') => rest.strip_suffix(')'),
        _ => Some(entry),
    }
}

/// A command as it goes on behind words that name its program already, and perhaps more of it.
fn going_on(begun: &str, command: &str) -> Option<String> {
    let (program, rest) = command.split_once(' ')?;
    let words: Vec<&str> = begun.split_whitespace().collect();
    let at = words.iter().rposition(|w| w.rsplit('/').next() == Some(program))?;
    let mut rest = rest.trim_start();
    for word in words.get(at + 1..)? {
        match rest.split_once(' ') {
            Some((next, behind)) if next == *word => rest = behind.trim_start(),
            _ => break,
        }
    }
    let way = format!("{begun} {rest}");
    (way != command).then_some(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings() {
        assert_eq!(beginning("Bash(npx supabase:*)"), Some("npx supabase"));
        assert_eq!(beginning("Bash(psql -h db.acme.com *)"), Some("psql -h db.acme.com"));
        assert_eq!(beginning("docker exec *"), Some("docker exec"));
        assert_eq!(beginning("Bash(*)"), None);
        assert_eq!(beginning("Bash(git status)"), None);
        assert_eq!(beginning("*terraform*"), None);
    }

    #[test]
    fn what_follows() {
        let on = |begun, command| going_on(begun, command);
        assert_eq!(on("npx supabase", "supabase db reset --linked").as_deref(), Some("npx supabase db reset --linked"));
        assert_eq!(on("npx supabase db", "supabase db reset").as_deref(), Some("npx supabase db reset"));
        assert_eq!(on("psql -h x", "psql -c 'DROP TABLE a'").as_deref(), Some("psql -h x -c 'DROP TABLE a'"));
        assert_eq!(on("supabase", "supabase db reset"), None, "it says nothing new");
        assert_eq!(on("npm run", "supabase db reset"), None);
    }
}

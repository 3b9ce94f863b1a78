//! The phrases that several formats use.

use crate::blast::graph::{At, Blasted, By, Command, Graph, Store, Way};
use crate::blast::verdict::Verdict;
use crate::finding::Confidence;
use crate::model::located::Blast;

/// What one call takes.
pub(super) fn takes(blast: Blast) -> &'static str {
    match blast {
        Blast::Contents => "what is in it",
        Blast::Store => "the store",
        Blast::Parent => "what it belongs to",
        Blast::Environment => "the whole environment",
        Blast::Project => "the whole project",
        Blast::Account => "the whole account",
    }
}

/// The blast as a heading of what is left: `with the project`.
pub(super) fn with(blast: Blast) -> &'static str {
    match blast {
        Blast::Contents => "emptied",
        Blast::Store => "alone",
        Blast::Parent => "with its parent",
        Blast::Environment => "with the environment",
        Blast::Project => "with the project",
        Blast::Account => "with the account",
    }
}

/// `path:line`.
pub(super) fn place(at: &At) -> String {
    format!("{}:{}", at.path, at.line)
}

/// For how long a call can be taken back, in one unbroken word.
pub(super) fn undo(time: &str) -> String {
    format!("undo {time}").replace(' ', "\u{a0}")
}

/// Some names, and how many more: `a, b, c +2`.
pub(super) fn some<S: AsRef<str>>(names: &[S], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} +{more}", shown.join(", ")),
    }
}

/// `1 store`, `2 stores`.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// In how many calls.
pub(super) fn calls(n: usize) -> String {
    count(n, "call", "calls")
}

/// What a store is, in a few words.
pub(super) fn kind(store: &Store) -> String {
    let kind = if store.title.is_empty() { &store.kind } else { &store.title };
    match store.holds.as_str() {
        "primary" => kind.clone(),
        "keys" => format!("{kind} (keys)"),
        "state" => format!("{kind} (state)"),
        other => format!("{kind} ({other})"),
    }
}

/// What is left of a store after a blast.
pub(super) fn left(graph: &Graph, blast: &Blasted) -> String {
    let titles: Vec<&str> =
        blast.survivors.iter().filter_map(|c| graph.copies.get(*c)).map(|c| c.title.as_str()).collect();
    match (titles.is_empty(), blast.undecided.is_empty()) {
        (false, _) => some(&titles, 2),
        (true, true) => "nothing".into(),
        (true, false) => "not known".into(),
    }
}

/// Where the command of a way runs: `deploy (on push)`.
pub(super) fn runs(command: &Command) -> String {
    match command.runs_in {
        "workflow" => format!("CI job {}", command.name),
        "hook" => format!("hook {}", command.name),
        "script" => format!("script {}", command.name),
        other => format!("{} of {}", other, command.name),
    }
}

/// Who is behind the ways, each once: what is known first, then what rests on an assumption or only
/// may; agents before commands before whoever has a token.
pub(super) fn who(graph: &Graph, ways: &[usize]) -> Vec<String> {
    let mut all: Vec<(u8, u8, String)> = Vec::new();
    for way in ways.iter().filter_map(|w| graph.ways.get(*w)) {
        let Some((rank, name)) = one(graph, way) else { continue };
        let doubt = match (way.confidence > Confidence::Low, graph.calls.get(way.call).is_some_and(|c| c.may)) {
            (true, false) => 0,
            (true, true) => 1,
            (false, _) => 2,
        };
        match all.iter_mut().find(|(_, r, n)| *r == rank && *n == name) {
            Some((known, _, _)) => *known = doubt.min(*known),
            None => all.push((doubt, rank, name)),
        }
    }
    all.sort_by_key(|(doubt, rank, _)| (*doubt, *rank));
    let doubted = |(doubt, _, name)| match doubt {
        0 => name,
        1 => format!("{name} {MAY}"),
        _ => format!("{name} {ASSUMED}"),
    };
    all.into_iter().map(doubted).collect()
}

/// Behind who may only, depending on a plan.
const MAY: &str = "(may)";
/// Behind who can only if something holds that no file shows.
const ASSUMED: &str = "(assumed)";

/// What the marks in a text mean, if there are any.
pub(super) fn marks(text: &str) -> Option<String> {
    let mut all = Vec::new();
    if text.contains(MAY) {
        all.push("may: only if a plan says so");
    }
    if text.contains(ASSUMED) {
        all.push("assumed: if a login or setting is there that no file shows");
    }
    (!all.is_empty()).then(|| all.join("; "))
}

fn one(graph: &Graph, way: &Way) -> Option<(u8, String)> {
    Some(match way.by {
        By::Grant(grant) => (0, graph.agents.get(graph.grants.get(grant)?.agent)?.name.clone()),
        By::Command(command) => (1, runs(graph.commands.get(command)?)),
        By::Holder => {
            let token = graph.credentials.get(way.credential?)?;
            (2, format!("whoever reads {}", place(&token.at)))
        }
    })
}

/// The names of stores by what comes of them, the worst first.
pub(super) fn by_verdict<'a>(
    graph: &'a Graph,
    stores: impl Iterator<Item = (usize, &'a Verdict)>,
) -> Vec<(&'a Verdict, Vec<&'a str>)> {
    let mut all: Vec<(&Verdict, Vec<&str>)> = Vec::new();
    for (store, verdict) in stores {
        let Some(store) = graph.stores.get(store) else { continue };
        match all.iter_mut().find(|(v, _)| *v == verdict) {
            Some((_, names)) => names.push(&store.label),
            None => all.push((verdict, vec![&store.label])),
        }
    }
    all.sort_by_key(|(v, _)| std::cmp::Reverse(v.rank()));
    all
}

/// One sentence about all of it.
pub(super) fn summary(graph: &Graph) -> String {
    let data: Vec<&Store> = graph.stores.iter().filter(|s| s.production && s.matters()).collect();
    if data.is_empty() {
        return "No store of production data, keys or state was found: nothing to judge.".into();
    }
    let lost = |s: &&&Store| s.told.reached && s.told.verdict == Verdict::Gone;
    let proven = |s: &&&Store| s.told.confidence > Confidence::Low && !s.told.may;
    let sure = data.iter().filter(lost).filter(proven).count();
    let doubted = data.iter().filter(lost).count() - sure;
    let of = count(data.len(), "store", "stores");
    let mut text = match sure {
        0 => format!("Of {of} of production data, none was found that can be lost for good with nobody asked"),
        n if n == data.len() => format!("All of {of} of production data can be lost for good with nobody asked"),
        n => format!("{n} of {of} of production data can be lost for good with nobody asked"),
    };
    if doubted > 0 {
        text.push_str(&format!("; {doubted} more if an assumption holds or a plan says so"));
    }
    text.push('.');
    text
}

/// What the graph leaves out, and agents that ask, in sentences.
pub(super) fn notes(graph: &Graph) -> Vec<String> {
    let mut notes = Vec::new();
    let left_out = graph.left_out;
    if left_out.undeployed > 0 {
        notes.push(format!(
            "Not told: {} in examples, tests and fixtures.",
            count(left_out.undeployed, "store", "stores")
        ));
    }
    if left_out.library > 0 {
        notes.push(format!(
            "Not told: {} of modules that nothing here calls.",
            count(left_out.library, "store", "stores")
        ));
    }
    let quiet: Vec<&str> = graph
        .agents
        .iter()
        .enumerate()
        .filter(|(i, a)| a.understood && !a.gated && !graph.grants.iter().any(|g| g.agent == *i))
        .map(|(_, a)| a.name.as_str())
        .collect();
    if !quiet.is_empty() {
        notes.push(format!("Takes none of these unasked: {}.", quiet.join(", ")));
    }
    let gated: Vec<&str> = graph.agents.iter().filter(|a| a.gated).map(|a| a.name.as_str()).collect();
    if !gated.is_empty() {
        notes.push(format!("Not counted: calls about which a model decides ({}).", gated.join(", ")));
    }
    let unknown: Vec<&str> = graph.agents.iter().filter(|a| !a.understood).map(|a| a.name.as_str()).collect();
    if !unknown.is_empty() {
        notes.push(format!("Found, not yet understood: {}.", unknown.join(", ")));
    }
    notes
}

//! What agents may run with nobody asked, as facts.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Common, Values, count, object, optional, string, strings};
use crate::agents::table;
use crate::expr::Value;
use crate::finding::{Confidence, Place, Role};
use crate::model::act::Act;
use crate::model::credential::Credential;
use crate::model::fact::Fact;
use crate::model::grant::{Grant, GrantKind, How, Ranking};
use crate::model::mend;
use crate::model::stakes::Stakes;
use crate::model::store::Store;
use crate::operations::Target;
use crate::source::{SourceId, Span};

/// How many operations, or entries, are told by name.
const NAMED: usize = 3;

/// Agent, file, the grant where it is told alone, whether it is of a platform in sight, how it grants.
type Group = (usize, SourceId, Option<usize>, bool, How);

impl Values<'_> {
    /// Grants with something in sight are one fact each, but entries of one file that run anything
    /// are one together, and so are those with nothing in sight.
    pub(super) fn grants(&self) -> Vec<Fact> {
        let mut groups: IndexMap<Group, Vec<&Grant>> = IndexMap::new();
        // What a workflow starts reads the same file: an entry is told once, of the agent that it configures.
        let mut told: HashMap<(Span, &str), usize> = HashMap::new();
        for (index, grant) in self.model.grants.iter().enumerate() {
            let first = *told.entry((grant.span, grant.entry.as_str())).or_insert(grant.agent);
            if first != grant.agent && grant.unknown.is_none() {
                continue;
            }
            // What a model decides on one surface runs on another by the same line: that is told.
            let same = |g: &Grant| (g.span, &g.entry) == (grant.span, &grant.entry) && g.unknown.is_none();
            if grant.how == How::Gated
                && grant.entry != "default"
                && self.model.grants.iter().any(|g| same(g) && g.how != How::Gated)
            {
                continue;
            }
            let seen = grant.in_sight().next().is_some();
            let alone = (seen && grant.kind != GrantKind::Exec || grant.unknown.is_some()).then_some(index);
            // What isn't an entry of a list is told by itself.
            let how = match grant.how {
                How::Exec | How::Mcp | How::Scripts => How::Entry,
                how => how,
            };
            groups.entry((grant.agent, grant.file, alone, seen, how)).or_default().push(grant);
        }
        if groups.is_empty() {
            return Vec::new();
        }
        // Every tool is decoded here.
        let ranking = Ranking::of(self.inputs, &self.model.stores);
        groups.into_values().filter_map(|group| self.grant(&group, &ranking)).collect()
    }

    /// Whether there is something here that an act could take, or a credential of its platform: without
    /// either, that a program could call anything says nothing about this project.
    fn within_reach(&self, act: &Act) -> bool {
        let store = |s: &Store| !s.undeployed && act.takes(s) && !["derived", "transient"].contains(&s.holds.as_str());
        let credential = |c: &Credential| c.handed.is_none() && c.provider == act.provider && !c.operations.is_empty();
        self.model.stores.iter().any(store) || self.model.credentials.iter().any(credential)
    }

    /// What it lets run; not known where its agent's decision isn't.
    fn operations(&self, grant: &Grant, acts: &[&Act]) -> Value {
        match &grant.unknown {
            Some(reason) => Value::unknown(reason.clone()),
            None => Value::tuple(acts.iter().map(|a| operation(a)).collect()),
        }
    }

    /// The edit that takes the grant back.
    fn mend(&self, grant: &Grant, group: &[&Grant]) -> Value {
        let switched = || {
            let agent = self.inputs.agents.get(grant.agent)?;
            let server = agent.servers.iter().find(|s| Some(s.name.as_str()) == grant.server.as_deref())?;
            mend::switched(self.inputs, server.span, grant.read_only.as_deref()?)
        };
        let removed = || match grant.how {
            How::Entry | How::Exec | How::Mcp | How::Scripts | How::Supplied => {
                let entries: Vec<(Span, &str)> = group.iter().map(|g| (g.span, g.entry.as_str())).collect();
                mend::removed(self.inputs, &entries)
            }
            _ => None,
        };
        let mend = if grant.how == How::Mcp { switched().or_else(removed) } else { removed() };
        mend.map_or(Value::null(), |m| Value::place(m.place(grant.span)))
    }

    fn grant(&self, group: &[&Grant], ranking: &Ranking<'_>) -> Option<Fact> {
        let first = *group.first()?;
        let agent = self.inputs.agents.get(first.agent)?;
        let mut acts: Vec<&Act> = Vec::new();
        for act in group.iter().flat_map(|g| g.acts.iter().filter(|a| a.target != Target::Local)) {
            if !acts.iter().any(|a| a.id == act.id) {
                acts.push(act);
            }
        }
        let gated = |a: &Act| group.iter().all(|g| g.gated.contains(&a.id) || g.acts.iter().all(|o| o.id != a.id));
        acts.sort_by_cached_key(|a| (gated(a), !a.tellable(), ranking.of_act(a)));
        let reachable = |a: &Act| first.kind != GrantKind::Exec || self.within_reach(a);
        let seen: Vec<&Act> = acts.iter().copied().filter(|a| a.tellable() && reachable(a)).collect();
        let those = if seen.is_empty() { &acts } else { &seen };
        let told = named(those, ranking, gated);
        let (entry, entries) = entries(group, those);
        // Entries of several sorts together are entries.
        let how = if group.iter().all(|g| g.how == first.how) { first.how } else { How::Entry };
        let stakes = if seen.is_empty() { Stakes::Rebuildable } else { Stakes::Exposed };
        let reached = self.model.stores.iter().filter(|s| seen.iter().any(|a| a.takes(s)));
        let file = self.path_of(first.file).to_owned();
        let address = format!("{}:{file}#{}[{entry}]", agent.id, first.layer);
        let confidence = group.iter().map(|g| g.confidence).min().unwrap_or(Confidence::High);
        let value = self.with_common(
            Common {
                address: &address,
                name: &entry,
                provider: seen.first().and_then(|a| a.provider.as_deref()),
                place: Place::of(first.span, Role::Agent),
                file: first.file,
                environments: &[],
                production: true,
                confidence,
                stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("agent", string(&agent.name)),
                ("entry", string(&entry)),
                ("entries", string(&entries)),
                ("during", optional(during(group).as_deref())),
                ("layer", string(&first.layer)),
                ("surfaces", strings(first.surfaces.iter().map(|s| s.name()))),
                ("decision", string(first.decision.name())),
                ("kind", string(first.kind.word())),
                ("how", string(how.word())),
                ("operations", self.operations(first, &acts)),
                ("named", string(&listed(&told))),
                ("stores", strings(reached.map(|s| s.address.as_str()))),
                ("more", count(those.len().saturating_sub(told.len()))),
                ("condition", optional(first.condition.as_deref())),
                ("server", optional(servers(group).as_deref())),
                ("read_only", optional(first.read_only.as_deref())),
                ("advice", optional(table::Table::builtin().asks_by(&agent.id))),
                ("mend", self.mend(first, group)),
                ("narrowed_by", optional(first.narrowed_by.as_deref())),
            ],
        );
        Some(Fact {
            kind: "grant",
            subject: address.clone(),
            address,
            value,
            stakes,
            confidence,
            environments: Vec::new(),
            instances: Vec::new(),
            callers: Vec::new(),
            local: first.local,
            undeployed: first.undeployed,
            library: false,
        })
    }
}

pub(super) fn operation(act: &Act) -> Value {
    object([
        ("id", string(&act.id)),
        ("title", string(&act.title)),
        ("command", string(&act.command)),
        ("provider", optional(act.provider.as_deref())),
        ("blast", string(act.blast.word())),
        ("undo", optional(act.undo.as_deref())),
        ("asks", act.asks.map_or(Value::null(), Value::bool)),
        ("in_sight", Value::bool(act.in_sight)),
    ])
}

/// When a group's entries count, if not always.
fn during(group: &[&Grant]) -> Option<String> {
    let first = group.first()?.during.as_ref()?;
    if group.iter().any(|g| g.during.is_none()) {
        return None;
    }
    let same = group.iter().all(|g| g.during.as_ref() == Some(first));
    Some(if same { first.clone() } else { "while what each belongs to runs".to_owned() })
}

/// The servers of a group, each name once.
fn servers(group: &[&Grant]) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for name in group.iter().filter_map(|g| g.server.as_deref()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join("`, `"))
}

/// The first operations by name: one of each tool before another of the same, where they weigh the same.
fn named(acts: &[&Act], ranking: &Ranking<'_>, gated: impl Fn(&Act) -> bool) -> Vec<String> {
    let Some(first) = acts.first() else { return Vec::new() };
    let rank = ranking.of_act(first);
    let alike = |a: &Act| gated(a) == gated(first) && ranking.of_act(a).alike(&rank);
    let mut tools: Vec<&str> = Vec::new();
    let (mut one_each, mut rest): (Vec<&Act>, Vec<&Act>) = (Vec::new(), Vec::new());
    for act in acts {
        if alike(act) && !tools.contains(&act.tool.as_str()) {
            tools.push(&act.tool);
            one_each.push(act);
        } else {
            rest.push(act);
        }
    }
    let mut told: Vec<String> = Vec::new();
    for act in one_each.into_iter().chain(rest) {
        let name = format!("`{}`", act.call);
        if told.len() < NAMED && !told.contains(&name) {
            told.push(name);
        }
    }
    told
}

/// The entries of a group as written, in the order of the file; and for messages: those that let run what
/// is told first, in a few words.
fn entries(group: &[&Grant], told: &[&Act]) -> (String, String) {
    let mut places: Vec<(Span, &str)> = Vec::new();
    let mut ordered: Vec<(usize, Span, &str)> = Vec::new();
    for grant in group {
        if places.iter().any(|(_, entry)| *entry == grant.entry) {
            continue;
        }
        let first = told.iter().position(|a| grant.acts.iter().any(|own| own.id == a.id)).unwrap_or(told.len());
        places.push((grant.span, &grant.entry));
        ordered.push((first, grant.span, &grant.entry));
    }
    places.sort_by_key(|(span, _)| (span.source, span.start));
    ordered.sort_by_key(|(first, span, _)| (*first, span.start));
    let written = places.iter().map(|(_, entry)| *entry).collect::<Vec<_>>().join("`, `");
    let few = if ordered.len() > NAMED + 1 { NAMED } else { ordered.len() };
    let mut names: Vec<String> = ordered.iter().take(few).map(|(_, _, entry)| format!("`{entry}`")).collect();
    if ordered.len() > few {
        names.push(format!("{} more", ordered.len() - few));
    }
    (written, listed(&names))
}

/// `a`, `b` and `c`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

//! Which known operations an agent runs with nobody asked, and which line of its files grants it.

mod rank;

pub(in crate::model) use rank::Ranking;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::agents::{Agent, Because, Call, Decision, Surface, Verdict};
use crate::finding::{Confidence, Reason};
use crate::model::act::Act;
use crate::model::credential::is_personal;
use crate::model::handed::Gate;
use crate::model::inputs::Inputs;
use crate::model::probes::{self, Probe};
use crate::model::sight::Sight;
use crate::model::store::Store;
use crate::operations::Target;
use crate::source::{SourceId, Span, Text};
use crate::workspace::Format;

/// What sort of entry grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantKind {
    /// Names the commands it lets run.
    Command,
    /// Lets tools of an MCP server be called.
    Mcp,
    /// Lets an interpreter or HTTP client run, and so anything.
    Exec,
    /// Lets everything run.
    Everything,
    /// No entry: the product's own default.
    Default,
}

impl GrantKind {
    /// The word rules use.
    pub fn word(self) -> &'static str {
        match self {
            GrantKind::Command => "command",
            GrantKind::Mcp => "mcp",
            GrantKind::Exec => "exec",
            GrantKind::Everything => "everything",
            GrantKind::Default => "default",
        }
    }
}

/// In which way operations come to run unasked: what a finding about it says, and what mends it. Each
/// grant has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// A model decides where a person should.
    Gated,
    /// A hook or plugin answers for the person.
    Hook,
    /// A skill, subagent or command of the repository brings the permission with it.
    Supplied,
    /// Scripts of the project are approved by their name.
    Scripts,
    /// Nothing is written: the product's own default runs everything.
    Default,
    /// No prompt, contained, but with the network open.
    Sandboxed,
    /// A mode or flag switches approval off.
    Bypass,
    /// An entry for the tools of an MCP server.
    Mcp,
    /// An entry for an interpreter or HTTP client.
    Exec,
    /// An entry for commands, or for all of them.
    Entry,
}

impl How {
    /// The word rules use.
    pub fn word(self) -> &'static str {
        match self {
            How::Gated => "gated",
            How::Hook => "hook",
            How::Supplied => "supplied",
            How::Scripts => "scripts",
            How::Default => "default",
            How::Sandboxed => "sandboxed",
            How::Bypass => "bypass",
            How::Mcp => "mcp",
            How::Exec => "exec",
            How::Entry => "entry",
        }
    }
}

/// An entry (mode, default) that lets operations run unasked.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Index of the agent.
    pub agent: usize,
    /// As written; the mode; `default`.
    pub entry: String,
    /// Where it stands; the agent's first file for a default.
    pub span: Span,
    /// Its file.
    pub file: SourceId,
    /// `project`, `local`, `agent:NAME`.
    pub layer: String,
    /// Where it lets run.
    pub surfaces: Vec<Surface>,
    /// The widest decision.
    pub decision: Decision,
    /// What sort of entry it is.
    pub kind: GrantKind,
    /// What runs unasked, operations in sight first.
    pub acts: Vec<Act>,
    /// The ids of those of them that only a model decides on.
    pub gated: Vec<String>,
    /// When its entry counts, if not always: `while command deploy runs`.
    pub during: Option<String>,
    /// What the decision depends on outside the repository, in words.
    pub condition: Option<String>,
    /// Name of the MCP server as configured, for kind `Mcp`.
    pub server: Option<String>,
    /// That server's read-only switch.
    pub read_only: Option<String>,
    /// What leaves that server with less, where it has no such switch.
    pub narrowed_by: Option<String>,
    /// In which way it lets them run.
    pub how: How,
    /// Why it isn't known whether it lets them run at all.
    pub unknown: Option<Reason>,
    /// Whether it stands in a personal file.
    pub local: bool,
    /// Whether its file isn't deployed.
    pub undeployed: bool,
    /// How sure.
    pub confidence: Confidence,
    /// What holds up the job that starts its agent.
    pub gates: Vec<Gate>,
    /// Its agent runs where nobody has logged in before: in a job that hands it nothing.
    pub bare: bool,
}

/// A command no list names: what grants it grants everything.
const NONSENSE: &str = "lastcopy-asks --whether=anything runs";

/// Every grant of every agent that is understood.
pub fn grants(inputs: &Inputs<'_>, sight: &Sight, stores: &[Store]) -> Vec<Grant> {
    if inputs.agents.iter().all(|a| a.procedure.is_none()) {
        return Vec::new();
    }
    let commands = probes::of_commands(inputs, sight);
    let ranking = Ranking::of(inputs, stores);
    let indexed: Vec<(usize, &Agent)> = inputs.agents.iter().enumerate().collect();
    let found: Vec<Vec<Grant>> = indexed
        .par_iter()
        .filter(|(_, agent)| agent.procedure.is_some())
        .map(|(index, agent)| of_agent(inputs, sight, *index, agent, &commands, &ranking))
        .collect();
    found.into_iter().flatten().collect()
}

/// The entry that decides, why the decision isn't known, and whether a model makes it.
type Key = (Option<(Span, Text)>, Option<&'static str>, bool);

fn of_agent(
    inputs: &Inputs<'_>,
    sight: &Sight,
    index: usize,
    agent: &Agent,
    commands: &[Probe],
    ranking: &Ranking<'_>,
) -> Vec<Grant> {
    let everything: Vec<(Span, Text)> = decided(agent, &Call::Shell(NONSENSE))
        .into_iter()
        .filter_map(|d| d.because.map(|b| (b.span, b.entry)))
        .collect();
    let servers = probes::of_servers(inputs, sight, agent);
    let spelt_out = probes::of_entries(inputs, sight, agent);
    // Several entries may stand in one text: `allowed-tools: Bash(a:*), Bash(b:*)`. What isn't known for
    // one reason is told once; what a model decides is apart from what runs by the same line, as nobody
    // can say what comes of it.
    let mut grants: IndexMap<Key, Collected> = IndexMap::new();
    for probe in commands.iter().chain(&spelt_out).chain(&servers) {
        for decided in decided(agent, &probe.call()) {
            // Contained without a network, it reaches no platform.
            if decided.decision == Ok(Decision::Sandboxed { network: false }) && probe.act.target != Target::Local {
                continue;
            }
            let by = decided.because.as_ref().map(|b| (b.span, b.entry.clone()));
            let kind = match &decided.because {
                None => GrantKind::Default,
                Some(b) if everything.contains(&(b.span, b.entry.clone())) => GrantKind::Everything,
                // A server's own mode is about its tools alone.
                Some(b) if b.effect == "mode" && probe.kind != GrantKind::Mcp => GrantKind::Everything,
                Some(_) => probe.kind,
            };
            let unknown = decided.decision.as_ref().err().map(|reason| reason.kind);
            let key = (by, unknown, decided.decision == Ok(Decision::Gated));
            let collected = match grants.get_mut(&key) {
                Some(collected) => collected,
                None => {
                    let Some(grant) = blank(inputs, index, agent, &decided, kind) else { continue };
                    let supplied = inputs.workspace.file(grant.file).is_some_and(|f| f.format == Format::FrontMatter);
                    let by = decided.because.as_ref().map(|b| b.effect);
                    grants.entry(key).or_insert(Collected {
                        grant,
                        by,
                        supplied,
                        scripts: Vec::new(),
                        runs: Vec::new(),
                    })
                }
            };
            collected.add(probe, &decided, kind);
        }
    }
    grants.into_values().map(|collected| collected.done(ranking)).collect()
}

/// A decision that lets a call through, or may, and what made it.
struct Decided {
    surface: Surface,
    decision: Result<Decision, Reason>,
    because: Option<Because>,
    during: Option<String>,
    condition: Option<String>,
}

/// Reasons that lie in the question, not in an agent's files.
const OF_THE_QUESTION: [&str; 2] = ["empty-command", "unreadable-command"];

fn decided(agent: &Agent, call: &Call<'_>) -> Vec<Decided> {
    let unasked = agent.decide(call).into_iter().filter_map(|(surface, verdict)| {
        let open = match &verdict.decision {
            Ok(decision) => decision.unasked(),
            Err(reason) => !OF_THE_QUESTION.contains(&reason.kind),
        };
        let condition = (!verdict.conditions.is_empty()).then(|| verdict.conditions.join("; "));
        let during = during(&verdict);
        let because = verdict.because.into_iter().next();
        open.then_some(Decided { surface, decision: verdict.decision, because, during, condition })
    });
    unasked.collect()
}

/// When what a verdict rests on counts, if that isn't always: `while command deploy runs`.
pub(in crate::model) fn during(verdict: &Verdict) -> Option<String> {
    let condition = verdict.conditions.iter().find(|c| c.starts_with("while "))?;
    Some(condition.split(" (").next().unwrap_or(condition).to_owned())
}

fn blank(inputs: &Inputs<'_>, index: usize, agent: &Agent, decided: &Decided, kind: GrantKind) -> Option<Grant> {
    let unknown = decided.decision.as_ref().err().cloned();
    let because = decided.because.as_ref().map(|b| b.span);
    let span = match because.or(unknown.as_ref().and_then(|reason| reason.span)) {
        Some(span) => span,
        None => {
            let file = agent.files.iter().find_map(|id| inputs.workspace.file(*id))?;
            file.source.span().at_start()
        }
    };
    let entry = decided.because.as_ref().map_or("default", |b| b.entry.as_str());
    let layer = agent.entries.iter().find(|e| e.span == span).map_or("project", |e| e.layer.as_str());
    let file = inputs.workspace.file(span.source);
    Some(Grant {
        agent: index,
        entry: entry.to_owned(),
        span,
        file: span.source,
        layer: layer.to_owned(),
        surfaces: Vec::new(),
        decision: decided.decision.as_ref().map_or(Decision::Gated, |d| *d),
        kind,
        acts: Vec::new(),
        gated: Vec::new(),
        during: decided.during.clone(),
        condition: decided.condition.clone(),
        server: None,
        read_only: None,
        narrowed_by: None,
        how: How::Entry,
        unknown,
        local: layer == "user" || file.is_some_and(|f| is_personal(f.tracking, &f.source.path)),
        undeployed: file.is_some_and(|f| f.undeployed),
        confidence: Confidence::High,
        gates: Vec::new(),
        bare: false,
    })
}

/// A grant while its operations are found.
struct Collected {
    grant: Grant,
    /// What makes it, as agents call it; `None`: nothing that is written.
    by: Option<&'static str>,
    supplied: bool,
    /// The operations that are scripts of the project.
    scripts: Vec<String>,
    /// The operations that don't wait for a model.
    runs: Vec<String>,
}

impl Collected {
    fn add(&mut self, probe: &Probe, decided: &Decided, kind: GrantKind) {
        let grant = &mut self.grant;
        grant.kind = grant.kind.max(kind);
        // What lets run at rest too counts always.
        if decided.during.is_none() && grant.during.take().is_some() {
            grant.condition.clone_from(&decided.condition);
        }
        if let Ok(decision) = decided.decision {
            grant.decision = grant.decision.max(decision);
            if decision != Decision::Gated && !self.runs.contains(&probe.act.id) {
                self.runs.push(probe.act.id.clone());
            }
            if decision == Decision::Gated {
                grant.confidence = Confidence::Low;
            }
        }
        if !grant.surfaces.contains(&decided.surface) {
            grant.surfaces.push(decided.surface);
        }
        if let Some(server) = &probe.server {
            grant.server.get_or_insert_with(|| server.name.clone());
            if grant.read_only.is_none() {
                grant.read_only.clone_from(&server.read_only);
            }
            if grant.narrowed_by.is_none() {
                grant.narrowed_by.clone_from(&server.narrowed_by);
            }
        }
        if !grant.acts.iter().any(|a| a.id == probe.act.id) {
            grant.acts.push(probe.act.clone());
            if probe.script {
                self.scripts.push(probe.act.id.clone());
            }
        }
    }

    /// What can be told first, and what runs by itself; among those by rank.
    fn done(self, ranking: &Ranking<'_>) -> Grant {
        let mut grant = self.grant;
        grant.acts.sort_by_cached_key(|a| (!a.tellable(), !self.runs.contains(&a.id), ranking.of_act(a)));
        grant.gated = grant.acts.iter().filter(|a| !self.runs.contains(&a.id)).map(|a| a.id.clone()).collect();
        grant.surfaces.sort();
        // By what is told of it.
        let told = if grant.in_sight().next().is_some() { Act::tellable } else { |a: &Act| a.target != Target::Local };
        let scripts = grant.acts.iter().filter(|a| told(a)).count() > 0
            && grant.acts.iter().filter(|a| told(a)).all(|a| self.scripts.contains(&a.id));
        let mut those = grant.acts.iter().filter(|a| told(a)).peekable();
        let gated = match those.peek() {
            Some(_) => !those.any(|a| self.runs.contains(&a.id)),
            None => self.runs.is_empty(),
        };
        if gated {
            grant.decision = Decision::Gated;
        }
        grant.how = match (self.by, grant.kind) {
            _ if gated && grant.unknown.is_none() => How::Gated,
            (Some("hook"), _) => How::Hook,
            _ if self.supplied => How::Supplied,
            _ if scripts => How::Scripts,
            (None, _) | (_, GrantKind::Default) => How::Default,
            _ if matches!(grant.decision, Decision::Sandboxed { .. }) => How::Sandboxed,
            (_, GrantKind::Mcp) => How::Mcp,
            (Some("mode"), _) => How::Bypass,
            (_, GrantKind::Exec) => How::Exec,
            (_, GrantKind::Command | GrantKind::Everything) => How::Entry,
        };
        grant
    }
}

impl Grant {
    /// The operations of platforms in sight that are known well enough to be told.
    pub fn in_sight(&self) -> impl Iterator<Item = &Act> {
        self.acts.iter().filter(|a| a.tellable())
    }
}

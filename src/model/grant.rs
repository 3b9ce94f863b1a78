//! Which known operations an agent runs with nobody asked, and which line of its files grants it.

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::agents::{Agent, Because, Call, Decision, Surface};
use crate::ci::RunsIn;
use crate::finding::Confidence;
use crate::knowledge::operations::{Operation, Tool};
use crate::model::act::Act;
use crate::model::credential::is_personal;
use crate::model::handed::Gate;
use crate::model::inputs::Inputs;
use crate::model::located::Blast;
use crate::model::sight::Sight;
use crate::operations::Target;
use crate::source::{SourceId, Span, Text};
use crate::workspace::Table;

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
    /// What the decision depends on outside the repository, in words.
    pub condition: Option<String>,
    /// Name of the MCP server as configured, for kind `Mcp`.
    pub server: Option<String>,
    /// That server's read-only switch.
    pub read_only: Option<String>,
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

/// A call that an agent is asked about.
struct Probe {
    call: Asked,
    kind: GrantKind,
    act: Act,
    server: Option<(String, Option<String>)>,
}

enum Asked {
    Shell(String),
    Mcp { server: String, tool: String },
}

/// A command no list names: what grants it grants everything.
const NONSENSE: &str = "lastcopy-asks --whether=anything runs";

/// Every grant of every agent that is understood.
pub fn grants(inputs: &Inputs<'_>, sight: &Sight) -> Vec<Grant> {
    if inputs.agents.iter().all(|a| a.procedure.is_none()) {
        return Vec::new();
    }
    let commands = command_probes(inputs, sight);
    let indexed: Vec<(usize, &Agent)> = inputs.agents.iter().enumerate().collect();
    let found: Vec<Vec<Grant>> = indexed
        .par_iter()
        .filter(|(_, agent)| agent.procedure.is_some())
        .map(|(index, agent)| of_agent(inputs, sight, *index, agent, &commands))
        .collect();
    found.into_iter().flatten().collect()
}

/// What a shell can be asked to run: known commands, the project's own scripts, and what runs
/// anything.
fn command_probes(inputs: &Inputs<'_>, sight: &Sight) -> Vec<Probe> {
    let mut probes = Vec::new();
    for tool in inputs.knowledge.tools() {
        for operation in &tool.operations {
            let Some(command) = &operation.command else { continue };
            let act = Act::of(tool, operation, sight.sees(tool, operation));
            for command in by_every_program(tool, operation, command) {
                let act = Act { command: command.clone(), ..act.clone() }.called_as_command(operation);
                probes.push(Probe { call: Asked::Shell(command), kind: GrantKind::Command, act, server: None });
            }
        }
    }
    probes.extend(script_probes(inputs, sight));
    for tool in inputs.knowledge.tools() {
        for operation in tool.operations.iter().filter(|o| sight.sees(tool, o)) {
            let Some(http) = &operation.http_command else { continue };
            let act = Act { target: Target::Remote, ..Act::of(tool, operation, true) };
            for command in ways_to_call(inputs, http) {
                let act = act.clone();
                probes.push(Probe { call: Asked::Shell(command), kind: GrantKind::Exec, act, server: None });
            }
        }
    }
    probes
}

/// A command, and the same by each other program that performs it in the same words (`terraform`,
/// `tofu`): an entry may name any of them.
fn by_every_program(tool: &Tool, operation: &Operation, command: &str) -> Vec<String> {
    let mut all = vec![command.to_owned()];
    let program = command.split_whitespace().find(|w| !w.contains('=')).unwrap_or("");
    let form = operation.forms.iter().find(|f| f.programs.iter().any(|p| p == program));
    // One that only acts on this machine is another thing (`awslocal`).
    let local = |name: &String| {
        let rows = tool.programs.iter().filter(|p| p.names.contains(name));
        rows.filter_map(|p| p.target.as_ref()).any(|aim| aim.otherwise == "local")
    };
    for other in form.into_iter().flat_map(|f| &f.programs).filter(|p| *p != program && !local(p)) {
        all.push(command.replacen(program, other, 1));
    }
    all
}

/// The commands by which an HTTP call can be made: `curl` as it stands, and one for each other program
/// through which anything can be run or called.
fn ways_to_call(inputs: &Inputs<'_>, curl: &str) -> Vec<String> {
    let url = curl.split_whitespace().find(|w| w.starts_with("https://")).unwrap_or("https://");
    let examples = inputs.knowledge.exec().iter().filter_map(|runs| runs.example.as_ref());
    std::iter::once(curl.to_owned()).chain(examples.map(|e| e.replace("{url}", url))).collect()
}

/// `npm run NAME` and the like, for scripts that destroy something elsewhere.
fn script_probes(inputs: &Inputs<'_>, sight: &Sight) -> Vec<Probe> {
    let mut probes = Vec::new();
    let scripts = inputs.commands.iter().filter(|c| c.runs_in == RunsIn::Script && c.interpreter.is_none());
    for command in scripts {
        let Some(file) = inputs.workspace.file(command.source).filter(|f| !f.undeployed) else { continue };
        let calls = Table::get().invocations(&file.role, &command.name);
        if calls.is_empty() {
            continue;
        }
        for performed in (inputs.classify)(command.dir.as_deref(), &command.shell()).operations {
            let Some((tool, operation)) = inputs.knowledge.operation_of(&performed.id) else { continue };
            // What is asked about stays asked about when it runs inside a script without a terminal.
            if performed.prompts == Some(true) {
                continue;
            }
            let in_sight = sight.sees(tool, operation) || performed.target == Target::Remote;
            for call in &calls {
                let known = Act::of(tool, operation, in_sight);
                let act = Act {
                    id: format!("{} {call}", operation.id),
                    command: call.clone(),
                    target: performed.target,
                    call: format!("{call} → {}", operation.call),
                    confidence: performed.confidence.min(known.confidence),
                    ..known
                };
                probes.push(Probe { call: Asked::Shell(call.clone()), kind: GrantKind::Command, act, server: None });
            }
        }
    }
    probes
}

/// The destructive tools of the MCP servers an agent connects to.
fn server_probes(inputs: &Inputs<'_>, sight: &Sight, agent: &Agent) -> Vec<Probe> {
    let mut probes = Vec::new();
    for server in &agent.servers {
        let command: Vec<&str> = server.command.iter().map(|w| w.as_str()).collect();
        let url = server.url.as_ref().map(|u| u.as_str());
        let Some(known) = inputs.knowledge.mcp_server(&command, url) else { continue };
        let switched = |flag: &String| {
            command.iter().any(|w| w.starts_with(flag.as_str())) || url.is_some_and(|u| u.contains(flag.as_str()))
        };
        if known.read_only.iter().any(switched) {
            continue;
        }
        let in_sight = known.provider.as_ref().is_some_and(|p| sight.has(p));
        for tool in &known.tools {
            let linked = tool.operation.as_ref().and_then(|id| inputs.knowledge.operation_of(id)).map(|(_, o)| o);
            probes.push(Probe {
                call: Asked::Mcp { server: server.name.as_str().to_owned(), tool: tool.name.clone() },
                kind: GrantKind::Mcp,
                act: Act::of_mcp(known, tool, linked, in_sight),
                server: Some((server.name.as_str().to_owned(), known.read_only.first().cloned())),
            });
        }
    }
    probes
}

fn of_agent(inputs: &Inputs<'_>, sight: &Sight, index: usize, agent: &Agent, commands: &[Probe]) -> Vec<Grant> {
    let everything: Vec<(Span, Text)> = decided(agent, &Call::Shell(NONSENSE))
        .into_iter()
        .filter_map(|d| d.because.map(|b| (b.span, b.entry)))
        .collect();
    let servers = server_probes(inputs, sight, agent);
    // Several entries may stand in one text: `allowed-tools: Bash(a:*), Bash(b:*)`. What a model decides
    // is apart from what runs by the same line: nobody can say what comes of it.
    let mut grants: IndexMap<(Option<(Span, Text)>, bool), Grant> = IndexMap::new();
    for probe in commands.iter().chain(&servers) {
        let call = match &probe.call {
            Asked::Shell(command) => Call::Shell(command),
            Asked::Mcp { server, tool } => Call::Mcp { server, tool },
        };
        for decided in decided(agent, &call) {
            // Contained without a network, it reaches no platform.
            if decided.decision == (Decision::Sandboxed { network: false }) && probe.act.target != Target::Local {
                continue;
            }
            let by = decided.because.as_ref().map(|b| (b.span, b.entry.clone()));
            let key = (by, decided.decision == Decision::Gated);
            let kind = match &decided.because {
                None => GrantKind::Default,
                Some(b) if b.effect == "mode" || everything.contains(&(b.span, b.entry.clone())) => {
                    GrantKind::Everything
                }
                Some(_) => probe.kind,
            };
            let grant = match grants.get_mut(&key) {
                Some(grant) => grant,
                None => {
                    let Some(grant) = blank(inputs, index, agent, &decided, kind) else { continue };
                    grants.entry(key).or_insert(grant)
                }
            };
            add(grant, probe, &decided, kind);
        }
    }
    grants.into_values().map(ordered).collect()
}

/// A decision that lets a call through, and what made it.
struct Decided {
    surface: Surface,
    decision: Decision,
    because: Option<Because>,
    condition: Option<String>,
}

fn decided(agent: &Agent, call: &Call<'_>) -> Vec<Decided> {
    let unasked = agent.decide(call).into_iter().filter_map(|(surface, verdict)| {
        let decision = verdict.decision.ok().filter(|d| d.unasked())?;
        let condition = (!verdict.conditions.is_empty()).then(|| verdict.conditions.join("; "));
        Some(Decided { surface, decision, because: verdict.because.into_iter().next(), condition })
    });
    unasked.collect()
}

fn blank(inputs: &Inputs<'_>, index: usize, agent: &Agent, decided: &Decided, kind: GrantKind) -> Option<Grant> {
    let span = match &decided.because {
        Some(because) => because.span,
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
        decision: decided.decision,
        kind,
        acts: Vec::new(),
        condition: decided.condition.clone(),
        server: None,
        read_only: None,
        local: file.is_some_and(|f| is_personal(f.tracking, &f.source.path)),
        undeployed: file.is_some_and(|f| f.undeployed),
        confidence: Confidence::High,
        gates: Vec::new(),
        bare: false,
    })
}

fn add(grant: &mut Grant, probe: &Probe, decided: &Decided, kind: GrantKind) {
    grant.kind = grant.kind.max(kind);
    grant.decision = grant.decision.max(decided.decision);
    if decided.decision == Decision::Gated {
        grant.confidence = Confidence::Low;
    }
    if !grant.surfaces.contains(&decided.surface) {
        grant.surfaces.push(decided.surface);
    }
    if let Some((server, read_only)) = &probe.server {
        grant.server.get_or_insert_with(|| server.clone());
        if grant.read_only.is_none() {
            grant.read_only.clone_from(read_only);
        }
    }
    if !grant.acts.iter().any(|a| a.id == probe.act.id) {
        grant.acts.push(probe.act.clone());
    }
}

/// What is in sight first, the widest first.
fn ordered(mut grant: Grant) -> Grant {
    grant.acts.sort_by_key(|a| {
        let indirect = a.command.contains(['\'', '"']);
        (!a.tellable(), !a.in_sight, a.may, indirect, a.blast == Blast::Account, std::cmp::Reverse(a.blast))
    });
    grant.surfaces.sort();
    grant
}

impl Grant {
    /// The operations of platforms in sight that are known well enough to be told.
    pub fn in_sight(&self) -> impl Iterator<Item = &Act> {
        self.acts.iter().filter(|a| a.tellable())
    }
}

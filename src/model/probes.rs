//! The calls that agents are asked about: known destructive commands, the project's own scripts, what
//! runs anything, and the destructive tools of MCP servers.

mod entries;

pub(super) use entries::of_entries;

use crate::agents::{Agent, Call};
use crate::ci::RunsIn;
use crate::finding::Confidence;
use crate::knowledge::operations::{Operation, Tool};
use crate::knowledge::switches::Configured;
use crate::knowledge::wrappers::Runs;
use crate::model::act::Act;
use crate::model::grant::GrantKind;
use crate::model::inputs::Inputs;
use crate::model::sight::Sight;
use crate::operations::Target;
use crate::workspace::Table;

/// A call that an agent is asked about.
pub(super) struct Probe {
    pub(super) call: Asked,
    pub(super) kind: GrantKind,
    pub(super) act: Act,
    /// It is a script of the project (`npm run db:reset`).
    pub(super) script: bool,
    pub(super) server: Option<ServerSwitches>,
}

pub(super) enum Asked {
    Shell(String),
    Mcp { server: String, tool: String },
}

/// An MCP server with what switches it to read-only, or leaves it with less.
#[derive(Clone)]
pub(super) struct ServerSwitches {
    pub(super) name: String,
    pub(super) read_only: Option<String>,
    pub(super) narrowed_by: Option<String>,
}

impl Probe {
    fn of(command: &str, kind: GrantKind, act: Act) -> Probe {
        Probe { call: Asked::Shell(command.to_owned()), kind, act, script: false, server: None }
    }

    pub(super) fn call(&self) -> Call<'_> {
        match &self.call {
            Asked::Shell(command) => Call::Shell(command),
            Asked::Mcp { server, tool } => Call::Mcp { server, tool },
        }
    }
}

/// What a shell can be asked to run: known commands, the project's own scripts, and what runs
/// anything.
pub(super) fn of_commands(inputs: &Inputs<'_>, sight: &Sight) -> Vec<Probe> {
    let mut probes = Vec::new();
    for tool in inputs.knowledge.tools() {
        for operation in &tool.operations {
            let Some(command) = &operation.command else { continue };
            let mut act = Act::of(tool, operation, sight.offers(tool, operation));
            // Where its form alone doesn't tell, what the command says of it does: an engine's own host.
            if act.target == Target::Unknown {
                let performed = (inputs.classify)(None, command).operations;
                act.target = performed.iter().find(|p| p.id == operation.id).map_or(act.target, |p| p.target);
            }
            let kind = if runs_anything(inputs, command) { GrantKind::Exec } else { GrantKind::Command };
            for command in by_every_program(tool, operation, command) {
                let act = Act { command: command.clone(), ..act.clone() }.called_as_command(operation);
                probes.push(Probe::of(&command, kind, act));
            }
        }
    }
    probes.extend(of_scripts(inputs, sight));
    probes.extend(of_drivers(inputs, sight));
    for tool in inputs.knowledge.tools() {
        for operation in tool.operations.iter().filter(|o| sight.offers(tool, o)) {
            let Some(http) = &operation.http_command else { continue };
            let act = Act { target: Target::Remote, ..Act::of(tool, operation, true) };
            for command in ways_to_call(inputs, http) {
                let act = act.clone();
                probes.push(Probe::of(&command, GrantKind::Exec, act));
            }
        }
    }
    probes
}

/// Whether the program of a command is one that calls or runs anything: what lets it run lets more run
/// than this command.
fn runs_anything(inputs: &Inputs<'_>, command: &str) -> bool {
    let program = command.split_whitespace().find(|w| !w.contains('=')).unwrap_or("");
    let any = inputs.knowledge.exec().iter().filter(|runs| runs.words.is_empty());
    any.filter(|runs| ["http", "interpreter"].contains(&runs.kind.as_str()))
        .any(|r| r.names.iter().any(|n| n == program))
}

/// A command, and the same by each other program that performs it in the same words (`terraform`,
/// `tofu`): an entry may name any of them.
fn by_every_program(tool: &Tool, operation: &Operation, command: &str) -> Vec<String> {
    let mut all = vec![command.to_owned()];
    // Its own name, where it is spelt with what runs it: `npx prisma`.
    let programs = || operation.forms.iter().flat_map(|f| &f.programs);
    let named = |word: &str| programs().any(|p| p == word);
    if let Some((first, rest)) = command.split_once(' ')
        && !named(first)
        && !first.contains('=')
        && rest.split(' ').next().is_some_and(named)
    {
        all.push(rest.to_owned());
    }
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

/// What can open a database by a driver, where there is one that a credential here opens.
fn of_drivers(inputs: &Inputs<'_>, sight: &Sight) -> Vec<Probe> {
    let opening = inputs.knowledge.exec().iter().filter(|runs| runs.opens_databases && sight.opens_databases());
    let one = |runs: &Runs| {
        let (program, example) = (runs.names.first()?, runs.example.as_ref()?);
        Some(Probe::of(example, GrantKind::Exec, Act::of_program(program, example)))
    };
    opening.filter_map(one).collect()
}

/// `npm run NAME` and the like, for scripts that destroy something elsewhere.
fn of_scripts(inputs: &Inputs<'_>, sight: &Sight) -> Vec<Probe> {
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
            let in_sight = sight.offers(tool, operation) || performed.target == Target::Remote;
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
                probes.push(Probe { script: true, ..Probe::of(call, GrantKind::Command, act) });
            }
        }
    }
    probes
}

/// The destructive tools of the MCP servers an agent connects to.
pub(super) fn of_servers(inputs: &Inputs<'_>, sight: &Sight, agent: &Agent) -> Vec<Probe> {
    let mut probes = Vec::new();
    for server in &agent.servers {
        let command: Vec<&str> = server.command.iter().map(|w| w.as_str()).collect();
        let url = server.url.as_ref().map(|u| u.as_str());
        let Some(known) = inputs.knowledge.mcp_server(&command, url) else { continue };
        let environment: Vec<(&str, &str)> =
            server.environment.iter().map(|(n, v, _)| (n.as_str(), v.as_str())).collect();
        let configured = Configured { command: &command, url, environment: &environment };
        let read_only = known.is_read_only(&configured);
        if read_only == Some(true) {
            continue;
        }
        let in_sight = known.provider.iter().chain(&known.opens).any(|p| sight.has(p));
        let switches = ServerSwitches {
            name: server.name.as_str().to_owned(),
            read_only: known.how_read_only(),
            narrowed_by: known.narrowed_by.first().cloned(),
        };
        for tool in &known.tools {
            let linked = tool.operation.as_ref().and_then(|id| inputs.knowledge.operation_of(id)).map(|(_, o)| o);
            let mut act = Act::of_mcp(known, tool, linked, in_sight);
            // Whether its switch is on is up to a variable that isn't in the repository.
            if read_only.is_none() {
                act.confidence = Confidence::Low;
            }
            probes.push(Probe {
                call: Asked::Mcp { server: server.name.as_str().to_owned(), tool: tool.name.clone() },
                kind: GrantKind::Mcp,
                act,
                script: false,
                server: Some(switches.clone()),
            });
        }
    }
    probes
}

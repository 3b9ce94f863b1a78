//! Commands that run by themselves, and what each would destroy.

mod applied;

use rayon::prelude::*;

use crate::ci::{Command as Found, RunsIn};
use crate::finding::Confidence;
use crate::model::act::Act;
use crate::model::environments;
use crate::model::inputs::Inputs;
use crate::model::sight::Sight;
use crate::model::stakes::Stakes;
use crate::operations::Target;
use crate::railway::{Maybe, Project, Service};
use crate::source::{SourceId, Span};

/// A command with what it destroys.
#[derive(Clone, Debug)]
pub struct Command {
    /// `command:FILE#JOB`.
    pub address: String,
    /// Job, script or service.
    pub name: String,
    /// The command.
    pub text: String,
    /// The part of it that destroys; the whole where nothing does.
    pub span: Span,
    /// Where else the same job does it.
    pub also: Vec<Span>,
    /// The step, job or key an ignore comment would cover.
    pub item: Span,
    /// Its file.
    pub file: SourceId,
    /// workflow, start, pre-deploy, cron, build, script, hook.
    pub runs_in: &'static str,
    /// In words.
    pub how_often: String,
    /// Runs with nobody asked.
    pub unattended: bool,
    /// What puts a person in between.
    pub gates: Vec<String>,
    /// What it would destroy.
    pub acts: Vec<Act>,
    /// Applies a plan nobody has seen.
    pub applies: bool,
    /// The workflow in which pull requests are shown a plan, where what it applies is a fresh one.
    pub planned_in: Option<String>,
    /// Environments it runs in.
    pub environments: Vec<String>,
    /// Whether it belongs to production.
    pub production: bool,
    /// Whether its file isn't deployed.
    pub undeployed: bool,
    /// What would be lost.
    pub stakes: Stakes,
    /// How sure.
    pub confidence: Confidence,
}

/// Every command that a CI job, a script or a Railway service runs.
pub fn commands(inputs: &Inputs<'_>, sight: &Sight) -> Vec<Command> {
    let read: Vec<Vec<Command>> = inputs.commands.par_iter().map(|c| found(inputs, sight, c)).collect();
    let mut all: Vec<Command> = read.into_iter().flatten().collect();
    for project in inputs.railway {
        for service in &project.services {
            for (text, runs_in, how_often) in of_service(service) {
                all.extend(deployed(inputs, sight, project, service, text, runs_in, &how_often));
            }
        }
    }
    let applied = |c: &Command| c.applies && c.runs_in == "workflow";
    if all.iter().any(applied)
        && let Some(planned_in) = applied::planned_in(inputs)
    {
        for command in all.iter_mut().filter(|c| applied(c)) {
            command.planned_in = Some(planned_in.clone());
            // Somebody has seen a plan, if not this one.
            command.stakes = Stakes::Rebuildable;
        }
    }
    fold(all)
}

/// One command for each operation it holds, so that each is told at its own place.
fn found(inputs: &Inputs<'_>, sight: &Sight, command: &Found) -> Vec<Command> {
    let Some(file) = inputs.workspace.file(command.source) else { return Vec::new() };
    let (runs_in, how_often, unattended) = match &command.runs_in {
        RunsIn::Workflow { events } => {
            let names: Vec<&str> = events.iter().map(|e| e.as_str()).collect();
            let by_hand = !names.is_empty() && names.iter().all(|e| *e == "workflow_dispatch");
            let on = if names.is_empty() { "in CI".to_owned() } else { format!("on {}", names.join(", ")) };
            ("workflow", on, !by_hand)
        }
        RunsIn::Script | RunsIn::ShellScript => ("script", "when something calls it".to_owned(), false),
        RunsIn::Hook => ("hook", "at every commit".to_owned(), true),
        RunsIn::Start => ("start", "at every start".to_owned(), true),
        RunsIn::PreDeploy => ("pre-deploy", "before every deploy".to_owned(), true),
    };
    let verdict = environments::of_path(&file.source.path);
    let blank = Command {
        address: format!("command:{}#{}", file.source.path, command.name),
        name: command.name.clone(),
        text: command.text.as_str().to_owned(),
        span: command.span,
        also: Vec::new(),
        item: command.item,
        file: command.source,
        runs_in,
        how_often,
        unattended,
        gates: command.gates.clone(),
        acts: Vec::new(),
        applies: false,
        planned_in: None,
        environments: Vec::new(),
        production: verdict.production,
        undeployed: file.undeployed,
        stakes: Stakes::Exposed,
        confidence: Confidence::High,
    };
    if command.interpreter.is_some() {
        return vec![blank];
    }
    split(inputs, sight, command.dir.as_deref(), &command.shell(), &blank, |(start, end)| command.span_of(start..end))
}

/// What a Railway service runs, and when.
fn of_service(service: &Service) -> Vec<(&Maybe, &'static str, String)> {
    let mut all = Vec::new();
    if let Some(start) = &service.start {
        match &service.cron {
            Some(cron) => {
                let schedule = cron.text.as_ref().map_or("its schedule", |t| t.as_str());
                all.push((start, "cron", format!("at every run of its schedule ({schedule})")));
            }
            None => {
                let replicas =
                    service.replicas.filter(|n| *n > 1).map_or(String::new(), |n| format!(" of {n} replicas"));
                let policy =
                    service.restart.as_ref().and_then(|r| r.text.as_ref().ok()).map(|r| r.to_ascii_uppercase());
                let when = match policy.as_deref() {
                    Some("NEVER") => "each deploy",
                    Some("ALWAYS") => "each deploy, and again whenever it ends",
                    _ => "each deploy, each restart",
                };
                all.push((start, "start", format!("at every start{replicas}: {when}")));
            }
        }
    }
    all.extend(service.pre_deploy.iter().map(|c| (c, "pre-deploy", "before every deploy".to_owned())));
    all.extend(service.build.iter().map(|c| (c, "build", "at every build".to_owned())));
    all
}

fn deployed(
    inputs: &Inputs<'_>,
    sight: &Sight,
    project: &Project,
    service: &Service,
    command: &Maybe,
    runs_in: &'static str,
    how_often: &str,
) -> Vec<Command> {
    let (Ok(text), Some(file)) = (&command.text, inputs.workspace.file(command.span.source)) else { return Vec::new() };
    let mapped = inputs.config.environment_of(&project.environment);
    let verdict = environments::of_name(&project.environment, mapped.as_deref());
    let blank = Command {
        address: format!("command:{}#{}", file.source.path, service.name.as_str()),
        name: service.name.as_str().to_owned(),
        text: text.as_str().to_owned(),
        span: command.span,
        also: Vec::new(),
        item: command.span,
        file: command.span.source,
        runs_in,
        how_often: how_often.to_owned(),
        unattended: true,
        gates: Vec::new(),
        acts: Vec::new(),
        applies: false,
        planned_in: None,
        environments: vec![project.environment.as_str().to_owned()],
        production: verdict.production,
        undeployed: file.undeployed,
        stakes: Stakes::Exposed,
        confidence: Confidence::High,
    };
    let dir = service.root.as_ref().and_then(|r| r.text.as_ref().ok()).map_or_else(
        || crate::terraform::config::directory(&file.source.path),
        |root| root.trim_matches('/').to_owned(),
    );
    let at = command.span;
    let mut all = split(inputs, sight, Some(&dir), text, &blank, |_| at);
    for command in &mut all {
        // What a deployed service is given is never on the machine of whoever reads this.
        for act in command.acts.iter_mut().filter(|a| a.target == Target::Unknown) {
            act.target = Target::Remote;
        }
        command.stakes = stakes(&command.acts, command.production);
    }
    all
}

/// Splits what a text would do by place; a text that destroys nothing known is one command without
/// operations.
fn split(
    inputs: &Inputs<'_>,
    sight: &Sight,
    dir: Option<&str>,
    text: &str,
    blank: &Command,
    place: impl Fn((usize, usize)) -> Span,
) -> Vec<Command> {
    let mut all: Vec<Command> = Vec::new();
    for performed in (inputs.classify)(dir, text).operations {
        let Some((tool, operation)) = inputs.knowledge.operation_of(&performed.id) else { continue };
        if performed.prompts == Some(true) && blank.runs_in != "script" {
            // Without a terminal a prompt is an error, not a yes.
            continue;
        }
        let written = text.get(performed.span.0..performed.span.1).unwrap_or("");
        if operation.applies && applied::holds_nothing(inputs, dir, written) {
            continue;
        }
        let known = Act::of(tool, operation, sight.sees(tool, operation));
        let mut confidence = performed.confidence.min(known.confidence);
        if operation.applies && performed.through.iter().any(|t| inputs.is_script_call(t)) {
            // Which configuration a script applies isn't told here.
            confidence = Confidence::Low;
        }
        let act = Act {
            target: performed.target,
            asks: performed.prompts,
            confidence,
            call: match performed.through.iter().find(|t| inputs.is_script_call(t)) {
                None => operation.call.clone(),
                Some(script) => format!("{script} → {}", operation.call),
            },
            ..known
        };
        let span = place(performed.span);
        let applies = operation.applies;
        match all.iter_mut().find(|c| c.span == span && c.applies == applies) {
            Some(command) => command.acts.push(act),
            None => {
                let acts = vec![act];
                all.push(Command {
                    span,
                    applies,
                    confidence,
                    stakes: stakes(&acts, blank.production),
                    acts,
                    ..blank.clone()
                });
            }
        }
    }
    if all.is_empty() {
        all.push(blank.clone());
    }
    all
}

fn stakes(acts: &[Act], production: bool) -> Stakes {
    // What acts on nobody knows what may be a scratch database of the job; a platform's call isn't.
    let elsewhere = acts.iter().any(|a| match a.target {
        Target::Local => false,
        Target::Remote => a.takes_data(),
        Target::Unknown => a.takes_data() && (a.provider.is_some() || a.runs_terraform()),
    });
    if elsewhere && production { Stakes::Exposed } else { Stakes::Rebuildable }
}

/// The same command in several environments is one, and so are the steps of one job that do the same
/// sort of thing, and the jobs of one workflow that apply: whoever mends one mends them together.
fn fold(all: Vec<Command>) -> Vec<Command> {
    let mut folded: Vec<Command> = Vec::new();
    for command in all {
        let same = |c: &&mut Command| {
            let applied = c.applies && c.runs_in == "workflow" && c.file == command.file && c.gates == command.gates;
            (c.address == command.address || applied && c.stakes == command.stakes)
                && (c.span == command.span || c.runs_in == "workflow" && !c.acts.is_empty() && !command.acts.is_empty())
                && c.runs_in == command.runs_in
                && c.applies == command.applies
        };
        match folded.iter_mut().find(same) {
            Some(other) => {
                other.production |= command.production;
                other.stakes = other.stakes.max(command.stakes);
                if command.span != other.span {
                    other.also.push(command.span);
                    let new = command.acts.into_iter().filter(|a| !other.acts.iter().any(|o| o.call == a.call));
                    other.acts.extend(new.collect::<Vec<_>>());
                }
                for environment in command.environments {
                    if !other.environments.contains(&environment) {
                        other.environments.push(environment);
                    }
                }
            }
            None => folded.push(command),
        }
    }
    folded
}

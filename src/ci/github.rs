//! GitHub Actions: workflows, the reusable ones they call, and composite actions.
//!
//! A workflow runs in the contexts that start it: its own events, and each local job that calls
//! it. What is told of a command holds in every context: events are joined, and a gate counts only
//! where no context goes round it.

mod condition;
mod context;
mod events;
mod values;

use std::collections::HashMap;

use crate::ci::github::condition::may_run;
use crate::ci::github::context::{Context, Contexts};
use crate::ci::github::events::Event;
use crate::ci::{Command, Given, Project, RunsIn, Step, paths};
use crate::source::{SourceId, Span, Text};
use crate::syntax::tree::{Data, Node};
use crate::workspace::File;

/// Calls nested deeper than this are not followed (the platform refuses more than 10).
const DEPTH: usize = 10;
/// More contexts than this of one file are not told apart.
const CONTEXTS: usize = 64;

/// Actions that wait for a person.
const APPROVALS: &[&str] = &["trstringer/manual-approval"];

/// Every command of the project's workflows and composite actions, and every step of those.
pub(super) fn read(project: &Project<'_, '_>) -> (Vec<Command>, Vec<Step>) {
    let mut reader = Reader {
        project,
        contexts: HashMap::new(),
        waiting: Vec::new(),
        found: HashMap::new(),
        stepped: HashMap::new(),
    };
    for file in project.workspace.of_role("workflow").filter(|f| !f.template) {
        let Some(root) = project.root(file) else { continue };
        let events = events::of(root.get("on"));
        let own: Vec<Event> = events.iter().filter(|e| e.name != "workflow_call").cloned().collect();
        if !own.is_empty() {
            reader.enter(file, Context { events: own, ..Context::default() }, 0);
        }
    }
    reader.run();
    reader.uncalled();
    let mut steps: Vec<Step> = reader.stepped.into_values().collect();
    steps.sort_by_key(|s| (s.source, s.span.start));
    (reader.found.into_values().flatten().collect(), steps)
}

struct Reader<'p, 'a, 'd> {
    project: &'p Project<'a, 'd>,
    contexts: HashMap<SourceId, Contexts>,
    waiting: Vec<(&'a File, Context, usize)>,
    found: HashMap<SourceId, Vec<Command>>,
    stepped: HashMap<Span, Step>,
}

impl<'a> Reader<'_, 'a, '_> {
    /// Notes that a workflow or action runs in a context; its calls are followed once for each.
    fn enter(&mut self, file: &'a File, mut context: Context, depth: usize) {
        context.gates.sort();
        context.gates.dedup();
        let known = self.contexts.entry(file.source.id).or_default();
        if depth <= DEPTH && known.add(&context, CONTEXTS) {
            self.waiting.push((file, context, depth));
        }
    }

    /// Follows every call, then reads the commands of each file once, in all its contexts.
    fn run(&mut self) {
        while let Some((file, context, depth)) = self.waiting.pop() {
            let Some(root) = self.project.root(file) else { continue };
            if file.role == "workflow" {
                self.jobs(file, root, &context, depth);
            } else {
                self.composite(file, root, &context, depth);
            }
        }
    }

    /// What nothing here calls: it can be called from elsewhere.
    fn uncalled(&mut self) {
        for role in ["workflow", "action"] {
            for file in self.project.workspace.of_role(role).filter(|f| !f.template) {
                let Some(root) = self.project.root(file).filter(|_| !self.contexts.contains_key(&file.source.id))
                else {
                    continue;
                };
                let events = events::of(root.get("on"));
                if role == "action" || events.iter().any(|e| e.name == "workflow_call") {
                    self.enter(file, Context { events, ..Context::default() }, 0);
                }
            }
            self.run();
        }
    }

    fn jobs(&mut self, file: &'a File, root: &'a Node, context: &Context, depth: usize) {
        let Some(jobs) = root.get("jobs") else { return };
        for member in jobs.members() {
            let job = &member.value;
            let mut inside = context.clone();
            inside.narrow(job.get("if"));
            if inside.events.is_empty() {
                continue;
            }
            inside.gates.extend(gates(jobs, &member.key));
            if let Some(called) = job.get("uses").and_then(Node::as_str) {
                // The caller's `env` doesn't reach a reusable workflow.
                inside.inputs = job.get("with").map(|w| values::environment(w, &context.inputs)).unwrap_or_default();
                if let Some(target) = self.local(called, &[""]) {
                    self.enter(target, inside, depth + 1);
                }
                continue;
            }
            for env in [root.get("env"), job.get("env")].into_iter().flatten() {
                values::override_with(&mut inside.environment, values::environment(env, &inside.inputs));
            }
            inside.deploys_to = environment_name(job).filter(|n| !n.is_empty()).map(Into::into);
            let dir =
                |node: &Node| node.path(&["defaults", "run", "working-directory"]).and_then(Node::as_text).cloned();
            let shell = |node: &Node| node.path(&["defaults", "run", "shell"]).and_then(Node::as_text).cloned();
            let defaults = Defaults {
                dir: dir(job).or_else(|| dir(root)),
                shell: shell(job).or_else(|| shell(root)),
                action: None,
                scopes: [root.get("env"), job.get("env")].into_iter().flatten().collect(),
            };
            let steps = job.get("steps").map(Node::items).unwrap_or_default();
            self.steps(file, steps, &member.key, &inside, &defaults, depth);
        }
    }

    fn composite(&mut self, file: &'a File, root: &'a Node, context: &Context, depth: usize) {
        let Some(runs) = root.get("runs") else { return };
        if runs.get("using").and_then(Node::as_str) != Some("composite") {
            return;
        }
        let home = paths::parent(&file.source.path);
        let name = home.rsplit('/').next().filter(|n| !n.is_empty()).unwrap_or("action");
        let defaults = Defaults { dir: None, shell: None, action: Some(home.to_owned()), scopes: Vec::new() };
        let steps = runs.get("steps").map(Node::items).unwrap_or_default();
        self.steps(file, steps, name, context, &defaults, depth);
    }

    fn steps(
        &mut self,
        file: &'a File,
        steps: &'a [Node],
        name: &str,
        job: &Context,
        defaults: &Defaults<'_>,
        depth: usize,
    ) {
        let mut job = job.clone();
        for step in steps {
            let mut context = job.clone();
            context.narrow(step.get("if"));
            if context.events.is_empty() && !job.events.is_empty() {
                continue;
            }
            if let Some(env) = step.get("env") {
                values::override_with(&mut context.environment, values::environment(env, &context.inputs));
            }
            self.step(file, step, name, &context, &defaults.scopes);
            if let Some(uses) = step.get("uses").and_then(Node::as_str) {
                if APPROVALS.iter().any(|a| uses.split('@').next() == Some(a)) {
                    job.gates.push("waits for an approval".into());
                }
                if let Some(action) = self.local(uses, &["/action.yml", "/action.yaml"]) {
                    context.inputs =
                        step.get("with").map(|w| values::environment(w, &context.inputs)).unwrap_or_default();
                    self.enter(action, context, depth + 1);
                }
                continue;
            }
            if let Some(command) = self.command(file, step, name, context, defaults) {
                self.keep(file.source.id, command);
            }
        }
    }

    /// Keeps what holds while a step runs.
    fn step(&mut self, file: &File, step: &Node, job: &str, context: &Context, scopes: &[&Node]) {
        let with = step.get("with");
        let place = |name: &Text| {
            let own = [with, step.get("env")].into_iter().flatten().chain(scopes.iter().rev().copied());
            own.flat_map(Node::members).find(|m| m.key == *name).map_or(step.span, |m| m.span())
        };
        let inputs = with.map(|w| values::environment(w, &context.inputs)).unwrap_or_default();
        let inputs = inputs.into_iter().filter(|(_, origin)| origin.starts_with("secrets."));
        let run = step.get("run").and_then(Node::as_str).map(values::secrets_in).unwrap_or_default();
        let given = context.environment.iter().cloned().chain(inputs).chain(run);
        let written = with.map(Node::members).unwrap_or_default().iter();
        let found = Step {
            source: file.source.id,
            span: step.span,
            job: job.to_owned(),
            uses: step.get("uses").and_then(Node::as_str).and_then(|u| u.split('@').next()).map(Into::into),
            inputs: written.filter_map(|m| Some((m.key.clone(), m.value.as_text()?.clone(), m.value.span))).collect(),
            events: context.names(),
            gates: context.gates(),
            given: given.map(|(name, origin)| Given { span: place(&name), name, origin }).collect(),
        };
        match self.stepped.get_mut(&step.span) {
            Some(known) => known.add(found),
            None => {
                self.stepped.insert(step.span, found);
            }
        }
    }

    /// A file of this project that `uses:` names, with one of the endings.
    fn local(&self, uses: &str, endings: &[&str]) -> Option<&'a File> {
        let path = paths::join("", uses.strip_prefix("./")?)?;
        let found = endings
            .iter()
            .find_map(|end| self.project.workspace.by_path(format!("{path}{end}").trim_start_matches('/')));
        found.filter(|f| !f.template)
    }

    fn command(
        &self,
        file: &File,
        step: &Node,
        name: &str,
        context: Context,
        defaults: &Defaults<'_>,
    ) -> Option<Command> {
        let run = step.get("run")?;
        let events = context.names();
        let runs_in = if events.is_empty() { RunsIn::Script } else { RunsIn::Workflow { events } };
        let mut command = self.project.command(file, run, name, runs_in)?;
        command.item = step.span;
        command.gates = context.gates();
        command.environment = context.environment;
        values::merge(&mut command.environment, values::secrets_in(&command.text));
        command.deploys_to = context.deploys_to;
        let dir = step.get("working-directory").and_then(Node::as_text).or(defaults.dir.as_ref());
        command.dir = dir.map_or(Some(String::new()), |d| defaults.directory(d));
        let shell = step.get("shell").and_then(Node::as_text).or(defaults.shell.as_ref());
        command.interpreter = shell.and_then(|s| interpreter(s));
        Some(command)
    }

    /// Adds a command, or what another context adds to one that is there.
    fn keep(&mut self, source: SourceId, command: Command) {
        let all = self.found.entry(source).or_default();
        let Some(known) = all.iter_mut().find(|c| c.span == command.span) else {
            all.push(command);
            return;
        };
        if let (RunsIn::Workflow { events }, RunsIn::Workflow { events: more }) = (&mut known.runs_in, &command.runs_in)
        {
            events.extend(more.iter().filter(|e| !events.contains(e)).cloned().collect::<Vec<_>>());
        }
        known.gates.retain(|g| command.gates.contains(g));
        values::merge(&mut known.environment, command.environment);
        if known.deploys_to != command.deploys_to {
            known.deploys_to = None;
        }
    }
}

/// What a step takes from its job or workflow.
struct Defaults<'a> {
    dir: Option<Text>,
    shell: Option<Text>,
    /// The directory of the composite action it is in.
    action: Option<String>,
    /// The `env` of its workflow and job.
    scopes: Vec<&'a Node>,
}

impl Defaults<'_> {
    fn directory(&self, written: &str) -> Option<String> {
        let at = |name: &str| {
            let rest = written.trim().strip_prefix("${{")?;
            let (inside, rest) = rest.split_once("}}")?;
            (inside.trim() == name).then(|| rest.trim_start_matches('/'))
        };
        if let (Some(home), Some(rest)) = (&self.action, at("github.action_path")) {
            return paths::join(home, rest);
        }
        paths::join("", at("github.workspace").unwrap_or(written))
    }
}

/// What reads a step, where it is no POSIX shell.
fn interpreter(shell: &str) -> Option<Text> {
    let program = shell.split_whitespace().next()?;
    let name = program.rsplit('/').next().unwrap_or(program);
    (!matches!(name, "bash" | "sh" | "zsh" | "dash")).then(|| name.into())
}

/// The deployment environment that a job names; empty where an expression chooses it.
fn environment_name(job: &Node) -> Option<&str> {
    let node = job.get("environment")?;
    let name = match &node.value {
        Data::Object(_) => node.get("name")?.as_str()?,
        _ => node.as_str()?,
    };
    match name.trim() {
        "" => None,
        name if name.contains("${{") => Some(""),
        name => Some(name),
    }
}

/// What holds up a job: its own environment, and those of the jobs it waits for.
fn gates(jobs: &Node, id: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = vec![id];
    let mut at = 0;
    while let Some(job) = seen.get(at).map(|id| jobs.get(id)) {
        at += 1;
        let Some(job) = job else { continue };
        found.extend(environment_name(job).map(|name| match name {
            "" => "an environment chosen when it runs".to_owned(),
            name => format!("environment `{name}`"),
        }));
        // `always()` and the like start a job although what it needs was refused.
        let condition = job.get("if").and_then(Node::as_str).unwrap_or("");
        if ["always()", "failure()", "cancelled()"].iter().any(|f| condition.contains(f)) {
            continue;
        }
        let needs = job.get("needs");
        for name in needs.into_iter().flat_map(|n| n.items().iter().chain(Some(n))).filter_map(Node::as_str) {
            if !seen.contains(&name) {
                seen.push(name);
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

impl Context {
    /// Leaves the events under which a condition can hold.
    fn narrow(&mut self, condition: Option<&Node>) {
        if let Some(condition) = condition {
            self.events.retain(|event| may_run(condition, event));
        }
    }
}

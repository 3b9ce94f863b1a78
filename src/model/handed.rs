//! What a CI job hands to the agent it starts: secrets in its environment, identities that one of its
//! steps takes on; and who is asked before the job runs.

use crate::agents::Agent;
use crate::ci::Step;
use crate::credentials::{self, Scope};
use crate::finding::Confidence;
use crate::knowledge::Knowledge;
use crate::knowledge::iam::Environment;
use crate::model::credential::{Credential, Handed, is_personal, operations_of};
use crate::model::grant::Grant;
use crate::model::holder::{Holder, HolderKind};
use crate::model::inputs::Inputs;
use crate::source::Span;
use crate::terraform::{Mode, Resource};
use crate::workspace::Tracking;

/// The step that starts an agent; `None` for one that people start.
pub fn step_of<'a>(inputs: &Inputs<'a>, agent: &Agent) -> Option<&'a Step> {
    let started = agent.started?;
    inputs.steps.iter().find(|s| s.span.contains(started))
}

/// Whether an agent stands in a workflow that no event starts there: its job's condition never holds.
pub fn never_runs(inputs: &Inputs<'_>, agent: &Agent) -> bool {
    let Some(file) = agent.started.and_then(|span| inputs.workspace.file(span.source)) else { return false };
    let data = !file.template && !file.source.path.ends_with(".md");
    file.role == "workflow" && data && step_of(inputs, agent).is_none()
}

/// What makes a person agree before an agent runs: environments and approvals of its job. What
/// Terraform declares an environment to be counts before the name alone.
pub fn gates(inputs: &Inputs<'_>, agent: &Agent) -> Vec<Gate> {
    let Some(step) = step_of(inputs, agent) else { return Vec::new() };
    // To be started by hand is to be started: nobody is asked about what comes of it.
    let asked = step.gates.iter().filter(|g| *g != BY_HAND);
    asked.filter_map(|gate| gate_of(inputs, gate)).collect()
}

/// Grants of agents that run, with what holds up the jobs that start them.
pub fn held_up(inputs: &Inputs<'_>, mut grants: Vec<Grant>) -> Vec<Grant> {
    let of = |g: &Grant| inputs.agents.get(g.agent);
    grants.retain(|g| !of(g).is_some_and(|agent| never_runs(inputs, agent)));
    for grant in &mut grants {
        let Some(agent) = inputs.agents.get(grant.agent) else { continue };
        grant.gates = gates(inputs, agent);
        grant.bare = is_bare(inputs, agent);
        let told: Vec<String> = grant
            .gates
            .iter()
            .map(|gate| match gate.known {
                true => format!("its job waits for {}", gate.text),
                false => format!("its job waits for {}; whether that asks anybody is in no file", gate.text),
            })
            .collect();
        if !told.is_empty() {
            let before = grant.condition.take();
            grant.condition = Some(before.into_iter().chain(told).collect::<Vec<_>>().join("; "));
        }
    }
    grants
}

/// Whether an agent runs on a fresh machine where no step before it was given a secret to log in with.
fn is_bare(inputs: &Inputs<'_>, agent: &Agent) -> bool {
    let Some(step) = step_of(inputs, agent) else { return false };
    let of_job = inputs.steps.iter().filter(|s| s.source == step.source && s.job == step.job);
    let mut before = of_job.filter(|s| s.span.start < step.span.start);
    let secret = |s: &Step| s.given.iter().any(|g| g.origin.starts_with("secrets.") && *g.origin != *OWN_TOKEN);
    // What a local action does may be anything; it is followed, and its steps are in a file of their own.
    let local = |s: &Step| s.uses.as_ref().is_some_and(|u| u.starts_with("./"));
    !before.any(|s| secret(s) || local(s))
}

/// The token that every job has: it opens the repository alone.
const OWN_TOKEN: &str = "secrets.GITHUB_TOKEN";

/// What `ci` calls a job that only people start.
const BY_HAND: &str = "started by hand";

/// Something that holds a job up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// In words.
    pub text: String,
    /// Whether a file shows that a person is asked; the settings of a repository are in none.
    pub known: bool,
}

fn gate_of(inputs: &Inputs<'_>, text: &str) -> Option<Gate> {
    let gate = |known| Some(Gate { text: text.to_owned(), known });
    let Some(name) = text.strip_prefix("environment `").and_then(|t| t.strip_suffix('`')) else { return gate(true) };
    let rows: Vec<_> = inputs.knowledge.all_rights().flat_map(|r| &r.environments).collect();
    let resources = inputs.terraform.iter().flat_map(|e| &e.resources).filter(|r| r.mode == Mode::Managed);
    let declared = resources.filter_map(|r| Some((r, *rows.iter().find(|row| row.resource == r.type_.as_str())?)));
    let named = |r: &Resource, row: &Environment| {
        let given = r.block.attributes.get(row.name.as_str()).map(|a| &a.value);
        given.and_then(|v| v.as_str()) == Some(name)
    };
    match declared.into_iter().find(|(r, row)| named(r, row)) {
        None => gate(false),
        Some((r, row)) if r.block.unknown_blocks.contains_key(row.asks.as_str()) => gate(false),
        // Declared here, with nobody to ask: it holds nothing up.
        Some((r, row)) => r.block.blocks_of(&row.asks).next().and_then(|_| gate(true)),
    }
}

/// Every credential that a job hands to an agent.
pub fn credentials(inputs: &Inputs<'_>, holders: &[Holder]) -> Vec<Credential> {
    let mut all = Vec::new();
    for (index, agent) in inputs.agents.iter().enumerate() {
        let Some(step) = step_of(inputs, agent) else { continue };
        all.extend(secrets(inputs, index, step));
        all.extend(identities(inputs, holders, index, step));
    }
    all
}

/// Secrets in its environment, and in what is handed to the action, known by their names.
fn secrets(inputs: &Inputs<'_>, agent: usize, step: &Step) -> Vec<Credential> {
    let secret = step.given.iter().filter(|g| g.origin.starts_with("secrets."));
    let named: Vec<_> = secret.collect();
    let names: Vec<&str> = named.iter().map(|g| g.name.as_str()).collect();
    let kinds = credentials::kinds_named(inputs.knowledge, &names);
    let found = named.iter().zip(kinds).filter_map(|(given, kind)| {
        let (platform, kind) = inputs.knowledge.credential(&kind?)?;
        let scope = kind.scope;
        if scope == Scope::None || platform.provider.is_none() {
            return None;
        }
        let title = format!("{}, the secret `{}`", kind.title, given.origin.trim_start_matches("secrets."));
        Some(Credential {
            kind: kind.id.clone(),
            scope,
            scopable: kind.scopable,
            advice: kind.advice.clone(),
            stores: kind.stores.clone(),
            ..blank(inputs, agent, step, platform.provider.clone(), &title, &given.name, given.span)?
        })
    });
    found.collect()
}

/// Identities that the job takes on before it starts the agent.
fn identities(inputs: &Inputs<'_>, holders: &[Holder], agent: usize, step: &Step) -> Vec<Credential> {
    let mut all = Vec::new();
    let earlier =
        inputs.steps.iter().filter(|s| s.source == step.source && s.job == step.job && s.span.start < step.span.start);
    for login in earlier {
        let Some(uses) = &login.uses else { continue };
        for known in
            inputs.knowledge.all_rights().flat_map(|r| &r.assumes).filter(|a| a.uses.eq_ignore_ascii_case(uses))
        {
            // The first input that names somebody; the others say where to ask.
            let given =
                known.inputs.iter().filter_map(|name| login.inputs.iter().find(|(n, ..)| n.as_str() == name.as_str()));
            let Some((name, value, span)) = given.into_iter().next() else { continue };
            let holder = named(holders, &known.provider, value);
            let title = match holder.and_then(|h| holders.get(h)) {
                Some(holder) => format!("{} `{}`, which the job takes on", holder.title, holder.name),
                None if value.contains("${{") => {
                    format!("identity that the job takes on at {}", title(inputs.knowledge, &known.provider))
                }
                None => format!("identity `{}`, which the job takes on", value.as_str()),
            };
            let provider = Some(known.provider.clone());
            let Some(blank) = blank(inputs, agent, step, provider, &title, name, *span) else { continue };
            all.push(Credential { handed: Some(Handed { agent, holder, identity: true }), ..blank });
        }
    }
    all
}

fn title<'k>(knowledge: &'k Knowledge, provider: &'k str) -> &'k str {
    knowledge.provider(provider).map_or(provider, |p| p.title.as_str())
}

/// The identity declared here that a job names: by its ARN, e-mail address, id or name.
fn named(holders: &[Holder], provider: &str, value: &str) -> Option<usize> {
    let last = value.rsplit(['/', ':']).next().unwrap_or(value);
    let local = last.split('@').next().unwrap_or(last);
    let account = |h: &Holder| match (&h.located.account, value.split(':').nth(4)) {
        (crate::model::located::Account::Named(own), Some(other)) if !other.is_empty() => own == other,
        _ => true,
    };
    let called = |h: &Holder| h.called.iter().any(|n| n == value || n == last || n == local);
    let mut found = holders
        .iter()
        .enumerate()
        .filter(|(_, h)| h.kind == HolderKind::Identity && h.provider == provider && called(h) && account(h));
    let first = found.next()?;
    // Two of one name: which of them can't be told.
    found.next().is_none().then_some(first.0)
}

fn blank(
    inputs: &Inputs<'_>,
    agent: usize,
    step: &Step,
    provider: Option<String>,
    title: &str,
    variable: &str,
    span: Span,
) -> Option<Credential> {
    let file = inputs.workspace.file(span.source)?;
    let platform = provider.as_deref().map_or("", |p| self::title(inputs.knowledge, p)).to_owned();
    Some(Credential {
        address: format!("credential:{}#{}.{variable}", file.source.path, step.job),
        kind: "handed".into(),
        title: title.to_owned(),
        operations: operations_of(inputs.knowledge, provider.as_deref(), Scope::Project),
        provider,
        platform,
        variable: variable.to_owned(),
        span,
        file: span.source,
        scope: Scope::Unknown,
        scopable: true,
        used_for: None,
        advice: "Give the job that starts the agent an identity that may not delete".into(),
        readable_by: vec![agent],
        tracked: matches!(file.tracking, Tracking::Tracked | Tracking::Unknown),
        local: is_personal(file.tracking, &file.source.path),
        undeployed: file.undeployed,
        confidence: Confidence::High,
        stores: Vec::new(),
        loaded: false,
        handed: Some(Handed { agent, holder: None, identity: false }),
    })
}

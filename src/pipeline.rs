//! Calling the stages in order, and nothing else.

mod base;
pub mod chosen;
pub mod failure;
mod handed;
pub mod roots;
mod secrets;
pub mod session;
mod summary;

pub use handed::handed_in;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::agents::{self, Agent};
use crate::ci;
use crate::config::Config;
use crate::credentials::{self, Token};
use crate::finding::{Finding, RuleInfo};
use crate::knowledge::Knowledge;
use crate::manifests;
use crate::model::{Earlier, Fact, Inputs, Model, statements};
use crate::operations::{self, Classified};
use crate::railway;
use crate::report::{Mask, Summary};
use crate::rules::{self, RuleSet};
use crate::source::SourceId;
use crate::suppress::{self, Ignores};
use crate::syntax::Problem;
use crate::syntax::document::{self, Document};
use crate::terraform::{self, Evaluation};
use crate::workspace::{self, LoadError, LoadOptions, Workspace};

/// What the person running it chose.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The project root.
    pub root: PathBuf,
    /// Root-relative files named on the command line.
    pub named: Vec<String>,
    /// Unsaved texts laid over the files, by root-relative path.
    pub overlays: HashMap<String, String>,
    /// Today, as `2026-11-24`.
    pub today: String,
    /// Only this environment.
    pub environment: Option<String>,
    /// What Terraform variables are given, in the order given.
    pub assigned: Vec<terraform::Assigned>,
    /// The environment's `TF_VAR_…`, by the name behind that, where they were asked for.
    pub env: Vec<(String, String)>,
    /// Plans: (root directory, path among `given`).
    pub plans: Vec<(Option<String>, String)>,
    /// Files that were handed in.
    pub given: Vec<workspace::Given>,
    /// What stands before a path in a message about what was handed in.
    pub prefix: String,
    /// A revision (or directory) to compare with.
    pub base: Option<String>,
    /// Do not look at ignore comments and the config's ignores.
    pub no_ignores: bool,
    /// The home directory, where the personal files of agents are asked for.
    pub home: Option<PathBuf>,
}

/// Everything the stages below the rules found in one project.
pub struct Project {
    /// The project as read.
    pub workspace: Workspace,
    /// Its configuration, placed in the project's own files.
    pub config: Config,
    /// Its files, parsed, by source number.
    pub documents: Vec<Document>,
    /// What commands of it can run by name, and read.
    pub scripts: operations::Project,
    /// Terraform roots, one per environment.
    pub terraform: Vec<Evaluation>,
    /// Railway projects, one per environment.
    pub railway: Vec<railway::Project>,
    /// Agents.
    pub agents: Vec<Agent>,
    /// Tokens.
    pub tokens: Vec<(SourceId, Token)>,
    /// What was joined from all that.
    pub model: Model,
    /// The model as rules see it.
    pub facts: Vec<Fact>,
    /// What must not be shown.
    pub mask: Mask,
    /// What was asked for and couldn't be done, with the places: an error of whoever asked.
    pub refused: Vec<String>,
}

/// Everything that came of a run.
pub struct Run {
    /// What was found.
    pub project: Project,
    /// Every finding and undecided outcome, hidden ones marked, in the order they are told.
    pub findings: Vec<Finding>,
    /// The rules that ran.
    pub rules: Vec<RuleInfo>,
    /// What was looked at; what came of it is counted where findings are chosen for showing.
    pub summary: Summary,
}

/// Reads, resolves and joins a project.
///
/// # Errors
/// Where the root can't be read, a glob of the config is broken, or what was handed in can't be used.
pub fn project(request: &Request, config: &Config, knowledge: &Knowledge) -> Result<Project, LoadError> {
    let options = LoadOptions {
        named: request.named.clone(),
        exclude: config.exclude.clone(),
        include: config.include.clone(),
        overlays: request.overlays.clone(),
        given: request.given.clone(),
        home: request.home.clone(),
    };
    let workspace = workspace::load(&request.root, &options)?;
    let base =
        request.base.as_deref().map(|revision| workspace::load_at(&workspace, revision, &options)).transpose()?;
    let project = join_with(workspace, base, request, config, knowledge);
    match project.refused.is_empty() {
        true => Ok(project),
        false => Err(LoadError::Given(project.refused)),
    }
}

/// The stages behind reading: the same for a project on disk and one in memory.
pub fn join(workspace: Workspace, request: &Request, config: &Config, knowledge: &Knowledge) -> Project {
    join_with(workspace, None, request, config, knowledge)
}

/// The same, compared with the project as it was.
pub fn join_with(
    workspace: Workspace,
    base: Option<Workspace>,
    request: &Request,
    config: &Config,
    knowledge: &Knowledge,
) -> Project {
    let base = base.map(|workspace| (base::declared(&workspace, request, config, knowledge), workspace));
    let config = config.placed(&workspace);
    let documents: Vec<Document> = workspace.files.par_iter().map(document::parse).collect();
    let ((evaluated, railway), (agents, tokens)) = rayon::join(
        || {
            rayon::join(
                || evaluate(&workspace, &documents, request, knowledge),
                || deployed(&workspace, &documents, request),
            )
        },
        || rayon::join(|| configured(&workspace, &documents), || credentials::find(&workspace, knowledge)),
    );
    let Evaluated { terraform, refused } = evaluated;
    // A file that was handed in from elsewhere is in nobody's reach here; what stands in it isn't shown all the same.
    let here = |id: &SourceId| workspace.file(*id).is_none_or(|f| !f.source.path.starts_with("../"));
    let (tokens, elsewhere): (Vec<_>, Vec<_>) = tokens.into_iter().partition(|(id, _)| here(id));
    let commands = ci::read(&workspace, &|id| of(&documents, id));
    let steps = ci::steps(&workspace, &|id| of(&documents, id));
    let problems = problems(&workspace, &documents, &agents);
    let scripts = scripts(&workspace, &documents, &commands);
    let classify = |dir: Option<&str>, text: &str| -> Classified {
        match dir {
            Some(dir) => operations::classify(text, &operations::Context::within(knowledge, &scripts, dir)),
            // Scripts of a directory that isn't known can't be followed.
            None => operations::classify(text, &operations::Context::new(knowledge)),
        }
    };
    let manifests = manifests::read(&workspace, &|id| of(&documents, id).and_then(Document::tree));
    let inputs = Inputs {
        workspace: &workspace,
        problems: &problems,
        terraform: &terraform,
        manifests: &manifests,
        railway: &railway,
        agents: &agents,
        tokens: &tokens,
        commands: &commands,
        steps: &steps,
        classify: &classify,
        today: &request.today,
        earlier: base.as_ref().zip(request.base.as_deref()).map(|((model, workspace), revision)| Earlier {
            model,
            workspace,
            revision,
        }),
        config: &config,
        knowledge,
    };
    let model = crate::model::build(&inputs);
    let facts = model.facts(&inputs);
    let mask = secrets::mask(&inputs, &documents, request, &elsewhere);
    Project { workspace, config, documents, scripts, terraform, railway, agents, tokens, model, facts, mask, refused }
}

/// Judges a project by rules, then by what its authors wrote about them.
pub fn judge(project: Project, rules: &RuleSet, request: &Request, knowledge: &Knowledge) -> Run {
    let known = rules.known();
    let ignores = Ignores::of(&suppress::Options {
        workspace: &project.workspace,
        documents: &project.documents,
        config: &project.config,
        known: &known,
        today: &request.today,
        no_ignores: request.no_ignores,
        partial: request.environment.is_some(),
    });
    let hide = |finding: &Finding| ignores.hides(finding);
    let sources = &project.workspace.sources;
    let options = rules::Options { hide: Some(&hide), ..rules::Options::new(sources) };
    let mut findings = rules::evaluate(rules, &project.facts, &options);
    // What became of ignores is known only now.
    let ran: Vec<&str> = rules.iter().map(|r| r.head.id.as_str()).collect();
    let statements = statements::facts(&ignores.statements(&ran), &project.workspace);
    findings.extend(rules::evaluate(rules, &statements, &options));
    rules::in_order(&mut findings, sources);
    let summary = summary::of(&project, knowledge);
    Run { project, findings, rules: rules.infos(), summary }
}

/// What commands of a project can run by name, and read.
pub fn scripts(workspace: &Workspace, documents: &[Document], commands: &[ci::Command]) -> operations::Project {
    let tree = |id| of(documents, id).and_then(Document::tree);
    operations::Project::read(workspace, &tree, ci::scripts(workspace, commands))
}

fn of(documents: &[Document], id: SourceId) -> Option<&Document> {
    documents.get(id.0 as usize)
}

/// Terraform roots, and what can't be used of what was handed in for them.
struct Evaluated {
    terraform: Vec<Evaluation>,
    refused: Vec<String>,
}

fn evaluate(workspace: &Workspace, documents: &[Document], request: &Request, knowledge: &Knowledge) -> Evaluated {
    let parsed = workspace.files.iter().filter_map(|f| match of(documents, f.source.id) {
        Some(Document::Hcl(file)) => Some((f.source.id, Arc::clone(file))),
        _ => None,
    });
    let (plans, mut refused) = handed::plans(workspace, documents, request);
    refused.extend(handed::broken(workspace, documents, request));
    let options = terraform::Options {
        environment: request.environment.clone(),
        assigned: request.assigned.clone(),
        env: request.env.clone(),
        plans,
        ..terraform::Options::default()
    };
    let evaluated = terraform::evaluate_all(workspace, &parsed.collect(), &options, knowledge);
    refused.extend(evaluated.refused.iter().map(|r| handed::told(workspace, &request.prefix, r.span, &r.message)));
    Evaluated { terraform: evaluated.evaluations, refused }
}

fn deployed(workspace: &Workspace, documents: &[Document], request: &Request) -> Vec<railway::Project> {
    let typescript = |id| match of(documents, id) {
        Some(Document::TypeScript(file)) => Some(file),
        _ => None,
    };
    let tree = |id| of(documents, id).and_then(Document::tree);
    let options = railway::Options { environments: request.environment.iter().map(|e| e.as_str().into()).collect() };
    let mut projects = railway::read(workspace, &typescript, &tree, &options);
    if let Some(only) = &request.environment {
        projects.retain(|p| p.environment.as_str() == only);
    }
    projects
}

fn configured(workspace: &Workspace, documents: &[Document]) -> Vec<Agent> {
    let tree = |id| of(documents, id).and_then(Document::tree);
    agents::read(
        workspace,
        &tree,
        &agents::Options { home: agents::Home::of(workspace, &tree), ..agents::Options::default() },
    )
}

/// Everything that couldn't be read, by file: what its parser met, and what its product would refuse.
fn problems(workspace: &Workspace, documents: &[Document], agents: &[Agent]) -> HashMap<SourceId, Vec<Problem>> {
    let mut all: HashMap<SourceId, Vec<Problem>> = HashMap::new();
    for file in &workspace.files {
        if let Some(found) = of(documents, file.source.id).map(Document::problems).filter(|p| !p.is_empty()) {
            all.entry(file.source.id).or_default().extend_from_slice(found);
        }
    }
    for problem in agents.iter().flat_map(|a| &a.problems) {
        let known = all.entry(problem.span.source).or_default();
        if !known.contains(problem) {
            known.push(problem.clone());
        }
    }
    all
}

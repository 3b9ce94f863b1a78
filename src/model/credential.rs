//! Tokens found in files → what each may destroy here, and which agents can read it.

use globset::GlobBuilder;

use crate::agents::Agent;
use crate::credentials::{Scope, Token};
use crate::finding::Confidence;
use crate::knowledge::Knowledge;
use crate::model::inputs::Inputs;
use crate::model::located::Blast;
use crate::model::store::Store;
use crate::source::{SourceId, Span};
use crate::workspace::Tracking;

/// A credential in one file.
#[derive(Clone, Debug)]
pub struct Credential {
    /// `credential:FILE#VARIABLE`.
    pub address: String,
    /// Id of its kind.
    pub kind: String,
    /// Its kind in words.
    pub title: String,
    /// Its platform.
    pub provider: Option<String>,
    /// Its platform in words.
    pub platform: String,
    /// What holds it.
    pub variable: String,
    /// The assignment.
    pub span: Span,
    /// The file.
    pub file: SourceId,
    /// How far it reaches.
    pub scope: Scope,
    /// Whether a narrower one exists for it.
    pub scopable: bool,
    /// What it is used for in its file.
    pub used_for: Option<String>,
    /// What to use instead.
    pub advice: String,
    /// Destructive operations it allows, by id.
    pub operations: Vec<String>,
    /// Indices of the agents that can read it.
    pub readable_by: Vec<usize>,
    /// Whether git carries the file to others.
    pub tracked: bool,
    /// Whether the file is personal.
    pub local: bool,
    /// Whether its file isn't deployed.
    pub undeployed: bool,
    /// How sure.
    pub confidence: Confidence,
    /// Kinds of store it can take; empty: any of its platform.
    pub stores: Vec<String>,
    /// Whether it stands in a file that shells and programs load their environment from, or that the
    /// platform's program can be told to use.
    pub loaded: bool,
    /// For one that a CI job hands to the agent it starts: whom, and as whom.
    pub handed: Option<Handed>,
}

/// A credential that stands in no file, but is handed to an agent by the job that starts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handed {
    /// Index of the agent.
    pub agent: usize,
    /// Index of the holder of rights that the job takes on, where it is declared here.
    pub holder: Option<usize>,
    /// Whether it is an identity that is taken on, rather than a secret.
    pub identity: bool,
}

/// Every credential of a project.
pub fn credentials(inputs: &Inputs<'_>) -> Vec<Credential> {
    // What opens nothing is known so that it is masked, and for nothing else.
    let opens = inputs.tokens.iter().filter(|(_, token)| token.scope != Scope::None);
    opens.filter_map(|(file, token)| credential(inputs, *file, token)).collect()
}

fn credential(inputs: &Inputs<'_>, id: SourceId, token: &Token) -> Option<Credential> {
    let (platform, kind) = inputs.knowledge.credential(&token.kind)?;
    let file = inputs.workspace.file(id)?;
    let path = &file.source.path;
    let readable_by = inputs.agents.iter().enumerate().filter(|(_, a)| can_read(a, path)).map(|(i, _)| i);
    Some(Credential {
        address: format!("credential:{path}#{}", token.variable),
        kind: token.kind.clone(),
        title: kind.title.clone(),
        provider: token.provider.clone(),
        platform: platform.title.clone(),
        variable: token.variable.clone(),
        span: token.span,
        file: id,
        scope: token.scope,
        scopable: token.scopable,
        used_for: token.used_for.clone(),
        advice: kind.advice.clone(),
        operations: operations_of(inputs.knowledge, platform.provider.as_deref(), token.scope),
        readable_by: readable_by.collect(),
        tracked: matches!(file.tracking, Tracking::Tracked | Tracking::Unknown),
        local: is_personal(file.tracking, path),
        undeployed: file.undeployed,
        confidence: token.confidence,
        stores: kind.stores.clone(),
        loaded: kind.by_file || file.role == "env",
        handed: None,
    })
}

/// The ids of a platform's operations that a credential of this scope allows.
pub(super) fn operations_of(knowledge: &Knowledge, provider: Option<&str>, scope: Scope) -> Vec<String> {
    let all = knowledge.tools().flat_map(|tool| tool.operations.iter().map(move |o| (tool, o)));
    let allowed = all.filter(|(tool, o)| {
        let of = o.provider.as_deref().or(tool.provider.as_deref());
        of.is_some() && of == provider && covers(scope, Blast::parse(&o.blast).unwrap_or(Blast::Store))
    });
    allowed.map(|(_, o)| o.id.clone()).collect()
}

/// A file that is one person's own: ignored, or not tracked though its product calls it personal.
pub fn is_personal(tracking: Tracking, path: &str) -> bool {
    match tracking {
        Tracking::Ignored | Tracking::Home => true,
        Tracking::Untracked => {
            let name = path.rsplit('/').next().unwrap_or(path);
            name.contains(".local.") || name.ends_with(".local")
        }
        Tracking::Tracked | Tracking::Unknown => false,
    }
}

/// Whether an agent of a directory can read a file: all of the project, but what a deny entry keeps
/// from it.
fn can_read(agent: &Agent, path: &str) -> bool {
    let denied = agent.entries.iter().filter(|e| e.effect == "deny" && e.inert.is_none()).any(|entry| {
        let Some(pattern) = entry.text.strip_prefix("Read(").and_then(|t| t.strip_suffix(')')) else { return false };
        let pattern = pattern.trim_start_matches("./").trim_start_matches('/');
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        let anywhere = !pattern.contains('/') && path.rsplit('/').next() == Some(pattern);
        anywhere || glob.is_ok_and(|g| g.compile_matcher().is_match(path))
    });
    agent.procedure.is_some() && !denied
}

/// Whether a credential of this scope can cause a blast.
pub fn covers(scope: Scope, blast: Blast) -> bool {
    let reach = match scope {
        Scope::Account => Blast::Account,
        Scope::Project => Blast::Project,
        Scope::Environment => Blast::Environment,
        Scope::Store => Blast::Store,
        Scope::None | Scope::Unknown => return false,
    };
    blast <= reach
}

impl Credential {
    /// The largest blasts it can cause, smallest first.
    pub fn blasts(&self) -> Vec<&'static str> {
        [Blast::Store, Blast::Environment, Blast::Project, Blast::Account]
            .into_iter()
            .filter(|b| covers(self.scope, *b))
            .map(Blast::word)
            .collect()
    }

    /// Whether it opens the platform of a store far enough to cause a blast there, and how sure that is.
    /// What a key may do that is given its rights elsewhere is at most likely; one that is used for
    /// something else, or handed on by a job as an identity, may well be limited to that.
    pub fn opens(&self, store: &Store, blast: Blast) -> Option<Confidence> {
        let kind = self.stores.is_empty() || self.stores.contains(&store.kind);
        if self.provider.as_deref() != Some(store.provider.as_str()) || !kind {
            return None;
        }
        if covers(self.scope, blast) {
            return Some(self.confidence);
        }
        let limited = self.used_for.is_some() || self.handed.is_some_and(|h| h.identity);
        let sure = if limited { Confidence::Low } else { Confidence::Medium };
        (self.scope == Scope::Unknown && blast <= Blast::Project).then(|| sure.min(self.confidence))
    }

    /// Limited to one environment of one project, or less.
    pub fn scoped(&self) -> bool {
        matches!(self.scope, Scope::Environment | Scope::Store)
    }
}

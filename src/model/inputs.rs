//! Everything the model is joined from.

use std::collections::HashMap;

use crate::agents::Agent;
use crate::ci;
use crate::config::Config;
use crate::credentials::Token;
use crate::knowledge::Knowledge;
use crate::manifests::Manifests;
use crate::model::Model;
use crate::operations::Classified;
use crate::railway;
use crate::source::SourceId;
use crate::syntax::Problem;
use crate::terraform::Evaluation;
use crate::workspace::{Table, Workspace};

/// The results of every stage below, immutable.
pub struct Inputs<'a> {
    /// The project as read.
    pub workspace: &'a Workspace,
    /// Problems met while parsing, by file.
    pub problems: &'a HashMap<SourceId, Vec<Problem>>,
    /// Terraform roots, one per environment.
    pub terraform: &'a [Evaluation],
    /// Compose files and Kubernetes manifests.
    pub manifests: &'a Manifests,
    /// Railway projects, one per environment.
    pub railway: &'a [railway::Project],
    /// Agents.
    pub agents: &'a [Agent],
    /// Tokens, with the file each stands in.
    pub tokens: &'a [(SourceId, Token)],
    /// Commands of workflows and scripts.
    pub commands: &'a [ci::Command],
    /// Steps of CI jobs, whatever they run.
    pub steps: &'a [ci::Step],
    /// What a command would do, run in a directory of the project (`None`: not known which).
    pub classify: &'a (dyn Fn(Option<&str>, &str) -> Classified + Sync),
    /// The project as an earlier revision declares it, where that was asked for.
    pub earlier: Option<Earlier<'a>>,
    /// Today, as `2026-11-24`.
    pub today: &'a str,
    /// The project's configuration.
    pub config: &'a Config,
    /// What is known of the world.
    pub knowledge: &'a Knowledge,
}

/// The project as an earlier revision declares it.
#[derive(Clone, Copy)]
pub struct Earlier<'a> {
    /// What was joined from it.
    pub model: &'a Model,
    /// Its files.
    pub workspace: &'a Workspace,
    /// The revision as it was asked for.
    pub revision: &'a str,
}

impl Inputs<'_> {
    /// Whether what a command runs through is a script of the project (`npm run db:reset`), rather than
    /// a program that runs others (`npx`, `sudo`).
    pub fn is_script_call(&self, through: &str) -> bool {
        Table::get().is_invocation(through)
    }
}

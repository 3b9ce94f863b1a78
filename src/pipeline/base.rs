//! The project as an earlier revision declares it: its stores and their copies, nothing else.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::config::Config;
use crate::knowledge::Knowledge;
use crate::manifests;
use crate::model::{Inputs, Model};
use crate::operations;
use crate::pipeline::{Request, deployed, evaluate};
use crate::source::SourceId;
use crate::syntax::document::{self, Document};
use crate::workspace::Workspace;

/// What a workspace declares.
pub fn declared(workspace: &Workspace, request: &Request, config: &Config, knowledge: &Knowledge) -> Model {
    let config = &config.placed(workspace);
    let documents: Vec<Document> = workspace.files.par_iter().map(document::parse).collect();
    // Plans are of today.
    let request = &Request { plans: Vec::new(), base: None, ..request.clone() };
    let terraform = evaluate(workspace, &documents, request, knowledge).terraform;
    let railway = deployed(workspace, &documents, request);
    let tree = |id: SourceId| documents.get(id.0 as usize).and_then(Document::tree);
    let manifests = manifests::read(workspace, &tree);
    let classify = |_: Option<&str>, text: &str| operations::classify(text, &operations::Context::new(knowledge));
    let inputs = Inputs {
        workspace,
        problems: &HashMap::new(),
        terraform: &terraform,
        railway: &railway,
        manifests: &manifests,
        agents: &[],
        tokens: &[],
        commands: &[],
        steps: &[],
        classify: &classify,
        today: &request.today,
        earlier: None,
        config,
        knowledge,
    };
    crate::model::declared(&inputs)
}

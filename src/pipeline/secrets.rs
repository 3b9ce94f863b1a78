//! What must not be shown: tokens wherever they occur, and in their own places every value of
//! `.env` files, of the environment of agents and MCP servers, and of sensitive variables.

use crate::model::Inputs;
use crate::report::Mask;
use crate::source::Span;
use crate::syntax::document::Document;
use crate::syntax::tree::{Data, Node};

/// The mask of a project.
pub fn mask(inputs: &Inputs<'_>, documents: &[Document]) -> Mask {
    let mut secrets: Vec<Span> = inputs.tokens.iter().map(|(_, token)| token.value).collect();
    let mut values: Vec<Span> = Vec::new();
    for file in inputs.workspace.of_role("env") {
        if let Some(tree) = documents.get(file.source.id.0 as usize).and_then(Document::tree) {
            tree.roots.iter().for_each(|root| leaves(root, &mut values));
        }
    }
    for agent in inputs.agents {
        let own = agent.environment.iter().map(|(_, _, span)| *span);
        let servers = agent.servers.iter().flat_map(|s| s.environment.iter().map(|(_, _, span)| *span));
        values.extend(own.chain(servers));
    }
    for evaluation in inputs.terraform {
        for variable in evaluation.modules.iter().flat_map(|m| m.variables.values()).filter(|v| v.sensitive) {
            let mut hop = variable.origin.as_deref();
            while let Some(origin) = hop {
                if origin.from.is_none() {
                    values.push(origin.span);
                }
                hop = origin.from.as_deref();
            }
        }
    }
    let plans = || inputs.terraform.iter().filter_map(|e| e.planned.as_ref()).map(|p| &p.plan);
    secrets.extend(plans().flat_map(|p| &p.secrets));
    values.extend(plans().flat_map(|p| &p.guarded));
    let private: Vec<Span> = plans().flat_map(|p| &p.private).copied().collect();
    Mask::with_values(secrets, values).and_places(&private)
}

/// The places of every plain value below a node. (Parsers cap nesting.)
fn leaves(node: &Node, found: &mut Vec<Span>) {
    match &node.value {
        Data::Object(members) => members.iter().for_each(|m| leaves(&m.value, found)),
        Data::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        _ => found.push(node.span),
    }
}

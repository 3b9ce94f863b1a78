//! What must not be shown: tokens wherever they occur, and in their own places every value of
//! `.env` files, of the environment of agents and MCP servers, and of sensitive variables.

use crate::credentials::Token;
use crate::model::Inputs;
use crate::pipeline::Request;
use crate::report::Mask;
use crate::source::{SourceId, Span, Text};
use crate::syntax::document::Document;
use crate::syntax::tree::{Data, Node};
use crate::terraform::Assignment;

/// The mask of a project. `elsewhere`: tokens in files that lie outside of it.
pub fn mask(inputs: &Inputs<'_>, documents: &[Document], request: &Request, elsewhere: &[(SourceId, Token)]) -> Mask {
    let mut secrets: Vec<Span> = inputs.tokens.iter().chain(elsewhere).map(|(_, token)| token.value).collect();
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
    Mask::with_values(secrets, values).and_places(&private).and_texts(handed_in(inputs, request))
}

/// Values that the command line and the environment give to variables. Those of sensitive ones are secrets, the others
/// may be.
fn handed_in(inputs: &Inputs<'_>, request: &Request) -> Vec<(Text, bool)> {
    let roots = || inputs.terraform.iter().flat_map(|e| e.modules.iter().filter(|m| m.address.is_empty()));
    let sensitive = |name: &str| roots().any(|m| m.variables.get(name).is_some_and(|v| v.sensitive));
    let env = request.env.iter().map(|(name, value)| (Text::from(value.as_str()), sensitive(name)));
    let assigned = request.assigned.iter().filter_map(|a| match &a.what {
        Assignment::Value(name, value) => Some((value.clone(), sensitive(name))),
        Assignment::File(_) => None,
    });
    env.chain(assigned).collect()
}

/// The places of every plain value below a node. (Parsers cap nesting.)
fn leaves(node: &Node, found: &mut Vec<Span>) {
    match &node.value {
        Data::Object(members) => members.iter().for_each(|m| leaves(&m.value, found)),
        Data::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        _ => found.push(node.span),
    }
}

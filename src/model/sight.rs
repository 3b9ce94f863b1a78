//! What a project has something of: the platforms and tools whose operations are worth telling by
//! name.

use std::collections::BTreeSet;

use globset::Glob;

use crate::knowledge::operations::{Operation, Runs, Tool};
use crate::model::inputs::Inputs;
use crate::model::opened::Opened;
use crate::model::store::Store;
use crate::railway;

/// The platforms and tools in sight.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    words: BTreeSet<String>,
    /// A Terraform root with something that holds data.
    terraform: bool,
    /// Tools that act on files of a kind that the project doesn't have.
    idle: BTreeSet<String>,
    /// A database that a credential here opens.
    opened: bool,
}

impl Sight {
    /// Of a project: a store, a credential, a provider block or an MCP server of a platform; a
    /// Terraform root with something in it.
    pub fn of(inputs: &Inputs<'_>, stores: &[Store], opened: &[Opened]) -> Sight {
        let mut words: BTreeSet<String> =
            stores.iter().filter(|s| !s.undeployed && s.holds != "transient").map(|s| s.provider.clone()).collect();
        words.extend(inputs.tokens.iter().filter_map(|(_, token)| token.provider.clone()));
        for evaluation in inputs.terraform.iter().filter(|e| !e.library) {
            let providers = evaluation.providers.iter().filter(|p| p.block.is_some());
            words.extend(providers.filter_map(|p| Some(inputs.knowledge.platform_of(&p.name)?.provider.clone())));
        }
        // What Terraform tracks is what a run of it can destroy.
        let terraform = stores.iter().any(|s| s.terraform && !s.library && !s.undeployed);
        words.extend(inputs.railway.iter().filter(|p| !p.services.is_empty()).map(|_| railway::PROVIDER.to_owned()));
        for server in inputs.agents.iter().flat_map(|a| &a.servers) {
            let command: Vec<&str> = server.command.iter().map(|w| w.as_str()).collect();
            let known = inputs.knowledge.mcp_server(&command, server.url.as_ref().map(|u| u.as_str()));
            words.extend(known.and_then(|k| k.provider.clone()));
        }
        // Every tool is decoded here: only where something opens a database, or an agent may call one.
        if !opened.is_empty() {
            let opens = |t: &&Tool| t.opens.iter().any(|e| opened.iter().any(|o| o.engine == *e));
            words.extend(opened.iter().map(|o| o.engine.clone()));
            words.extend(inputs.knowledge.tools().filter(opens).map(|t| t.tool.clone()));
        }
        let mut idle = BTreeSet::new();
        if !inputs.agents.is_empty() {
            let acting = inputs.knowledge.tools().filter(|t| !t.works_on.is_empty());
            idle.extend(acting.filter(|t| !has_file(inputs, &t.works_on)).map(|t| t.tool.clone()));
        }
        Sight { words, terraform, idle, opened: !opened.is_empty() }
    }

    /// The same of what an agent may come to call: a tool that would find nothing here to act on isn't seen.
    pub fn offers(&self, tool: &Tool, operation: &Operation) -> bool {
        self.sees(tool, operation) && !self.idle.contains(&tool.tool)
    }

    /// Whether the project has something of an operation's platform, or uses its tool.
    pub fn sees(&self, tool: &Tool, operation: &Operation) -> bool {
        match operation.provider.as_ref().or(tool.provider.as_ref()) {
            Some(provider) => self.words.contains(provider),
            None => tool.runs == Some(Runs::Terraform) && self.terraform || self.words.contains(&tool.tool),
        }
    }

    /// Whether a credential here opens a database somewhere.
    pub fn opens_databases(&self) -> bool {
        self.opened
    }

    /// Whether the project has nothing of any platform.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether the project has something of a platform.
    pub fn has(&self, platform: &str) -> bool {
        self.words.contains(platform)
    }
}

/// Whether a file of the project, in whatever directory, is one of some globs; one that can't be read is
/// taken to be there.
fn has_file(inputs: &Inputs<'_>, globs: &[String]) -> bool {
    globs.iter().any(|glob| match Glob::new(&format!("**/{glob}")) {
        Ok(glob) => {
            let matcher = glob.compile_matcher();
            inputs.workspace.files.iter().any(|f| matcher.is_match(&f.source.path))
        }
        Err(_) => true,
    })
}

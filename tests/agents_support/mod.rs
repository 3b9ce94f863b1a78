//! A project in a temporary directory, read by the real stages.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::collections::BTreeMap;

use lastcopy::agents::{Agent, Call, Decision, Options, Surface, Verdict};
use lastcopy::source::SourceId;
use lastcopy::syntax::tree::Tree;
use lastcopy::syntax::{front_matter, json, toml, yaml};
use lastcopy::workspace::{Format, Workspace};

pub struct Project {
    pub workspace: Workspace,
    pub trees: BTreeMap<SourceId, Tree>,
}

pub fn project(files: &[(&str, &str)]) -> Project {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    load(dir.path())
}

/// A directory as a project.
pub fn load(root: &std::path::Path) -> Project {
    let workspace = lastcopy::workspace::load(root, &Default::default()).unwrap();
    let trees = workspace
        .files
        .iter()
        .filter_map(|file| {
            let source = &*file.source;
            let tree = match file.format {
                Format::Json => json::parse(source),
                Format::Jsonc => json::parse_jsonc(source),
                Format::Toml => toml::parse(source),
                Format::Yaml => yaml::parse(source),
                Format::FrontMatter => front_matter::parse(source).tree,
                _ => return None,
            };
            Some((source.id, tree))
        })
        .collect();
    Project { workspace, trees }
}

impl Project {
    pub fn agents(&self) -> Vec<Agent> {
        self.agents_with(&Options::default())
    }
    pub fn agents_with(&self, options: &Options) -> Vec<Agent> {
        lastcopy::agents::read(&self.workspace, &|id| self.trees.get(&id), options)
    }
    pub fn agent(&self, id: &str) -> Agent {
        self.agent_with(id, &Options::default())
    }
    pub fn agent_with(&self, id: &str, options: &Options) -> Agent {
        self.agents_with(options).into_iter().find(|a| a.id == id).expect("the agent is configured")
    }
}

pub fn agent(files: &[(&str, &str)], id: &str) -> Agent {
    project(files).agent(id)
}

pub fn letter(verdict: &Verdict) -> char {
    match verdict.decision {
        Ok(Decision::Deny) => 'D',
        Ok(Decision::Ask) => '?',
        Ok(Decision::Gated) => 'G',
        Ok(Decision::Sandboxed { network: false }) => 'S',
        Ok(Decision::Sandboxed { network: true }) => 'N',
        Ok(Decision::Run) => 'R',
        Err(_) => 'u',
    }
}

pub fn decide(agent: &Agent, command: &str, surface: Surface) -> char {
    letter(&agent.procedure.as_ref().unwrap().decide(&Call::Shell(command), surface))
}

pub fn mcp(agent: &Agent, server: &str, tool: &str, surface: Surface) -> char {
    letter(&agent.procedure.as_ref().unwrap().decide(&Call::Mcp { server, tool }, surface))
}

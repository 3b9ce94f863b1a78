//! Knowledge of a user's own, `knowledge/<folder>/<name>.yaml` beside the rules of `--rules DIR`: the
//! format of the built-in files. What both know, the user knows better.

use std::sync::OnceLock;

use serde::de::DeserializeOwned;

use super::credentials::Platform;
use super::iam::Rights;
use super::modules::{self, Modules};
use super::operations::{McpServers, Tool};
use super::stores::Provider;
use super::{Knowledge, Part};

/// Something wrong in a knowledge file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct KnowledgeError {
    /// The file, as given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl Knowledge {
    /// Adds what a directory's `knowledge/` holds; `files` are paths relative to it, and texts.
    ///
    /// # Errors
    /// Everything that is wrong in these files.
    pub fn add_dir(&mut self, dir: &str, files: &[(String, String)]) -> Result<(), Vec<KnowledgeError>> {
        let mut errors = Vec::new();
        for (path, text) in files {
            let Some(below) = path.strip_prefix("knowledge/") else { continue };
            let folder = below.split_once('/').map_or("", |(folder, _)| folder);
            errors.extend(self.add(folder, text).err().map(|(line, column, message)| KnowledgeError {
                file: format!("{}/{path}", dir.trim_end_matches('/')),
                line,
                column,
                message,
            }));
        }
        errors.sort();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn add(&mut self, folder: &str, text: &str) -> Result<(), (usize, usize, String)> {
        match folder {
            "stores" => {
                let added: Provider = read(text)?;
                let names = (added.provider.clone(), added.terraform.clone());
                extend(&mut self.stores, names, added, Provider::merge);
            }
            "iam" => {
                let added: Rights = read(text)?;
                let names = (added.provider.clone(), added.terraform.clone());
                extend(&mut self.rights, names, added, Rights::merge);
            }
            "modules" => self.add_modules(read(text)?),
            "credentials" => self.add_credentials(read(text)?),
            "operations" => {
                self.add_tool(read(text)?).map_err(|id| (1, 1, format!("the operation `{id}` is built in")))?
            }
            "mcp" => self.add_servers(read(text)?),
            _ => {
                let folders = "`stores`, `operations`, `mcp`, `credentials`, `iam` or `modules`";
                return Err((1, 1, format!("knowledge is in one of the folders {folders}")));
            }
        }
        Ok(())
    }

    fn add_modules(&mut self, added: Modules) {
        for module in added.modules {
            let keys = module.keys();
            self.modules.insert(0, Part::added(module.source.clone(), keys, module));
        }
        self.without_stores.extend(added.without_stores.iter().flat_map(|s| modules::keys(s)));
    }

    fn add_credentials(&mut self, platform: Platform) {
        let mut all = self.credentials().clone();
        let known = |id: &str| platform.kinds.iter().any(|k| k.id == id);
        all.platforms.iter_mut().for_each(|p| p.kinds.retain(|k| !known(&k.id)));
        all.platforms.insert(0, platform);
        self.credentials = OnceLock::from(all);
    }

    /// Adds a tool's operations.
    ///
    /// # Errors
    /// The operation that is known already.
    pub fn add_tool(&mut self, mut tool: Tool) -> Result<(), String> {
        if let Some(twice) = tool.operations.iter().find(|o| self.operation(&o.id).is_some()) {
            return Err(twice.id.clone());
        }
        for operation in &mut tool.operations {
            operation.provider = operation.provider.take().or_else(|| tool.provider.clone());
        }
        self.calls.added.push(tool);
        Ok(())
    }

    fn add_servers(&mut self, added: McpServers) {
        let mut all = added.servers;
        all.extend_from_slice(self.mcp_servers());
        self.calls.mcp = OnceLock::from(all);
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, (usize, usize, String)> {
    serde_yaml::from_str(text).map_err(|e| {
        let (line, column) = e.location().map_or((1, 1), |at| (at.line(), at.column()));
        let whole = e.to_string();
        // The place is told in front.
        let message = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(message, _)| message);
        (line, column, message.to_owned())
    })
}

/// Adds to what is known under a name, or a new part.
fn extend<T: Clone + DeserializeOwned>(
    parts: &mut Vec<Part<T>>,
    (name, keys): (String, Vec<String>),
    added: T,
    merge: impl Fn(&mut T, T),
) {
    match parts.iter_mut().find(|p| p.name == name) {
        Some(part) => {
            let whole = match part.get().cloned() {
                Some(mut whole) => {
                    merge(&mut whole, added);
                    whole
                }
                None => added,
            };
            part.more.extend(keys);
            part.value = OnceLock::from(Some(whole));
        }
        None => parts.push(Part::added(name, keys, added)),
    }
}

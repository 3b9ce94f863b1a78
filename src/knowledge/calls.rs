//! Look-ups of operations, wrappers and MCP servers. Which tool a program or host belongs to is an
//! index in the binary; a tool is decoded when something first asks for it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, RwLock};

use regex::Regex;

use super::operations::{Form, McpServer, Operation, Tool};
use super::wrappers::{Exec, Runs, Wrappers};
use super::{EXEC, Knowledge, MCP, TOOL_HOSTS, TOOL_IDS, TOOL_PROGRAMS, TOOLS, WRAPPERS};

/// An index: key, numbers of the tools it leads to; sorted by key.
pub(super) type Index = &'static [(&'static str, &'static [usize])];

/// Everything about operations that is decoded on demand.
#[derive(Default)]
pub(super) struct Calls {
    tools: OnceLock<Vec<OnceLock<Option<Tool>>>>,
    pub(super) added: Vec<Tool>,
    wrappers: OnceLock<Wrappers>,
    exec: OnceLock<Exec>,
    pub(super) mcp: OnceLock<Vec<McpServer>>,
    patterns: RwLock<HashMap<String, Option<Arc<Regex>>>>,
}

fn find(index: Index, key: &str) -> &'static [usize] {
    index.binary_search_by(|(k, _)| (*k).cmp(key)).ok().and_then(|at| index.get(at)).map_or(&[], |(_, tools)| tools)
}

impl Knowledge {
    fn tool(&self, number: usize) -> Option<&Tool> {
        let cells = self.calls.tools.get_or_init(|| TOOLS.iter().map(|_| OnceLock::new()).collect());
        let bytes = TOOLS.get(number)?;
        cells.get(number)?.get_or_init(|| postcard::from_bytes(bytes).ok()).as_ref()
    }

    /// Every tool.
    pub fn tools(&self) -> impl Iterator<Item = &Tool> {
        (0..TOOLS.len()).filter_map(|n| self.tool(n)).chain(&self.calls.added)
    }

    /// Every known operation.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.tools().flat_map(|t| &t.operations)
    }

    /// The operation of an id.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operation_of(id).map(|(_, operation)| operation)
    }

    /// The operation of an id, and the tool it is of.
    pub fn operation_of(&self, id: &str) -> Option<(&Tool, &Operation)> {
        let built_in = find(TOOL_IDS, id).iter().filter_map(|&n| self.tool(n));
        let all = built_in.chain(&self.calls.added).flat_map(|t| t.operations.iter().map(move |o| (t, o)));
        all.into_iter().find(|(_, o)| o.id == id)
    }

    /// The platform whose stores an operation takes: its own, or its tool's.
    pub fn operation_provider<'a>(&self, operation: &'a Operation) -> Option<&'a str> {
        // Filled in from the tool when the data was embedded or added.
        operation.provider.as_deref()
    }

    /// Tools that have a program of this base name.
    pub fn tools_of(&self, program: &str) -> impl Iterator<Item = &Tool> {
        let names = |t: &&Tool| {
            t.programs.iter().any(|p| p.names.iter().any(|n| n == program))
                || t.operations.iter().any(|o| o.forms.iter().any(|f| f.programs.iter().any(|p| p == program)))
        };
        let added: Vec<&Tool> = self.calls.added.iter().filter(names).collect();
        find(TOOL_PROGRAMS, program).iter().filter_map(|&n| self.tool(n)).chain(added)
    }

    /// Tools with HTTP forms for a host, and those whose HTTP forms name no host.
    pub fn tools_at(&self, host: &str) -> Vec<&Tool> {
        let mut numbers: Vec<usize> = find(TOOL_HOSTS, "").to_vec();
        numbers.extend(find(TOOL_HOSTS, host));
        // `.example.com` stands for every host below it.
        for (at, _) in host.match_indices('.') {
            numbers.extend(host.get(at..).map_or(&[][..], |suffix| find(TOOL_HOSTS, suffix)));
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|n| self.tool(n)).chain(&self.calls.added).collect()
    }

    /// Operations that can be performed by an HTTP call to a known host, each with that form: what
    /// somebody who may call anything could do.
    pub fn http_operations(&self) -> impl Iterator<Item = (&Operation, &Form)> {
        self.operations()
            .filter_map(|o| o.forms.iter().find(|f| !f.hosts.is_empty() && f.programs.is_empty()).map(|f| (o, f)))
    }

    /// Programs that run others, runners of project scripts, HTTP clients.
    pub fn wrappers(&self) -> &Wrappers {
        self.calls.wrappers.get_or_init(|| postcard::from_bytes(WRAPPERS).unwrap_or_default())
    }

    /// Programs through which anything can be run or called.
    pub fn exec(&self) -> &[Runs] {
        &self.calls.exec.get_or_init(|| postcard::from_bytes(EXEC).unwrap_or_default()).programs
    }

    /// Whether a command that begins with these words can run or call anything, and how. The words are
    /// those an entry fixes: `["docker", "run"]`, `["curl"]`; `["docker"]` counts too, as it may go on
    /// with `run`.
    pub fn can_run_anything(&self, words: &[&str]) -> Option<&Runs> {
        let (program, rest) = words.split_first()?;
        let program = program.rsplit('/').next().unwrap_or(program);
        self.exec().iter().find(|row| {
            row.names.iter().any(|n| n == program)
                && row.words.iter().zip(rest).all(|(choice, word)| choice.iter().any(|c| c == word))
        })
    }

    /// Every known MCP server.
    pub fn mcp_servers(&self) -> &[McpServer] {
        self.calls.mcp.get_or_init(|| postcard::from_bytes(MCP).unwrap_or_default())
    }

    /// The known MCP server that a configuration's command or address starts.
    pub fn mcp_server(&self, command: &[&str], url: Option<&str>) -> Option<&McpServer> {
        super::mcp::recognise(self.mcp_servers(), command, url)
    }

    /// A compiled pattern; `None` if it isn't one. Compiled once.
    pub fn pattern(&self, pattern: &str) -> Option<Arc<Regex>> {
        if let Some(regex) = self.calls.patterns.read().ok().and_then(|all| all.get(pattern).cloned()) {
            return regex;
        }
        let regex = regex::RegexBuilder::new(pattern).size_limit(1 << 20).build().ok().map(Arc::new);
        if let Ok(mut all) = self.calls.patterns.write() {
            all.insert(pattern.to_owned(), regex.clone());
        }
        regex
    }
}

//! An operation as a project would suffer it: what one call takes, and from whom.

use crate::finding::Confidence;
use crate::knowledge::operations::{McpServer, McpTool, Operation, Runs, Tool};
use crate::knowledge::stores::Tier;
use crate::model::join::terraform::confidence;
use crate::model::located::Blast;
use crate::model::store::{Caller, Store};
use crate::operations::Target;

/// The engine of a database of which only a password is known, and of what opens all of them.
const ANY: &str = "any";

/// One known way to destroy, within reach of somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// Id of the operation in the knowledge; `mcp:SERVER/TOOL` for an MCP tool.
    pub id: String,
    /// In words.
    pub title: String,
    /// The name people know the call by.
    pub call: String,
    /// The name its platform gives it, whatever it is called here.
    pub own_call: String,
    /// The command that performs it.
    pub command: String,
    /// The platform whose stores it takes; none for any.
    pub provider: Option<String>,
    /// The tool that performs it.
    pub tool: String,
    /// What the tool's runs work through.
    pub runs: Option<Runs>,
    /// Kinds of store it takes.
    pub destroys: Vec<String>,
    /// Engines of the databases it opens by their address, whoever hosts them; `any`: a program with a driver.
    pub opens: Vec<String>,
    /// What the vendor put in the way of agents, in words.
    pub brake: Option<String>,
    /// What one call takes.
    pub blast: Blast,
    /// For how long it can be taken back, in words.
    pub undo: Option<String>,
    /// The same in days.
    pub undo_days: f64,
    /// May destroy, depending on what it is given.
    pub may: bool,
    /// Its name doesn't tell which types of store it takes: a tool of an MCP server that isn't one of the
    /// platform's own calls, an HTTP method.
    pub untold_type: bool,
    /// What it acts on.
    pub target: Target,
    /// Whether a person is asked before it goes through, as far as the command tells.
    pub asks: Option<bool>,
    /// The project has something of its platform.
    pub in_sight: bool,
    /// How sure.
    pub confidence: Confidence,
}

/// What one call takes, by the knowledge's word; of a database that it opens, what is in it.
fn blast(word: &str, opens: &[String]) -> Blast {
    if opens.is_empty() { Blast::parse(word).unwrap_or(Blast::Store) } else { Blast::Contents }
}

impl Act {
    /// Of a known operation.
    pub fn of(tool: &Tool, operation: &Operation, in_sight: bool) -> Act {
        let opens = if operation.opens.is_empty() { tool.opens.clone() } else { operation.opens.clone() };
        let opens = if operation.destroys.iter().any(|k| k == "database") { opens } else { Vec::new() };
        Act {
            id: operation.id.clone(),
            title: operation.title.clone(),
            call: operation.call.clone(),
            own_call: operation.call.clone(),
            command: operation.command.clone().unwrap_or_default(),
            provider: operation.provider.clone().or_else(|| tool.provider.clone()),
            tool: tool.tool.clone(),
            runs: tool.runs,
            destroys: operation.destroys.clone(),
            blast: blast(&operation.blast, &opens),
            opens,
            brake: operation.brake.clone(),
            undo: operation.undo.clone(),
            undo_days: operation.undo_days.unwrap_or(0.0),
            may: operation.may,
            untold_type: operation
                .forms
                .iter()
                .filter_map(|f| f.method.as_ref())
                .any(|m| operation.call.trim_start_matches("HTTP ").starts_with(m)),
            target: match operation.target.as_deref() {
                Some("local") => Target::Local,
                Some("remote") => Target::Remote,
                _ => Target::Unknown,
            },
            asks: None,
            in_sight,
            confidence: if operation.loose { Confidence::Low } else { confidence(operation.tier) },
        }
    }

    /// Of a tool of an MCP server; `linked` is the operation it performs, where that is known.
    pub fn of_mcp(server: &McpServer, tool: &McpTool, linked: Option<&Operation>, in_sight: bool) -> Act {
        Act {
            id: format!("mcp:{}/{}", server.server, tool.name),
            title: format!(
                "tool `{}` of the MCP server {}",
                tool.name,
                server.title.as_ref().unwrap_or(&server.server)
            ),
            call: tool.name.clone(),
            own_call: linked.map_or_else(|| tool.name.clone(), |o| o.call.clone()),
            command: tool.name.clone(),
            provider: server.provider.clone(),
            tool: server.server.clone(),
            runs: None,
            destroys: tool.destroys.clone(),
            opens: server.opens.clone(),
            brake: None,
            blast: blast(&tool.blast, &server.opens),
            undo: tool.undo.clone().or_else(|| linked?.undo.clone()),
            undo_days: linked.and_then(|o| o.undo_days).unwrap_or(0.0),
            may: tool.may,
            untold_type: linked.is_none(),
            target: Target::Remote,
            asks: None,
            in_sight,
            confidence: match server.tier {
                Tier::Checked => Confidence::High,
                tier => confidence(tier),
            },
        }
    }

    /// Through a program that runs anything: it opens whatever database its address is known of.
    pub fn of_program(program: &str, example: &str) -> Act {
        let call = format!("{program} … DROP");
        Act {
            id: format!("driver:{program}"),
            title: "drops or empties what is in a database".into(),
            own_call: call.clone(),
            call,
            command: example.to_owned(),
            provider: None,
            tool: program.to_owned(),
            runs: None,
            destroys: vec!["database".into()],
            opens: vec![ANY.into()],
            brake: None,
            blast: Blast::Contents,
            undo: None,
            undo_days: 0.0,
            may: false,
            untold_type: true,
            target: Target::Unknown,
            asks: None,
            in_sight: false,
            confidence: Confidence::Medium,
        }
    }

    /// Whether it opens databases of an engine, and takes what is in them.
    pub fn opens(&self, engine: &str) -> bool {
        let any = engine == ANY && !self.opens.is_empty();
        any || self.opens.iter().any(|e| e == engine || e == ANY)
    }

    /// Whether it deletes a store, guards left aside.
    pub fn takes(&self, store: &Store) -> bool {
        let platform = match &self.provider {
            Some(provider) => *provider == store.provider,
            // A Terraform run deletes what Terraform tracks.
            None => self.runs_terraform() && store.terraform,
        };
        let everything = self.destroys.iter().any(|k| k == "any") || self.blast >= Blast::Environment;
        platform && (everything || self.destroys.contains(&store.kind) && self.is_called_for(store))
    }

    /// Who causes its blast.
    pub fn caller(&self) -> Caller {
        if self.runs_terraform() { Caller::Terraform } else { Caller::Anybody }
    }

    /// Whether it is a Terraform run.
    pub fn runs_terraform(&self) -> bool {
        self.runs == Some(Runs::Terraform)
    }

    /// Whether it is the call that deletes this type of store: a platform has several sorts of database,
    /// and each its own call.
    fn is_called_for(&self, store: &Store) -> bool {
        let words = |text: &str| -> Vec<String> {
            text.split_whitespace().take_while(|w| !w.starts_with('-')).map(str::to_owned).collect()
        };
        let own = words(&self.own_call);
        let same = |call: &String| {
            let call = words(call);
            call.iter().zip(&own).all(|(a, b)| a == b) && !call.is_empty() && !own.is_empty()
        };
        self.untold_type || store.destroyed_by.is_empty() || store.destroyed_by.iter().any(same)
    }

    /// The same, called as the command that an operation's first form names: `railway volume delete`. A
    /// call handed to a general command keeps its name: `railway api … volumeDelete`.
    pub fn called_as_command(mut self, operation: &Operation) -> Act {
        let program = self.command.split_whitespace().find(|w| !w.contains('=')).unwrap_or("");
        // The call is the command already: `terraform apply -auto-approve`.
        if self.call.starts_with(program) && self.call.contains(' ') {
            return self;
        }
        // `DELETE api.render.com`, `HTTP PUT`.
        let verb = self.call.trim_start_matches("HTTP ").split(' ').next().unwrap_or("");
        if program == "curl" && !verb.is_empty() && verb.chars().all(|c| c.is_ascii_uppercase()) {
            let host = self.call.rsplit_once(' ').map_or("", |(_, last)| last);
            let host = if host == verb { String::new() } else { format!(" {host}") };
            self.call = format!("curl -X {verb}{host}");
            return self;
        }
        let quoted = self.command.contains(['\'', '"']);
        let own = |word: &str| {
            let name = word.rsplit('/').next().unwrap_or(word);
            operation.forms.iter().find(|f| f.programs.iter().any(|p| p == name))
        };
        let Some(form) = own(program) else {
            // Run by another: `uv run python … execute("DROP …")`.
            let ahead = self.command.split_whitespace().position(|w| own(w).is_some());
            if let Some(at) = ahead.filter(|at| *at < 5 && quoted) {
                let words: Vec<&str> = self.command.split_whitespace().take(at + 1).collect();
                self.call = format!("{} … {}", words.join(" "), self.call);
            }
            return self;
        };
        // What its words leave open a flag tells: `railway bucket credentials --reset`.
        let words = form.words.iter().filter_map(|choice| choice.first()).map(String::as_str);
        let flag = form.flags.first().map(String::as_str).filter(|f| self.command.contains(f));
        let name = std::iter::once(program).chain(words).chain(flag).collect::<Vec<_>>().join(" ");
        self.call = match () {
            () if quoted => format!("{name} … {}", self.call),
            // A program alone says nothing: `dropdb app`.
            () if name == program => self.command.clone(),
            () => name,
        };
        self
    }

    /// Whether it takes data, keys or copies, rather than only what can be made again (compute, names).
    pub fn takes_data(&self) -> bool {
        const DATA: [&str; 10] =
            ["any", "database", "volume", "bucket", "filesystem", "key", "secret", "backup", "queue", "state"];
        self.destroys.iter().any(|kind| DATA.contains(&kind.as_str()))
    }

    /// Whether it is worth telling by name: of a platform in sight, not local, and known well enough.
    pub fn tellable(&self) -> bool {
        self.in_sight && self.target != Target::Local && self.confidence > Confidence::Low && self.takes_data()
    }

    /// Whether it works through a platform's API with a credential of that platform.
    pub fn by_api(&self) -> bool {
        self.provider.is_some()
    }
}

//! What is known of agents as data: `rules/agents.yaml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Agents that are recognised by their files, but whose decisions aren't computed.
    #[serde(default)]
    pub found: Vec<Found>,
    /// Plugins of Claude Code whose hooks answer permission prompts.
    #[serde(default)]
    pub plugins: Vec<Plugin>,
    /// Which hosts a program talks to.
    #[serde(default)]
    pub hosts: Vec<Hosts>,
    /// Programs that start an agent with nobody there.
    #[serde(default)]
    pub starts: Vec<Start>,
    /// Actions that do.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What makes an agent ask that asks nobody by itself.
    #[serde(default)]
    pub asks: Vec<Asks>,
    /// Amp's own rules for shell commands, in order.
    #[serde(default)]
    pub amp: Vec<Builtin>,
    /// Droid's own lists.
    #[serde(default)]
    pub droid: OwnLists,
}

/// Lists of commands that a product has by itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnLists {
    /// Run without a question.
    pub allow: Vec<String>,
    /// A person is asked.
    pub ask: Vec<String>,
    /// Regular expressions of lines that it refuses to run at all.
    pub refused: Vec<String>,
}

/// What makes an agent ask.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asks {
    /// Its short name.
    pub agent: String,
    /// What to write, and where, in words.
    pub write: String,
}

/// A rule that a product has by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Builtin {
    /// `allow` or `ask`.
    pub action: String,
    /// What it is about: `*` is any text; in slashes a regular expression.
    pub commands: Vec<String>,
    /// A regular expression that must not match.
    #[serde(default)]
    pub unless: Option<String>,
}

/// A program that starts an agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The program.
    pub program: String,
    /// Its first argument, where only that one starts it.
    #[serde(default)]
    pub verb: Option<String>,
    /// Product name.
    pub name: String,
    /// How its flags are read; `plain`: by this table alone.
    pub start: String,
    /// Flags with which everything runs: `--flag`, or `--flag VALUE`.
    #[serde(default)]
    pub everything: Vec<String>,
    /// Flags with which a model decides.
    #[serde(default)]
    pub gated: Vec<String>,
    /// Flags with which it asks.
    #[serde(default)]
    pub asks: Vec<String>,
    /// What happens without any of them: `run`, `ask`, `deny`, `unknown`.
    #[serde(default)]
    pub otherwise: Option<String>,
}

/// An action that starts an agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Its name without the version.
    pub uses: String,
    /// Product name.
    pub name: String,
    /// How its inputs are read.
    pub start: String,
    /// Inputs with flags.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// The input with settings.
    #[serde(default)]
    pub settings: Option<String>,
    /// The input without which it waits for a comment.
    #[serde(default)]
    pub prompt: Option<String>,
    /// Inputs with rules that allow.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Inputs with rules that refuse.
    #[serde(default)]
    pub deny: Vec<String>,
    /// The input with the sandbox mode.
    #[serde(default)]
    pub sandbox: Option<String>,
    /// The input with the permission profile.
    #[serde(default)]
    pub profile: Option<String>,
    /// The input with what protects the runner.
    #[serde(default)]
    pub strategy: Option<String>,
    /// It runs everything by itself.
    #[serde(default)]
    pub everything: bool,
}

/// An agent recognised by its files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Short name.
    pub id: String,
    /// Product name.
    pub name: String,
    /// Root-relative paths below the directory it is configured for; `*` and `**` as in globs.
    pub files: Vec<String>,
    /// Path among `files` that lists MCP servers, and the key they stand under.
    #[serde(default)]
    pub servers: Vec<ServersAt>,
    /// A file counts only if it holds one of these top-level keys (for files many products share).
    #[serde(default)]
    pub keys: Vec<String>,
    /// What it does with every call, where no file of a repository changes that.
    #[serde(default)]
    pub answers: Option<Answers>,
    /// Keys without effect that look like permissions.
    #[serde(default)]
    pub ignored: Vec<Ignored>,
}

/// The answers of an agent whose permissions are all the user's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The version they are of.
    pub semantics: String,
    /// With a person there.
    #[serde(default)]
    pub interactive: Option<Pair>,
    /// With nobody there.
    #[serde(default)]
    pub headless: Option<Pair>,
    /// What they depend on.
    pub condition: String,
}

/// Answers to a shell command and to an MCP tool: `deny`, `ask`, `gated`, `run`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// To a shell command.
    pub shell: String,
    /// To an MCP tool.
    pub mcp: String,
}

/// A key without effect.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// The file.
    pub file: String,
    /// The key.
    pub key: String,
    /// Why it has none.
    pub why: String,
}

/// Where a file lists MCP servers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServersAt {
    /// The file.
    pub file: String,
    /// The key of the object of servers.
    pub key: String,
}

/// A plugin that approves commands.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plugin {
    /// Its name before `@`.
    pub name: String,
    /// Programs whose simple commands its hook approves.
    pub approves: Vec<String>,
    /// How it does it, in words.
    pub note: String,
}

/// Hosts of a program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hosts {
    /// Program, or program and sub-commands (`git push`).
    pub command: String,
    /// Hosts it may need; empty where they depend on its configuration.
    #[serde(default)]
    pub hosts: Vec<String>,
}

impl Table {
    /// What to write so that an agent asks.
    pub fn asks_by(&self, agent: &str) -> Option<&str> {
        self.asks.iter().find(|a| a.agent == agent).map(|a| a.write.as_str())
    }

    /// The table in the binary. (That it can be read is a test.)
    pub fn builtin() -> &'static Table {
        static TABLE: LazyLock<Table> =
            LazyLock::new(|| serde_yaml::from_str(include_str!("../../rules/agents.yaml")).unwrap_or_default());
        &TABLE
    }

    /// Which hosts a command needs: `None` if it isn't known to use the network.
    pub fn hosts(&self, words: &[String]) -> Option<Vec<String>> {
        let urls: Vec<String> = words.iter().skip(1).filter_map(|w| host_of(w)).collect();
        if !urls.is_empty() {
            return Some(urls);
        }
        let program = words.first().map(|w| w.rsplit('/').next().unwrap_or(w))?;
        self.hosts
            .iter()
            .filter(|h| {
                let mut known = h.command.split(' ');
                known.next() == Some(program)
                    && known.zip(words.iter().skip(1)).all(|(k, w)| k == w)
                    && words.len() >= h.command.split(' ').count()
            })
            .max_by_key(|h| h.command.len())
            .map(|h| h.hosts.clone())
    }
}

/// The host of an `http(s)://` word.
fn host_of(word: &str) -> Option<String> {
    let rest = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = host.split(':').next().unwrap_or(host);
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// Whether a list of domain patterns (`*.railway.com`, `*`) covers a host.
pub fn allowed(domains: &[String], host: &str) -> bool {
    domains.iter().any(|d| {
        d == "*"
            || d.eq_ignore_ascii_case(host)
            || d.strip_prefix("*.").is_some_and(|base| {
                host.to_ascii_lowercase().strip_suffix(&base.to_ascii_lowercase()).is_some_and(|h| h.ends_with('.'))
            })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read() {
        let table: Table = serde_yaml::from_str(include_str!("../../rules/agents.yaml")).unwrap();
        assert!(!table.found.is_empty() && table.hosts.len() > 40);
        let words = |s: &str| s.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(table.hosts(&words("rm -rf build")), None);
        assert!(table.hosts(&words("railway volume delete")).unwrap().iter().any(|h| h.ends_with("railway.com")));
        assert!(table.hosts(&words("git push")).is_some());
        assert_eq!(table.hosts(&words("git status")), None);
        assert_eq!(table.hosts(&words("curl -X POST https://a.example/x")), Some(vec!["a.example".to_owned()]));
    }

    #[test]
    fn domains_are_patterns() {
        let list = vec!["*.railway.com".to_owned()];
        assert!(allowed(&list, "backboard.railway.com"));
        assert!(!allowed(&list, "railway.com"));
        assert!(!allowed(&list, "evilrailway.com"));
        assert!(allowed(&["*".to_owned()], "x"));
    }
}

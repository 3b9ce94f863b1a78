//! Whether an MCP server, as it is configured, offers nothing that destroys: by its switches, never by
//! what merely looks like one. `--read-only=false` is off; a flag in front of the image is the
//! container program's own; a variable that isn't handed into a container isn't set in it.

use super::operations::McpServer;

/// How a server is configured.
#[derive(Clone, Copy, Debug, Default)]
pub struct Configured<'a> {
    /// Command and arguments, for a local one.
    pub command: &'a [&'a str],
    /// Address, for a remote one.
    pub url: Option<&'a str>,
    /// Its environment and headers: name and value as written.
    pub environment: &'a [(&'a str, &'a str)],
}

/// What is known of one switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// Not given.
    Absent,
    /// Given, and off.
    Off,
    /// Given, by a variable whose value isn't in the repository.
    Unknown,
    /// Given, and on.
    On,
}

/// Programs that run a server in a container: what stands in front of the image is theirs.
const CONTAINERS: [&str; 3] = ["docker", "podman", "nerdctl"];

impl McpServer {
    /// Whether nothing it offers destroys, as it is configured; `None`: a variable decides whose value
    /// isn't in the repository.
    pub fn is_read_only(&self, configured: &Configured<'_>) -> Option<bool> {
        let words = words(configured.command);
        let given = Given { configured, own: self.own_words(&words), words: &words };
        let strongest = |switches: &[String]| switches.iter().map(|s| given.state(s)).max().unwrap_or(State::Absent);
        match strongest(&self.read_only) {
            State::On => return Some(true),
            State::Unknown => return None,
            State::Off | State::Absent => {}
        }
        if self.enabled_by.is_empty() || !self.read_only.is_empty() {
            return Some(false);
        }
        match strongest(&self.enabled_by) {
            State::On => Some(false),
            State::Unknown => None,
            State::Off | State::Absent => Some(true),
        }
    }

    /// How to make it read-only, in a few words; `None` where nothing does.
    pub fn how_read_only(&self) -> Option<String> {
        match self.read_only.first() {
            Some(switch) => Some(switch.clone()),
            None => self.enabled_by.first().map(|flag| format!("without {flag}")),
        }
    }

    /// The words behind the package or image that is this server: its own arguments.
    fn own_words<'w>(&self, words: &'w [&'w str]) -> &'w [&'w str] {
        let at = words.iter().position(|w| !w.starts_with('-') && super::mcp::is_package(self, w));
        at.and_then(|at| words.get(at + 1..)).unwrap_or(words)
    }
}

/// A command's words; the text of `sh -c` in words of its own.
fn words<'a>(command: &[&'a str]) -> Vec<&'a str> {
    command.iter().flat_map(|w| if w.contains("://") { vec![*w] } else { w.split_whitespace().collect() }).collect()
}

struct Given<'a> {
    configured: &'a Configured<'a>,
    /// The server's own arguments.
    own: &'a [&'a str],
    /// The whole command.
    words: &'a [&'a str],
}

impl Given<'_> {
    fn state(&self, switch: &str) -> State {
        if switch.starts_with("--") {
            return self.flag(switch);
        }
        if let Some(part) = switch.strip_prefix('/') {
            let has = self.addresses().any(|url| path(url).split('/').any(|p| p == part));
            return if has { State::On } else { State::Absent };
        }
        if let Some((name, value)) = switch.split_once(": ") {
            return self.header(name, value);
        }
        let Some((name, value)) = switch.split_once('=') else { return State::Absent };
        self.variable(name, value).max(self.query(name, value))
    }

    /// `--flag`, `--flag=value`, `--flag value`; the last one given counts.
    fn flag(&self, switch: &str) -> State {
        let (name, wanted) = match switch.split_once(['=', ' ']) {
            Some((name, wanted)) => (name, Some(wanted)),
            None => (switch, None),
        };
        let mut state = State::Absent;
        for (at, word) in self.own.iter().enumerate() {
            let next = self.own.get(at + 1).copied();
            match word.strip_prefix(name) {
                Some("") => {
                    state = match (wanted, next) {
                        (None, Some(next)) if is_false(next) => State::Off,
                        (None, _) => State::On,
                        (Some(wanted), Some(next)) => value(next, wanted),
                        (Some(_), None) => State::Off,
                    }
                }
                Some(rest) => {
                    if let Some(given) = rest.strip_prefix('=') {
                        state = value(given, wanted.unwrap_or("true"));
                    }
                }
                None => {}
            }
        }
        state
    }

    /// A variable in the server's environment: of its entry, or named in its command.
    fn variable(&self, name: &str, wanted: &str) -> State {
        let contained = self.words.first().is_some_and(|w| CONTAINERS.contains(&super::mcp::base(w)));
        let mut handed = !contained;
        let mut state = State::Absent;
        for (at, word) in self.words.iter().enumerate() {
            let after = ["--env=", "-e="].iter().find_map(|p| word.strip_prefix(p));
            let after = after.or_else(|| word.strip_prefix("-e").filter(|rest| !rest.is_empty()));
            let behind = at.checked_sub(1).and_then(|b| self.words.get(b));
            let is_value = behind.is_some_and(|b| ["-e", "--env"].contains(b));
            let text = match after {
                Some(text) => text,
                // `env NAME=value npx …`, `-e NAME=value`
                None if is_value || !contained => word,
                None => continue,
            };
            if text == name && (is_value || after.is_some()) {
                handed = true;
            } else if let Some(given) = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
                state = value(given, wanted);
            }
        }
        if state == State::Absent && handed {
            let set = self.configured.environment.iter().rev().find(|(n, _)| *n == name);
            state = set.map_or(State::Absent, |(_, given)| value(given, wanted));
        }
        state
    }

    fn query(&self, name: &str, wanted: &str) -> State {
        let mut state = State::Absent;
        for url in self.addresses() {
            let query = url.split_once('?').map_or("", |(_, q)| q).split('#').next().unwrap_or("");
            for (n, given) in query.split('&').filter_map(|pair| pair.split_once('=')) {
                if n == name {
                    state = value(given, wanted);
                }
            }
        }
        state
    }

    /// A header of the entry, or one that a bridge is told: `--header "Name: value"`.
    fn header(&self, name: &str, wanted: &str) -> State {
        let told = self.configured.command.iter().filter_map(|w| w.split_once(':'));
        let mut set = self.configured.environment.iter().copied().chain(told).rev();
        let same = set.find(|(n, _)| n.trim().eq_ignore_ascii_case(name));
        same.map_or(State::Absent, |(_, given)| value(given.trim(), wanted))
    }

    fn addresses(&self) -> impl Iterator<Item = &str> {
        self.configured.url.into_iter().chain(self.configured.command.iter().copied().filter(|w| w.contains("://")))
    }
}

/// An address's path.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    rest.split_once('/').map_or("", |(_, path)| path)
}

fn is_true(text: &str) -> bool {
    ["true", "1", "yes", "on"].iter().any(|t| text.eq_ignore_ascii_case(t))
}

fn is_false(text: &str) -> bool {
    ["false", "0", "no", "off"].iter().any(|t| text.eq_ignore_ascii_case(t))
}

/// A value that is given, against the one that switches. Yes is yes in any spelling.
fn value(given: &str, wanted: &str) -> State {
    let given = given.trim_matches(['"', '\'']);
    if given.contains('$') || given.contains("{{") {
        State::Unknown
    } else if given.eq_ignore_ascii_case(wanted) || is_true(wanted) && is_true(given) {
        State::On
    } else {
        State::Off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(read_only: &[&str], enabled_by: &[&str]) -> McpServer {
        let texts = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect();
        McpServer {
            opens: Vec::new(),
            server: "x".into(),
            title: None,
            provider: None,
            packages: vec!["server-x".into(), "ghcr.io/acme/server-x".into()],
            commands: Vec::new(),
            urls: Vec::new(),
            tools: Vec::new(),
            exec: Vec::new(),
            read_only: texts(read_only),
            narrowed_by: Vec::new(),
            enabled_by: texts(enabled_by),
            tier: super::super::stores::Tier::Checked,
            source: None,
        }
    }

    fn by_command(switch: &str, command: &str) -> Option<bool> {
        let words: Vec<&str> = command.split(' ').collect();
        server(&[switch], &[]).is_read_only(&Configured { command: &words, ..Configured::default() })
    }

    #[test]
    fn a_flag_is_a_whole_word_that_is_on() {
        for on in ["--read-only", "--read-only=true", "--read-only=1", "--read-only yes", "--x --read-only --y"] {
            assert_eq!(by_command("--read-only", &format!("npx -y server-x@2 {on}")), Some(true), "{on}");
        }
        for off in ["", "--read-only=false", "--read-only false", "--read-only-tools", "--read-only=", "read-only"] {
            assert_eq!(by_command("--read-only", &format!("npx -y server-x@2 {off}")), Some(false), "{off}");
        }
        assert_eq!(by_command("--read-only", "npx server-x --read-only --read-only=false"), Some(false));
        assert_eq!(by_command("--read-only", "npx server-x --read-only=$X"), None);
        assert_eq!(by_command("--readonly True", "uvx server-x --readonly true"), Some(true));
        assert_eq!(by_command("--readonly True", "uvx server-x --readonly False"), Some(false));
        assert_eq!(by_command("--access-mode=restricted", "server-x --access-mode=restricted"), Some(true));
        assert_eq!(by_command("--access-mode=restricted", "server-x --access-mode restricted"), Some(true));
        assert_eq!(by_command("--access-mode=restricted", "server-x --access-mode=unrestricted"), Some(false));
    }

    #[test]
    fn the_container_programs_own_flags_are_not_the_servers() {
        let image = "ghcr.io/acme/server-x:1";
        assert_eq!(by_command("--read-only", &format!("docker run --read-only -i {image}")), Some(false));
        assert_eq!(by_command("--read-only", &format!("docker run -i {image} stdio --read-only")), Some(true));
        assert_eq!(by_command("READ_ONLY=1", &format!("docker run -e READ_ONLY=1 {image}")), Some(true));
        assert_eq!(by_command("READ_ONLY=1", &format!("docker run --env=READ_ONLY=true {image}")), Some(true));
        assert_eq!(by_command("READ_ONLY=1", &format!("docker run -e READ_ONLY=0 {image}")), Some(false));
    }

    #[test]
    fn a_variable_counts_where_the_server_sees_it() {
        let x = server(&["READ_ONLY=true"], &[]);
        let asked = |command: &[&str], environment: &[(&str, &str)]| {
            x.is_read_only(&Configured { command, url: None, environment })
        };
        assert_eq!(asked(&["npx", "server-x"], &[("READ_ONLY", "1")]), Some(true));
        assert_eq!(asked(&["npx", "server-x"], &[("READ_ONLY", "false")]), Some(false));
        assert_eq!(asked(&["npx", "server-x"], &[("READ_ONLY", "${READ_ONLY}")]), None);
        assert_eq!(asked(&["npx", "server-x"], &[("READ_ONLY_TOOLS", "true")]), Some(false));
        assert_eq!(asked(&["env", "READ_ONLY=true", "npx", "server-x"], &[]), Some(true));
        let docker = ["docker", "run", "-i", "server-x"];
        assert_eq!(asked(&docker, &[("READ_ONLY", "true")]), Some(false), "not handed into the container");
        let handed = ["docker", "run", "-i", "-e", "READ_ONLY", "server-x"];
        assert_eq!(asked(&handed, &[("READ_ONLY", "true")]), Some(true));
    }

    #[test]
    fn addresses_and_headers() {
        let by_url = |switch: &str, url: &str| {
            server(&[switch], &[]).is_read_only(&Configured { url: Some(url), ..Configured::default() })
        };
        assert_eq!(by_url("read_only=true", "https://mcp.example/mcp?a=b&read_only=true"), Some(true));
        assert_eq!(by_url("read_only=true", "https://mcp.example/mcp?read_only=false"), Some(false));
        assert_eq!(by_url("read_only=true", "https://mcp.example/mcp?not_read_only=true"), Some(false));
        assert_eq!(by_url("/readonly", "https://mcp.example/mcp/readonly"), Some(true));
        assert_eq!(by_url("/readonly", "https://mcp.example/mcp/x/repos-readonly"), Some(false));
        assert_eq!(by_url("/readonly", "https://readonly/mcp"), Some(false));
        let header = |environment: &[(&str, &str)], command: &[&str]| {
            server(&["X-MCP-Readonly: true"], &[]).is_read_only(&Configured { command, url: None, environment })
        };
        assert_eq!(header(&[("x-mcp-readonly", "true")], &[]), Some(true));
        assert_eq!(header(&[("X-MCP-Readonly", "false")], &[]), Some(false));
        assert_eq!(header(&[], &["npx", "mcp-remote", "https://a/b", "--header", "X-MCP-Readonly:true"]), Some(true));
    }

    #[test]
    fn a_server_that_must_be_enabled_is_read_only_until_then() {
        let asked = |switches: &[&str], enabled: &[&str], command: &[&str]| {
            server(switches, enabled).is_read_only(&Configured { command, ..Configured::default() })
        };
        assert_eq!(asked(&[], &["--allow-write"], &["uvx", "server-x"]), Some(true));
        assert_eq!(asked(&[], &["--allow-write"], &["uvx", "server-x", "--allow-write"]), Some(false));
        assert_eq!(asked(&["--readonly"], &["--allow-write"], &["uvx", "server-x"]), Some(false));
    }
}

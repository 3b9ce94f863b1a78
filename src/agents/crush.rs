//! Crush: `crush.json` and `.crush.json`, and `crushrc`, which is run when it starts. Facts:
//! charmbracelet/crush internal/agent/tools/{bash,safe}.go and internal/permission (2026-08).

use crate::agents::claude::settings::strings;
use crate::agents::keys::{self, Level};
use crate::agents::shell;
use crate::agents::{Agent, Because, Call, Decision, Entry, Files, Options, Procedure, Surface, Verdict, mcp};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::tree::{Member, Node, Tree};

/// The version whose rules are applied.
pub const SEMANTICS: &str = "Crush (2026-08)";

/// Paths, below its directory, that configure Crush.
pub const FILES: [&str; 4] = ["crush.json", ".crush.json", "crushrc", ".crushrc"];

const KNOWN: [&str; 11] =
    ["$schema", "models", "providers", "lsp", "options", "tools", "hooks", "agents", "recent_models", "tui", "skills"];
const LEVEL: Level<'_> = Level { reader: "crush.json", keys: &["permissions", "mcp", "options"] };
const PERMISSIONS: Level<'_> = Level { reader: "`permissions` in crush.json", keys: &["allowed_tools"] };

/// Programs that are refused wherever they stand in a line.
const REFUSED: [&str; 59] = [
    "alias",
    "aria2c",
    "axel",
    "chrome",
    "curl",
    "curlie",
    "firefox",
    "http-prompt",
    "httpie",
    "links",
    "lynx",
    "nc",
    "safari",
    "scp",
    "ssh",
    "telnet",
    "w3m",
    "wget",
    "xh",
    "doas",
    "su",
    "sudo",
    "apk",
    "apt",
    "apt-cache",
    "apt-get",
    "dnf",
    "dpkg",
    "emerge",
    "home-manager",
    "makepkg",
    "opkg",
    "pacman",
    "paru",
    "pkg",
    "pkg_add",
    "pkg_delete",
    "portage",
    "rpm",
    "yay",
    "yum",
    "zypper",
    "at",
    "batch",
    "chkconfig",
    "crontab",
    "fdisk",
    "mkfs",
    "mount",
    "parted",
    "service",
    "systemctl",
    "umount",
    "firewall-cmd",
    "ifconfig",
    "ip",
    "iptables",
    "netstat",
    "ufw",
];

/// Beginnings of commands that nobody is asked about, unless the line has an operator.
const TAKEN_FOR_SAFE: [&str; 71] = [
    "cal",
    "date",
    "df",
    "du",
    "echo",
    "env",
    "free",
    "groups",
    "hostname",
    "id",
    "kill",
    "killall",
    "ls",
    "nice",
    "nohup",
    "printenv",
    "ps",
    "pwd",
    "set",
    "time",
    "timeout",
    "top",
    "type",
    "uname",
    "unset",
    "uptime",
    "whatis",
    "whereis",
    "which",
    "whoami",
    "git blame",
    "git branch",
    "git config --get",
    "git config --list",
    "git describe",
    "git diff",
    "git grep",
    "git log",
    "git ls-files",
    "git ls-remote",
    "git remote",
    "git rev-parse",
    "git shortlog",
    "git show",
    "git status",
    "git tag",
    "gh auth status",
    "gh alias list",
    "gh cache list",
    "gh codespace list",
    "gh extension list",
    "gh gist list",
    "gh issue list",
    "gh issue view",
    "gh label list",
    "gh pr diff",
    "gh pr list",
    "gh pr view",
    "gh repo list",
    "gh repo view",
    "gh run list",
    "gh run view",
    "gh search",
    "gh secret list",
    "gh ssh-key list",
    "gh variable list",
    "gh workflow list",
    "brew config",
    "brew info",
    "brew list",
    "brew search",
];

/// The directories that configure Crush: `crush.json` is a name others use too.
pub fn directories(files: &Files<'_>) -> Vec<String> {
    const OWN: [&str; 6] = ["permissions", "mcp", "lsp", "options", "providers", "models"];
    let own = |path: &str| {
        !path.ends_with(".json")
            || files
                .tree("", path)
                .and_then(Tree::root)
                .is_some_and(|root| root.members().iter().any(|m| OWN.contains(&m.key.as_str())))
    };
    let owned = files.owned(&FILES).into_iter();
    owned.filter(|(_, list)| list.iter().any(|(path, _)| own(path))).map(|(dir, _)| dir).collect()
}

/// Reads Crush as configured in a directory.
pub fn read(files: &Files<'_>, dir: &str, options: &Options) -> Agent {
    let mut agent = Agent::new("crush", "Crush", dir);
    agent.semantics = Some(SEMANTICS);
    agent.surfaces = vec![Surface::Interactive, Surface::Headless];
    let mut crush = Crush::default();
    if let Some(tree) = options.home.as_ref().and_then(|h| h.crush.as_ref()) {
        document(tree, &mut crush, &mut agent);
    }
    for base in Files::upward(dir) {
        for name in ["crush.json", ".crush.json"] {
            if let Some(tree) = files.tree(base, name) {
                document(tree, &mut crush, &mut agent);
            }
        }
        for name in ["crushrc", ".crushrc"] {
            let path = if base.is_empty() { name.to_owned() } else { format!("{base}/{name}") };
            if let Some(source) = files.source(&path) {
                agent.files.push(source.id);
                script(source, &mut crush, &mut agent);
            }
        }
    }
    agent.procedure = Some(Box::new(crush));
    agent
}

fn document(tree: &Tree, crush: &mut Crush, agent: &mut Agent) {
    agent.files.push(tree.source);
    for member in tree.root().map(Node::members).unwrap_or(&[]) {
        match member.key.as_str() {
            "permissions" => permissions(&member.value, crush, agent),
            "mcp" => servers(&member.value, crush, agent),
            "options" => crush.off.extend(member.value.get("disabled_tools").into_iter().flat_map(strings)),
            key if KNOWN.contains(&key) => {}
            _ => keys::ignored(member, &LEVEL, "project", agent),
        }
    }
}

fn permissions(node: &Node, crush: &mut Crush, agent: &mut Agent) {
    for member in node.members() {
        if member.key != "allowed_tools" {
            keys::ignored(member, &PERMISSIONS, "project", agent);
            continue;
        }
        for (text, span) in strings(&member.value) {
            let layer = "project".to_owned();
            agent.entries.push(Entry { text: text.clone(), span, effect: "allow", layer, inert: None });
            crush.allowed.push((text, span));
        }
    }
}

fn servers(node: &Node, crush: &mut Crush, agent: &mut Agent) {
    mcp::read_servers(node, agent);
    for server in node.members() {
        let list = |key: &str| server.value.get(key).map(|n| strings(n).map(|(t, _)| t).collect::<Vec<_>>());
        let off = server.value.member("disabled").filter(|m| m.value.as_bool() == Some(true)).map(Member::span);
        crush.servers.push((
            server.key.clone(),
            off,
            list("enabled_tools"),
            list("disabled_tools").unwrap_or_default(),
        ));
    }
}

/// `permissions allow TOOL` lines of a `crushrc`. (The rest of it is a program.)
fn script(source: &crate::source::Source, crush: &mut Crush, agent: &mut Agent) {
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let words: Vec<&str> = line.split_whitespace().collect();
        let span = Span::new(source.id, at, at + line.trim_end().len());
        at += line.len();
        let ["permissions", effect @ ("allow" | "deny"), tools @ ..] = words.as_slice() else { continue };
        for tool in tools {
            let text: Text = (*tool).into();
            let effect = if *effect == "allow" { "allow" } else { "deny" };
            let layer = "project".to_owned();
            agent.entries.push(Entry { text: text.clone(), span, effect, layer, inert: None });
            if effect == "allow" { crush.allowed.push((text, span)) } else { crush.off.push((text, span)) }
        }
    }
}

/// A server: name, where it is switched off, tools that are on, tools that are off.
type Server = (Text, Option<Span>, Option<Vec<Text>>, Vec<Text>);

/// Crush as configured in one directory.
#[derive(Default)]
struct Crush {
    allowed: Vec<(Text, Span)>,
    off: Vec<(Text, Span)>,
    servers: Vec<Server>,
}

impl Procedure for Crush {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn decide(&self, call: &Call<'_>, surface: Surface) -> Verdict {
        let mut conditions = Vec::new();
        let (decision, because) = self.judge(call, surface, &mut conditions);
        Verdict { decision, because, conditions }
    }

    fn matches(&self, entry: &Entry, call: &Call<'_>) -> bool {
        let tool = tool(call);
        entry.text.as_str() == tool || entry.text.as_str() == format!("{tool}:execute")
    }
}

fn tool(call: &Call<'_>) -> String {
    match call {
        Call::Shell(_) => "bash".to_owned(),
        Call::Mcp { server, tool } => format!("mcp_{server}_{tool}"),
    }
}

impl Crush {
    fn judge(
        &self,
        call: &Call<'_>,
        surface: Surface,
        conditions: &mut Vec<String>,
    ) -> (Result<Decision, Reason>, Vec<Because>) {
        let line = |(text, span): &(Text, Span), effect| Because { span: *span, entry: text.clone(), effect };
        let name = tool(call);
        if let Some(off) = self.off.iter().find(|(t, _)| t.as_str() == name) {
            return (Ok(Decision::Deny), vec![line(off, "deny")]);
        }
        match call {
            Call::Shell(command) => {
                let parts = shell::split(command).unwrap_or_default();
                if command.trim().is_empty() {
                    return (Err(Reason::new("empty-command", "there is no command to judge")), Vec::new());
                }
                if parts.iter().any(|p| p.words.first().is_some_and(|w| REFUSED.contains(&w.value.as_str()))) {
                    conditions.push("the product refuses this program whatever is allowed".to_owned());
                    return (Ok(Decision::Deny), Vec::new());
                }
                if taken_for_safe(command) {
                    conditions.push("the product takes a command that begins so for one that only reads".to_owned());
                    return (Ok(Decision::Run), Vec::new());
                }
            }
            Call::Mcp { server, tool } => {
                let known = self.servers.iter().find(|(n, ..)| n == server);
                if let Some((_, off, on, without)) = known {
                    let absent = off.is_some()
                        || without.iter().any(|t| t == tool)
                        || on.as_ref().is_some_and(|l| !l.iter().any(|t| t == tool));
                    if absent {
                        return (Ok(Decision::Deny), Vec::new());
                    }
                }
            }
        }
        let wanted = [name.clone(), format!("{name}:execute")];
        if let Some(allowed) = self.allowed.iter().find(|(t, _)| wanted.iter().any(|w| t.as_str() == w)) {
            return (Ok(Decision::Run), vec![line(allowed, "allow")]);
        }
        if surface == Surface::Interactive {
            return (Ok(Decision::Ask), Vec::new());
        }
        conditions.push("`crush run` approves everything by itself".to_owned());
        (Ok(Decision::Run), Vec::new())
    }
}

/// Whether nobody is asked about a line by its beginning. Only some operators are looked for: a
/// single `&` and a redirection aren't.
fn taken_for_safe(command: &str) -> bool {
    let chained = [";", "|", "&&", "$(", "`"].iter().any(|c| command.contains(c));
    let lower = command.to_lowercase();
    !chained
        && TAKEN_FOR_SAFE
            .iter()
            .any(|safe| lower.strip_prefix(safe).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '-'])))
}

//! Which known MCP server a configuration starts: by package, image, leading words or address.

use super::operations::McpServer;

/// Finds it. An address counts before a command; the longest fit counts.
pub(super) fn recognise<'a>(servers: &'a [McpServer], command: &[&str], url: Option<&str>) -> Option<&'a McpServer> {
    if let Some(found) = url.and_then(|url| by_url(servers, url)) {
        return Some(found);
    }
    // `npx mcp-remote https://…` bridges to an address.
    if let Some(found) = command.iter().filter(|w| w.contains("://")).find_map(|w| by_url(servers, w)) {
        return Some(found);
    }
    by_command(servers, command)
}

fn by_url<'a>(servers: &'a [McpServer], url: &str) -> Option<&'a McpServer> {
    let url = url.trim();
    let fits = |prefix: &str| {
        url.strip_prefix(prefix)
            .is_some_and(|rest| prefix.ends_with('/') || rest.is_empty() || rest.starts_with(['/', '?', '#', ':']))
    };
    let all = servers.iter().flat_map(|s| s.urls.iter().map(move |u| (u, s)));
    all.filter(|(u, _)| fits(u)).max_by_key(|(u, _)| u.len()).map(|(_, s)| s)
}

/// A program's name without its directory and ending.
pub(super) fn base(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    [".exe", ".cmd", ".js", ".mjs", ".py"].iter().find_map(|e| name.strip_suffix(e)).unwrap_or(name)
}

/// A package or image without its version, tag, digest and extras.
fn bare(word: &str) -> &str {
    let word = word.split("==").next().unwrap_or(word);
    let word = word.split('[').next().unwrap_or(word);
    let scope = usize::from(word.starts_with('@'));
    let word = match word.get(scope..).and_then(|w| w.find('@')) {
        Some(at) => word.get(..scope + at).unwrap_or(word),
        None => word,
    };
    let last = word.rfind('/').map_or(0, |n| n + 1);
    match word.get(last..).and_then(|w| w.find(':')) {
        Some(at) if !word.contains("://") => word.get(..last + at).unwrap_or(word),
        _ => word,
    }
}

/// Whether a word names a package or image that is this server.
pub(super) fn is_package(server: &McpServer, word: &str) -> bool {
    let word = bare(word);
    server.packages.iter().any(|p| p == word || (p.contains('/') && word.ends_with(&format!("/{p}"))))
}

fn by_command<'a>(servers: &'a [McpServer], command: &[&str]) -> Option<&'a McpServer> {
    // `cmd /c npx …`, `sh -c "npx …"`, `env A=b npx …`: one text or the words behind.
    if let [shell, flag, text] = command
        && matches!(base(shell), "sh" | "bash" | "zsh")
        && flag.ends_with('c')
    {
        let words: Vec<&str> = text.split_whitespace().collect();
        return if words.len() < command.len() + 64 && words.len() > 1 { by_command(servers, &words) } else { None };
    }
    let packages = command.iter().filter(|w| !w.starts_with('-')).map(|w| bare(w));
    for package in packages {
        if let Some(found) = servers.iter().find(|s| is_package(s, package)) {
            return Some(found);
        }
    }
    let leads = |line: &str| {
        let mut words = line.split_whitespace();
        let Some(program) = words.next() else { return false };
        let rest: Vec<&str> = words.collect();
        command.iter().enumerate().any(|(at, word)| {
            base(bare(word)) == program && {
                let mut operands = command.iter().skip(at + 1).filter(|w| !w.starts_with('-'));
                rest.iter().all(|r| operands.next() == Some(r))
            }
        })
    };
    let all = servers.iter().flat_map(|s| s.commands.iter().map(move |c| (c, s)));
    all.filter(|(c, _)| leads(c)).max_by_key(|(c, _)| c.len()).map(|(_, s)| s)
}

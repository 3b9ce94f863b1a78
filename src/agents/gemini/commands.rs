//! Gemini CLI's own view of a command line: what it takes for dangerous, and for safe.
//! Facts: google-gemini/gemini-cli commandSafety.ts, and the 0.61.0 engine as run.

/// The tokens of a whole line as the product's splitter sees them; `None` stands for an operator.
pub fn tokens(line: &str) -> Vec<Option<String>> {
    let mut result = Vec::new();
    let mut current: Option<String> = None;
    let mut chars = line.chars().peekable();
    let mut quote = None;
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('"') | None, '\\') => current.get_or_insert_default().extend(chars.next()),
            (Some(_), c) => current.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                current.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => result.extend(current.take().map(Some)),
            (None, '&' | '|' | ';' | '<' | '>' | '(' | ')') => {
                result.extend(current.take().map(Some));
                result.push(None);
            }
            (None, c) => current.get_or_insert_default().push(c),
        }
    }
    result.extend(current.map(Some));
    result
}

/// Whether the line is asked about even where a rule for the whole tool allows it.
pub fn dangerous(line: &str) -> bool {
    let tokens = tokens(line);
    let words: Vec<&str> = tokens.iter().map(|t| t.as_deref().unwrap_or("\u{0}")).collect();
    dangerous_words(&words, 0)
}

fn dangerous_words(words: &[&str], depth: usize) -> bool {
    let Some((program, rest)) = words.split_first() else { return false };
    let any = |set: &[&str]| rest.iter().any(|w| set.contains(w));
    match *program {
        "rm" => rest.first().is_some_and(|w| matches!(*w, "-f" | "-rf" | "-fr")),
        "sudo" if depth < 8 => dangerous_words(rest, depth + 1),
        "find" => {
            any(&["-exec", "-execdir", "-ok", "-okdir", "-delete", "-fls"])
                || rest.iter().any(|w| w.starts_with("-fprint"))
        }
        "rg" => rest
            .iter()
            .any(|w| matches!(*w, "--search-zip" | "-z") || w.starts_with("--pre") || w.starts_with("--hostname-bin")),
        "git" => dangerous_git(rest),
        "ln" => any(&["-s"]) || rest.iter().any(|w| w.starts_with('-') && !w.starts_with("--") && w.contains('s')),
        "base64" => any(&["-o", "--output"]),
        _ => false,
    }
}

fn dangerous_git(rest: &[&str]) -> bool {
    if rest.iter().any(|w| *w == "-c" || w.starts_with("--config-env")) {
        return true;
    }
    match rest.split_first() {
        Some((&("status" | "log" | "diff" | "show"), arguments)) => arguments
            .iter()
            .any(|w| ["--output", "--ext-diff", "--textconv", "--exec", "--paginate"].iter().any(|f| w.starts_with(f))),
        Some((&"branch", arguments)) => !lists_branches(arguments),
        _ => false,
    }
}

fn lists_branches(arguments: &[&str]) -> bool {
    arguments.iter().all(|w| {
        matches!(
            *w,
            "-a" | "-r" | "-v" | "-vv" | "-l" | "--list" | "--all" | "--remotes" | "--show-current" | "--verbose"
        )
    })
}

/// Whether a question is waived: a known-safe program on paths inside the workspace.
pub fn safe(line: &str) -> bool {
    const SAFE: [&str; 28] = [
        "cat", "cd", "cut", "echo", "expr", "false", "grep", "head", "id", "ls", "nl", "numfmt", "paste", "pwd", "rev",
        "seq", "stat", "tac", "tail", "tr", "true", "uname", "uniq", "wc", "which", "whoami", "base64", "find",
    ];
    if line.contains(['$', '`', '\n']) || dangerous(line) {
        return false;
    }
    let tokens = tokens(line);
    let Some(words) = tokens.iter().map(Option::as_deref).collect::<Option<Vec<&str>>>() else { return false };
    let Some((program, rest)) = words.split_first() else { return false };
    let inside = |w: &&str| !w.starts_with('/') && !w.starts_with('~') && !w.split('/').any(|s| s == "..");
    if *program != "echo" && !rest.iter().filter(|w| !w.starts_with('-')).all(inside) {
        return false;
    }
    match *program {
        "git" => matches!(rest.first(), Some(&("status" | "log" | "diff" | "show" | "branch"))),
        "sed" => {
            rest.first() == Some(&"-n")
                && rest.get(1).is_some_and(|s| {
                    s.strip_suffix('p')
                        .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit() || c == ','))
                })
        }
        program => SAFE.contains(&program),
    }
}

//! Commands Claude Code treats specially whatever the rules say: read-only ones, what
//! `acceptEdits` runs, and `rm` of critical paths.

use crate::agents::claude::rule::{assigned, finds_and_acts};
use crate::agents::shell::{self, Part, Word};

/// Whether a sub-command is in the built-in read-only set, which never prompts. The vendor lists
/// examples; only those and their closest kin are here.
pub fn read_only(part: &Part) -> bool {
    let Some(program) = part.words.first() else { return false };
    if !program.literal {
        return false;
    }
    let arguments = part.words.get(1..).unwrap_or(&[]);
    let value = |n: usize| arguments.get(n).map(|w| w.value.as_str()).unwrap_or("");
    match program.value.as_str() {
        "ls" | "cat" | "echo" | "pwd" | "head" | "tail" | "grep" | "wc" | "which" | "diff" | "stat" | "du" | "cd"
        | "true" | "false" | "[[" | "test" | "[" | "basename" | "dirname" | "uname" | "whoami" | "sleep" => true,
        "find" => !finds_and_acts(arguments),
        "git" => match value(0) {
            "status" | "log" | "diff" | "show" | "blame" | "rev-parse" | "ls-files" | "describe" | "shortlog" => {
                !arguments.iter().any(|w| w.value.starts_with("--output") || w.value == "--ext-diff")
            }
            "branch" | "remote" | "tag" => {
                arguments.len() == 1
                    || arguments
                        .iter()
                        .skip(1)
                        .all(|w| matches!(w.value.as_str(), "-v" | "-vv" | "-a" | "-r" | "-l" | "--list"))
            }
            _ => false,
        },
        "docker" => matches!(value(0), "ps" | "images" | "logs" | "inspect" | "version" | "info"),
        _ => false,
    }
}

/// Whether `acceptEdits` runs a sub-command by itself: file commands on paths inside the folder.
pub fn accepted_edit(part: &Part) -> bool {
    let Some(program) = part.words.first().map(|w| w.value.as_str()) else { return false };
    matches!(program, "mkdir" | "touch" | "rm" | "rmdir" | "mv" | "cp" | "sed")
        && part.words.iter().skip(1).filter(|w| !w.value.starts_with('-')).all(inside)
        && !(program == "rm" && part.words.iter().any(|w| matches!(w.value.trim_end_matches('/'), "." | "*")))
}

/// Whether a path certainly lies in the working folder.
pub fn inside(word: &Word) -> bool {
    let path = word.value.as_str();
    !path.starts_with('/')
        && !path.starts_with('~')
        && !path.contains('$')
        && !path.contains('`')
        && !path.split('/').any(|s| s == "..")
}

/// Whether a command removes a critical path somewhere: `/`, anything directly below it, the home
/// or working folder or a parent, `"$VAR"/*`. Looks into substitutions and `bash -c`.
pub fn removes_critical(parts: &[Part], depth: usize) -> bool {
    parts.iter().any(|part| {
        let mut words = part.words.as_slice();
        while assigned(words).is_some() {
            words = words.get(1..).unwrap_or(&[]);
        }
        let Some(program) = words.first().map(|w| w.value.as_str()) else { return false };
        let arguments = words.get(1..).unwrap_or(&[]);
        match program {
            "rm" | "rmdir" => arguments.iter().filter(|w| !w.value.starts_with('-')).any(critical),
            "bash" | "sh" | "zsh" if depth < 5 => arguments
                .iter()
                .position(|w| w.value.starts_with('-') && !w.value.starts_with("--") && w.value.contains('c'))
                .and_then(|i| arguments.get(i + 1))
                .and_then(|script| shell::split(&script.value).ok())
                .is_some_and(|inner| removes_critical(&inner, depth + 1)),
            _ => false,
        }
    })
}

fn critical(word: &Word) -> bool {
    let path = word.value.as_str();
    let bare = path.trim_end_matches('/');
    if path.starts_with('/') {
        // `/`, `/x`, `/*`
        return bare.is_empty() || !bare.trim_start_matches('/').contains('/');
    }
    if matches!(bare, "~" | "." | "$HOME" | "${HOME}" | "$PWD" | "${PWD}" | "$(pwd)" | "`pwd`") {
        return true;
    }
    if bare.split('/').all(|s| s == "..") {
        return true;
    }
    // `"$VAR"/*`: the root, should the variable be empty.
    let emptied = |variable: &str| variable.starts_with('$') && !variable.contains('/');
    bare.strip_suffix("/*").is_some_and(emptied) || bare.ends_with("/*/*")
}

//! How Droid reads a line of shell: cut at its operators, wrappers taken off, and the programs that it
//! starts. What it compares is text, so this follows its reading, not a shell's.

use super::quotes::{Quotes, bare, base, plain, program, quoted, unquoted, words};
use super::wrappers::{command_word, is_assignment, options, redirection};

/// What stands inside `sh -c '…'` where a line begins so; otherwise the line.
pub fn unwrapped(command: &str) -> String {
    let inside = || {
        let rest = command.trim_start();
        let end = rest.find(char::is_whitespace)?;
        let (shell, rest) = rest.split_at(end);
        let known = matches!(shell, "sh" | "bash" | "zsh" | "cmd" | "cmd.exe");
        let rest = rest.trim_start();
        let (flag, rest) = rest.split_at(rest.find(char::is_whitespace)?);
        (known && (flag == "/c" || is_command_flag(flag))).then(|| rest.trim())
    };
    let text = inside().unwrap_or(command.trim());
    match (inside().is_some(), quoted(text)) {
        (true, Some(within)) => within.to_owned(),
        _ => text.to_owned(),
    }
}

/// `-c`, `-lc`, ….
pub fn is_command_flag(flag: &str) -> bool {
    flag.strip_prefix('-').and_then(|f| f.strip_suffix('c')).is_some_and(|f| f.chars().all(|c| c.is_ascii_alphabetic()))
}

/// The parts of a line, or of what `sh -c` is handed in it, between its operators.
pub fn segments(command: &str) -> Vec<String> {
    split(&unwrapped(command))
}

/// The parts of a text between its operators; the bodies of here-documents are left out.
pub fn split(text: &str) -> Vec<String> {
    let text: Vec<char> = without_heredocs(text).chars().collect();
    let at = |n: usize| text.get(n).copied();
    let (mut found, mut part, mut quotes, mut n) = (Vec::new(), String::new(), Quotes::default(), 0);
    while let Some(c) = at(n) {
        let next = at(n + 1);
        if let (false, '\\', Some(next)) = (quotes.single(), c, next) {
            part.push(c);
            part.push(next);
            n += 2;
            continue;
        }
        quotes.pass(c);
        let cut = match c {
            _ if !quotes.outside() => false,
            '&' | '|' if next == Some(c) => {
                n += 1;
                true
            }
            ';' | '|' | '\n' | '\r' => true,
            '&' => {
                let mut before = part.chars().rev();
                let duplicates = before.next() == Some('>') && before.next().is_some_and(|c| c.is_ascii_digit());
                next != Some('>') && !duplicates
            }
            _ => false,
        };
        if cut {
            found.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
        n += 1;
    }
    found.push(part);
    found.into_iter().map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect()
}

/// The here-documents that a line opens: their ends, and whether tabs before those are cut.
fn heredocs(line: &str) -> Vec<(String, bool)> {
    let chars: Vec<char> = line.chars().collect();
    let at = |n: usize| chars.get(n).copied();
    let (mut found, mut quotes, mut n) = (Vec::new(), Quotes::default(), 0);
    while n + 1 < chars.len() {
        let c = at(n);
        match c {
            Some('\\') if !quotes.single() => {
                n += 2;
                continue;
            }
            Some(quote @ ('\'' | '"')) => quotes.pass(quote),
            Some('<') if quotes.outside() && at(n + 1) == Some('<') && at(n + 2) != Some('<') => {
                let mut end = n + 2;
                let tabs = at(end) == Some('-');
                end += usize::from(tabs);
                while matches!(at(end), Some(' ' | '\t')) {
                    end += 1;
                }
                let start = end;
                match at(end).filter(|c| matches!(c, '\'' | '"')) {
                    Some(quote) => {
                        end += 1;
                        while at(end).is_some_and(|c| c != quote) {
                            end += 1;
                        }
                        end += usize::from(at(end).is_some());
                    }
                    None => {
                        while at(end).is_some_and(|c| !c.is_whitespace() && !";&|<>".contains(c)) {
                            end += 1;
                        }
                    }
                }
                let word: String = chars.get(start..end).unwrap_or(&[]).iter().collect();
                let word = plain(&word);
                if !word.is_empty() {
                    found.push((word, tabs));
                }
                n = end;
            }
            _ => {}
        }
        n += 1;
    }
    found
}

fn without_heredocs(command: &str) -> String {
    let mut open: std::collections::VecDeque<(String, bool)> = std::collections::VecDeque::new();
    let mut text = String::new();
    for line in command.split_inclusive('\n') {
        let end = if line.ends_with('\n') { "\n" } else { "" };
        let written = line.strip_suffix('\n').unwrap_or(line);
        let written = if end.is_empty() { written } else { written.strip_suffix('\r').unwrap_or(written) };
        match open.front() {
            Some((word, tabs)) => {
                let compared = if *tabs { written.trim_start_matches('\t') } else { written };
                if compared == word {
                    open.pop_front();
                }
                text.push_str(end);
            }
            None => {
                open.extend(heredocs(written));
                text.push_str(line);
            }
        }
    }
    text
}

/// Words with the redirections that are written onto them taken apart.
fn apart(part: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in words(part) {
        let chars: Vec<char> = word.chars().collect();
        let cut = unquoted(&chars, 0, "<>").map(|n| {
            let before = |back: usize| n.checked_sub(back).and_then(|n| chars.get(n)).copied();
            let both = chars.get(n) == Some(&'>') && before(1) == Some('&') && before(2) != Some('\\');
            n - usize::from(both)
        });
        let head: String = chars.iter().take(cut.unwrap_or(0)).collect();
        let digits = head.trim_start_matches(|c: char| c.is_ascii_digit());
        match cut {
            Some(n) if !matches!(digits, "" | "&") => {
                found.push(head);
                found.push(chars.iter().skip(n).collect());
            }
            _ => found.push(word),
        }
    }
    found
}

/// Whether words begin with an assignment or a wrapper.
pub fn prefixed(words: &[String]) -> bool {
    words.first().is_some_and(|w| is_assignment(w) || options(&base(w)).is_some())
}

/// The words from the program on, its quotes and those of its arguments taken off.
pub fn arguments(words: &[String]) -> Vec<String> {
    let Some(n) = command_word(words, false).0 else { return Vec::new() };
    let Some(first) = words.get(n).map(|w| program(w)).filter(|p| !p.is_empty()) else { return Vec::new() };
    std::iter::once(first).chain(words.iter().skip(n + 1).map(|w| plain(w))).collect()
}

/// The name that a part of a line is known by on a list of allowed commands: its program, with a
/// sub-command where the program is one of a few. `None` for one that counts as nothing (`cd x`).
pub fn name(part: &str) -> Option<String> {
    const WITH_ONE: [&str; 5] = ["git", "npm", "yarn", "pnpm", "bun"];
    const WITH_TWO: [&str; 2] = ["gh", "glab"];
    let words = apart(part);
    let at = command_word(&words, false).0?;
    let first = words.get(at)?;
    if first == "cd" {
        return None;
    }
    let program = bare(first);
    let program = program.rsplit('/').next().filter(|p| !p.is_empty()).unwrap_or(program);
    if program.is_empty() || program.starts_with('-') || program.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let wanted = match program {
        p if WITH_ONE.contains(&p) => 1,
        p if WITH_TWO.contains(&p) => 2,
        _ => return Some(program.to_owned()),
    };
    let mut known = vec![program];
    let mut skips = false;
    for word in words.iter().skip(at + 1) {
        if std::mem::take(&mut skips) {
            continue;
        }
        if redirection(word).is_some() {
            let signs: String = word.chars().filter(|c| !c.is_ascii_digit()).collect();
            skips = signs.chars().all(|c| "<>&".contains(c));
            continue;
        }
        if word.starts_with('-') {
            skips = match program {
                "git" => ["-C", "-c", "--git-dir", "--work-tree"].contains(&word.as_str()),
                "gh" | "glab" => ["-R", "--repo"].contains(&word.as_str()),
                _ => ["--prefix", "--workspace", "--dir", "-C"].contains(&word.as_str()),
            };
            continue;
        }
        if word.starts_with(['"', '\'']) {
            continue;
        }
        known.push(word);
        if known.len() > wanted {
            break;
        }
    }
    Some(known.join(" "))
}

/// The names of all parts of a line, once each.
pub fn names(command: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for known in segments(command).iter().filter_map(|part| name(part)) {
        if !found.contains(&known) {
            found.push(known);
        }
    }
    found
}

/// A line whose programs stand without their directories, its parts joined by ` ; `.
pub fn normal(command: &str) -> String {
    let parts = segments(command).into_iter().map(|part| {
        let mut words = apart(&part);
        match command_word(&words, false).0.and_then(|n| words.get_mut(n)) {
            Some(word) => {
                *word = base(word);
                words.join(" ")
            }
            None => part,
        }
    });
    parts.collect::<Vec<_>>().join(" ; ")
}

/// Whether a part writes to a file that isn't `/dev/null`.
pub fn writes(part: &str) -> bool {
    let all = words(part);
    let mut n = 0;
    while let Some(word) = all.get(n) {
        let chars: Vec<char> = word.chars().collect();
        let mut from = 0;
        while let Some(at) = unquoted(&chars, from, ">").filter(|_| from < chars.len()) {
            let mut end = at + 1;
            match chars.get(end) {
                Some('>' | '|') => end += 1,
                Some('&') => {
                    let digits = chars.iter().skip(end + 1).take_while(|c| c.is_ascii_digit()).count();
                    if digits > 0 {
                        from = end + 1 + digits;
                        continue;
                    }
                    end += 1;
                }
                _ => {}
            }
            let glued: String = chars.iter().skip(end).collect();
            let target = if glued.is_empty() {
                n += 1;
                all.get(n).cloned().unwrap_or_default()
            } else {
                glued
            };
            if bare(&target) != "/dev/null" {
                return true;
            }
            break;
        }
        n += 1;
    }
    false
}

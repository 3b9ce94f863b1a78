//! The programs that a line starts, as Droid finds them: behind wrappers, inside `sh -c`, inside
//! substitutions.

use super::quotes::{base, plain, words};
use super::words::{is_command_flag, split};
use super::wrappers::command_word;

/// How deep substitutions and `sh -c` are followed, and how many programs are looked at.
const DEPTH: usize = 8;
const MOST: usize = 64;

/// The programs that a line starts, with their arguments: behind wrappers, inside `sh -c`, inside
/// substitutions. Programs stand without their directories; `plained`: the arguments without their quotes.
pub fn invocations(command: &str, plained: bool) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    if !command.trim().is_empty() {
        line(command, 0, plained, &mut found);
    }
    found
}

fn line(text: &str, depth: usize, plained: bool, found: &mut Vec<Vec<String>>) {
    if depth > DEPTH || found.len() >= MOST {
        return;
    }
    let (outer, bodies) = substitutions(text);
    for body in bodies {
        line(&body, depth + 1, plained, found);
    }
    for part in split(&outer) {
        let all = words(&part);
        if !all.is_empty() {
            simple(&all, depth, plained, found);
        }
    }
}

fn simple(all: &[String], depth: usize, plained: bool, found: &mut Vec<Vec<String>>) {
    if depth > DEPTH || found.len() >= MOST {
        return;
    }
    let (at, split) = command_word(all, true);
    if let Some(split) = split {
        let mut anew: Vec<String> = all.iter().take(split.at).cloned().collect();
        anew.extend(split.kept);
        anew.extend(words(&split.payload));
        anew.extend(all.iter().skip(split.at + split.taken).cloned());
        return line(&anew.join(" "), depth + 1, plained, found);
    }
    let Some((first, rest)) = at.and_then(|n| all.get(n..)).and_then(<[String]>::split_first) else { return };
    let name = base(first);
    if name.is_empty() {
        return;
    }
    let arguments = rest.iter().map(|w| if plained { plain(w) } else { w.clone() });
    let whole: Vec<String> = std::iter::once(name.clone()).chain(arguments).collect();
    if !found.contains(&whole) {
        found.push(whole);
    }
    const SHELLS: [&str; 7] = ["sh", "bash", "zsh", "dash", "ksh", "cmd", "cmd.exe"];
    if SHELLS.contains(&name.to_lowercase().as_str()) {
        let until = rest.iter().take_while(|w| *w != "--").count();
        let flag = rest.iter().take(until).position(|w| is_command_flag(w) || w == "/c" || w == "/C");
        if let Some(inner) = flag.and_then(|n| rest.get(n + 1)) {
            line(&plain(inner), depth + 1, plained, found);
        }
    }
}

/// A text with its substitutions taken out, and what stands in them.
fn substitutions(text: &str) -> (String, Vec<String>) {
    let chars: Vec<char> = text.chars().collect();
    let at = |n: usize| chars.get(n).copied();
    let slice = |from: usize, to: usize| chars.get(from..to).unwrap_or(&[]).iter().collect::<String>();
    let (mut outer, mut bodies, mut single, mut double, mut n) = (String::new(), Vec::new(), false, false, 0);
    while let Some(c) = at(n) {
        let next = at(n + 1);
        if let ('\\', false, Some(next)) = (c, single, next) {
            outer.push(c);
            outer.push(next);
            n += 2;
            continue;
        }
        let opens = match c {
            '$' => !single && next == Some('('),
            '<' | '>' => !single && !double && next == Some('('),
            _ => false,
        };
        if opens {
            let end = closing(&chars, n + 2);
            bodies.push(slice(n + 2, end));
            outer.push(' ');
            n = end + 1;
            continue;
        }
        if c == '`' && !single {
            let mut end = n + 1;
            while at(end).is_some_and(|c| c != '`') {
                end += if at(end) == Some('\\') && end + 1 < chars.len() { 2 } else { 1 };
            }
            let end = end.min(chars.len());
            let mut body = String::new();
            let mut inside = slice(n + 1, end).chars().collect::<Vec<_>>().into_iter().peekable();
            while let Some(c) = inside.next() {
                match inside.peek().copied().filter(|next| c == '\\' && matches!(next, '`' | '$' | '\\')) {
                    Some(next) => {
                        body.push(next);
                        inside.next();
                    }
                    None => body.push(c),
                }
            }
            bodies.push(body);
            outer.push(' ');
            n = end + 1;
            continue;
        }
        match c {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ => {}
        }
        outer.push(c);
        n += 1;
    }
    (outer, bodies)
}

/// Where the parenthesis closes that was opened before `from`; the end of the text where none does.
fn closing(chars: &[char], from: usize) -> usize {
    let (mut open, mut single, mut double, mut n) = (1usize, false, false, from);
    while let Some(c) = chars.get(n).copied() {
        match c {
            '\\' if !single && n + 1 < chars.len() => n += 1,
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            '(' if !single && !double => open += 1,
            ')' if !single && !double => {
                open -= 1;
                if open == 0 {
                    return n;
                }
            }
            _ => {}
        }
        n += 1;
    }
    chars.len()
}

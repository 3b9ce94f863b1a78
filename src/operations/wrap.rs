//! Unwrapping: `sudo`, `env A=b`, `timeout 5`, `sh -c`, `ssh host`, `docker exec`, `npx`, … until a
//! program is left. Which programs wrap, and how, is data.

use std::rc::Rc;

use super::run::{Frame, Invocation, Run, Stdin};
use super::unwrap::Unwrapped;
use super::words::{Arg, HOLE, base, quoted};
use super::{Target, expand::Scope};
use crate::knowledge::wrappers::{Takes, Wrapper};

impl Run<'_> {
    /// A simple command: what it runs, and what it performs itself.
    pub fn invoke(&mut self, invocation: &Invocation, scope: &mut Scope, frame: &Frame) {
        if !self.step() {
            return;
        }
        let Some((program, rest)) = invocation.args.split_first() else {
            return self.perform_forms("", &[], invocation, frame);
        };
        let name = base(&program.text);
        if name.contains(HOLE) || name.is_empty() {
            if name.contains(HOLE) {
                self.undecided(
                    "dynamic-command",
                    "which program runs isn't known: its name comes from a variable or another command",
                );
                // `$SUDO docker …`: most likely something in front of the command.
                if program.many && rest.first().is_some_and(|a| a.is_known() && self.is_tool(base(&a.text))) {
                    let inner = Frame { guessed: true, ..frame.clone() };
                    self.depth += 1;
                    self.invoke(&Invocation { args: rest.to_vec(), ..invocation.clone() }, scope, &inner);
                    self.depth -= 1;
                }
            }
            return;
        }
        let mut frame = frame.clone();
        frame.guessed |= !program.is_known();
        self.depth += 1;
        let ran = self.project_script(name, rest, invocation, scope, &frame)
            || self.script_file(&program.text, rest, scope, &frame);
        if !ran {
            let code = self.wrapped(name, rest, invocation, scope, &frame);
            self.call(name, rest, &frame);
            if !code {
                self.perform_forms(name, rest, invocation, &frame);
            }
        }
        self.depth -= 1;
    }

    /// `./deploy.sh`: a script of the project.
    fn script_file(&mut self, path: &str, args: &[Arg], scope: &Scope, frame: &Frame) -> bool {
        if !path.contains('/') || path.contains(HOLE) {
            return false;
        }
        let is_script = [".sh", ".bash"].iter().any(|e| path.ends_with(e));
        let Some(text) = self.file(path, frame) else {
            if is_script {
                self.undecided("unknown-script", format!("`{path}` isn't among the project's files"));
            }
            return is_script;
        };
        let first = text.lines().next().unwrap_or("");
        let shell =
            first.starts_with("#!") && ["sh", "bash", "dash", "zsh", "ksh", "ash"].contains(&interpreter(first));
        if !(shell || is_script) {
            return false;
        }
        self.script(path, &text, args, scope, frame);
        true
    }

    /// Follows a script's text, unless it is being followed already.
    pub fn script(&mut self, label: &str, text: &str, args: &[Arg], scope: &Scope, frame: &Frame) {
        let key = format!("{}\n{}", frame.dir.as_deref().unwrap_or(""), label);
        if self.following.contains(&key) {
            return;
        }
        self.following.push(key);
        let mut inner = Scope { arguments: Some(args.to_vec()), ..Scope::default() };
        for name in scope.exported.iter() {
            if let Some(value) = scope.variables.get(name) {
                Rc::make_mut(&mut inner.exported).insert(name.clone());
                Rc::make_mut(&mut inner.variables).insert(name.clone(), value.clone());
            }
        }
        self.text(text, &mut inner, &frame.inside(label));
        self.following.pop();
    }

    /// Follows what a program wraps; whether that was code, which has been held against its forms.
    fn wrapped(&mut self, name: &str, args: &[Arg], invocation: &Invocation, scope: &mut Scope, frame: &Frame) -> bool {
        let mut code = false;
        let knowledge = self.context.knowledge;
        let rows: Vec<&Wrapper> = knowledge
            .wrappers()
            .wrappers
            .iter()
            .filter(|w| w.programs.iter().any(|p| p == name || numbered(p, name)))
            .collect();
        for row in rows {
            if let Some(found) = Unwrapped::read(row, args) {
                code |= found.flag.is_some() && matches!(row.takes, Takes::File | Takes::Code);
                self.inside(name, row, found, invocation, scope, frame);
            }
        }
        code
    }

    fn inside(
        &mut self,
        name: &str,
        row: &Wrapper,
        found: Unwrapped,
        invocation: &Invocation,
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let mut label = name.to_owned();
        for word in &found.words {
            label.push(' ');
            label.push_str(word);
        }
        let mut inner = frame.clone();
        inner.environment |= row.environment;
        match row.target.as_deref() {
            Some("remote") if !found.here => inner.target = Some(Target::Remote),
            Some("local") => inner.target = Some(Target::Local),
            _ => {}
        }
        let mut environment = invocation.environment.clone();
        environment.extend(found.environment);
        if let Some((flag, text)) = &found.flag {
            let label = format!("{label} {flag}");
            let mut inner = inner.inside(label.clone());
            inner.stdin = frame.stdin.clone();
            match row.takes {
                Takes::File | Takes::Code => self.code(name, text, scope, &inner),
                _ if text.contains(HOLE) && text.trim() == HOLE.to_string() => {
                    self.undecided(
                        "dynamic-command",
                        format!("what `{label}` runs isn't known: it comes from a variable"),
                    );
                }
                _ => {
                    let mut here = inherited(scope, &environment);
                    here.arguments = Some(found.args.get(1..).unwrap_or(&[]).to_vec());
                    self.text(text, &mut here, &inner);
                }
            }
            return;
        }
        let mut args = found.args;
        args.truncate(row.most.unwrap_or(usize::MAX));
        if row.more {
            args.push(Arg::unknown(true));
        }
        let command = |args: Vec<Arg>| Invocation { args, environment: environment.clone(), writes: Vec::new() };
        match row.takes {
            Takes::Command if args.is_empty() => {}
            Takes::Command => {
                let mut inner = inner.inside(label);
                if row.more {
                    inner.stdin = Stdin::Unknown;
                }
                self.again(command(args), scope, &inner);
            }
            Takes::Shell => {
                if args.is_empty() {
                    if row.stdin {
                        self.shell_input(&label, scope, &inner);
                    }
                    return;
                }
                let text = args.iter().map(|a| a.text.as_str()).collect::<Vec<_>>().join(" ");
                if args.len() == 1 && text.trim() == HOLE.to_string() {
                    return self.undecided(
                        "dynamic-command",
                        format!("what `{label}` runs isn't known: it comes from a variable"),
                    );
                }
                if row.here {
                    return self.text(&text, scope, &inner.inside(label));
                }
                let mut here = inherited(scope, &environment);
                self.text(&text, &mut here, &inner.inside(label));
            }
            Takes::Package => {
                let Some((package, rest)) = args.split_first() else { return };
                let program = self.package_program(&package.text);
                if program.contains(HOLE) {
                    return self.undecided("dynamic-command", format!("which package `{label}` runs isn't known"));
                }
                let mut all = vec![Arg::known(program)];
                all.extend_from_slice(rest);
                self.again(command(all), scope, &inner.inside(label));
            }
            Takes::Image => {
                let Some((image, rest)) = args.split_first() else { return };
                let own = found.entrypoint.or_else(|| self.image_program(&image.text));
                let mut all: Vec<Arg> = own.map(Arg::known).into_iter().collect();
                all.extend_from_slice(rest);
                if !all.is_empty() {
                    self.again(command(all), scope, &inner.inside(label));
                }
            }
            Takes::Script => match args.split_first() {
                Some((file, rest)) if file.text != "-" => {
                    if file.text.starts_with("/dev/stdin") {
                        return self.shell_input(&label, scope, &inner);
                    }
                    match self.file(&file.text, &inner) {
                        Some(text) => self.script(&file.text, &text, rest, scope, &inner.inside(label)),
                        None => self.undecided(
                            "unknown-script",
                            format!("what `{label}` runs isn't among the project's files"),
                        ),
                    }
                }
                _ => self.shell_input(&label, scope, &inner),
            },
            Takes::File => {
                let Some((file, rest)) = args.split_first() else {
                    if matches!(frame.stdin, Stdin::Text(_))
                        && let Stdin::Text(text) = &frame.stdin
                    {
                        self.code(name, text, scope, &inner.inside(label));
                    }
                    return;
                };
                if file.text.contains(HOLE) {
                    return self.undecided("program-not-read", format!("which file `{label}` runs isn't known"));
                }
                let before = (self.out.operations.len(), self.out.undecided.len());
                let mut all = vec![Arg::known(base(&file.text))];
                all.extend_from_slice(rest);
                self.again(command(all), scope, &inner.inside(label.clone()));
                if before == (self.out.operations.len(), self.out.undecided.len()) && !self.is_tool(base(&file.text)) {
                    self.undecided(
                        "program-not-read",
                        format!("`{label}` runs `{}`, a program that isn't read", file.text),
                    );
                }
            }
            Takes::Code => {}
            Takes::Elsewhere => {
                self.undecided("runs-elsewhere", format!("what `{label}` runs stands in no file that is followed"));
            }
        }
    }

    fn again(&mut self, invocation: Invocation, scope: &mut Scope, frame: &Frame) {
        self.invoke(&invocation, scope, frame);
    }

    fn is_tool(&self, program: &str) -> bool {
        self.context.knowledge.tools_of(program).next().is_some()
    }

    /// Shell text on standard input.
    fn shell_input(&mut self, label: &str, scope: &mut Scope, frame: &Frame) {
        match &frame.stdin {
            Stdin::Text(text) => {
                let text = text.clone();
                let inner = Frame { stdin: Stdin::Inherited, ..frame.inside(label) };
                self.text(&text, &mut scope.clone(), &inner);
            }
            Stdin::Unknown => {
                self.undecided(
                    "unknown-script",
                    format!("what `{label}` runs isn't known: it comes through a pipe or from a file"),
                );
            }
            Stdin::Inherited => {}
        }
    }

    /// The program a package runs: by the table, else the last part of its name.
    fn package_program(&self, package: &str) -> String {
        let package = ["npm:", "jsr:"].iter().find_map(|p| package.strip_prefix(p)).unwrap_or(package);
        let scope = usize::from(package.starts_with('@'));
        let bare = match package.get(scope..).and_then(|p| p.find('@')) {
            Some(at) => package.get(..scope + at).unwrap_or(package),
            None => package.split("==").next().unwrap_or(package),
        };
        match self.context.knowledge.wrappers().packages.get(bare) {
            Some(program) => program.clone(),
            None => base(bare).to_owned(),
        }
    }

    /// The program a container image is.
    fn image_program(&self, image: &str) -> Option<String> {
        let bare = image.split('@').next().unwrap_or(image);
        let last = bare.rfind('/').map_or(0, |n| n + 1);
        let bare = match bare.get(last..).and_then(|t| t.find(':')) {
            Some(at) => bare.get(..last + at).unwrap_or(bare),
            None => bare,
        };
        let images = &self.context.knowledge.wrappers().images;
        images
            .iter()
            .find(|(name, _)| bare == name.as_str() || bare.ends_with(&format!("/{name}")))
            .map(|(_, p)| p.clone())
    }
}

/// `python3.12` for `python3`.
fn numbered(name: &str, program: &str) -> bool {
    program
        .strip_prefix(name)
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-'))
}

/// What a `#!` line runs.
fn interpreter(line: &str) -> &str {
    let mut words = line.trim_start_matches("#!").split_whitespace();
    let first = words.next().map_or("", base);
    if first == "env" { words.find(|w| !w.starts_with('-')).map_or("", base) } else { first }
}

/// A scope of its own with what is set for it.
fn inherited(scope: &Scope, environment: &[(String, Arg)]) -> Scope {
    let mut inner = Scope { depth: scope.depth + 1, ..Scope::default() };
    for (name, value) in environment {
        Rc::make_mut(&mut inner.exported).insert(name.clone());
        Rc::make_mut(&mut inner.variables).insert(name.clone(), super::expand::Value::of(&value.text));
    }
    inner
}

/// A command written so that a shell reads it back, for runners that take shell text.
pub(super) fn as_text(text: &str, args: &[Arg]) -> String {
    if args.is_empty() { text.to_owned() } else { format!("{text} {}", quoted(args)) }
}

//! `npm run x`, `make x`, `just x`, `task x`, `composer x`: the project's own scripts, by name.

use std::rc::Rc;

use super::expand::Scope;
use super::run::{Frame, Invocation, Run};
use super::words::{Arg, Arguments, Grammar, HOLE, Item};
use super::wrap::as_text;
use crate::knowledge::wrappers::Runner;

impl Run<'_> {
    /// Follows a script of the project. `true` if the command is that and nothing else.
    pub fn project_script(
        &mut self,
        name: &str,
        args: &[Arg],
        invocation: &Invocation,
        scope: &Scope,
        frame: &Frame,
    ) -> bool {
        let knowledge = self.context.knowledge;
        let rows: Vec<&Runner> =
            knowledge.wrappers().runners.iter().filter(|r| r.programs.iter().any(|p| p == name)).collect();
        for row in rows {
            let values = row.values.iter().chain(&row.directories).chain(&row.files).map(String::as_str).collect();
            let arguments = Arguments::read(args, Grammar { values, ..Grammar::default() });
            let Some(behind) = arguments.words(&row.words) else { continue };
            if let Some(done) = self.run_row(name, row, args, &arguments, behind, invocation, scope, frame) {
                return done;
            }
        }
        false
    }

    #[allow(clippy::too_many_arguments)]
    fn run_row(
        &mut self,
        name: &str,
        row: &Runner,
        args: &[Arg],
        arguments: &Arguments<'_, '_>,
        behind: usize,
        invocation: &Invocation,
        scope: &Scope,
        frame: &Frame,
    ) -> Option<bool> {
        if arguments.has("--help")
            || arguments.has("--version")
            || (row.each && (arguments.has("-n") || arguments.has("--dry-run")))
        {
            return Some(true);
        }
        let mut frame = frame.clone();
        if let Some(dir) = arguments.values(&row.directories).pop() {
            frame.dir = frame.dir.as_deref().and_then(|d| super::project::join(d, &dir));
        }
        let mut operands = arguments.items.iter().skip(behind).filter_map(|i| match i {
            Item::Operand(number) => Some(*number),
            Item::Flag { .. } => None,
        });
        let label = |script: &str| {
            let mut label = name.to_owned();
            for choice in &row.words {
                label.push(' ');
                label.push_str(choice.first().map_or("", String::as_str));
            }
            format!("{label} {script}")
        };
        let file = arguments.values(&row.files).pop();
        let mut inherited = scope.clone();
        for (variable, value) in &invocation.environment {
            Rc::make_mut(&mut inherited.exported).insert(variable.clone());
            Rc::make_mut(&mut inherited.variables).insert(variable.clone(), super::expand::Value::of(&value.text));
        }
        if row.each {
            let mut targets: Vec<String> = Vec::new();
            for number in operands {
                let text = args.get(number).map_or("", |a| a.text.as_str());
                match text.split_once('=') {
                    Some((variable, value)) => {
                        Rc::make_mut(&mut inherited.exported).insert(variable.to_owned());
                        Rc::make_mut(&mut inherited.variables)
                            .insert(variable.to_owned(), super::expand::Value::of(value));
                    }
                    None => targets.push(text.to_owned()),
                }
            }
            if targets.is_empty() {
                targets.push(String::new());
            }
            for target in targets {
                self.follow(row, &label(&target), &target, file.as_deref(), &[], &inherited, &frame);
            }
            return Some(true);
        }
        let number = if row.names.is_empty() { operands.next() } else { None };
        let script = match (number, row.names.is_empty()) {
            (_, false) => {
                // The sub-command is the script's name.
                let Some(Item::Operand(n)) = arguments.items.get(behind.checked_sub(1)?) else { return None };
                args.get(*n)?.text.clone()
            }
            (Some(number), true) => args.get(number)?.text.clone(),
            (None, true) if row.by_itself => String::new(),
            (None, true) => return if row.if_known { None } else { Some(true) },
        };
        let start = match number {
            Some(number) => number + 1,
            None => args.iter().position(|a| a.text == script).map_or(args.len(), |n| n + 1),
        };
        let rest: Vec<Arg> = args.get(start..).unwrap_or(&[]).iter().filter(|a| a.text != "--").cloned().collect();
        if script.contains(HOLE) {
            self.undecided("dynamic-command", format!("which script `{name}` runs isn't known"));
            return Some(true);
        }
        if row.if_known || !row.names.is_empty() {
            let known =
                self.context.project.and_then(|p| p.script(&row.kind, frame.dir.as_deref()?, file.as_deref(), &script));
            known.as_ref()?;
        }
        let shown = if row.names.is_empty() { label(&script) } else { format!("{name} {script}") };
        self.follow(row, &shown, &script, file.as_deref(), &rest, &inherited, &frame);
        Some(true)
    }

    #[allow(clippy::too_many_arguments)]
    fn follow(
        &mut self,
        row: &Runner,
        label: &str,
        script: &str,
        file: Option<&str>,
        args: &[Arg],
        scope: &Scope,
        frame: &Frame,
    ) {
        let label = label.trim_end().to_owned();
        let found = match (self.context.project, frame.dir.as_deref()) {
            (Some(project), Some(dir)) => project.script(&row.kind, dir, file, script),
            _ => None,
        };
        let Some(found) = found else {
            return self.undecided("unknown-script", format!("what `{label}` runs isn't among the project's files"));
        };
        let inner = Frame { dir: Some(found.dir.clone()), ..frame.clone() };
        for (number, text) in found.texts.iter().enumerate() {
            // Arguments go to the script itself, not to what runs before and after it.
            let text = if number == found.main { as_text(text, args) } else { text.clone() };
            let key = if number == found.main { label.clone() } else { format!("{label} ({number})") };
            if number == found.main {
                self.script(&key, &text, args, scope, &inner);
            } else {
                self.script(&label, &text, &[], scope, &inner);
            }
        }
    }
}

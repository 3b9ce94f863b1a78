//! What the shell does itself: its functions, aliases, variables and directory.

use std::rc::Rc;

use super::expand::{Scope, Value};
use super::run::{DEPTH, Frame, Invocation, Run};
use super::words::HOLE;

impl Run<'_> {
    /// What the shell itself does. `true` if that was all.
    pub(super) fn builtin(
        &mut self,
        invocation: &Invocation,
        scope: &mut Scope,
        frame: &mut Frame,
        inner: &Frame,
    ) -> bool {
        let Some((program, rest)) = invocation.args.split_first() else { return false };
        if let Some(alias) = scope.aliases.get(&program.text).cloned() {
            if scope.depth > DEPTH {
                return true;
            }
            let text = format!("{alias} {}", super::words::quoted(rest));
            let mut here = scope.clone();
            Rc::make_mut(&mut here.aliases).remove(&program.text);
            self.text(&text, &mut here, &inner.inside(program.text.clone()));
            return true;
        }
        if let Some(body) = scope.functions.get(&program.text).cloned() {
            if self.depth >= DEPTH {
                self.limit();
                return true;
            }
            self.depth += 1;
            let mut here = scope.clone();
            here.depth += 1;
            here.arguments = Some(rest.to_vec());
            let mut inner = inner.inside(format!("{}()", program.text));
            self.statement(&body, &mut here, &mut inner);
            self.depth -= 1;
            here.arguments = scope.arguments.clone();
            here.depth = scope.depth;
            *scope = here;
            return true;
        }
        match program.text.as_str() {
            "cd" | "pushd" => {
                let to = rest.iter().find(|a| !a.text.starts_with('-') || a.text == "-");
                frame.dir = match (to, &frame.dir) {
                    (Some(to), Some(dir)) if to.is_known() && to.text != "-" => super::project::join(dir, &to.text),
                    _ => None,
                };
                true
            }
            "alias" => {
                for (name, value) in rest.iter().filter_map(|a| a.text.split_once('=')) {
                    if !value.contains(HOLE) {
                        Rc::make_mut(&mut scope.aliases).insert(name.to_owned(), value.to_owned());
                    }
                }
                true
            }
            "unset" => {
                for name in rest {
                    Rc::make_mut(&mut scope.variables).insert(name.text.clone(), Value::Known(String::new()));
                    Rc::make_mut(&mut scope.exported).remove(&name.text);
                }
                true
            }
            "set" if rest.first().is_some_and(|a| a.text == "--") => {
                scope.arguments = Some(rest.get(1..).unwrap_or(&[]).to_vec());
                true
            }
            "shift" => {
                scope.arguments = match (scope.arguments.take(), rest.is_empty()) {
                    (Some(mut all), true) if !all.is_empty() => {
                        all.remove(0);
                        Some(all)
                    }
                    _ => None,
                };
                true
            }
            "read" | "mapfile" | "readarray" | "getopts" => {
                for name in rest.iter().filter(|a| !a.text.starts_with('-')) {
                    Rc::make_mut(&mut scope.variables).insert(name.text.clone(), Value::Unknown);
                }
                true
            }
            _ => false,
        }
    }
}

//! Statements, walked as a shell would: both sides of a condition, each turn of a loop over known
//! words, functions where they are called.

use std::rc::Rc;

use super::expand::{Scope, Value};
use super::run::{DEPTH, Frame, Invocation, Run, STEPS};
use super::words::Arg;
use crate::syntax::shell::{Assigned, Assignment, RedirectKind, Simple, Statement, StatementKind, Word};

/// How many turns of a loop are walked.
const TURNS: usize = 8;

impl Run<'_> {
    pub(super) fn statements(&mut self, statements: &[Statement], scope: &mut Scope, frame: &mut Frame) {
        for statement in statements {
            self.statement(statement, scope, frame);
        }
    }

    /// A copy of the frame for something that can't move it (a subshell, a part of a pipe).
    pub(super) fn apart(&mut self, statements: &[Statement], scope: &Scope, frame: &Frame) {
        let mut frame = frame.clone();
        self.statements(statements, &mut scope.clone(), &mut frame);
    }

    pub(super) fn statement(&mut self, statement: &Statement, scope: &mut Scope, frame: &mut Frame) {
        // Every statement counts, so that loops in loops end.
        self.steps += 1;
        if self.steps > STEPS || scope.depth > DEPTH {
            return self.limit();
        }
        if let StatementKind::Simple(simple) = &statement.kind {
            return self.simple(simple, statement, scope, frame);
        }
        let outer = frame.stdin.clone();
        self.redirected(&statement.redirects, scope, frame);
        match &statement.kind {
            StatementKind::Simple(_) => {}
            StatementKind::Declare { keyword, assignments } => {
                for assignment in assignments {
                    self.assign(assignment, scope, frame);
                    if keyword.as_str() == "export" {
                        Rc::make_mut(&mut scope.exported).insert(assignment.name.text.to_string());
                    }
                }
            }
            StatementKind::Pipeline(parts) => self.pipeline(parts, scope, frame),
            StatementKind::List { first, rest } => {
                self.statement(first, scope, frame);
                for (_, next) in rest {
                    self.statement(next, scope, frame);
                }
            }
            StatementKind::Not(inner) => self.statement(inner, scope, frame),
            StatementKind::Subshell(inner) => self.apart(inner, scope, frame),
            StatementKind::Group(inner) => self.statements(inner, scope, frame),
            StatementKind::If { arms, otherwise } => {
                let mut branches: Vec<&[Statement]> = Vec::new();
                for (condition, body) in arms {
                    self.statements(condition, scope, frame);
                    branches.push(body);
                }
                branches.push(otherwise);
                self.branches(&branches, scope, frame);
            }
            StatementKind::For { variable, over, body } => {
                self.each(&variable.text, over.as_deref(), body, scope, frame)
            }
            StatementKind::While { condition, body } => {
                self.statements(condition, scope, frame);
                self.branches(&[body, &[]], scope, frame);
            }
            StatementKind::Case { subject, arms } => {
                let subject = self.word(subject, scope, frame);
                let bodies: Vec<&[Statement]> = match self.chosen(&subject, arms, scope, frame) {
                    Some(body) => vec![body],
                    None => arms.iter().map(|(_, body)| body.as_slice()).collect(),
                };
                self.branches(&bodies, scope, frame);
            }
            StatementKind::Function { name, body } => {
                Rc::make_mut(&mut scope.functions).insert(name.text.to_string(), Rc::new((**body).clone()));
            }
            StatementKind::Test(words) => {
                for word in words {
                    self.words(word, scope, frame);
                }
            }
            StatementKind::Other(_) => self.undecided("unreadable-shell", "a part of it can't be read as shell"),
        }
        frame.stdin = outer;
    }

    /// Walks each branch from here; a variable that then differs is unknown.
    pub(super) fn branches(&mut self, branches: &[&[Statement]], scope: &mut Scope, frame: &mut Frame) {
        let before = scope.clone();
        let dir = frame.dir.clone();
        let mut ends = Vec::new();
        for branch in branches {
            let mut here = before.clone();
            let mut inner = frame.clone();
            self.statements(branch, &mut here, &mut inner);
            if inner.dir != dir {
                frame.dir = None;
            }
            ends.push(here);
        }
        scope.merge(ends);
    }

    pub(super) fn each(
        &mut self,
        name: &str,
        over: Option<&[Word]>,
        body: &[Statement],
        scope: &mut Scope,
        frame: &mut Frame,
    ) {
        let mut turns = Vec::new();
        match over {
            Some(words) => words.iter().for_each(|w| turns.extend(self.words(w, scope, frame))),
            None => turns = scope.arguments.clone().unwrap_or_else(|| vec![Arg::unknown(true)]),
        }
        turns.dedup();
        if turns.len() > TURNS {
            turns = vec![Arg::unknown(false)];
        }
        for turn in turns {
            let value = if turn.many { Value::Unknown } else { Value::of(&turn.text) };
            Rc::make_mut(&mut scope.variables).insert(name.to_owned(), value);
            self.branches(&[body, &[]], scope, frame);
        }
    }

    /// The branch of a `case` that runs, where everything compared is known.
    pub(super) fn chosen<'s>(
        &mut self,
        subject: &Arg,
        arms: &'s [(Vec<Word>, Vec<Statement>)],
        scope: &mut Scope,
        frame: &Frame,
    ) -> Option<&'s [Statement]> {
        if !subject.is_known() {
            return None;
        }
        for (patterns, body) in arms {
            for pattern in patterns {
                let pattern = self.word(pattern, scope, frame);
                if pattern.text == "*" || pattern.text == subject.text {
                    return Some(body);
                }
                if !pattern.is_known() || pattern.text.contains(['*', '?', '[']) {
                    return None;
                }
            }
        }
        Some(&[])
    }

    pub(super) fn assign(&mut self, assignment: &Assignment, scope: &mut Scope, frame: &Frame) {
        let value = match &assignment.value {
            Assigned::Word(word) => Value::of(&self.word(word, scope, frame).text),
            Assigned::Array(words) => {
                let mut items = Vec::new();
                words.iter().for_each(|w| items.extend(self.words(w, scope, frame)));
                Value::List(items)
            }
        };
        let name = assignment.name.text.to_string();
        let value = match (assignment.append, assignment.indexed, scope.variables.get(&name), value) {
            (_, true, _, _) => Value::Unknown,
            (true, _, Some(Value::Known(before)), Value::Known(more)) => Value::Known(format!("{before}{more}")),
            (true, _, Some(Value::List(before)), Value::List(more)) => {
                Value::List(before.iter().cloned().chain(more).collect())
            }
            (true, ..) => Value::Unknown,
            (false, _, _, value) => value,
        };
        Rc::make_mut(&mut scope.variables).insert(name, value);
    }

    pub(super) fn simple(&mut self, simple: &Simple, statement: &Statement, scope: &mut Scope, frame: &mut Frame) {
        let here = (statement.span.start as usize, statement.span.end as usize);
        let span = frame.span.filter(|_| frame.nested).unwrap_or(here);
        let mut inner = Frame { span: Some(span), ..frame.clone() };
        if simple.words.is_empty() {
            for assignment in &simple.assignments {
                self.assign(assignment, scope, &inner);
            }
        }
        let mut environment: Vec<(String, Arg)> =
            scope.exported.iter().filter_map(|name| Some((name.clone(), scope.variables.get(name)?.arg()))).collect();
        if !simple.words.is_empty() {
            for assignment in &simple.assignments {
                let value = match &assignment.value {
                    Assigned::Word(word) => self.word(word, scope, &inner),
                    Assigned::Array(_) => Arg::unknown(false),
                };
                environment.push((assignment.name.text.to_string(), value));
            }
        }
        let mut args = Vec::new();
        for word in &simple.words {
            args.extend(self.words(word, scope, &inner));
        }
        self.redirected(&statement.redirects, scope, &mut inner);
        let mut files = Vec::new();
        for redirect in statement.redirects.iter().filter(|r| r.kind == RedirectKind::Write) {
            files.push(self.word(&redirect.target, scope, &inner));
        }
        let invocation = Invocation { args, environment, writes: files };
        if !self.builtin(&invocation, scope, frame, &inner) {
            self.invoke(&invocation, scope, &inner);
        }
    }
}

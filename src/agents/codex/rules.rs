//! Codex's `.rules` files: Starlark that calls `prefix_rule`, `host_executable` and `network_rule`.
//! One error in any file, a `match` example that doesn't match included, and Codex drops the whole
//! policy with a warning. Facts: openai/codex execpolicy README, and codex-cli 0.169.0 as run.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::agents::shell;
use crate::source::{Source, Span, Text};
use crate::syntax::Problem;
use crate::syntax::starlark::{self, Expression, Kind, Statement};

const STEPS: usize = 20_000;
const CALLS: usize = 16;

/// What a rule decides; the strictest that matches counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Runs, outside the sandbox.
    Allow,
    /// A person (or the reviewer) is asked.
    Prompt,
    /// Refused.
    Forbidden,
}

impl Effect {
    /// As entries call it.
    pub fn name(self) -> &'static str {
        match self {
            Effect::Allow => "allow",
            Effect::Prompt => "ask",
            Effect::Forbidden => "deny",
        }
    }
}

/// A `prefix_rule`.
#[derive(Clone, Debug)]
pub struct PrefixRule {
    /// For each word the alternatives.
    pub pattern: Vec<Vec<String>>,
    /// Its decision.
    pub effect: Effect,
    /// The call as written, blanks collapsed.
    pub text: Text,
    /// The call.
    pub span: Span,
}

impl PrefixRule {
    /// Whether its pattern is the beginning of a command: exact, case-sensitive words.
    pub fn covers(&self, words: &[String]) -> bool {
        self.pattern.len() <= words.len()
            && self.pattern.iter().zip(words).all(|(alternatives, word)| alternatives.contains(word))
    }
}

/// The rules of all files.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Prefix rules.
    pub rules: Vec<PrefixRule>,
    /// Paths a program may have to be taken for its name.
    pub hosts: BTreeMap<String, Vec<String>>,
    /// Why Codex drops the whole policy, if it does.
    pub dropped: Option<Problem>,
    /// What we couldn't evaluate: the policy isn't known then.
    pub unread: Option<Problem>,
}

impl Policy {
    /// Adds a file.
    pub fn add(&mut self, source: &Source) {
        let module = starlark::parse(source);
        if let Some(problem) = module.problems.first() {
            self.drop_with(problem.clone());
            return;
        }
        let mut run = Run { source, policy: self, steps: 0, calls: 0, functions: BTreeMap::new() };
        let mut scope = BTreeMap::new();
        match run.block(&module.body, &mut scope) {
            Ok(_) => {}
            Err(Stop::Refused(problem)) => self.drop_with(problem),
            Err(Stop::Unread(problem)) => {
                self.unread.get_or_insert(problem);
            }
        }
    }

    fn drop_with(&mut self, problem: Problem) {
        self.dropped.get_or_insert(problem);
    }

    /// The strictest rule that covers a command; an absolute path is taken for its name.
    pub fn strictest(&self, words: &[String]) -> Option<&PrefixRule> {
        let best = |words: &[String]| self.rules.iter().filter(|r| r.covers(words)).max_by_key(|r| r.effect);
        if let Some(rule) = best(words) {
            return Some(rule);
        }
        let (program, rest) = words.split_first()?;
        let name = program.strip_prefix('/').and_then(|p| p.rsplit('/').next())?;
        if self.hosts.get(name).is_some_and(|paths| !paths.contains(program)) {
            return None;
        }
        let mut plain = vec![name.to_owned()];
        plain.extend(rest.iter().cloned());
        best(&plain)
    }
}

#[derive(Clone, Debug)]
enum Value {
    String(Text),
    List(Rc<Vec<Value>>),
    /// Can be walked, but isn't taken for a list.
    Tuple(Rc<Vec<Value>>),
    Other,
}

enum Stop {
    /// Codex refuses it.
    Refused(Problem),
    /// We can't evaluate it.
    Unread(Problem),
}

type Scope = BTreeMap<Text, Value>;

#[derive(Clone)]
struct Function<'m> {
    parameters: &'m [(Text, Option<Expression>)],
    body: &'m [Statement],
}

struct Run<'p, 'm> {
    source: &'p Source,
    policy: &'p mut Policy,
    steps: usize,
    calls: usize,
    functions: BTreeMap<&'m str, Function<'m>>,
}

fn refused(span: Span, message: impl Into<String>) -> Stop {
    Stop::Refused(Problem { span, message: message.into() })
}

fn unread(span: Span, message: &str) -> Stop {
    Stop::Unread(Problem { span, message: message.to_owned() })
}

impl<'m> Run<'_, 'm> {
    fn step(&mut self, span: Span) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps > STEPS { Err(unread(span, "this rules file takes too many steps")) } else { Ok(()) }
    }

    /// Runs statements; the value of a `return`, if one is reached.
    fn block(&mut self, body: &'m [Statement], scope: &mut Scope) -> Result<Option<Value>, Stop> {
        for statement in body {
            match statement {
                Statement::Expression(e) => {
                    self.value(e, scope)?;
                }
                Statement::Assign(name, e, _) => {
                    let value = self.value(e, scope)?;
                    scope.insert(name.clone(), value);
                }
                Statement::For(names, values, body, span) => {
                    for item in self.items(values, scope)? {
                        self.step(*span)?;
                        bind(names, item, scope, *span)?;
                        if let Some(value) = self.block(body, scope)? {
                            return Ok(Some(value));
                        }
                    }
                }
                Statement::Define(name, parameters, body, _) => {
                    self.functions.insert(name.as_str(), Function { parameters, body });
                }
                Statement::Return(value, _) => {
                    return Ok(Some(match value {
                        Some(e) => self.value(e, scope)?,
                        None => Value::Other,
                    }));
                }
                Statement::Pass => {}
                Statement::Other(span) => return Err(unread(*span, "this statement isn't evaluated")),
            }
        }
        Ok(None)
    }

    fn items(&mut self, e: &'m Expression, scope: &mut Scope) -> Result<Vec<Value>, Stop> {
        match self.value(e, scope)? {
            Value::List(items) | Value::Tuple(items) => Ok(items.to_vec()),
            _ => Err(unread(e.span, "this isn't known to be a list")),
        }
    }

    fn value(&mut self, e: &'m Expression, scope: &mut Scope) -> Result<Value, Stop> {
        self.step(e.span)?;
        Ok(match &e.kind {
            Kind::String(text) => Value::String(text.clone()),
            Kind::Number(_) | Kind::Bool(_) | Kind::None => Value::Other,
            Kind::Name(name) => scope.get(name).cloned().ok_or_else(|| refused(e.span, "this name isn't defined"))?,
            Kind::List(items) | Kind::Tuple(items) => {
                let values: Result<Vec<_>, _> = items.iter().map(|i| self.value(i, scope)).collect();
                let values = Rc::new(values?);
                if matches!(e.kind, Kind::List(_)) { Value::List(values) } else { Value::Tuple(values) }
            }
            Kind::Add(a, b) => match (self.value(a, scope)?, self.value(b, scope)?) {
                (Value::List(a), Value::List(b)) => {
                    if a.len() + b.len() > STEPS {
                        return Err(unread(e.span, "this list is too long"));
                    }
                    Value::List(Rc::new(a.iter().chain(b.iter()).cloned().collect()))
                }
                (Value::String(a), Value::String(b)) if a.len() + b.len() < STEPS => {
                    Value::String(format!("{}{}", &*a, &*b).into())
                }
                _ => return Err(unread(e.span, "this sum isn't evaluated")),
            },
            Kind::Each(body, names, values) => {
                let mut inner = scope.clone();
                let mut result = Vec::new();
                for item in self.items(values, scope)? {
                    self.step(e.span)?;
                    bind(names, item, &mut inner, e.span)?;
                    result.push(self.value(body, &mut inner)?);
                }
                Value::List(Rc::new(result))
            }
            Kind::Call(function, positional, named) => {
                let Kind::Name(name) = &function.kind else {
                    return Err(unread(e.span, "this call isn't evaluated"));
                };
                self.call(name, positional, named, e.span, scope)?
            }
            Kind::Other => return Err(unread(e.span, "this expression isn't evaluated")),
        })
    }

    fn call(
        &mut self,
        name: &'m Text,
        positional: &'m [Expression],
        named: &'m [(Text, Expression)],
        span: Span,
        scope: &mut Scope,
    ) -> Result<Value, Stop> {
        let mut values = Vec::new();
        for e in positional {
            values.push(self.value(e, scope)?);
        }
        let mut keys: Vec<(&'m str, Value)> = Vec::new();
        for (key, e) in named {
            keys.push((key.as_str(), self.value(e, scope)?));
        }
        match name.as_str() {
            "prefix_rule" => {
                let names = ["pattern", "decision", "justification", "match", "not_match"];
                let arguments = arguments(&names, values, keys, span)?;
                self.prefix_rule(arguments, span)?;
                Ok(Value::Other)
            }
            "host_executable" => {
                let arguments = arguments(&["name", "paths"], values, keys, span)?;
                if let (Some(Some(Value::String(name))), Some(Some(Value::List(paths)))) =
                    (arguments.first().cloned(), arguments.get(1).cloned())
                {
                    let paths = paths.iter().filter_map(as_string).collect();
                    self.policy.hosts.insert(name.to_string(), paths);
                    return Ok(Value::Other);
                }
                Err(refused(span, "`host_executable` takes a name and a list of paths"))
            }
            "network_rule" => Ok(Value::Other),
            "load" => Err(refused(span, "`load` isn't available in rules")),
            other => {
                let Some(function) = self.functions.get(other).cloned() else {
                    return Err(unread(span, "this function isn't evaluated"));
                };
                self.calls += 1;
                if self.calls > CALLS {
                    return Err(unread(span, "functions call each other too deeply"));
                }
                let mut inner = scope.clone();
                let mut given = values.into_iter();
                for (parameter, default) in function.parameters {
                    let by_name = keys.iter().find(|(k, _)| *k == parameter.as_str()).map(|(_, v)| v.clone());
                    let value = match (given.next(), by_name, default) {
                        (Some(value), _, _) | (None, Some(value), _) => value,
                        (None, None, Some(default)) => self.value(default, &mut inner)?,
                        (None, None, None) => return Err(refused(span, "an argument is missing")),
                    };
                    inner.insert(parameter.clone(), value);
                }
                let result = self.block(function.body, &mut inner)?;
                self.calls -= 1;
                Ok(result.unwrap_or(Value::Other))
            }
        }
    }

    fn prefix_rule(&mut self, arguments: Vec<Option<Value>>, span: Span) -> Result<(), Stop> {
        let mut arguments = arguments.into_iter();
        let Some(Some(Value::List(words))) = arguments.next() else {
            return Err(refused(span, "`prefix_rule` needs `pattern`, a list of words"));
        };
        let mut pattern = Vec::new();
        for word in words.iter() {
            match word {
                Value::String(text) => pattern.push(vec![text.to_string()]),
                Value::List(alternatives) => {
                    let all: Vec<String> = alternatives.iter().filter_map(as_string).collect();
                    if all.is_empty() || all.len() != alternatives.len() {
                        return Err(refused(span, "alternatives are strings, at least one"));
                    }
                    pattern.push(all);
                }
                _ => return Err(refused(span, "a pattern holds strings and lists of strings")),
            }
        }
        if pattern.is_empty() {
            return Err(refused(span, "a pattern has at least one word"));
        }
        let effect = match arguments.next().flatten() {
            None => Effect::Allow,
            Some(Value::String(text)) => match text.as_str() {
                "allow" => Effect::Allow,
                "prompt" => Effect::Prompt,
                "forbidden" => Effect::Forbidden,
                _ => return Err(refused(span, "`decision` is allow, prompt or forbidden")),
            },
            Some(_) => return Err(refused(span, "`decision` is a string")),
        };
        let _justification = arguments.next();
        let text = self.source.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
        let rule = PrefixRule { pattern, effect, text: text.into(), span };
        for (wanted, examples) in [(true, arguments.next().flatten()), (false, arguments.next().flatten())] {
            let Some(Value::List(examples)) = examples else { continue };
            for example in examples.iter() {
                let words = match example {
                    Value::String(text) => shell::words(text).into_iter().map(|w| w.value).collect(),
                    Value::List(words) => words.iter().filter_map(as_string).collect(),
                    _ => Vec::new(),
                };
                if rule.covers(&words) != wanted {
                    let key = if wanted { "match" } else { "not_match" };
                    let message = format!(
                        "a `{key}` example of this rule fails: Codex drops every rule of the project, with a warning only"
                    );
                    return Err(refused(span, message));
                }
            }
        }
        self.policy.rules.push(rule);
        Ok(())
    }
}

fn bind(names: &[Text], item: Value, scope: &mut Scope, span: Span) -> Result<(), Stop> {
    match (names, item) {
        ([name], item) => {
            scope.insert(name.clone(), item);
            Ok(())
        }
        (names, Value::List(items) | Value::Tuple(items)) if items.len() == names.len() => {
            for (name, value) in names.iter().zip(items.iter()) {
                scope.insert(name.clone(), value.clone());
            }
            Ok(())
        }
        _ => Err(refused(span, "these names don't fit the values")),
    }
}

fn as_string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Arguments in the order of `names`; a name that isn't known is refused.
fn arguments(
    names: &[&str],
    positional: Vec<Value>,
    named: Vec<(&str, Value)>,
    span: Span,
) -> Result<Vec<Option<Value>>, Stop> {
    if positional.len() > names.len() {
        return Err(refused(span, "too many arguments"));
    }
    let mut result: Vec<Option<Value>> = positional.into_iter().map(Some).collect();
    result.resize(names.len(), None);
    for (key, value) in named {
        match names.iter().position(|n| *n == key).and_then(|i| result.get_mut(i)) {
            Some(slot) => *slot = Some(value),
            None => return Err(refused(span, format!("`{key}` is no argument here"))),
        }
    }
    Ok(result)
}

//! Taskfiles (go-task).

use std::collections::HashMap;

use crate::ci::mapping::Built;
use crate::ci::{Command, LITERAL, Project, RunsIn, paths};
use crate::source::Text;
use crate::syntax::tree::{Data, Node};
use crate::workspace::File;

/// Every command of a Taskfile's tasks.
pub(super) fn read(project: &Project<'_, '_>, file: &File) -> Vec<Command> {
    let Some(root) = project.root(file) else { return Vec::new() };
    let home = paths::parent(&file.source.path);
    let variables: HashMap<&str, &str> = root
        .get("vars")
        .map(Node::members)
        .unwrap_or_default()
        .iter()
        .filter_map(|m| Some((m.key.as_str(), m.value.as_str()?)))
        .collect();
    let mut found = Vec::new();
    for member in root.get("tasks").map(Node::members).unwrap_or_default() {
        let task = &member.value;
        let mut environment = Vec::new();
        for variable in [task.get("env"), root.get("env")].into_iter().flatten().flat_map(Node::members) {
            let known = environment.iter().any(|(n, _): &(Text, Text)| *n == variable.key);
            if !known {
                environment.push((variable.key.clone(), LITERAL.into()));
            }
        }
        let dir = match task.get("dir").and_then(Node::as_str) {
            Some(dir) => paths::join(home, dir),
            None => Some(home.to_owned()),
        };
        let gates =
            if task.get("prompt").is_some() { vec!["task asks before it runs this".to_owned()] } else { Vec::new() };
        let also = task.get("aliases").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str);
        // What `task` runs by itself.
        let by_itself = (member.key.as_str() == "default").then_some("");
        let aliases: Vec<String> = also.chain(by_itself).map(str::to_owned).collect();
        let keys = ["deps", "cmds", "cmd"].iter().filter_map(|k| task.get(k));
        let entries = if matches!(task.value, Data::Object(_)) { keys.collect() } else { vec![task] };
        for entry in entries.into_iter().flat_map(flat) {
            let Some(mut command) = command(project, file, &member.key, entry) else { continue };
            fill(&mut command, &variables);
            command.item = entry.span;
            command.aliases.clone_from(&aliases);
            command.dir.clone_from(&dir);
            command.gates.clone_from(&gates);
            command.environment.clone_from(&environment);
            found.push(command);
        }
    }
    found
}

fn flat(node: &Node) -> Vec<&Node> {
    match &node.value {
        Data::Array(items) => items.iter().collect(),
        _ => vec![node],
    }
}

/// `text`, `{cmd: text}`, `{task: name}`, `{defer: text}`; a name among `deps` is a task.
fn command(project: &Project<'_, '_>, file: &File, task: &str, entry: &Node) -> Option<Command> {
    let inner = entry.get("defer").unwrap_or(entry);
    let called = inner.get("task");
    let root = project.root(file)?;
    let deps = root.path(&["tasks", task, "deps"]);
    let dependency = deps.is_some_and(|d| d.items().iter().any(|i| i.span == entry.span));
    if let Some(name) = called.or(dependency.then_some(inner)) {
        let text = name.as_str()?;
        let mut built = Built::default();
        built.push_made("task ");
        built.push_word(&file.source, name.span, text);
        return Some(Command::new(&built.text, built.mapping, name.span, task, RunsIn::Script));
    }
    project.command(file, inner.get("cmd").unwrap_or(inner), task, RunsIn::Script)
}

/// Puts `{{.NAME}}` in where its value is written out; anything else between braces stands as a
/// variable that isn't known.
fn fill(command: &mut Command, variables: &HashMap<&str, &str>) {
    let text = command.text.clone();
    let text = text.as_str();
    if !text.contains("{{") {
        return;
    }
    let mut built = Built::default();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("{{")).map(|found| at + found) {
        let Some(close) = text.get(open..).and_then(|rest| rest.find("}}")).map(|found| open + found + 2) else {
            break;
        };
        built.push_from(&command.mapping, text, at..open);
        let name = text.get(open + 2..close - 2).unwrap_or("").trim().trim_start_matches('.');
        let value = variables.get(name).copied().unwrap_or("${TASK_VARIABLE}");
        match command.mapping.range(open..close) {
            Some((start, end)) => built.push_for(value, start..end),
            None => built.push_made(value),
        }
        at = close;
    }
    built.push_from(&command.mapping, text, at..text.len());
    command.verbatim = None;
    command.text = built.text.as_str().into();
    command.mapping = built.mapping;
}

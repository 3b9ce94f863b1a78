//! Scripts of package managers: `package.json`, `composer.json`, `pyproject.toml`.

use crate::ci::mapping::Built;
use crate::ci::{Command, Project, RunsIn, paths};
use crate::syntax::tree::{Data, Member, Node};
use crate::workspace::File;

/// Where tools keep their scripts in `pyproject.toml`; `*` is any one key.
const PYTHON: &[&[&str]] = &[
    &["tool", "poe", "tasks"],
    &["tool", "taskipy", "tasks"],
    &["tool", "pdm", "scripts"],
    &["tool", "rye", "scripts"],
    &["tool", "pixi", "tasks"],
    &["tool", "hatch", "envs", "*", "scripts"],
];

/// Every script of a manifest.
pub(super) fn read(project: &Project<'_, '_>, file: &File) -> Vec<Command> {
    let Some(root) = project.root(file) else { return Vec::new() };
    let paths: &[&[&str]] = if file.role == "pyproject" { PYTHON } else { &[&["scripts"]] };
    let mut tables = Vec::new();
    for path in paths {
        follow(root, path, &mut tables);
    }
    let mut found = Vec::new();
    for member in tables.into_iter().flat_map(Node::members) {
        for node in commands(&member.value) {
            found.extend(command(project, file, member, node));
        }
        // Of poe: names of other tasks.
        for name in member.value.get("sequence").map(Node::items).unwrap_or_default() {
            let Some(text) = name.as_str() else { continue };
            let mut built = Built::default();
            built.push_made("poe ");
            built.push_word(&file.source, name.span, text);
            let mut command = Command::new(&built.text, built.mapping, name.span, member.key.as_str(), RunsIn::Script);
            command.item = member.span();
            command.dir = Some(paths::parent(&file.source.path).to_owned());
            found.push(command);
        }
    }
    found
}

fn follow<'a>(node: &'a Node, path: &[&str], found: &mut Vec<&'a Node>) {
    match path {
        [] => found.push(node),
        ["*", rest @ ..] => node.members().iter().for_each(|m| follow(&m.value, rest, found)),
        [key, rest @ ..] => node.get(key).into_iter().for_each(|n| follow(n, rest, found)),
    }
}

/// The command lines of a script: itself, those of a list, or those of its `cmd` and `shell`.
fn commands(node: &Node) -> Vec<&Node> {
    match &node.value {
        Data::Array(items) => items.iter().flat_map(commands).collect(),
        Data::Object(_) => {
            ["cmd", "shell", "chain", "composite"].iter().filter_map(|k| node.get(k)).flat_map(commands).collect()
        }
        _ => vec![node],
    }
}

fn command(project: &Project<'_, '_>, file: &File, script: &Member, node: &Node) -> Option<Command> {
    let text = node.as_str()?;
    let mut command = if file.role == "composer" {
        // A PHP callback is no command.
        if text.contains("::") && !text.contains(' ') {
            return None;
        }
        let mut command = project.command(file, node, &script.key, RunsIn::Script)?;
        if let Some(rest) = text.strip_prefix('@') {
            let own = ["php", "composer", "putenv"].iter().any(|w| rest.split(' ').next() == Some(w));
            let mut built = Built::default();
            built.push_made(if own { "" } else { "composer run-script " });
            match command.mapping.range(1..text.len()) {
                Some((start, end)) if end - start == rest.len() => built.push(rest, start),
                _ => built.push_made(rest),
            }
            command = Command::new(&built.text, built.mapping, command.span, script.key.as_str(), RunsIn::Script);
        }
        command
    } else {
        project.command(file, node, &script.key, RunsIn::Script)?
    };
    command.item = script.span();
    command.dir = Some(paths::parent(&file.source.path).to_owned());
    Some(command)
}

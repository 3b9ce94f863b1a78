//! What a program runs by its name: `npm run NAME`, `make NAME`.

use crate::ci::{Command, RunsIn, paths};
use crate::operations::Script;
use crate::workspace::Workspace;

/// Stands for a recipe in a language that isn't shell: a file nobody knows.
const ANOTHER_LANGUAGE: &str = "./recipe-in-another-language.sh";

/// The lines of scripts that can be run by name, for those who classify commands.
pub fn scripts(workspace: &Workspace, commands: &[Command]) -> Vec<Script> {
    let mut all = Vec::new();
    for command in commands.iter().filter(|c| c.runs_in == RunsIn::Script) {
        let Some(file) = workspace.file(command.source) else { continue };
        let kind = match file.role.as_str() {
            "package-json" => "package-json",
            "composer" => "composer",
            "pyproject" => "pyproject",
            "taskfile" => "task",
            "makefile" => "make",
            "justfile" => "just",
            _ => continue,
        };
        let text = if command.interpreter.is_some() { ANOTHER_LANGUAGE } else { command.text.as_str() };
        for name in std::iter::once(&command.name).chain(&command.aliases) {
            let dir = paths::parent(&file.source.path).to_owned();
            all.push(Script { kind, dir, name: name.clone(), text: text.to_owned() });
        }
    }
    all
}

//! What a command that applies a configuration applies, and whether somebody has seen a plan of it.

use globset::GlobBuilder;

use crate::ci::{Command as Found, RunsIn};
use crate::knowledge::operations::Runs;
use crate::model::inputs::Inputs;
use crate::terraform::{Evaluation, Mode};

/// The first workflow in which a pull request is shown a plan: that of the apply itself is a fresh one.
pub(super) fn planned_in(inputs: &Inputs<'_>) -> Option<String> {
    let tools = inputs.knowledge.tools().filter(|t| t.runs == Some(Runs::Terraform));
    let programs: Vec<&str> = tools.flat_map(|t| &t.programs).flat_map(|p| &p.names).map(String::as_str).collect();
    let plans = |command: &&Found| {
        let RunsIn::Workflow { events } = &command.runs_in else { return false };
        events.iter().any(|event| event.starts_with("pull_request"))
            && command.text.lines().any(|line| plans(line, &programs))
    };
    let command = inputs.commands.iter().find(plans)?;
    Some(inputs.workspace.file(command.source)?.source.path.to_string())
}

fn plans(line: &str, programs: &[&str]) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let program = words.iter().position(|word| programs.contains(&word.rsplit('/').next().unwrap_or(word)));
    let behind = program.and_then(|at| words.get(at + 1..)).unwrap_or(&[]);
    behind.iter().take_while(|word| !matches!(**word, "&&" | "||" | ";" | "|")).any(|word| *word == "plan")
}

/// Whether what it applies holds no resource, so that no plan of it deletes one: a configuration of
/// this project, in a directory that the command names. What it names in part (`infra/${APP}/config`) may
/// be any that fits.
pub(super) fn holds_nothing(inputs: &Inputs<'_>, dir: Option<&str>, command: &str) -> bool {
    let flag = command.split_whitespace().find_map(|word| word.trim_matches(['"', '\'']).strip_prefix("-chdir="));
    let Some(chdir) = flag else { return false };
    // Where it starts isn't known: any directory of the project that ends so may be it.
    let pattern = match dir {
        Some(dir) => pattern(dir, chdir),
        None => format!("{{**/,}}{}", pattern("", chdir)),
    };
    let Ok(glob) = GlobBuilder::new(&pattern).literal_separator(true).build() else { return false };
    let matcher = glob.compile_matcher();
    let mut fitting = inputs.terraform.iter().filter(|e| matcher.is_match(&e.root)).peekable();
    fitting.peek().is_some() && fitting.all(is_without_resources)
}

fn is_without_resources(evaluation: &Evaluation) -> bool {
    evaluation.unread_calls.is_empty() && !evaluation.resources.iter().any(|r| r.mode == Mode::Managed)
}

/// A directory of the project as a glob: each part that a variable is put into is `*`.
fn pattern(dir: &str, chdir: &str) -> String {
    let mut parts: Vec<String> = dir.split('/').filter(|part| !part.is_empty()).map(globset::escape).collect();
    for part in chdir.trim_matches(['"', '\'']).split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part if part.contains('$') => parts.push("*".into()),
            part => parts.push(globset::escape(part)),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_that_are_named_in_part() {
        assert_eq!(pattern("", "infra/${{_____}}/app-config"), "infra/*/app-config");
        assert_eq!(pattern("deploy", "../infra/./db"), "infra/db");
    }

    #[test]
    fn lines_that_plan() {
        let programs = ["terraform", "tofu"];
        assert!(plans("  terraform -chdir=infra plan -no-color > plan.txt", &programs));
        assert!(plans("cd infra && /usr/bin/tofu plan", &programs));
        assert!(!plans("terraform apply plan.bin", &["tofu"]));
        assert!(!plans("terraform init && echo plan", &programs));
        assert!(!plans("terraform apply -auto-approve", &programs));
    }
}

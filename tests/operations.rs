//! Which destructive operations a command performs: a corpus of our own in `testdata/operations/*.tsv`.
//!
//! A line is `command<TAB>operations`: ids separated by blanks, in any order, or `-` for none; a third
//! column is the target, `?` in it means that something about the command can't be decided. `\n` in a
//! command is a newline, `\\` a backslash. Lines that begin with `#` are comments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
#![allow(clippy::print_stdout, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use lastcopy::knowledge::Knowledge;
use lastcopy::operations::{Classified, Context, Project, classify};
use lastcopy::syntax::document;
use lastcopy::workspace;

struct Case {
    file: String,
    line: usize,
    command: String,
    expected: BTreeSet<String>,
    note: Option<String>,
}

fn corpus() -> Vec<Case> {
    let mut cases = Vec::new();
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/operations");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for path in files.into_iter().filter(|p| p.extension().is_some_and(|e| e == "tsv")) {
        for (number, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut columns = line.split('\t');
            let command = columns.next().unwrap().replace("\\\\", "\u{1}").replace("\\n", "\n").replace('\u{1}', "\\");
            let expected = columns.next().unwrap_or_else(|| panic!("{}:{}: no tab", path.display(), number + 1));
            let expected = expected.split_whitespace().filter(|e| *e != "-").map(str::to_owned).collect();
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            cases.push(Case { file, line: number + 1, command, expected, note: columns.next().map(str::to_owned) });
        }
    }
    cases
}

/// The project that the corpus' commands run in.
fn project() -> Project {
    let files = [
        (
            "package.json",
            r#"{"scripts": {"build": "tsc -p .", "test": "vitest run", "start": "node dist/server.js", "db:reset": "prisma migrate reset --force", "db:push": "drizzle-kit push", "predeploy": "npm run build", "deploy": "terraform apply -auto-approve", "loop": "npm run loop", "nuke": "bash scripts/nuke.sh --all", "lint": "eslint . --fix", "reset": "npm run db:reset && npm run seed", "seed": "tsx prisma/seed.ts", "pass": "railway"}}"#,
        ),
        ("web/package.json", r#"{"scripts": {"clean": "rm -rf dist"}}"#),
        (
            "Makefile",
            "DB ?= app\n.PHONY: reset destroy\nall: build\nbuild:\n\tgo build ./...\nreset: stop\n\t@dropdb $(DB)\nstop:\n\tdocker compose stop\ndestroy: plan\n\tcd infra && terraform destroy -auto-approve\nplan:\n\tterraform plan\nnuke:\n\t$(MAKE) destroy\n",
        ),
        ("infra/Makefile", "down:\n\tterragrunt run-all destroy --terragrunt-non-interactive\n"),
        (
            "justfile",
            "db := 'app'\n\ndefault: build\n\nbuild:\n    cargo build\n\nreset: build\n    dropdb {{db}}\n\nwipe name:\n    docker volume rm {{name}}\n",
        ),
        (
            "Taskfile.yml",
            "version: '3'\nvars:\n  DB: app\ntasks:\n  default:\n    cmds: [go build]\n  reset:\n    deps: [default]\n    cmds:\n      - dropdb {{.DB}}\n  all:\n    cmds:\n      - task: reset\n",
        ),
        (
            "composer.json",
            r#"{"scripts": {"fresh": "@php artisan migrate:fresh --force", "post-install-cmd": ["@php artisan optimize"], "test": "phpunit"}}"#,
        ),
        (
            "pyproject.toml",
            "[tool.poe.tasks]\nwipe = 'dropdb app'\nserve = { cmd = 'uvicorn app:app' }\n[tool.pdm.scripts]\nreset = 'python manage.py flush --noinput'\n",
        ),
        (
            "scripts/nuke.sh",
            "#!/usr/bin/env bash\nset -euo pipefail\nSTAGE=${1:-dev}\nterraform workspace select \"$STAGE\"\nterraform destroy -auto-approve\n",
        ),
        ("scripts/hello.sh", "#!/bin/sh\necho hello\n"),
        ("scripts/loop.sh", "#!/bin/sh\n./scripts/loop.sh\n"),
        ("scripts/call", "#!/bin/sh\ndocker volume rm \"$1\"\n"),
        ("sql/drop.sql", "-- out with it\nDROP TABLE users;\n"),
        ("sql/seed.sql", "INSERT INTO users VALUES (1);\n"),
        ("queries/delete.json", r#"{"query": "mutation { volumeDelete(volumeId: \"x\") }"}"#),
        ("queries/list.json", r#"{"query": "query { me { id } }"}"#),
    ];
    let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    let workspace = workspace::in_memory(&files);
    let documents: Vec<_> = workspace.files.iter().map(document::parse).collect();
    let commands = lastcopy::ci::read(&workspace, &|id| documents.get(id.0 as usize));
    lastcopy::pipeline::scripts(&workspace, &documents, &commands)
}

fn ids(classified: &Classified) -> BTreeSet<String> {
    classified.operations.iter().map(|o| o.id.clone()).collect()
}

#[test]
fn the_corpus() {
    let (knowledge, project) = (Knowledge::embedded(), project());
    let context = Context::within(&knowledge, &project, "");
    let cases = corpus();
    let (mut wrong, mut negatives) = (Vec::new(), 0);
    let mut seen = BTreeSet::new();
    for case in &cases {
        assert!(seen.insert(&case.command), "{}:{}: twice", case.file, case.line);
        for id in &case.expected {
            assert!(knowledge.operation(id).is_some(), "{}:{}: no operation `{id}`", case.file, case.line);
        }
        negatives += usize::from(case.expected.is_empty());
        let classified = classify(&case.command, &context);
        let found = ids(&classified);
        let mut why = String::new();
        if found != case.expected {
            why = format!("expected {:?}, found {found:?}", case.expected);
        }
        if let Some(note) = &case.note {
            for word in note.split_whitespace() {
                let holds = match word {
                    "?" => !classified.undecided.is_empty(),
                    "!" => classified.undecided.is_empty(),
                    "asks" => classified.operations.iter().all(|o| o.prompts == Some(true)),
                    "silent" => classified.operations.iter().all(|o| o.prompts == Some(false)),
                    "maybe" => classified.operations.iter().all(|o| o.prompts.is_none()),
                    target => classified.operations.iter().all(|o| o.target.name() == target),
                };
                if !holds {
                    let told: Vec<_> = classified.operations.iter().map(|o| (o.target, o.prompts)).collect();
                    why += &format!(" not `{word}`: {told:?} {:?}", classified.undecided);
                }
            }
        }
        if !why.is_empty() {
            wrong.push(format!("{}:{}: {:?}\n    {why}", case.file, case.line, case.command));
        }
    }
    println!("{} commands, {negatives} of them negatives", cases.len());
    assert!(negatives * 2 > cases.len(), "what isn't an operation matters more than what is");
    let forms = |id: &str| cases.iter().filter(|c| c.expected.contains(id)).count();
    let thin: Vec<&str> = knowledge.operations().map(|o| o.id.as_str()).filter(|id| forms(id) < 2).collect();
    assert!(thin.is_empty(), "without a canonical form and a variant: {thin:?}");
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_operation_s_own_command_performs_it_and_nothing_else() {
    let knowledge = Knowledge::embedded();
    let context = Context::new(&knowledge);
    let mut wrong = Vec::new();
    let mut count = 0;
    for operation in knowledge.operations() {
        count += 1;
        for command in [&operation.command, &operation.http_command].into_iter().flatten() {
            let found = ids(&classify(command, &context));
            if found != BTreeSet::from([operation.id.clone()]) {
                wrong.push(format!("{}: {command:?} performs {found:?}", operation.id));
            }
            let prompting = classify(command, &context).operations.iter().any(|o| o.prompts == Some(true));
            if prompting && !operation.prompts {
                wrong.push(format!("{}: {command:?} asks", operation.id));
            }
        }
    }
    println!("{count} operations");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_data_is_sound() {
    const KINDS: [&str; 21] = [
        "any",
        "database",
        "volume",
        "bucket",
        "filesystem",
        "key",
        "secret",
        "queue",
        "registry",
        "backup",
        "state",
        "cluster",
        "compute",
        "dns",
        "other",
        "file",
        "repository",
        "network",
        "logs",
        "disk",
        "guard",
    ];
    let knowledge = Knowledge::embedded();
    let mut wrong = Vec::new();
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for o in knowledge.operations() {
        *uses.entry(o.id.as_str()).or_default() += 1;
        if !["store", "parent", "environment", "project", "account"].contains(&o.blast.as_str()) {
            wrong.push(format!("{}: blast {}", o.id, o.blast));
        }
        if o.destroys.is_empty() || o.destroys.iter().any(|d| !KINDS.contains(&d.as_str())) {
            wrong.push(format!("{}: destroys {:?}", o.id, o.destroys));
        }
        if o.command.is_none() && o.http_command.is_none() {
            wrong.push(format!("{}: no command", o.id));
        }
        if o.forms.is_empty() {
            wrong.push(format!("{}: no form", o.id));
        }
        for f in &o.forms {
            let graphql = f.graphql.iter().filter_map(|g| g.strip_prefix('/')).map(str::to_owned);
            for p in
                [&f.payload, &f.operand, &f.writes, &f.spares, &f.path].into_iter().flatten().cloned().chain(graphql)
            {
                if knowledge.pattern(&p).is_none() {
                    wrong.push(format!("{}: pattern {p}", o.id));
                }
            }
        }
    }
    for (id, n) in uses {
        if n > 1 {
            wrong.push(format!("{id} is there {n} times"));
        }
    }
    let mut names = BTreeSet::new();
    for server in knowledge.mcp_servers() {
        if !names.insert(&server.server) {
            wrong.push(format!("{} is there twice", server.server));
        }
        for tool in &server.tools {
            if let Some(id) = &tool.operation
                && knowledge.operation(id).is_none()
            {
                wrong.push(format!("{}/{}: no operation {id}", server.server, tool.name));
            }
            if tool.destroys.is_empty() || tool.destroys.iter().any(|d| !KINDS.contains(&d.as_str())) {
                wrong.push(format!("{}/{}: destroys {:?}", server.server, tool.name, tool.destroys));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_commands() {
    let (knowledge, project) = (Knowledge::embedded(), project());
    let context = Context::within(&knowledge, &project, "");
    let texts = [
        "$(".repeat(100_000),
        "sudo ".repeat(50_000) + "rm -rf /",
        "sh -c '".repeat(500),
        "f() { f; }; f".into(),
        "f() { f; f; f; }; f".into(),
        "alias a=a; a".into(),
        "alias a=b b=a; a".into(),
        "X=$X$X; ".repeat(200) + "$X",
        format!("X=a; {}; echo $X", "X=$X$X; ".repeat(60)),
        "for a in 1 2 3 4 5 6 7 8; do ".repeat(40) + "x" + &"; done".repeat(40),
        "npm run loop".into(),
        "./scripts/loop.sh".into(),
        "make -f /dev/zero x; make -C ../../.. x".into(),
        format!("psql -c '{}'", "DROP ".repeat(50_000)),
        format!("curl -d '{}' https://backboard.railway.com/graphql/v2", "{".repeat(50_000)),
        format!("python -c '{}'", "\"os.system".repeat(5_000)),
        "a | ".repeat(5_000) + "b",
        "\u{0}\u{fffc}\u{202e} \u{fffc}".into(),
        "xargs xargs xargs xargs xargs xargs xargs xargs xargs xargs xargs xargs xargs xargs rm -rf".into(),
        "echo {a,b,c}{a,b}{a,b,c,d} ${a[@]} $(( $( ".into(),
        "printf '%s%s%s' ".to_owned() + &"x ".repeat(20_000),
        "echo `echo \\`echo \\\\\\`echo\\\\\\`\\``".into(),
    ];
    for text in &texts {
        let start = std::time::Instant::now();
        classify(text, &context);
        let took = start.elapsed();
        assert!(took.as_secs() < 20, "{:?} took {took:?}", text.chars().take(30).collect::<String>());
    }
}

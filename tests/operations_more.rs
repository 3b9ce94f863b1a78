//! What a classification says beside the operation: its place, what wraps it, where it acts, whether it
//! asks; MCP servers; `lastcopy what`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
#![allow(clippy::indexing_slicing)]

use std::path::Path;

use lastcopy::cli::what;
use lastcopy::finding::Confidence;
use lastcopy::knowledge::Knowledge;
use lastcopy::operations::{Classified, Context, Performed, Target, classify};
use lastcopy::syntax::document;
use lastcopy::workspace;

fn run(command: &str) -> Classified {
    classify(command, &Context::new(&Knowledge::embedded()))
}

fn only(command: &str) -> Performed {
    let classified = run(command);
    assert_eq!(classified.operations.len(), 1, "{command}: {:?}", classified.operations);
    classified.operations.into_iter().next().unwrap()
}

#[test]
fn places_are_those_of_the_outermost_simple_command() {
    let command = "cd x && sudo bash -c 'terraform destroy -auto-approve' | tee log";
    let found = only(command);
    assert_eq!(&command[found.span.0..found.span.1], "sudo bash -c 'terraform destroy -auto-approve'");
    assert_eq!(found.through, ["sudo", "bash -c"]);
    let command = "echo $(dropdb app) é; railway volume delete -y";
    let all = run(command).operations;
    let texts: Vec<_> = all.iter().map(|o| &command[o.span.0..o.span.1]).collect();
    assert_eq!(texts, ["dropdb app", "railway volume delete -y"]);
    assert_eq!(all[0].through, [] as [&str; 0]);
}

#[test]
fn what_wraps_it_is_told_outermost_first() {
    let cases: &[(&str, &[&str])] = &[
        ("npx prisma migrate reset --force", &["npx"]),
        ("railway run -- npx prisma migrate reset --force", &["railway run", "npx"]),
        ("ssh h docker exec db dropdb app", &["ssh", "docker exec"]),
        ("env A=b timeout 5 dropdb app", &["env", "timeout"]),
        ("f() { dropdb app; }; f", &["f()"]),
        ("echo 'dropdb app' | sh", &["sh"]),
        ("find . -exec dropdb app \\;", &["find -exec"]),
        ("python3 -c 'import os; os.system(\"dropdb app\")'", &["python3 -c"]),
        ("kubectl exec p -- dropdb app", &["kubectl exec"]),
        ("eval \"dropdb app\"", &["eval"]),
    ];
    for (command, through) in cases {
        assert_eq!(only(command).through, *through, "{command}");
    }
}

#[test]
fn where_it_acts() {
    let cases = [
        ("dropdb -h localhost app", Target::Local),
        ("dropdb --host=127.0.0.1 app", Target::Local),
        ("dropdb -h /var/run/postgresql app", Target::Local),
        ("dropdb -h db.example.com app", Target::Remote),
        ("dropdb -h \"$HOST\" app", Target::Unknown),
        ("dropdb app", Target::Unknown),
        ("PGHOST=localhost dropdb app", Target::Local),
        ("export PGHOST=db.example.com; dropdb app", Target::Remote),
        ("psql postgres:///app -c 'DROP TABLE a'", Target::Local),
        ("psql 'host=localhost dbname=app' -c 'DROP TABLE a'", Target::Local),
        ("psql postgresql://u:p@[::1]:5432/app -c 'DROP TABLE a'", Target::Local),
        ("psql postgres://u@host.example.com/app -c 'DROP TABLE a'", Target::Remote),
        ("ssh db1 dropdb -h localhost app", Target::Remote),
        ("docker volume rm x", Target::Local),
        ("docker -H tcp://10.0.0.5:2375 volume rm x", Target::Remote),
        ("docker --context colima volume rm x", Target::Local),
        ("kubectl --context minikube delete ns x", Target::Local),
        ("kubectl --context=prod delete ns x", Target::Unknown),
        ("kubectl delete ns x", Target::Remote),
        ("aws --endpoint-url=http://localhost:4566 s3 rb s3://x", Target::Local),
        ("aws s3 rb s3://x", Target::Remote),
        ("DATABASE_URL=file:./dev.db npx prisma migrate reset -f", Target::Local),
        ("DATABASE_URL=\"$PROD_URL\" npx prisma migrate reset -f", Target::Unknown),
        ("redis-cli -h cache.example.com FLUSHALL", Target::Remote),
        ("redis-cli FLUSHALL", Target::Local),
        ("mongosh mongodb://127.0.0.1/app --eval 'db.dropDatabase()'", Target::Local),
        ("sqlite3 app.db 'DROP TABLE a'", Target::Local),
        ("curl -X DELETE http://localhost:9200/_all", Target::Local),
        ("rsync -a --delete a/ host:/b/", Target::Remote),
        ("rsync -a --delete a/ b/", Target::Local),
        ("supabase db reset --linked", Target::Remote),
        ("wrangler d1 execute x --command 'DROP TABLE a'", Target::Local),
        ("wrangler d1 execute x --remote --command 'DROP TABLE a'", Target::Remote),
        ("docker compose exec db dropdb app", Target::Local),
        ("railway run dropdb app", Target::Remote),
        ("docker run --rm postgres dropdb -h db.example.com app", Target::Remote),
    ];
    for (command, target) in cases {
        assert_eq!(only(command).target, target, "{command}");
    }
}

#[test]
fn whether_it_asks() {
    let cases = [
        ("terraform destroy", Some(true)),
        ("terraform destroy -auto-approve", Some(false)),
        ("terraform destroy -auto-approve=false", Some(true)),
        ("yes | terraform destroy", Some(false)),
        ("terraform destroy <<< yes", Some(false)),
        ("terraform destroy $ARGS", None),
        ("terraform apply plan.out", Some(false)),
        ("wrangler d1 delete x", None),
        ("wrangler d1 delete x -y", Some(false)),
        ("docker system prune -af --volumes", Some(false)),
        ("docker system prune", Some(true)),
        ("railway volume delete", Some(true)),
        ("railway api 'mutation { volumeDelete(volumeId: \"x\") }'", Some(false)),
        ("PULUMI_SKIP_CONFIRMATIONS=1 pulumi destroy", Some(false)),
        ("gcloud sql instances delete x", Some(true)),
        ("CLOUDSDK_CORE_DISABLE_PROMPTS=1 gcloud sql instances delete x", Some(false)),
        ("aws rds delete-db-instance --db-instance-identifier x", Some(false)),
    ];
    for (command, prompts) in cases {
        assert_eq!(only(command).prompts, prompts, "{command}");
    }
}

#[test]
fn how_sure() {
    assert_eq!(only("terraform destroy").confidence, Confidence::High);
    assert_eq!(only("\"$BIN/terraform\" destroy").confidence, Confidence::Medium);
    assert_eq!(only("curl -X DELETE https://api.example.com/x").confidence, Confidence::Low);
}

#[test]
fn servers_are_recognised() {
    let knowledge = Knowledge::embedded();
    let by = |command: &[&str], url: Option<&str>| knowledge.mcp_server(command, url).map(|s| s.server.clone());
    let cases: &[(&[&str], Option<&str>, Option<&str>)] = &[
        (&["npx", "-y", "@jasontanswe/railway-mcp"], None, Some("railway-community")),
        (&["npx", "-y", "@jasontanswe/railway-mcp@1.3.0"], None, Some("railway-community")),
        (&["railway", "mcp"], None, Some("railway")),
        (&["/usr/local/bin/railway", "mcp"], None, Some("railway")),
        (&["npx", "@railway/mcp-server@latest"], None, Some("railway")),
        (&["railway", "mcp", "proxy"], None, Some("railway-remote")),
        (&[], Some("https://mcp.railway.com"), Some("railway-remote")),
        (&[], Some("https://mcp.railway.com/"), Some("railway-remote")),
        (&["npx", "mcp-remote", "https://mcp.supabase.com/mcp?project_ref=x"], None, Some("supabase")),
        (&["npx", "-y", "@supabase/mcp-server-supabase@latest", "--access-token", "x"], None, Some("supabase")),
        (&["uvx", "postgres-mcp==0.3.0"], None, Some("postgres-mcp")),
        (&["uvx", "awslabs.aws-api-mcp-server@latest"], None, Some("aws-api")),
        (&["docker", "run", "-i", "--rm", "-e", "X", "ghcr.io/github/github-mcp-server:v1"], None, Some("github")),
        (&["docker", "run", "-i", "--rm", "mcp/postgres", "postgresql://h/db"], None, Some("postgres-reference")),
        (&["sh", "-c", "npx -y mongodb-mcp-server --readOnly"], None, Some("mongodb")),
        (&["npx", "-y", "firebase-tools@latest", "mcp"], None, Some("firebase")),
        (&["npx", "-y", "prisma", "mcp"], None, Some("prisma")),
        (&["npx", "prisma", "studio"], None, None),
        (&["npx", "-y", "convex@latest", "mcp", "start"], None, Some("convex")),
        (&["npx", "-y", "@acme/server", "--project", "convex"], None, None),
        (&["cmd", "/c", "npx", "-y", "@neondatabase/mcp-server-neon"], None, Some("neon")),
        (&["node", "./server.js"], None, None),
        (&[], Some("https://mcp.railway.com.example.org"), None),
        (&[], Some("https://example.com/?u=https://mcp.railway.com"), None),
        (&[], None, None),
    ];
    for (command, url, expected) in cases {
        assert_eq!(by(command, *url).as_deref(), *expected, "{command:?} {url:?}");
    }
}

#[test]
fn anything_can_be_run_through_some_programs() {
    let knowledge = Knowledge::embedded();
    let kind = |words: &[&str]| knowledge.can_run_anything(words).map(|r| r.kind.clone());
    assert_eq!(kind(&["curl"]).as_deref(), Some("http"));
    assert_eq!(kind(&["/bin/bash"]).as_deref(), Some("shell"));
    assert_eq!(kind(&["docker", "run"]).as_deref(), Some("container"));
    assert_eq!(kind(&["docker"]).as_deref(), Some("container"));
    assert_eq!(kind(&["docker", "ps"]), None);
    assert_eq!(kind(&["gh", "api"]).as_deref(), Some("http"));
    assert_eq!(kind(&["gh", "pr"]), None);
    assert_eq!(kind(&["ls"]), None);
    let http: Vec<_> = knowledge.http_operations().map(|(o, _)| o.id.as_str()).collect();
    assert!(http.contains(&"railway-volume-delete") && http.contains(&"railway-project-delete-force"));
    for (operation, _) in knowledge.http_operations() {
        let command = operation.http_command.as_ref().or(operation.command.as_ref());
        assert!(
            command.is_some_and(|c| c.starts_with("curl ") || c.starts_with("gh api") || c.starts_with("az rest")),
            "{}",
            operation.id
        );
    }
}

#[test]
fn more_operations_can_be_added() {
    let mut knowledge = Knowledge::embedded();
    let tool = serde_yaml::from_str(
        "tool: acme\nprovider: acme\noperations:\n  - {id: acme-wipe, title: wipes, call: acme wipe, command: acme wipe, destroys: [database], forms: [{programs: [acme], words: [[wipe]]}, {hosts: [api.acme.example], method: DELETE}]}\n",
    );
    knowledge.add_tool(tool.unwrap()).unwrap();
    let context = Context::new(&knowledge);
    for command in ["sudo acme wipe", "curl -X DELETE https://api.acme.example/x"] {
        let found = classify(command, &context);
        assert_eq!(found.operations[0].id, "acme-wipe", "{command}");
    }
    let operation = knowledge.operation("acme-wipe").unwrap();
    assert_eq!(knowledge.operation_provider(operation), Some("acme"));
}

#[test]
fn what_answers_with_the_contract_s_json() {
    let knowledge = Knowledge::embedded();
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let outcome = what::answer(&words("sudo railway volume delete -v x --yes"), &knowledge, None);
    assert_eq!(outcome.code(), 1);
    let json = outcome.json();
    assert_eq!(json["version"], 1);
    assert_eq!(json["command"], "sudo railway volume delete -v x --yes");
    let operation = &json["operations"][0];
    assert_eq!(operation["id"], "railway-volume-delete");
    assert_eq!(operation["target"], "remote");
    assert_eq!(operation["prompts"], false);
    assert_eq!(operation["through"], serde_json::json!(["sudo"]));
    assert_eq!(operation["span"], serde_json::json!([0, 37]));
    assert_eq!(operation["confidence"], "high");
    assert!(operation["undo"].as_str().unwrap().starts_with("48 h"));
    assert_eq!(json["undecided"], serde_json::json!([]));

    let outcome = what::answer(&["psql".into(), "-c".into(), "DROP TABLE users".into()], &knowledge, None);
    assert_eq!(outcome.json()["command"], "psql -c 'DROP TABLE users'");
    assert_eq!(outcome.json()["operations"][0]["id"], "psql-drop");

    let outcome = what::answer(&words("npm run reset"), &knowledge, None);
    assert_eq!((outcome.code(), outcome.json()["undecided"][0]["kind"].as_str()), (0, Some("unknown-script")));

    let outcome = what::answer(&["mcp:railway/remove_volume".into()], &knowledge, None);
    assert_eq!(outcome.json()["operations"][0]["id"], "railway-volume-delete");
    assert_eq!(what::answer(&["mcp:railway/list_projects".into()], &knowledge, None).code(), 0);
}

#[test]
fn what_answers_people() {
    let knowledge = Knowledge::embedded();
    let human = |text: &str| what::answer(&[text.to_owned()], &knowledge, None).human(false);
    let told = human("terraform apply -auto-approve");
    assert!(told.contains("may perform terraform-apply-auto-approve: "), "{told}");
    assert!(told.contains("prompts    no"), "{told}");
    assert!(human("ls").contains("no known destructive operation"));
    assert!(human("$X").contains("can't be told: "));
    assert!(!human("dropdb \u{1b}[31mapp\u{202e}").contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn the_project_s_scripts_are_read_from_its_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pocketos");
    let loaded = workspace::load(&root, &workspace::LoadOptions::default()).unwrap();
    let documents: Vec<_> = loaded.files.iter().map(document::parse).collect();
    let commands = lastcopy::ci::read(&loaded, &|id| documents.get(id.0 as usize));
    let project = lastcopy::pipeline::scripts(&loaded, &documents, &commands);
    let knowledge = Knowledge::embedded();
    let package = loaded.by_path("package.json").unwrap();
    let scripts: serde_json::Value = serde_json::from_str(&package.source.text).unwrap();
    for (name, text) in scripts["scripts"].as_object().unwrap() {
        let context = Context::within(&knowledge, &project, "src");
        let by_name = classify(&format!("npm run {name}"), &context);
        let by_text = classify(text.as_str().unwrap(), &Context::within(&knowledge, &project, ""));
        let ids = |c: &Classified| c.operations.iter().map(|o| o.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&by_name), ids(&by_text), "{name}");
        assert!(!by_name.undecided.iter().any(|r| r.kind == "unknown-script"), "{name}: {:?}", by_name.undecided);
    }
    let found = classify("./scripts/add-domain.sh", &Context::within(&knowledge, &project, ""));
    assert!(!found.undecided.iter().any(|r| r.kind == "unknown-script"), "{:?}", found.undecided);
}

#[test]
fn scripts_by_another_name_and_by_none() {
    let files = [
        (
            "justfile",
            "alias r := reset\ndb := 'app'\n\nreset:\n    dropdb {{db}}\n\nlint:\n    cargo clippy\n\npy:\n    #!/usr/bin/env python3\n    print('x')\n",
        ),
        (
            "Makefile",
            ".DEFAULT_GOAL := wipe\nbuild:\n\tgo build\nwipe: before\n\tdropdb app\nbefore:\n\tdocker volume rm data\n",
        ),
        (
            "Taskfile.yml",
            "version: '3'\nvars: {DB: app}\ntasks:\n  default: {deps: [reset]}\n  reset: {aliases: [r], cmds: ['dropdb {{.DB}}']}\n  other: {cmds: ['dropdb {{.ELSEWHERE}} --if-exists']}\n",
        ),
        (
            "pyproject.toml",
            "[tool.poe.tasks]\nwipe = 'dropdb app'\nall = { sequence = ['wipe'] }\n[tool.pixi.tasks]\nclean = 'dropdb app'\n",
        ),
    ];
    let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    let workspace = workspace::in_memory(&files);
    let documents: Vec<_> = workspace.files.iter().map(document::parse).collect();
    let commands = lastcopy::ci::read(&workspace, &|id| documents.get(id.0 as usize));
    let project = lastcopy::pipeline::scripts(&workspace, &documents, &commands);
    let knowledge = Knowledge::embedded();
    let context = Context::within(&knowledge, &project, "");
    let ids = |command: &str| -> Vec<String> {
        classify(command, &context).operations.iter().map(|o| o.id.clone()).collect()
    };
    for command in
        ["just", "just r", "just reset", "task", "task r", "task other", "poe wipe", "poe all", "pixi run clean"]
    {
        assert_eq!(ids(command), ["dropdb"], "{command}");
    }
    assert_eq!(ids("make"), ["docker-volume-rm", "dropdb"], "what it needs runs first");
    assert_eq!(ids("make build"), [""; 0]);
    assert!(!classify("just py", &context).undecided.is_empty(), "a recipe in Python is no shell");
}

//! Small projects in which the nine-second mistake was made, each in its own way: the path from an agent
//! to the loss is found in each, link by link.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::path::Path;

use lastcopy::finding::{Outcome, Severity};
use lastcopy::pipeline::chosen::{self, Choice};
use lastcopy::pipeline::roots::Root;
use lastcopy::pipeline::session::{Options, Session};
use lastcopy::pipeline::{self, Run};

/// A path as it must be found.
struct Told {
    agent: &'static str,
    operation: &'static str,
    credential: &'static str,
    store: &'static str,
    /// Titles of the copies that go with it.
    lost: &'static [&'static str],
}

fn run(name: &str) -> Run {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/incidents").join(name);
    let root = Root { dir, under: None, files: Vec::new(), prefix: String::new() };
    let session = Session::open(&root, &Options { today: "2026-11-24".into(), ..Options::default() }).unwrap();
    let request = session.request(&root);
    let project = pipeline::project(&request, &session.config, &session.knowledge).unwrap();
    let rules = session.all_rules().unwrap();
    pipeline::judge(project, &rules, &request, &session.knowledge)
}

fn found(name: &str, told: &Told) {
    found_by("last-copy-in-one-call", Severity::Error, name, told);
}

fn found_by(rule: &str, severity: Severity, name: &str, told: &Told) {
    let run = run(name);
    let model = &run.project.model;
    let all: Vec<_> = model
        .paths
        .iter()
        .map(|p| {
            let credential = p.best.credential.map_or("", |c| model.credentials[c].address.as_str());
            (
                run.project.agents[p.agent].id.as_str(),
                p.best.act.id.as_str(),
                credential,
                model.stores[p.store].address.as_str(),
                p.lost.iter().map(|c| model.copies[*c].title.as_str()).collect::<Vec<_>>(),
                if p.untold { 0 } else { p.survivors.len() + p.undecided.len() },
            )
        })
        .collect();
    let wanted = (told.agent, told.operation, told.credential, told.store, told.lost.to_vec(), 0);
    assert!(all.contains(&wanted), "{name}: {all:#?}");
    let chosen = chosen::choose(&run, &Choice::default());
    let error = chosen.findings.iter().any(|f| {
        f.rule == rule
            && f.severity == severity
            && f.outcome == Outcome::Finding
            && f.address == format!("path:{}->{}", told.agent, told.store)
    });
    assert!(error, "{name}: it is told to everybody: {:#?}", chosen.findings);
    assert!(chosen.cuts.cut > 0 && chosen.cuts.cut == chosen.cuts.of, "{name}: what cuts it is told");
}

#[test]
fn a_key_in_an_environment_file() {
    found(
        "key-in-env",
        &Told {
            agent: "claude",
            operation: "aws-rds-delete-instance",
            credential: "credential:.env#AWS_SECRET_ACCESS_KEY",
            store: "aws_db_instance.orders",
            lost: &["automated backups"],
        },
    );
}

#[test]
fn an_agent_in_a_workflow_with_the_role_that_deploys() {
    found(
        "agent-in-ci",
        &Told {
            agent: "claude-ci",
            operation: "aws-dynamodb-delete-table",
            credential: "credential:.github/workflows/agent.yml#answer.role-to-assume",
            store: "aws_dynamodb_table.ledger",
            lost: &[],
        },
    );
}

#[test]
fn a_server_that_may_write() {
    found(
        "server-with-write-access",
        &Told {
            agent: "claude",
            operation: "mcp:neon/delete_project",
            credential: "credential:.mcp.json#start",
            store: "neon_project.app",
            lost: &["instant restore, which goes with the project"],
        },
    );
}

#[test]
fn a_token_in_a_script_for_something_else() {
    found(
        "token-for-dns",
        &Told {
            agent: "cursor",
            operation: "rest-digitalocean-delete",
            credential: "credential:scripts/update-dns.sh#DIGITALOCEAN_TOKEN",
            store: "digitalocean_database_cluster.main",
            lost: &["daily backups, which are deleted with the cluster"],
        },
    );
}

#[test]
fn a_namespace_with_its_dumps() {
    for store in ["kubernetes_persistent_volume_claim.postgres", "kubernetes_persistent_volume_claim.dumps"] {
        found(
            "one-namespace",
            &Told {
                agent: "claude",
                operation: "kubectl-delete-pvc",
                credential: "credential:deploy/kubeconfig.yaml#client-key-data",
                store,
                lost: &[],
            },
        );
    }
}

/// Nothing declares the database: its address and password stand in a page that says how a report is made.
#[test]
fn a_database_that_only_its_address_tells_of() {
    found_by(
        "database-in-one-call",
        Severity::Warning,
        "database-url",
        &Told {
            agent: "claude",
            operation: "psql-drop",
            credential: "credential:docs/monthly-report.md#database-url",
            store: "database:docs/monthly-report.md#database-url",
            lost: &[],
        },
    );
}

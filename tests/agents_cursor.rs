//! Cursor's two agents against the vectors of their documentation, read through the real parsers.
//!
//! Not covered: `terminalAllowlist: ["bash scripts/"]` on `bash scripts/x.sh` is unknown in the
//! documentation; by the token rule it doesn't match, and that is what is asserted. How the editor
//! and the CLI split compound commands, and whether `*` in `Shell(base:glob)` crosses blanks, is
//! undocumented: every part needs an entry, and `*` crosses blanks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod agents_support;

use agents_support::{agent, decide, letter, mcp};
use lastcopy::agents::cursor::cli::Cli;
use lastcopy::agents::cursor::ide::{Ide, RunMode};
use lastcopy::agents::{Agent, Call, Surface};

fn ide(json: &str) -> Agent {
    agent(&[(".cursor/permissions.json", json)], "cursor")
}

fn cli(json: &str) -> Agent {
    agent(&[(".cursor/cli.json", json)], "cursor-cli")
}

/// Auto-review, Allowlist, Run Everything.
fn modes(agent: &Agent, call: &Call<'_>) -> String {
    let any: &dyn std::any::Any = agent.procedure.as_ref().unwrap().as_any();
    let ide = any.downcast_ref::<Ide>().unwrap();
    [RunMode::AutoReview, RunMode::Allowlist, RunMode::RunEverything]
        .map(|m| letter(&ide.under(m, call)))
        .iter()
        .collect()
}

/// Terminal, `-p`, `--force`.
fn flags(agent: &Agent, call: &Call<'_>) -> String {
    let any: &dyn std::any::Any = agent.procedure.as_ref().unwrap().as_any();
    let cli = any.downcast_ref::<Cli>().unwrap();
    [(false, Surface::Interactive), (false, Surface::Headless), (true, Surface::Headless)]
        .map(|(force, surface)| letter(&cli.under(force, call, surface)))
        .iter()
        .collect()
}

#[test]
fn r1_an_allow_list() {
    let a = ide(r#"{"terminalAllowlist":["git","npm","railway"],"mcpAllowlist":["*:*"]}"#);
    for (command, expected) in [
        ("railway volume delete", "RRR"),
        ("terraform destroy", "G?R"),
        ("rm -rf build", "S?R"),
        ("git push -f", "RRR"),
    ] {
        assert_eq!(modes(&a, &Call::Shell(command)), expected, "{command}");
    }
    assert_eq!(modes(&a, &Call::Mcp { server: "railway", tool: "volume_delete" }), "RRR");
}

#[test]
fn r2_an_empty_list_and_prose() {
    let a = ide(r#"{"terminalAllowlist":[],"autoRun":{"block_instructions":["never delete volumes"]}}"#);
    assert_eq!(modes(&a, &Call::Shell("railway volume delete")), "G?R");
    assert_eq!(modes(&a, &Call::Shell("git status")), "S?R");
    assert!(a.entries.iter().any(|e| e.effect == "prose" && e.inert.is_some()), "it enforces nothing");
}

#[test]
fn r3_the_command_line_agent() {
    let a = cli(
        r#"{"permissions":{"allow":["Shell(git)","Shell(terraform:plan*)"],"deny":["Shell(rm)","Shell(terraform:destroy*)"]}}"#,
    );
    for (command, expected) in [
        ("terraform destroy", "DDD"),
        ("terraform apply", "?DR"),
        ("terraform plan -out x", "RRR"),
        ("git push -f", "RRR"),
        ("rm -rf x", "DDD"),
        ("bash -c \"rm -rf x\"", "?DR"),
        ("git status && rm x", "DDD"),
        ("git status && terraform apply", "?DR"),
        ("sudo rm x", "?DR"),
        ("/bin/rm x", "?DR"),
    ] {
        assert_eq!(flags(&a, &Call::Shell(command)), expected, "{command}");
    }
}

#[test]
fn r4_everything_allowed() {
    let a = cli(r#"{"approvalMode":"unrestricted","permissions":{"allow":["Shell(*)","Mcp(*:*)"],"deny":[]}}"#);
    assert_eq!(flags(&a, &Call::Shell("terraform destroy")), "RRR");
    assert_eq!(flags(&a, &Call::Mcp { server: "railway", tool: "volume_delete" }), "RRR");
    // The mode isn't read from a project's file.
    assert!(a.entries.iter().any(|e| e.text == "unrestricted" && e.inert.is_some()));
    let only_mode = cli(r#"{"approvalMode":"unrestricted","permissions":{"allow":[],"deny":[]}}"#);
    assert_eq!(flags(&only_mode, &Call::Shell("terraform destroy")), "?DR");
}

#[test]
fn r5_the_wrong_schema_protects_nothing() {
    let a = ide(r#"{"permissions":{"allow":["Shell(git *)"],"deny":["Shell(curl *)"]}}"#);
    assert_eq!(modes(&a, &Call::Shell("curl https://x.example")), "G?R");
    assert_eq!(modes(&a, &Call::Shell("git status")), "S?R");
    assert!(a.entries.len() == 2 && a.entries.iter().all(|e| e.inert.is_some()));
}

#[test]
fn the_editors_match_table() {
    for (entry, command, listed) in [
        ("git", "git push --force", true),
        ("git", "gitk", false),
        ("git", "GIT status", false),
        ("git status", "git status -s", true),
        ("git status", "git stash", false),
        ("npm:install*", "npm install x", true),
        ("npm:install*", "npm run x", false),
        ("bash scripts/", "bash scripts/x.sh", false),
        ("railway", "railway volume delete", true),
        ("terraform", "/usr/bin/terraform destroy", false),
        ("terraform plan", "terraform plan && terraform destroy", false),
        ("curl", "curl -X POST https://backboard.railway.com/graphql/v2", true),
        ("Shell(git)", "git status", false),
        ("terraform", "X=1 terraform destroy", false),
    ] {
        let a = ide(&format!(r#"{{"terminalAllowlist":["{entry}"]}}"#));
        assert_eq!(decide(&a, command, Surface::Interactive) == 'R', listed, "{entry}: {command}");
    }
    for (entry, server, tool, listed) in [
        ("github:*", "GitHub", "delete_repo", true),
        ("*:list_*", "any", "list_x", true),
        ("*:list_*", "any", "delete_x", false),
        ("github", "github", "x", false),
    ] {
        let a = ide(&format!(r#"{{"mcpAllowlist":["{entry}"]}}"#));
        assert_eq!(mcp(&a, server, tool, Surface::Interactive) == 'R', listed, "{entry}: {server}:{tool}");
    }
}

#[test]
fn the_command_line_match_table() {
    for (list, entry, command, expected) in [
        ("allow", "Shell(git)", "git push -f", "RRR"),
        ("allow", "Shell(curl:*)", "curl x", "RRR"),
        ("deny", "Shell(terraform)", "terraform destroy", "DDD"),
        ("deny", "Shell(terraform)", "bash -c \"terraform destroy\"", "?DR"),
        ("deny", "Shell(rm)", "sudo rm x", "?DR"),
        ("deny", "Shell(rm)", "/bin/rm x", "?DR"),
        ("deny", "Read(.env*)", "cat .env", "?DR"),
        ("allow", "Shell(npm run *)", "npm run x", "?DR"),
        ("allow", "Shell(mkfs*)", "mkfs.ext4 /dev/sda", "RRR"),
        ("allow", "Shell(**)", "anything", "RRR"),
    ] {
        let a = cli(&format!(r#"{{"permissions":{{"{list}":["{entry}"]}}}}"#));
        assert_eq!(flags(&a, &Call::Shell(command)), expected, "{list} {entry}: {command}");
    }
    let a = cli(r#"{"permissions":{"allow":["Mcp(*:*)"]}}"#);
    assert_eq!(mcp(&a, "x", "y", Surface::Headless), 'R');
    assert!(cli(r#"{"permissions":{"allow":["Shell(npm run *)"]}}"#).entries[0].inert.is_some());
}

#[test]
fn the_mode_that_is_not_in_the_repository_is_said() {
    let a = ide("{\n  // the list\n  \"terminalAllowlist\": [\"curl\",],\n}");
    let verdict = a.procedure.as_ref().unwrap().decide(&Call::Shell("curl x"), Surface::Interactive);
    assert_eq!(letter(&verdict), 'R');
    assert!(verdict.conditions[0].contains("every Run Mode that reads this list"));
    assert_eq!(verdict.because.len(), 1);
}

#[test]
fn an_open_sandbox_lets_it_reach_the_network() {
    let a = agent(
        &[
            (".cursor/permissions.json", r#"{"terminalAllowlist":[]}"#),
            (".cursor/sandbox.json", r#"{"networkPolicy":{"default":"deny","allow":["*.railway.com"]}}"#),
        ],
        "cursor",
    );
    assert_eq!(decide(&a, "railway volume delete", Surface::Interactive), 'N');
    assert_eq!(decide(&a, "terraform destroy", Surface::Interactive), 'G');
    let a = agent(&[(".cursor/sandbox.json", r#"{"type":"insecure_none"}"#)], "cursor");
    assert_eq!(decide(&a, "rm -rf build", Surface::Interactive), 'G');
}

#[test]
fn the_two_agents_do_not_read_each_others_file() {
    let files = [
        (".cursor/permissions.json", r#"{"terminalAllowlist":["railway"]}"#),
        (".cursor/cli.json", r#"{"permissions":{"deny":["Shell(railway)"]}}"#),
        (
            ".cursor/mcp.json",
            r#"{"mcpServers":{"railway":{"url":"https://mcp.railway.com","headers":{"Authorization":"Bearer x"}}}}"#,
        ),
    ];
    assert_eq!(decide(&agent(&files, "cursor"), "railway down", Surface::Interactive), 'R');
    let c = agent(&files, "cursor-cli");
    assert_eq!(decide(&c, "railway down", Surface::Interactive), 'D');
    assert_eq!(c.servers.len(), 1);
    assert_eq!(c.servers[0].environment.len(), 1);
}

#[test]
fn invented_keys_neither_allow_nor_deny() {
    let a = cli(
        r#"{"auto_approve_all":true,"allowedOperations":{"shell":{"commands":["rm"]}},"deniedOperations":{"shell":{"commands":["terraform"]}},"permissions":{"shell":{"auto_approve":true}},"logging":{}}"#,
    );
    assert_eq!(flags(&a, &Call::Shell("terraform destroy")), "?DR");
    assert_eq!(flags(&a, &Call::Shell("rm -rf x")), "?DR");
    let inert: Vec<(&str, &str)> = a.entries.iter().map(|e| (e.text.as_str(), e.effect)).collect();
    assert_eq!(
        inert,
        [("auto_approve_all: true", "allow"), ("allowedOperations", "allow"), ("deniedOperations", "deny")]
    );
    assert!(a.entries.iter().all(|e| e.inert.is_some()));
    assert_eq!(a.unknown_keys.len(), 5);
    let a = ide(
        r#"{"permissions":{"blocked_patterns":["**/.env*"]},"terminal_allowlist":["git"],"mcpTools":{"x":{"autoRun":true}},"autoRun":{"terminal":{"defaultBehavior":"allow"}}}"#,
    );
    assert_eq!(modes(&a, &Call::Shell("git push")), "G?R");
    let why = |text: &str| a.entries.iter().find(|e| e.text == text).and_then(|e| e.inert.clone()).unwrap();
    assert!(why("**/.env*").contains("no key"));
    assert!(why("git").contains("`terminalAllowlist` is what is read"));
}

#[test]
fn prose_and_an_undocumented_mode() {
    let a = ide(r#"{"autoReview":{"allow_instructions":["allow everything"],"block_instructions":["no terraform"]}}"#);
    assert_eq!(modes(&a, &Call::Shell("terraform destroy")), "G?R");
    assert_eq!(a.entries.len(), 2);
    let a = ide(r#"{"approvalMode":"unrestricted","terminalAllowlist":["git"]}"#);
    assert_eq!(modes(&a, &Call::Shell("terraform destroy")), "uuR");
    assert_eq!(modes(&a, &Call::Shell("git push")), "RRR");
    let a = ide(r#"{"approvalMode":"allowlist"}"#);
    assert_eq!(modes(&a, &Call::Shell("terraform destroy")), "G?R");
    let a = cli(r#"{"permissions":{"allow":["Mcp(railway, *)"]}}"#);
    assert_eq!(mcp(&a, "railway", "volume_delete", Surface::Headless), 'R');
}

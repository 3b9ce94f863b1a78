//! Reading agents: recognised ones, denies against variants, personal files, hostile input.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod agents_support;

use agents_support::{decide, project};
use lastcopy::agents::variants::{Variant, variants, walked_around};
use lastcopy::agents::{Call, Home, Options, Surface, shell};
use proptest::prelude::*;

#[test]
fn recognised_agents_are_never_half_judged() {
    let p = project(&[
        (".antigravity/settings.json", r#"{"permissions":{"allow":["command(*)"]}}"#),
        (
            "apps/a/.factory/mcp.json",
            r#"{"mcpServers":{"railway":{"command":"railway","args":["mcp"]},"off":{"command":"x","disabled":true}}}"#,
        ),
        (".zed/settings.json", r#"{"theme":"one"}"#),
    ]);
    let agents = p.agents();
    let ids: Vec<&str> = agents.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(ids, ["antigravity", "droid"]);
    assert!(agents[0].procedure.is_none() && agents[0].semantics.is_none());
    assert!(agents[1].procedure.is_some() && agents[1].semantics.is_some());
    assert_eq!(agents[1].servers.len(), 1);
    assert_eq!(agents[1].servers[0].command.len(), 2);
    assert_eq!(agents[1].dir, "apps/a");
}

#[test]
fn a_deny_against_other_forms() {
    let p = project(&[(
        ".claude/settings.json",
        r#"{"permissions":{"allow":["Bash(sudo:*)","Bash(terraform:*)"],"deny":["Bash(terraform destroy:*)"]}}"#,
    )]);
    let agent = p.agent("claude");
    let deny = agent.entries.iter().find(|e| e.effect == "deny").unwrap();
    let mut forms = variants("terraform destroy");
    forms.push(Variant { kind: "with a global flag", command: "terraform -chdir=prod destroy".into() });
    let held = walked_around(&agent, deny, "terraform destroy", &forms);
    assert!(held.applies);
    assert_eq!(held.stops.iter().map(|v| v.kind).collect::<Vec<_>>(), ["with a variable set in front"]);
    let misses: Vec<(&str, bool)> = held.misses.iter().map(|m| (m.variant.kind, m.unasked)).collect();
    assert!(misses.contains(&("with a global flag", true)), "{misses:?}");
    assert!(misses.contains(&("by its absolute path", true)), "{misses:?}");
    // It isn't about another operation.
    assert!(!walked_around(&agent, deny, "railway down", &variants("railway down")).applies);
}

#[test]
fn personal_files_only_when_given() {
    let home = project(&[(".claude/settings.json", r#"{"permissions":{"defaultMode":"bypassPermissions"}}"#)]);
    let tree = home.trees.values().next().unwrap().clone();
    let p = project(&[(".claude/settings.json", "{}")]);
    assert_eq!(decide(&p.agent("claude"), "terraform destroy", Surface::Interactive), 'G');
    let options = Options { trusted: true, home: Some(Home { claude_settings: Some(tree), ..Home::default() }) };
    assert_eq!(decide(&p.agent_with("claude", &options), "terraform destroy", Surface::Interactive), 'R');
}

#[test]
fn entries_of_wrong_types_are_located_problems() {
    let p = project(&[
        (
            ".claude/settings.json",
            r#"{"permissions":{"allow":[1,{"a":2}],"deny":"Bash","defaultMode":"yolo"},"hooks":[],"env":[],"sandbox":3}"#,
        ),
        (".cursor/permissions.json", r#"{"terminalAllowlist":"git","mcpAllowlist":[1]}"#),
        (".cursor/cli.json", "[]"),
        (".mcp.json", r#"{"mcpServers":[1,{"a":{"command":3}}]}"#),
        (".claude/agents/x.md", "---\npermissionMode: all\ntools: [1, [Bash]]\n---\n"),
    ]);
    let agents = p.agents();
    assert_eq!(agents.iter().map(|a| a.problems.len()).collect::<Vec<_>>(), [5, 2, 1]);
    for agent in &agents {
        agent.decide(&Call::Shell("terraform destroy"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// No text makes the splitter panic, and what it cuts out stands in the text.
    #[test]
    fn splitting_never_panics(text in "[ a-z&|;<>(){}$`'\"\\\\\n#=!é*-]{0,60}") {
        if let Ok(parts) = shell::split(&text) {
            for part in parts {
                prop_assert!(!part.text.is_empty() || part.redirected);
            }
        }
    }
}

/// A deny for a program stops it wherever it stands as a command of its own.
#[test]
fn a_denied_program_is_found_in_any_chain() {
    let p = project(&[(".claude/settings.json", r#"{"permissions":{"deny":["Bash(rm *)"]}}"#)]);
    let agent = p.agent("claude");
    for (before, after) in [
        ("", ""),
        ("ls; ", ""),
        ("a && ", ""),
        ("(b; ", ")"),
        ("x | ", ""),
        ("if c; then ", "; fi"),
        ("echo $(", ")"),
        ("echo \"`", "`\""),
        ("for i in 1 2; do ", "; done"),
        ("cat <(", ")"),
        ("f() { ", "; }"),
        ("{ ", "; }"),
        ("X=$(", ")"),
        ("A=1 B=2 nohup ", " &"),
        ("case x in x) ", ";; esac"),
        ("", " > log 2>&1 < /dev/null"),
        ("echo a\n", ""),
    ] {
        let command = format!("{before}rm -rf y{after}");
        assert_eq!(decide(&agent, &command, Surface::Interactive), 'D', "{command}");
    }
}

#[test]
fn the_project_to_be_judged_on() {
    let load = |name: &str| {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
        agents_support::load(&root)
    };
    let before = load("pocketos");
    let claude = before.agent("claude");
    for (command, expected) in [
        ("railway volume delete", 'R'),
        ("npm run db:reset", 'R'),
        ("terraform destroy", 'D'),
        ("terraform -chdir=infra destroy", 'R'),
        ("terraform apply -auto-approve", 'R'),
        ("curl -X POST https://backboard.railway.com/graphql/v2", '?'),
    ] {
        assert_eq!(decide(&claude, command, Surface::Interactive), expected, "{command}");
    }
    assert_eq!(agents_support::mcp(&claude, "railway", "volume-delete", Surface::Interactive), 'R');
    let cursor = before.agent("cursor");
    assert_eq!(decide(&cursor, "curl -X POST https://backboard.railway.com/graphql/v2", Surface::Interactive), 'R');
    assert_eq!(agents_support::mcp(&cursor, "railway", "delete_project", Surface::Interactive), 'R');

    let after = load("pocketos-fixed");
    for agent in after.agents() {
        for command in ["railway volume delete", "npm run db:reset", "terraform apply", "npx prisma migrate reset"] {
            let decided = decide(&agent, command, Surface::Interactive);
            assert_ne!(decided, 'R', "{}: {command}", agent.id);
        }
        assert!(agent.problems.is_empty() && agent.unknown_keys.is_empty());
    }
}

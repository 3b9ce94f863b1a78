//! Factory Droid's decisions: its lists against answers recorded from the shipped program's own functions,
//! levels, MCP tools, hooks, and `droid exec` in workflows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod agents_support;

use agents_support::{agent, decide, mcp, project};
use lastcopy::agents::{Agent, Call, Options, Surface, Verdict, unconfigured};

const SETTINGS: &str = ".factory/settings.json";

fn droid(settings: &str) -> Agent {
    agent(&[(SETTINGS, settings)], "droid")
}

fn both(agent: &Agent, command: &str) -> String {
    agent.surfaces.iter().map(|s| decide(agent, command, *s)).collect()
}

fn verdict(agent: &Agent, command: &str, surface: Surface) -> Verdict {
    agent.procedure.as_ref().unwrap().decide(&Call::Shell(command), surface)
}

#[test]
fn the_lists_agree_with_the_program() {
    let recorded: serde_json::Value =
        serde_json::from_str(include_str!("../testdata/agents/droid/recorded.json")).unwrap();
    let (mut all, mut refused, mut wrong) = (0, 0, Vec::new());
    for group in recorded["groups"].as_array().unwrap() {
        let given = &group["given"];
        let settings = serde_json::json!({
            "commandAllowlist": given["allow"], "commandDenylist": given["ask"], "commandBlocklist": given["block"],
        });
        let a = droid(&settings.to_string());
        for case in group["cases"].as_array().unwrap() {
            let command = case[0].as_str().unwrap();
            let said = verdict(&a, command, Surface::Interactive);
            // What no list is about is asked about because of the level, and what the product itself refuses
            // isn't a matter of lists.
            let by_level = said.conditions.iter().any(|c| c.contains("autonomy"));
            let own = said.conditions.iter().any(|c| c.contains("by the product itself"));
            let got = if by_level { '-' } else { agents_support::letter(&said) };
            if own {
                refused += 1;
                continue;
            }
            all += 1;
            if case[1].as_str().unwrap() != got.to_string() {
                wrong.push(format!("{given}: {case}: got {got}"));
            }
        }
    }
    assert_eq!((all, refused), (1973, 27));
    assert!(wrong.is_empty(), "{} of {all} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_allowed_command_stands_for_its_program() {
    let a =
        droid(r#"{"commandAllowlist": ["terraform plan", "docker ps", "npm run build", "gh pr view", "rm", "git *"]}"#);
    for (command, expected) in [
        ("terraform destroy -auto-approve", "RR"),
        ("sudo terraform destroy", "RR"),
        ("docker volume rm x", "RR"),
        ("npm run db:drop", "RR"),
        ("npm install x", "?G"),
        ("gh pr view 3", "RR"),
        ("gh repo delete x", "?G"),
        ("rm -rf build", "?G"),
        ("git push --force", "?G"),
        ("terraform plan && railway down", "?G"),
        ("terraform plan $(railway down)", "?G"),
    ] {
        assert_eq!(both(&a, command), expected, "{command}");
    }
    let inert = |text: &str| a.entries.iter().find(|e| e.text == text).unwrap().inert.clone();
    assert_eq!(inert("terraform plan"), None);
    assert!(inert("rm").unwrap().contains("`rm -rf /`"));
    assert!(inert("git *").unwrap().contains("wildcards"));
    let said = verdict(&a, "terraform destroy", Surface::Headless);
    assert_eq!(said.because[0].entry, "terraform plan");
    assert!(said.conditions.iter().any(|c| c.contains("the program only")), "{:?}", said.conditions);
}

#[test]
fn what_is_asked_about_and_blocked() {
    let a = droid(
        r#"{"commandAllowlist": ["terraform"], "commandDenylist": ["terraform destroy"], "commandBlocklist": ["railway volume delete"],
            "sessionDefaultSettings": {"autonomyLevel": "high"}}"#,
    );
    for (command, expected) in [
        // The entry takes `terraform` off the list; at `high` it runs all the same.
        ("terraform plan", "RG"),
        ("terraform -chdir=prod destroy", "?D"),
        ("bash -c 'terraform destroy'", "?D"),
        ("echo $(terraform destroy)", "?D"),
        ("/usr/bin/terraform destroy", "?D"),
        ("railway volume delete", "DD"),
        ("sudo railway volume --yes delete", "DD"),
        ("railway volume list", "RG"),
        ("rm -rf /", "DD"),
        ("rm -rf ~/x", "DD"),
    ] {
        assert_eq!(both(&a, command), expected, "{command}");
    }
    // Read as no command at all, whatever is listed.
    assert_eq!(both(&droid("{}"), "env -S 'terraform destroy'"), "RR");
}

#[test]
fn the_nearest_level_counts() {
    for (settings, expected) in [
        ("{}", "?G"),
        (r#"{"sessionDefaultSettings": {"autonomyLevel": "off"}}"#, "?G"),
        (r#"{"sessionDefaultSettings": {"autonomyLevel": "low"}}"#, "GG"),
        (r#"{"sessionDefaultSettings": {"autonomyLevel": "medium"}}"#, "GG"),
        (r#"{"sessionDefaultSettings": {"autonomyLevel": "high"}}"#, "RG"),
        (r#"{"sessionDefaultSettings": {"autonomyMode": "auto-high"}}"#, "RG"),
        (r#"{"autonomyMode": "auto-high"}"#, "RG"),
        (r#"{"autonomyMode": "spec"}"#, "?G"),
        // Its newer key counts before the older one, and is no place for the older one's words.
        (r#"{"sessionDefaultSettings": {"autonomyLevel": "auto-high"}}"#, "?G"),
        (r#"{"autonomyLevel": "high"}"#, "?G"),
        (r#"{"sessionDefaultSettings": {"autonomyLevel": "high"}, "maxAutonomyLevel": "medium"}"#, "GG"),
        (r#"{"maxAutonomyLevel": "off"}"#, "?D"),
    ] {
        assert_eq!(both(&droid(settings), "terraform destroy"), expected, "{settings}");
    }
    let p = project(&[
        (SETTINGS, r#"{"sessionDefaultSettings": {"autonomyLevel": "high"}, "commandAllowlist": ["make"]}"#),
        ("app/.factory/settings.json", r#"{"sessionDefaultSettings": {"autonomyLevel": "off"}}"#),
        ("lib/.factory/settings.local.json", r#"{"commandDenylist": ["make"]}"#),
    ]);
    let agents = p.agents();
    let of = |dir: &str| agents.iter().find(|a| a.id == "droid" && a.dir == dir).unwrap();
    assert_eq!((both(of(""), "x y").as_str(), both(of("app"), "x y").as_str()), ("RG", "?G"));
    assert_eq!(both(of("app"), "make reset"), "RR");
    assert_eq!(both(of("lib"), "make reset"), "?D");
    let a = droid(r#"{"autonomyLevel": "auto-high", "comandAllowlist": ["terraform"]}"#);
    assert!(a.entries.iter().all(|e| e.inert.is_some()) && a.entries.len() == 2);
}

#[test]
fn rules_that_a_switch_turns_on_are_not_known() {
    let a = droid(
        r#"{"permissionRules": {"version": 1, "rules": [
            {"id": "a", "decision": "allow", "match": {"prefix": ["terraform", ["plan", "apply"]]}, "tests": {"match": ["terraform plan"], "noMatch": ["ls"]}},
            {"id": "b", "decision": "block", "match": {"prefix": ["railway"]}, "tests": {"match": ["railway x"], "noMatch": ["ls"]}}]}}"#,
    );
    for (command, expected) in [
        ("terraform apply", "uu"),
        ("terraform destroy", "?G"),
        ("/usr/bin/terraform plan", "?G"),
        ("TERRAFORM plan", "?G"),
        ("sudo terraform plan", "?G"),
        ("terraform plan $X", "?G"),
        ("railway down", "?G"),
    ] {
        assert_eq!(both(&a, command), expected, "{command}");
    }
    assert!(a.entries[1].inert.as_ref().unwrap().contains("rules engine"));
}

#[test]
fn tools_of_servers() {
    let files = [
        (
            SETTINGS,
            r#"{"mcpAutonomyOverrides": {"railway": {"defaultLevel": "low", "tools": {"volume_delete": "high"}}}, "sessionDefaultSettings": {"autonomyLevel": "medium"}}"#,
        ),
        (
            ".factory/mcp.json",
            r#"{"mcpServers": {"railway": {"command": "r", "disabledTools": ["drop"]}, "db": {"url": "https://x.example", "enabledTools": ["list"]}},
            "persistentPermissions": {"servers": {"railway": {"approvedAt": "x", "impactLevel": "high"}}}}"#,
        ),
    ];
    let a = agent(&files, "droid");
    let at = |server: &str, tool: &str| a.surfaces.iter().map(|s| mcp(&a, server, tool, *s)).collect::<String>();
    assert_eq!(at("railway", "list"), "RR");
    assert_eq!(at("railway", "volume_delete"), "?D");
    assert_eq!(at("railway", "drop"), "DD");
    assert_eq!(at("db", "list"), "?D");
    assert_eq!(at("db", "drop"), "DD");
    assert!(a.entries.iter().any(|e| e.inert.as_ref().is_some_and(|w| w.contains("user's own mcp.json"))));
    assert_eq!(a.servers.len(), 2);
    let high = droid(r#"{"sessionDefaultSettings": {"autonomyLevel": "high"}}"#);
    assert_eq!(mcp(&high, "x", "y", Surface::Interactive), 'R');
}

#[test]
fn hooks_and_sandbox() {
    let hook = |command: &str, more: &str| {
        format!(
            r#"{{"PreToolUse": [{{"matcher": "Execute"{more}, "hooks": [{{"type": "command", "command": "{command}"}}]}}]}}"#
        )
    };
    let denies = hook("echo no >&2; exit 2", "");
    assert_eq!(both(&agent(&[(".factory/hooks.json", &denies)], "droid"), "ls"), "DD");
    assert_eq!(both(&agent(&[(".factory/hooks/hooks.json", &denies)], "droid"), "ls"), "DD");
    let some = hook("echo no >&2; exit 2", r#", "commandRegex": "^terraform""#);
    assert_eq!(both(&agent(&[(".factory/hooks.json", &some)], "droid"), "ls"), "RR");
    assert_eq!(both(&droid(&format!(r#"{{"hooks": {}}}"#, hook("./guard.sh", ""))), "ls"), "RR");
    let a = droid(r#"{"sandbox": {"enabled": true}, "sessionDefaultSettings": {"autonomyLevel": "high"}}"#);
    assert_eq!(both(&a, "terraform destroy"), "SG");
    let a = droid(
        r#"{"sandbox": {"enabled": true, "network": {"allowedDomains": ["x.example"]}}, "commandAllowlist": ["terraform"]}"#,
    );
    assert_eq!(both(&a, "terraform destroy"), "NN");
}

#[test]
fn started_in_workflows() {
    let step = |run: &str| {
        let workflow = format!("on: push\njobs:\n  a:\n    steps:\n      - run: {run}\n");
        let p = project(&[
            (".github/workflows/a.yml", &workflow),
            (
                SETTINGS,
                r#"{"commandBlocklist": ["railway volume delete"], "sessionDefaultSettings": {"autonomyLevel": "high"}}"#,
            ),
        ]);
        let a = p.agent("droid-ci");
        ["terraform destroy", "railway volume delete", "git status"]
            .map(|c| decide(&a, c, Surface::Ci))
            .iter()
            .collect::<String>()
    };
    assert_eq!(step("droid exec \"fix it\""), "GDR");
    assert_eq!(step("droid exec --auto medium -f p.md"), "GDR");
    assert_eq!(step("droid exec --auto high 'deploy'"), "RDR");
    assert_eq!(step("npx droid exec --skip-permissions-unsafe 'deploy'"), "RDR");
    assert!(
        project(&[(".github/workflows/a.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: droid --version\n")])
            .agents()
            .is_empty()
    );
}

#[test]
fn nothing_configured_and_hostile_files() {
    let a = unconfigured("droid").unwrap();
    assert_eq!(both(&a, "terraform destroy"), "?G");
    assert_eq!(a.semantics, Some("Droid 0.215.0 (2026-11)"));
    for text in
        ["[]", "null", "{", r#"{"commandAllowlist": [1, null, ""], "permissionRules": 3, "mcpAutonomyOverrides": []}"#]
    {
        let _ = droid(text);
    }
    let a = droid(r#"{"commandDenylist": ["((((", "a\\", "'"], "commandAllowlist": ["\"", "$(", "`"]}"#);
    for command in [
        "", "'", "\"", "\\", "$(", "`", "<<", "<<'", "a <<E", "<(", ")", "env -S", "timeout", "sudo -u", "a>", "&",
        "é 'x",
    ] {
        let _ = both(&a, command);
    }
    let long = "a ".repeat(4000);
    let _ = both(&a, &long);
    let deep = "$(".repeat(3000);
    let _ = both(&a, &deep);
}

#[test]
fn personal_settings() {
    let p = project(&[("x.txt", "x")]);
    let tree = project(&[(SETTINGS, r#"{"commandAllowlist": ["terraform"]}"#)]);
    let home = lastcopy::agents::Home {
        droid_settings: tree.trees.values().next().cloned(),
        ..lastcopy::agents::Home::default()
    };
    let a = p.agent_with("droid", &Options { home: Some(home), ..Options::default() });
    assert_eq!(both(&a, "terraform destroy"), "RR");
    assert_eq!(a.entries[0].layer, "user");
}

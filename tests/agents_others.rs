//! Crush, Devin, Augment, Roo, Aider, and agents whose permissions are all the user's, against vectors
//! of their source and documentation, read through the real parsers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod agents_support;

use agents_support::{agent, decide, mcp, project};
use lastcopy::agents::{Agent, Surface, unconfigured};

fn both(agent: &Agent, command: &str) -> String {
    agent.surfaces.iter().map(|s| decide(agent, command, *s)).collect()
}

#[test]
fn crush_takes_wrappers_for_safe() {
    let crush = |json: &str| agent(&[("crush.json", json)], "crush");
    let a = crush(r#"{"options":{}}"#);
    for (command, expected) in [
        ("terraform destroy", "?R"),
        ("nohup terraform destroy", "RR"),
        ("timeout 600 terraform destroy -auto-approve", "RR"),
        ("env terraform destroy", "RR"),
        ("echo x > prod.tf", "RR"),
        ("git branch -D main", "RR"),
        ("ls & rm -rf x", "RR"),
        ("ls && rm -rf x", "?R"),
        ("lsof", "?R"),
        ("curl https://x.example", "DD"),
        ("echo x; sudo rm y", "DD"),
    ] {
        assert_eq!(both(&a, command), expected, "{command}");
    }
    let a = crush(
        r#"{"permissions":{"allowed_tools":["bash","mcp_railway_list"]},"mcp":{"railway":{"command":"r","disabled_tools":["drop"]}}}"#,
    );
    assert_eq!(both(&a, "terraform destroy"), "RR");
    assert_eq!(both(&a, "curl x"), "DD");
    assert_eq!(mcp(&a, "railway", "list", Surface::Interactive), 'R');
    assert_eq!(mcp(&a, "railway", "volume_delete", Surface::Interactive), '?');
    assert_eq!(mcp(&a, "railway", "drop", Surface::Headless), 'D');
    let a = agent(&[("crushrc", "# x\npermissions allow bash edit\nexport X=1\n")], "crush");
    assert_eq!(both(&a, "terraform destroy"), "RR");
    // Another product's file of the same name.
    assert!(project(&[("crush.json", r#"{"name":"crush manager"}"#)]).agents().is_empty());
}

#[test]
fn devin_compares_first_words() {
    let a = agent(
        &[(
            ".devin/config.json",
            r#"{"permissions":{"allow":["Exec(git)","Exec(gh)","Exec(nix-shell)","mcp__railway"],"ask":["Exec(git push)"],"deny":["Exec(gh secret)"],"alow":["Exec(rm)"]}}"#,
        )],
        "devin",
    );
    for (command, expected) in [
        ("gh repo delete x", "R"),
        ("git push --force", "?"),
        ("nix-shell --run \"terraform destroy\"", "R"),
        ("terraform destroy", "?"),
        ("git status && terraform destroy", "?"),
        ("gh secret list", "D"),
        ("gitk", "?"),
        ("rm x", "?"),
    ] {
        assert_eq!(both(&a, command), expected, "{command}");
    }
    assert_eq!(mcp(&a, "railway", "volume_delete", Surface::Interactive), 'R');
    assert!(a.entries.last().unwrap().inert.is_some());
}

#[test]
fn augment_runs_what_no_entry_is_about() {
    let augment = |json: &str| agent(&[(".augment/settings.json", json)], "augment");
    let a = augment("{}");
    assert_eq!(both(&a, "terraform destroy"), "RR");
    assert_eq!(mcp(&a, "x", "y", Surface::Headless), 'R');
    let a = augment(
        r#"{"toolPermissions":[{"toolName":"launch-process","shellInputRegex":"^terraform plan","permission":{"type":"allow"}},{"tool-name":"launch-process","permission":{"type":"ask-user"}}]}"#,
    );
    assert_eq!(both(&a, "terraform plan; terraform destroy"), "RR");
    assert_eq!(both(&a, "terraform destroy"), "?D");
    let a = augment(
        r#"{"toolPermissions":[{"toolName":"launch-process","permission":{"type":"script-policy","script":"./p"}}]}"#,
    );
    assert_eq!(both(&a, "terraform destroy"), "uu");
    let a = augment(r#"{"toolPermissions":[{"toolName":"launch-process","permission":{"type":"never"}}]}"#);
    assert_eq!(a.problems.len(), 1);
}

#[test]
fn roo_takes_the_longest_beginning() {
    let roo = |settings: &str| {
        agent(
            &[
                (".vscode/settings.json", settings),
                (
                    ".roo/mcp.json",
                    r#"{"mcpServers":{"r":{"command":"r","alwaysAllow":["list"]},"all":{"command":"a","alwaysAllow":["*"]}}}"#,
                ),
            ],
            "roo",
        )
    };
    let a = roo(r#"{"roo-cline.allowedCommands":["terraform"],"roo-cline.deniedCommands":["terraform destroy"]}"#);
    assert_eq!(both(&a, "terraform plan"), "R");
    assert_eq!(both(&a, "Terraform destroy"), "D");
    assert_eq!(both(&a, "cd x && terraform plan"), "?");
    assert_eq!(both(&a, "terraform -chdir=p destroy"), "R");
    assert_eq!(
        both(&roo(r#"{"roo-cline.allowedCommands":["*"],"roo-cline.deniedCommands":[]}"#), "terraform destroy"),
        "R"
    );
    assert_eq!(both(&roo("{}"), "git log -1"), "R");
    let i = Surface::Interactive;
    assert_eq!((mcp(&a, "r", "list", i), mcp(&a, "r", "drop", i), mcp(&a, "all", "drop", i)), ('R', '?', 'R'));
    let verdict = a.procedure.as_ref().unwrap().decide(&lastcopy::agents::Call::Shell("terraform plan"), i);
    assert!(verdict.conditions[0].contains("toggle Execute"));
}

#[test]
fn aider_runs_its_own_commands_only() {
    let aider = |yaml: &str| agent(&[(".aider.conf.yml", yaml)], "aider");
    let a = aider("yes-always: true\n");
    assert_eq!(both(&a, "terraform destroy"), "D");
    let a = aider("auto-test: true\ntest-cmd: make reset-db test\nlint-cmd:\n  - \"python: ruff check\"\n");
    assert_eq!(both(&a, "make reset-db test"), "R");
    assert_eq!(both(&a, "ruff check"), "R");
    assert_eq!(both(&a, "terraform destroy"), "?");
    assert_eq!(both(&aider("test-cmd: make reset-db test\n"), "make reset-db test"), "?");
}

#[test]
fn agents_whose_permissions_are_the_users() {
    let zed = agent(
        &[(
            ".zed/settings.json",
            "{// x\n\"agent\":{\"tool_permissions\":{\"default\":\"allow\"}},\"context_servers\":{\"r\":{\"command\":\"r\"}}}",
        )],
        "zed",
    );
    assert_eq!(both(&zed, "terraform destroy"), "?");
    assert!(zed.entries[0].inert.is_some());
    assert_eq!(zed.servers.len(), 1);
    for (files, id, expected) in [
        (&[(".goosehints", "x")][..], "goose", "RR"),
        (&[(".junie/mcp/mcp.json", r#"{"mcpServers":{}}"#)], "junie", "?"),
        (&[(".warp/.mcp.json", r#"{"mcpServers":{}}"#)], "warp", "G"),
        (&[(".continue/config.yaml", "name: x\n")], "continue", "?R"),
        (&[(".openhands/setup.sh", "echo\n")], "openhands", "?R"),
    ] {
        let a = agent(files, id);
        assert_eq!(both(&a, "terraform destroy"), expected, "{id}");
        assert!(a.semantics.is_some());
        assert_eq!(both(&unconfigured(id).unwrap(), "terraform destroy"), expected);
    }
    assert!(unconfigured("antigravity").is_none());
    assert!(lastcopy::agents::known().len() >= 26);
}

#[test]
fn personal_settings_of_qwen_kilo_and_crush() {
    let read = |path: &str, text: &str| project(&[(path, text)]).trees.into_values().next();
    let home = lastcopy::agents::Home {
        qwen: read(
            ".qwen/settings.json",
            r#"{"permissions":{"allow":["Bash(terraform *)"]},"tools":{"approvalMode":"default"}}"#,
        ),
        kilo: read("kilo.json", r#"{"permission":{"bash":"allow"}}"#),
        crush: read("crush.json", r#"{"permissions":{"allowed_tools":["bash"]}}"#),
        ..lastcopy::agents::Home::default()
    };
    let options = lastcopy::agents::Options { home: Some(home), ..lastcopy::agents::Options::default() };
    let p = project(&[("x.txt", "x")]);
    for id in ["qwen", "kilo", "crush"] {
        assert_eq!(decide(&p.agent_with(id, &options), "terraform destroy", Surface::Interactive), 'R', "{id}");
    }
    // The project's own value comes before a person's.
    let p = project(&[(".qwen/settings.json", r#"{"tools":{"approvalMode":"yolo"}}"#)]);
    assert_eq!(decide(&p.agent_with("qwen", &options), "railway down", Surface::Interactive), 'R');
}

//! Agents that workflows and scripts start: actions, commands, agentic workflows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod agents_support;

use agents_support::{letter, project};
use lastcopy::agents::{Agent, Call, Surface};

fn started(files: &[(&str, &str)]) -> Vec<Agent> {
    project(files).agents().into_iter().filter(|a| a.id.ends_with("-ci") || a.id == "gh-aw").collect()
}

/// The only agent that one step starts.
fn step(yaml: &str) -> Agent {
    let mut found = started(&[(".github/workflows/a.yml", &workflow(yaml))]);
    assert_eq!(found.len(), 1, "{yaml}");
    found.remove(0)
}

fn workflow(step: &str) -> String {
    let indented: String = step.lines().map(|l| format!("        {l}\n")).collect();
    format!("on: [push]\njobs:\n  agent:\n    runs-on: ubuntu-latest\n    steps:\n      -\n{indented}")
}

fn ci(agent: &Agent, command: &str) -> char {
    assert_eq!(agent.surfaces, [Surface::Ci]);
    letter(&agent.procedure.as_ref().unwrap().decide(&Call::Shell(command), Surface::Ci))
}

#[test]
fn claude_code_action() {
    let none = step("uses: anthropics/claude-code-action@v1\nwith:\n  prompt: Review");
    assert_eq!(ci(&none, "terraform destroy"), 'D');
    assert_eq!(ci(&none, "git add ."), 'D');
    let tag = step("uses: anthropics/claude-code-action@v1");
    assert_eq!(ci(&tag, "git add ."), 'R');
    assert_eq!(ci(&tag, "git push --force"), 'D');
    assert_eq!(ci(&tag, "terraform destroy"), 'D');
    for args in [
        "'--allowedTools \"Bash(terraform:*),Read\"'",
        "--allowed-tools Bash(terraform *)",
        "|\n    --max-turns 5\n    --allowedTools \"Bash(terraform destroy)\" \"Edit\"",
        "--dangerously-skip-permissions",
        "--permission-mode bypassPermissions",
        "--allowedTools Bash",
    ] {
        let a = step(&format!("uses: anthropics/claude-code-action@v1\nwith:\n  prompt: Go\n  claude_args: {args}"));
        assert_eq!(ci(&a, "terraform destroy"), 'R', "{args}");
    }
    let old = step(
        "uses: anthropics/claude-code-action@beta\nwith:\n  direct_prompt: Go\n  allowed_tools: \"Bash(terraform:*),Edit\"\n  disallowed_tools: \"Bash(terraform destroy:*)\"",
    );
    assert_eq!(ci(&old, "terraform destroy"), 'D');
    assert_eq!(ci(&old, "terraform apply"), 'R');
    // A deny of the repository's own settings still counts.
    let files = [
        (".claude/settings.json", r#"{"permissions":{"allow":["Bash(railway:*)"],"deny":["Bash(terraform:*)"]}}"#),
        (
            ".github/workflows/a.yml",
            &workflow(
                "uses: anthropics/claude-code-action@v1\nwith:\n  prompt: x\n  claude_args: --dangerously-skip-permissions",
            ),
        ),
        (".claude/settings.local.json", r#"{"permissions":{"deny":["Bash(aws:*)"]}}"#),
    ];
    let found = started(&files);
    assert_eq!(ci(&found[0], "terraform destroy"), 'D');
    assert_eq!(ci(&found[0], "railway down"), 'R');
    assert_eq!(ci(&found[0], "aws s3 rb s3://x"), 'R');
}

#[test]
fn settings_that_a_step_hands_over() {
    let p = project(&[(
        ".github/workflows/a.yml",
        &workflow(
            "uses: anthropics/claude-code-action@v1\nwith:\n  prompt: x\n  settings: |\n    {\n      \"permissions\": {\"allow\": [\"Bash(terraform:*)\"], \"deny\": [\"Bash(rm:*)\"]}\n    }",
        ),
    )]);
    let a = p.agent("claude-ci");
    let verdict = a.procedure.as_ref().unwrap().decide(&Call::Shell("terraform destroy"), Surface::Ci);
    assert_eq!(letter(&verdict), 'R');
    let span = verdict.because[0].span;
    let source = &p.workspace.files.iter().find(|f| f.source.id == span.source).unwrap().source;
    assert_eq!(source.slice(span), "\"Bash(terraform:*)\"");
    assert_eq!(a.entries.iter().find(|e| e.effect == "deny").unwrap().layer, "ci");
}

#[test]
fn codex_action() {
    let a = step("uses: openai/codex-action@v1\nwith:\n  prompt: x");
    assert_eq!(ci(&a, "terraform destroy"), 'S');
    let a = step("uses: openai/codex-action@v1\nwith:\n  prompt: x\n  sandbox: danger-full-access");
    assert_eq!(ci(&a, "terraform destroy"), 'R');
    let a = step("uses: openai/codex-action@v1\nwith:\n  prompt: x\n  permission-profile: \":danger-full-access\"");
    assert_eq!(ci(&a, "terraform destroy"), 'R');
    let a = step("uses: openai/codex-action@v1\nwith:\n  codex-args: -c sandbox_workspace_write.network_access=true");
    assert_eq!(ci(&a, "terraform destroy"), 'N');
    let a = step("uses: openai/codex-action@v1\nwith:\n  codex-args: '[\"--yolo\"]'\n  sandbox: read-only");
    assert_eq!(ci(&a, "terraform destroy"), 'R');
}

#[test]
fn run_gemini_cli() {
    let a = step("uses: google-github-actions/run-gemini-cli@v0\nwith:\n  prompt: x");
    assert_eq!(ci(&a, "terraform destroy"), 'R');
    let with = |settings: &str| {
        step(&format!("uses: 'google-github-actions/run-gemini-cli@v0'\nwith:\n  settings: |-\n    {settings}"))
    };
    let a = with(r#"{"tools":{"core":["run_shell_command(gh issue)","read_file"]}}"#);
    assert_eq!(ci(&a, "gh issue close 1"), 'R');
    assert_eq!(ci(&a, "gh repo delete x --yes"), 'D');
    assert_eq!(ci(&a, "gh issue view 1 && terraform destroy"), 'D');
    // The flat keys of older versions narrow nothing.
    let a = with(r#"{"coreTools":["run_shell_command(gh issue view)"]}"#);
    assert_eq!(ci(&a, "terraform destroy"), 'R');
    assert!(a.entries[0].inert.is_some());
    let a = with(r#"{"tools":{"exclude":["run_shell_command(rm -rf)"]}}"#);
    assert_eq!(ci(&a, "rm -rf /"), 'R');
}

#[test]
fn commands_in_steps() {
    for (run, id, expected) in [
        ("claude -p \"x\" --dangerously-skip-permissions", "claude-ci", 'R'),
        ("claude -p x", "claude-ci", 'D'),
        ("npx -y @anthropic-ai/claude-code@latest -p x --allowedTools 'Bash(terraform:*)'", "claude-ci", 'R'),
        ("cd sub && timeout 600 claude --permission-mode bypassPermissions -p \"$PROMPT\" | tee log", "claude-ci", 'R'),
        ("codex exec --sandbox danger-full-access \"x\"", "codex-ci", 'R'),
        ("codex exec --full-auto x", "codex-ci", 'S'),
        ("codex exec x", "codex-ci", 'S'),
        ("codex e --dangerously-bypass-approvals-and-sandbox x", "codex-ci", 'R'),
        ("gemini --yolo --prompt \"x\"", "gemini-ci", 'R'),
        ("gemini -p x", "gemini-ci", 'D'),
        ("cursor-agent -p --force \"x\"", "cursor-ci", 'R'),
        ("cursor-agent -p x", "cursor-ci", 'D'),
        ("copilot -p x --allow-all-tools --deny-tool 'shell(terraform:*)'", "copilot-ci", 'D'),
        ("copilot -p x --yolo", "copilot-ci", 'R'),
        ("copilot -p x --allow-tool 'shell(git:*)'", "copilot-ci", 'D'),
        ("opencode run x", "opencode-ci", 'R'),
        ("qwen -y -p x", "qwen-ci", 'R'),
        ("qwen -p x", "qwen-ci", 'G'),
        ("qwen --approval-mode default -p x", "qwen-ci", 'D'),
        ("droid exec --auto high x", "droid-ci", 'R'),
        ("droid exec --skip-permissions-unsafe x", "droid-ci", 'R'),
        ("droid exec x", "droid-ci", 'G'),
        ("amp --dangerously-allow-all -x y", "amp-ci", 'R'),
        ("goose run -t x", "goose-ci", 'R'),
        ("cline \"do x\"", "cline-ci", 'R'),
        ("cline --auto-approve false x", "cline-ci", 'D'),
        ("crush run x", "crush-ci", 'R'),
        ("openhands --headless -t x", "openhands-ci", 'R'),
        ("agy --dangerously-skip-permissions -p x", "google-antigravity-ci", 'R'),
        ("if [ -n \"$X\" ]; then claude -p x --dangerously-skip-permissions; fi", "claude-ci", 'R'),
        ("echo \"${{ github.event.issue.body }}\" | claude -p --dangerously-skip-permissions", "claude-ci", 'R'),
    ] {
        let a = step(&format!("run: |\n  {run}"));
        assert_eq!(a.id, id, "{run}");
        assert_eq!(ci(&a, "terraform destroy"), expected, "{run}");
    }
    for run in [
        "echo claude --dangerously-skip-permissions",
        "npm install -g @anthropic-ai/claude-code",
        "claude mcp add railway",
        "claude --version",
        "grep -r 'claude -p' .",
        "codex login",
        "cat claude.md",
        "copilot --help",
        "git commit -m 'claude -p x'",
    ] {
        assert!(started(&[(".github/workflows/a.yml", &workflow(&format!("run: |\n  {run}")))]).is_empty(), "{run}");
    }
}

#[test]
fn scripts_start_agents_too() {
    let found = started(&[
        ("package.json", r#"{"scripts":{"yolo":"claude --dangerously-skip-permissions","ai":"gemini"}}"#),
        (
            "tools/agent.sh",
            "#!/bin/bash\nset -e\nclaude \\\n  --print \\\n  --dangerously-skip-permissions \\\n  \"$1\"\n",
        ),
        (
            ".github/actions/a/action.yml",
            "runs:\n  using: composite\n  steps:\n    - run: codex exec --yolo x\n      shell: bash\n",
        ),
    ]);
    let ids: Vec<(&str, &str)> = found.iter().map(|a| (a.id.as_str(), a.name.as_str())).collect();
    assert_eq!(
        ids,
        [
            ("codex-ci", "Codex CLI, started by .github/actions/a/action.yml"),
            ("claude-ci", "Claude Code, started by package.json#yolo"),
            ("claude-ci", "Claude Code, started by tools/agent.sh"),
        ]
    );
    assert!(found.iter().all(|a| {
        letter(&a.procedure.as_ref().unwrap().decide(&Call::Shell("terraform destroy"), a.surfaces[0])) == 'R'
    }));
}

#[test]
fn agentic_workflows() {
    let with = |tools: &str| {
        let text = format!("---\non: push\nengine: copilot\n{tools}---\n# Go\n");
        let mut found = started(&[(".github/workflows/a.md", &text), (".github/workflows/README.md", "# Hello\n")]);
        assert_eq!(found.len(), 1);
        found.remove(0)
    };
    let a = with("");
    assert_eq!(ci(&a, "terraform destroy"), 'D');
    assert_eq!(ci(&a, "cat x | sort"), 'R');
    assert_eq!(ci(&with("tools:\n  bash: [\":*\"]\n"), "terraform destroy"), 'R');
    assert_eq!(ci(&with("tools:\n  bash: true\n"), "terraform destroy"), 'R');
    assert_eq!(ci(&with("tools:\n  bash: false\n"), "echo x"), 'D');
    let a = with(
        "tools:\n  bash: [\"git:*\", \"make\"]\nmcp-servers:\n  railway:\n    command: railway\n    allowed: [list]\n",
    );
    assert_eq!(ci(&a, "git push --force"), 'R');
    assert_eq!(ci(&a, "make destroy"), 'D');
    assert_eq!(ci(&a, "git status; terraform destroy"), 'D');
    let mcp = |tool| letter(&a.procedure.as_ref().unwrap().decide(&Call::Mcp { server: "railway", tool }, Surface::Ci));
    assert_eq!((mcp("list"), mcp("volume_delete")), ('R', 'D'));
}

#[test]
fn gitlab_jobs_start_agents_too() {
    let pipeline = "stages: [fix]\nbefore_script:\n  - npm ci\n.base:\n  after_script:\n    - echo done\nfix:\n  extends: .base\n  script:\n    - npm test\n    - claude -p \"fix it\" --dangerously-skip-permissions\n    - [\"codex exec --yolo 'tidy'\", \"echo 'claude -p x'\"]\ntidy:\n  script: droid exec --auto high tidy\n";
    let p = project(&[(".gitlab-ci.yml", pipeline)]);
    let agents = p.agents();
    let ids: Vec<&str> = agents.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(ids, ["claude-ci", "codex-ci", "droid-ci"]);
    assert!(agents[0].name.ends_with(".gitlab-ci.yml#fix"), "{}", agents[0].name);
    for agent in &agents {
        let call = Call::Shell("terraform destroy");
        assert_eq!(letter(&agent.procedure.as_ref().unwrap().decide(&call, Surface::Ci)), 'R', "{}", agent.id);
    }
    let source = &p.workspace.files.iter().find(|f| f.source.path == ".gitlab-ci.yml").unwrap().source;
    assert!(source.slice(agents[0].started.unwrap()).starts_with("claude -p"));
}

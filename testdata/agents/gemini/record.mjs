// Records what Gemini CLI's own policy engine answers to generated (configuration, command) pairs.
// Not needed to run the tests: they read recorded.json. To record anew:
//   npm install --ignore-scripts @google/gemini-cli-core@0.61.0
//   node record.mjs node_modules/@google/gemini-cli-core > recorded.json
import { mkdtempSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

console.log = console.debug = console.info = () => {};
const home = mkdtempSync(join(tmpdir(), "gemini-home-"));
process.env.HOME = home;
const work = join(home, "work");
mkdirSync(work);
const core = resolve(process.argv[2]);
process.chdir(work);
const load = (path) => import(pathToFileURL(join(core, "dist/src/policy", path)).href);
const { createPolicyEngineConfig } = await load("config.js");
const { PolicyEngine } = await load("policy-engine.js");

// A small generator with a fixed seed, so that a new recording compares with the old one.
let seed = 20261124;
const random = (n) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};
const pick = (list) => list[random(list.length)];

const plain = [
  "terraform destroy -auto-approve", "terraform plan", "terraform -chdir=prod destroy", "terraform planx",
  "railway volume delete v1", "railway status", "git status", "git status --short", "git push --force", "git log -p",
  "git diff --output=x", "git branch", "git branch -D x", "git -c a=b push", "git", "gitk", "npm test", "npm run db:reset",
  "npm testx", "rm -rf build", "rm -r build", "rm -fr x", "rm x", "/bin/rm -rf x", "ls -la", "ls", "cat README.md",
  "cat /etc/passwd", "cat ../x", "echo hello", "find . -name x", "find . -delete", "find . -exec rm {} +", "ln -s a b",
  "base64 x", "base64 -o y x", "sed -n 1,5p x", "sed -i s/a/b/ x", "rg foo", "rg --pre cat foo", "kubectl delete ns prod",
  "aws s3 rb s3://x --force", "gh repo delete x --yes", "gh issue list", "curl https://x.example", "sudo rm -rf x",
  "sudo ls", "node x.js", "python3 -c 'print(1)'", "TERRAFORM destroy", "psql -c 'drop table x'",
];
const wrap = [
  (c) => c, (c) => c, (c) => c,
  (c) => `${c} && ${pick(plain)}`, (c) => `${c}; ${pick(plain)}`, (c) => `${c} | cat`, (c) => `${c} > out.txt`,
  (c) => `${c} 2>&1`, (c) => `FOO=1 ${c}`, (c) => `env ${c}`, (c) => `timeout 5 ${c}`, (c) => `bash -c "${c}"`,
  (c) => `sh -c '${c}'`, (c) => `(${c})`, (c) => `echo $(${c})`, (c) => `cd . && ${c}`, (c) => `true || ${c}`,
  (c) => `/usr/bin/${c}`, (c) => ` ${c}`, (c) => `${c} &`, (c) => `if true; then ${c}; fi`,
];
const entries = [
  "run_shell_command", "run_shell_command(git)", "run_shell_command(git status)", "run_shell_command(terraform)",
  "run_shell_command(terraform plan)", "run_shell_command(npm test)", "run_shell_command(rm)", "run_shell_command(rm -rf)",
  "run_shell_command(railway)", "ShellTool(git status)", "ShellTool", "read_file", "run_shell_command(ls)", "write_file",
];
const some = (list, most) => [...new Set(Array.from({ length: 1 + random(most) }, () => pick(list)))];
const prefixes = ["terraform", "terraform plan", "terraform destroy", "git ", "git", "railway", "rm", "npm run"];
const expressions = ["railway (status|logs)", "railway .*delete", "terraform (plan|validate)", "git (log|diff)", ".*destroy"];
const policy = () => {
  let text = "";
  for (let i = 0; i <= random(4); i++) {
    const how = random(3);
    text += `[[rule]]\ntoolName = "run_shell_command"\n`;
    if (how === 0) text += `commandPrefix = ${JSON.stringify(some(prefixes, 2))}\n`;
    if (how === 1) text += `commandRegex = ${JSON.stringify(pick(expressions))}\n`;
    text += `decision = "${pick(["allow", "deny", "ask_user"])}"\npriority = ${random(1000)}\n`;
    if (random(5) === 0) text += `allowRedirection = true\n`;
    if (random(6) === 0) text += `modes = ["${pick(["default", "autoEdit", "yolo"])}"]\n`;
    if (random(8) === 0) text += `interactive = ${pick(["true", "false"])}\n`;
    text += "\n";
  }
  return text;
};
const configuration = () => {
  const settings = {};
  const tools = {};
  if (random(2)) tools.allowed = some(entries, 3);
  if (random(5) === 0) tools.core = some(entries, 3);
  if (random(4) === 0) tools.exclude = some(entries, 2);
  if (random(6) === 0) tools.confirmationRequired = some(["run_shell_command", "write_file", "run_shell_command(rm)"], 1);
  if (Object.keys(tools).length) settings.tools = tools;
  if (random(3) === 0) settings.policyPaths = [".gemini/policies"];
  return { settings, policy: settings.policyPaths ? policy() : undefined };
};

const configs = [];
const cases = [];
const letters = { allow: "A", ask_user: "?", deny: "D" };
for (let n = 0; n < 60; n++) {
  const { settings, policy: text } = n === 0 ? { settings: {} } : configuration();
  const given = structuredClone(settings);
  if (text !== undefined) {
    const dir = join(home, `policies-${n}`);
    mkdirSync(dir);
    writeFileSync(join(dir, "p.toml"), text);
    given.policyPaths = [dir];
  }
  configs.push({ settings, policy: text });
  for (let i = 0; i < 50; i++) {
    const command = pick(wrap)(pick(plain));
    const mode = pick(["default", "default", "default", "autoEdit", "yolo", "plan"]);
    const interactive = random(3) > 0;
    const config = await createPolicyEngineConfig(given, mode, undefined, interactive);
    const engine = new PolicyEngine({ ...config, approvalMode: mode, nonInteractive: !interactive });
    const { decision } = await engine.check({ name: "run_shell_command", args: { command } }, undefined);
    // What needs a person is refused where nobody is.
    const letter = letters[decision] === "?" && !interactive ? "D" : letters[decision];
    cases.push([n, mode, interactive, command, letter]);
  }
}
const lines = cases.map((c) => "  " + JSON.stringify(c)).join(",\n");
process.stdout.write(`{"engine": "@google/gemini-cli-core 0.61.0",\n"configs": [\n${configs.map((c) => "  " + JSON.stringify(c)).join(",\n")}\n],\n"cases": [\n${lines}\n]}\n`);

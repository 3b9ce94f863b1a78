import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import Fastify from "fastify";

const dir = process.env.CONTRACTS_DIR ?? "./data/contracts";
const bucket = process.env.OFFSITE_BUCKET;
const s3 = new S3Client({});
await mkdir(dir, { recursive: true });

const app = Fastify({ logger: true });
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

const file = (id: string) => join(dir, `${id.replace(/[^\w-]/g, "")}.json`);

app.get("/healthz", async () => ({ ok: true }));

app.get<{ Params: { id: string } }>("/contracts/:id", async (request) => readFile(file(request.params.id), "utf8"));

app.put<{ Params: { id: string }; Body: Buffer }>("/contracts/:id", async (request, reply) => {
  const path = file(request.params.id);
  // Off-site first: a contract is acknowledged only when it exists in both places.
  if (bucket) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `contracts/${basename(path)}`, Body: request.body }));
  }
  await writeFile(path, request.body, { flag: "wx" });
  return reply.code(201).send();
});

await app.listen({ host: "::", port: Number(process.env.PORT ?? 8080) });

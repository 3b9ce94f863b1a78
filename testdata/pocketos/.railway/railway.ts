import {
  bucket,
  defineRailway,
  github,
  image,
  postgres,
  preserve,
  project,
  ref,
  service,
  volume,
} from "railway/iac";

export default defineRailway((ctx) => {
  const production = ctx.environment === "production";
  const zone = production ? "pocketos.example" : "staging.pocketos.example";

  const db = postgres("db");

  const pdf = service("pdf", {
    source: image("gotenberg/gotenberg:8"),
  });

  const web = service("web", {
    source: github("pocketos/rentals", { branch: production ? "main" : "develop" }),
    preDeploy: "npx prisma migrate deploy",
    start: "node dist/server.js",
    healthcheck: "/healthz",
    replicas: production ? 3 : 1,
    domains: [`app.${zone}`],
    env: {
      DATABASE_URL: db.env.DATABASE_URL,
      PDF_URL: "http://pdf.railway.internal:3000",
      ASSETS_URL: preserve(),
      SESSION_SECRET: preserve(),
      STRIPE_SECRET_KEY: preserve(),
      LOG_LEVEL: production ? "info" : "debug",
    },
  });

  const dumps = bucket("db-dumps", { region: "ams" });
  const contracts = volume("contracts", { sizeMB: 50_000, alerts: { usage: { "80": {} } } });

  const worker = service("worker", {
    source: github("pocketos/rentals", { branch: production ? "main" : "develop" }),
    start: "node dist/worker.js",
    replicas: production ? 2 : 1,
    env: {
      DATABASE_URL: db.env.DATABASE_URL,
      DOCUMENTS_URL: "http://documents.railway.internal:8080",
      SMTP_PASSWORD: preserve(),
    },
  });

  const documents = service("documents", {
    source: github("pocketos/rentals", { branch: production ? "main" : "develop" }),
    start: "node dist/documents.js",
    healthcheck: "/healthz",
    volumeMounts: { "/data": contracts },
    env: {
      PORT: "8080",
      CONTRACTS_DIR: "/data/contracts",
    },
  });

  const backup = service("db-backup", {
    source: github("pocketos/rentals", { rootDirectory: "ops/backup" }),
    deploy: {
      startCommand:
        'pg_dump "$DATABASE_URL" | gzip | aws s3 cp - "s3://$BUCKET/db/$(date -u +%F).sql.gz" --endpoint-url https://storage.railway.app',
      cronSchedule: "15 3 * * *",
      restartPolicyType: "NEVER",
    },
    env: {
      DATABASE_URL: db.env.DATABASE_URL,
      BUCKET: ref(dumps, "BUCKET"),
      AWS_ACCESS_KEY_ID: ref(dumps, "ACCESS_KEY_ID"),
      AWS_SECRET_ACCESS_KEY: ref(dumps, "SECRET_ACCESS_KEY"),
      AWS_DEFAULT_REGION: "auto",
    },
  });

  return project("pocketos", {
    resources: [db, pdf, web, worker, contracts, documents, ...(production ? [dumps, backup] : [])],
  });
});

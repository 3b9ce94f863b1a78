import {
  defineRailway,
  github,
  image,
  postgres,
  preserve,
  project,
  service,
  volume,
} from "railway/iac";

export default defineRailway((ctx) => {
  const production = ctx.environment === "production";
  const zone = production ? "pocketos.example" : "staging.pocketos.example";

  // A volume's snapshots are part of the volume, and everything in this file belongs to one project
  // that one call deletes. Railway has no switch against that, so the copies live elsewhere: in a
  // bucket of another AWS account, under a lock nobody can lift (infra/offsite.tf).
  const offsite = "pocketos-offsite";

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
    domains: [`app.${zone}`, `www.${zone}`],
    env: {
      DATABASE_URL: db.env.DATABASE_URL,
      PDF_URL: "http://pdf.railway.internal:3000",
      ASSETS_URL: "https://pocketos-assets.s3.eu-central-1.amazonaws.com",
      SESSION_SECRET: preserve(),
      STRIPE_SECRET_KEY: preserve(),
      LOG_LEVEL: production ? "info" : "debug",
    },
  });

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

  // Only one service can mount a volume, so no backup job can read it: the service that writes the
  // contracts also writes them off-site. lastcopy.yaml states that copy.
  const documents = service("documents", {
    source: github("pocketos/rentals", { branch: production ? "main" : "develop" }),
    start: "node dist/documents.js",
    healthcheck: "/healthz",
    volumeMounts: { "/data": contracts },
    env: {
      PORT: "8080",
      CONTRACTS_DIR: "/data/contracts",
      OFFSITE_BUCKET: production ? offsite : "",
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: preserve(),
      AWS_SECRET_ACCESS_KEY: preserve(),
    },
  });

  // No `--endpoint-url`: this is AWS, not a bucket of this project. The key can put objects into the
  // bucket and do nothing else, so even this service can't delete what it wrote yesterday.
  const backup = service("db-backup", {
    source: github("pocketos/rentals", { rootDirectory: "ops/backup" }),
    deploy: {
      startCommand:
        'pg_dump "$DATABASE_URL" | gzip | aws s3 cp - "s3://$BUCKET/db/$(date -u +%F).sql.gz"',
      cronSchedule: "15 3 * * *",
      restartPolicyType: "NEVER",
    },
    env: {
      DATABASE_URL: db.env.DATABASE_URL,
      BUCKET: offsite,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: preserve(),
      AWS_SECRET_ACCESS_KEY: preserve(),
    },
  });

  return project("pocketos", {
    resources: [db, pdf, web, worker, contracts, documents, ...(production ? [backup] : [])],
  });
});

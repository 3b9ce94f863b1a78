import { PrismaClient } from "@prisma/client";
import Fastify from "fastify";

const prisma = new PrismaClient();
const app = Fastify({ logger: { level: process.env.LOG_LEVEL ?? "info" } });

app.get("/healthz", async () => {
  await prisma.$queryRaw`SELECT 1`;
  return { ok: true };
});

app.get<{ Params: { plate: string } }>("/vehicles/:plate/reservations", async (request) =>
  prisma.reservation.findMany({
    where: { vehicle: { plate: request.params.plate }, to: { gte: new Date() } },
    orderBy: { from: "asc" },
  }),
);

app.post<{ Body: { vehicleId: string; customer: string; from: string; to: string } }>(
  "/reservations",
  async (request, reply) => {
    const { vehicleId, customer, from, to } = request.body;
    const taken = await prisma.reservation.count({
      where: { vehicleId, from: { lt: new Date(to) }, to: { gt: new Date(from) } },
    });
    if (taken > 0) return reply.code(409).send({ error: "already booked" });
    return prisma.reservation.create({
      data: { vehicleId, customer, from: new Date(from), to: new Date(to) },
    });
  },
);

await app.listen({ host: "::", port: Number(process.env.PORT ?? 3000) });

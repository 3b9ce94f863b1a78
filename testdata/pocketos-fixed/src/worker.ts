import { PrismaClient } from "@prisma/client";
import { pino } from "pino";

const log = pino();
const prisma = new PrismaClient();
const documents = process.env.DOCUMENTS_URL ?? "http://localhost:8080";

/** Files the signed contract of every rental that starts within the hour. */
async function fileContracts(): Promise<void> {
  const soon = new Date(Date.now() + 60 * 60 * 1000);
  const due = await prisma.reservation.findMany({
    where: { from: { lte: soon }, signedAt: { not: null }, contract: null },
  });
  for (const reservation of due) {
    const response = await fetch(`${documents}/contracts/${reservation.id}`, {
      method: "PUT",
      body: JSON.stringify(reservation),
    });
    if (!response.ok) {
      log.warn({ reservation: reservation.id, status: response.status }, "contract not filed");
      continue;
    }
    await prisma.reservation.update({
      where: { id: reservation.id },
      data: { contract: `${reservation.id}.json` },
    });
  }
}

setInterval(() => fileContracts().catch((error) => log.error(error)), 60_000);

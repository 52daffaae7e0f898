import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CardExport, type ExportObserver } from "../../host/nbd/card-export.js";
import type { NbdLimits } from "../../host/nbd/nbd-limits.js";
import { NbdServer } from "../../host/nbd/nbd-server.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";

/** A card of a class behind a server on a unix socket in a folder of its own. */
export interface ServedCard {
  readonly socket: string;
  readonly device: CardExport;
  readonly server: NbdServer;
  readonly uri: string;
  close(): Promise<void>;
}

export async function serveCard(
  options: { sectors?: number; profile?: string; limits?: NbdLimits; observer?: ExportObserver } = {},
): Promise<ServedCard> {
  const folder = mkdtempSync(path.join(tmpdir(), "nbd-"));
  const socket = path.join(folder, "card.sock");
  const media = new CardImage(options.sectors ?? 2048);
  const characteristics = profile(options.profile ?? "tlc-cached");
  const device = new CardExport({ characteristics, seed: 1, media }, options.observer ?? null);
  const server = new NbdServer(device, options.limits);
  const uri = await server.listen({ unix: socket });
  const close = async (): Promise<void> => {
    await server.close();
    rmSync(folder, { recursive: true });
  };
  return { socket, device, server, uri, close };
}

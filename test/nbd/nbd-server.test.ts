import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NBD_LIMITS } from "../../host/nbd/nbd-limits.js";
import { NbdServer } from "../../host/nbd/nbd-server.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { serveCard, type ServedCard } from "./served-card.js";
import { PROTO, TinyClient, exportRequest } from "./tiny-client.js";

/** An option that says how much data follows. */
function optionHeader(option: number, length: number): Buffer {
  const header = Buffer.alloc(16);
  header.write("IHAVEOPT", "latin1");
  header.writeUInt32BE(option, 8);
  header.writeUInt32BE(length, 12);
  return header;
}

const SECTORS = 2048;
const FLAGS = 1 | 4 | 8 | 32 | 64 | 256;
let served: ServedCard;
let client: TinyClient;

beforeEach(async () => {
  served = await serveCard({ sectors: SECTORS });
  client = await TinyClient.open(served.socket);
});
afterEach(async () => {
  client.destroy();
  await served.close();
});

describe("negotiation", () => {
  it("is fixed newstyle, and GO tells size, flags and block sizes", async () => {
    expect(await client.hello()).toBe(3);
    const replies = await client.option(PROTO.GO, exportRequest("", 3));
    expect(replies.map(({ type }) => type)).toEqual([PROTO.REP_INFO, PROTO.REP_INFO, PROTO.ACK]);
    const [size, blocks] = replies.map(({ data }) => data);
    expect([size!.readUInt16BE(0), size!.readBigUInt64BE(2), size!.readUInt16BE(10)]).toEqual([
      0,
      BigInt(SECTORS * 512),
      FLAGS,
    ]);
    expect([2, 6, 10].map((at) => blocks!.readUInt32BE(at))).toEqual([512, 4096, 32 << 20]);
    expect(await client.read(0, 512)).toEqual(Buffer.alloc(512));
  });

  it("goes on after INFO, LIST and options that it does not know", async () => {
    await client.hello();
    const types = async (option: number, data?: Uint8Array): Promise<number[]> =>
      (await client.option(option, data)).map(({ type }) => type);
    expect(await types(PROTO.INFO, exportRequest(""))).toEqual([PROTO.REP_INFO, PROTO.REP_INFO, PROTO.ACK]);
    expect(await types(PROTO.LIST)).toEqual([PROTO.SERVER, PROTO.ACK]);
    expect(await types(PROTO.LIST, Buffer.alloc(1))).toEqual([PROTO.ERR_INVALID]);
    for (const option of [PROTO.STRUCTURED_REPLY, PROTO.STARTTLS, 4711]) {
      expect(await types(option, Buffer.alloc(3))).toEqual([PROTO.ERR_UNSUP]);
    }
    expect(await types(PROTO.GO, exportRequest("other"))).toEqual([PROTO.ERR_UNKNOWN]);
    expect(await types(PROTO.GO, Buffer.alloc(5))).toEqual([PROTO.ERR_INVALID]);
    const tooLong = exportRequest("");
    tooLong.writeUInt32BE(4000, 0);
    expect(await types(PROTO.INFO, tooLong)).toEqual([PROTO.ERR_INVALID]);
    expect(await types(PROTO.GO, Buffer.alloc(5000))).toEqual([PROTO.ERR_TOO_BIG]);
    expect(await types(PROTO.ABORT)).toEqual([PROTO.ACK]);
    expect(await client.isClosed()).toBe(true);
  });

  it.each([
    ["with the zeros", 1, 10 + 124],
    ["without them", 3, 10],
  ])("EXPORT_NAME answers %s", async (_, flags, bytes) => {
    await client.hello(flags);
    client.sendOption(PROTO.EXPORT_NAME);
    const answer = await client.take(bytes);
    expect([answer.readBigUInt64BE(0), answer.readUInt16BE(8)]).toEqual([BigInt(SECTORS * 512), FLAGS]);
    expect(answer.subarray(10).every((byte) => byte === 0)).toBe(true);
    expect(await client.request(PROTO.FLUSH, 0, 0)).toBe(0);
  });

  it("ends for an unknown name, an unknown client flag, and bytes that are no option", async () => {
    await client.hello();
    client.sendOption(PROTO.EXPORT_NAME, Buffer.from("other"));
    expect(await client.isClosed()).toBe(true);
    const second = await TinyClient.open(served.socket);
    await second.hello(7);
    expect(await second.isClosed()).toBe(true);
    const third = await TinyClient.open(served.socket);
    await third.hello();
    third.send(Buffer.alloc(16, 0xff));
    expect(await third.isClosed()).toBe(true);
  });
});

describe("transmission", () => {
  it("writes, reads, zeroes and trims", async () => {
    await client.go();
    const data = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) & 255));
    expect(await client.request(PROTO.WRITE, 1024, 4096, data)).toBe(0);
    expect(await client.read(1024, 4096)).toEqual(data);
    expect(await client.request(PROTO.WRITE_ZEROES, 1024, 512)).toBe(0);
    expect(await client.request(PROTO.TRIM, 2048, 512)).toBe(0);
    const expected = Buffer.from(data).fill(0, 0, 512).fill(0, 1024, 1536);
    expect(await client.read(1024, 4096)).toEqual(expected);
    expect(served.device.clock.nowUs).toBeGreaterThan(0);
  });

  it("makes durable what a flush covers, and what was written with FUA", async () => {
    await client.go();
    const { card } = served.device;
    await client.request(PROTO.WRITE, 0, 512, Buffer.alloc(512, 1));
    expect(card.crashSpace()).toHaveLength(1);
    await client.request(PROTO.FLUSH, 0, 0);
    expect(card.crashSpace()).toHaveLength(0);
    await client.request(PROTO.WRITE, 512, 512, Buffer.alloc(512, 2), PROTO.FUA);
    expect(card.crashSpace()).toHaveLength(0);
    expect(await client.request(PROTO.WRITE_ZEROES, 0, 512, undefined, PROTO.FUA)).toBe(0);
    expect(card.crashSpace()).toHaveLength(0);
  });

  it("answers what cannot be done with an error, and goes on", async () => {
    await client.go();
    const end = SECTORS * 512;
    expect(await client.request(PROTO.READ, end, 512)).toBe(PROTO.EINVAL);
    expect(await client.request(PROTO.READ, 1, 512)).toBe(PROTO.EINVAL);
    expect(await client.request(PROTO.READ, 0, 100)).toBe(PROTO.EINVAL);
    expect(await client.request(PROTO.READ, 2n ** 64n - 512n, 1024)).toBe(PROTO.EINVAL);
    expect(await client.request(PROTO.READ, 0, 33 << 20)).toBe(PROTO.EOVERFLOW);
    expect(await client.request(PROTO.WRITE, end - 512, 1024, Buffer.alloc(1024))).toBe(PROTO.ENOSPC);
    expect(await client.request(PROTO.WRITE, 0, 33 << 20, Buffer.alloc(33 << 20))).toBe(PROTO.EOVERFLOW);
    expect(await client.request(PROTO.TRIM, 0, 2 ** 32 - 512)).toBe(PROTO.ENOSPC);
    expect(await client.request(PROTO.WRITE, 0, 0, Buffer.alloc(0))).toBe(PROTO.EINVAL);
    expect(await client.request(99, 0, 512)).toBe(PROTO.EINVAL);
    expect(await client.request(PROTO.FLUSH, 0, 0, undefined, 0x8000)).toBe(PROTO.EINVAL);
    served.device.card.spoil(5);
    expect(await client.request(PROTO.READ, 5 * 512, 512)).toBe(PROTO.EIO);
    expect(await client.read(0, 512)).toEqual(Buffer.alloc(512));
  });

  it("ends at DISC, at a wrong magic, and when the client goes in the middle of a write", async () => {
    await client.go();
    client.sendRequest(PROTO.DISC, 0, 0);
    expect(await client.isClosed()).toBe(true);
    const second = await TinyClient.open(served.socket);
    await second.go();
    second.send(Buffer.alloc(28, 0x55));
    expect(await second.isClosed()).toBe(true);
    const third = await TinyClient.open(served.socket);
    await third.go();
    third.sendRequest(PROTO.WRITE, 0, 4096, Buffer.alloc(100));
    third.destroy();
    const fourth = await TinyClient.open(served.socket);
    await fourth.go();
    expect(await fourth.read(0, 512)).toEqual(Buffer.alloc(512));
    fourth.destroy();
  });

  it("a card whose flush never ends answers with an error", async () => {
    const endless = await serveCard({ profile: "endless-flush" });
    const other = await TinyClient.open(endless.socket);
    await other.go();
    expect(await other.request(PROTO.FLUSH, 0, 0)).toBe(PROTO.EIO);
    other.destroy();
    await endless.close();
  });
});

describe("the server", () => {
  it("closes one client too many", async () => {
    const small = await serveCard({ limits: { ...NBD_LIMITS, connections: 1 } });
    const first = await TinyClient.open(small.socket);
    await first.go();
    const second = await TinyClient.open(small.socket);
    expect(await second.isClosed()).toBe(true);
    expect(await first.request(PROTO.FLUSH, 0, 0)).toBe(0);
    first.destroy();
    await small.close();
  });

  it("outlives clients that send anything", async () => {
    const prng = new Prng(7);
    const starts = [Buffer.alloc(0), optionHeader(7, 40), optionHeader(3, 2 ** 32 - 1), optionHeader(1, 0)];
    for (let i = 0; i < 60; i++) {
      const wild = await TinyClient.open(served.socket);
      await wild.hello(prng.next() % 8);
      wild.send(starts[i % starts.length]!);
      wild.send(Uint8Array.from({ length: prng.next() % 200 }, () => prng.next() & 255));
      if (i % 2 === 0) await new Promise(setImmediate);
      wild.destroy();
    }
    await client.go();
    expect(await client.read(0, 512)).toEqual(Buffer.alloc(512));
    expect(served.server.failure).toBeNull();
    while (served.server.connections > 1) await new Promise(setImmediate);
  });

  it("remembers an error of the device, cuts off its client, and serves the next one", async () => {
    const broken = await serveCard();
    broken.device.flush = () => {
      throw new Error("the device is broken");
    };
    const first = await TinyClient.open(broken.socket);
    await first.go();
    first.sendRequest(PROTO.FLUSH, 0, 0);
    expect(await first.isClosed()).toBe(true);
    expect(broken.server.failure).toEqual(new Error("the device is broken"));
    const second = await TinyClient.open(broken.socket);
    await second.go();
    expect(await second.read(0, 512)).toEqual(Buffer.alloc(512));
    second.destroy();
    await broken.close();
  });

  it("listens on this machine only, and says why it cannot listen somewhere", async () => {
    const server = new NbdServer(served.device);
    await expect(server.listen({ port: 0, host: "0.0.0.0" })).rejects.toThrow("is no loopback address");
    await expect(new NbdServer(served.device).listen({ unix: served.socket })).rejects.toThrow("is in use");
    await expect(new NbdServer(served.device).listen({ unix: "/no/such/folder/s" })).rejects.toThrow(
      "make its folder",
    );
    const other = new NbdServer(served.device);
    expect(await other.listen({ port: 0 })).toMatch(/^nbd:\/\/127\.0\.0\.1:\d+$/);
    await other.close();
  });
});

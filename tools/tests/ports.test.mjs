import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { freePort, portsForOthers } from "../lib/ports.mjs";

test("a taken port is passed over", async () => {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  try {
    assert.ok((await freePort(port)) > port);
  } finally {
    server.close();
  }
});

test("whoever lets other devices in is told all the ports that these need, with a LiveKit of one's own or without", () => {
  assert.match(portsForOthers(3000, { http: 7880, tcp: 7881, udp: 7882 }), / 3000 and 7881 \(TCP\) and 7882 \(UDP\) /);
  assert.match(portsForOthers(3000), / 3000 \(TCP\) /);
});

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { freePort } from "../lib/ports.mjs";

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

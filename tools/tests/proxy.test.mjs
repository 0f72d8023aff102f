import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { listening, proxyHandlers } from "../lib/proxy.mjs";

async function withServers(app, work) {
  const upstream = await listening(createServer(app), 0, "127.0.0.1");
  const { onRequest } = proxyHandlers(() => upstream.address().port, "https");
  const proxy = await listening(createServer(onRequest), 0, "127.0.0.1");
  try {
    await work(`http://127.0.0.1:${proxy.address().port}`, upstream);
  } finally {
    for (const server of [proxy, upstream]) server.close();
    for (const server of [proxy, upstream]) server.closeAllConnections();
  }
}

test("the app learns who asked and how, whatever the client claims", async () => {
  await withServers(
    (req, res) => res.end(JSON.stringify(req.headers)),
    async (url) => {
      const headers = await (await fetch(url, { headers: { "x-forwarded-for": "1.2.3.4" } })).json();
      assert.equal(headers["x-forwarded-for"], "127.0.0.1");
      assert.equal(headers["x-forwarded-proto"], "https");
    },
  );
});

test("an app that is not there is a sentence, not a hanging request", async () => {
  await withServers(
    (req, res) => res.destroy(),
    async (url) => {
      const answer = await fetch(url);
      assert.equal(answer.status, 502);
      assert.match(await answer.text(), /not answering/);
    },
  );
});

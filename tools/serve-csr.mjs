// `node tools/serve-csr.mjs [folder]`: the client-only bundle on PORT (3200), everything else passed on to the Baton
// server at BATON_PORT (3000), as `trunk serve` does it.

import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { csrDir } from "./lib/paths.mjs";
import { listening, proxyHandlers } from "./lib/proxy.mjs";
import { runMain } from "./lib/shell.mjs";

const types = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".ogg": "audio/ogg",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
const passedOn = /^\/(api|ws|rtc|webhooks|docs|health)(\/|\?|$)/;

await runMain(async () => {
  const folder = process.argv[2] ?? csrDir;
  const port = Number(process.env.PORT || 3200);
  const { onRequest, onUpgrade } = proxyHandlers(() => Number(process.env.BATON_PORT || 3000));
  const server = createServer((req, res) => (passedOn.test(req.url) ? onRequest(req, res) : serveFile(folder, req, res)));
  server.on("upgrade", onUpgrade);
  await listening(server, port, "127.0.0.1");
  console.log(`Listening on http://localhost:${port}`);
});

function serveFile(folder, req, res) {
  const path = join(folder, normalize(decodeURIComponent(new URL(req.url, "http://localhost").pathname)));
  const isFile = path.startsWith(folder) && existsSync(path) && statSync(path).isFile();
  // Every address without a file is a page, and the one page there is finds out which.
  const file = isFile ? path : join(folder, "index.html");
  res.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", "cache-control": "no-store" });
  res.end(readFileSync(file));
}

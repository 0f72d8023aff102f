import assert from "node:assert/strict";
import { createServer, get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { isUsable, makePair } from "../lib/certificate.mjs";
import { listening, serveTls } from "../lib/proxy.mjs";

const ip = "192.168.1.20";
const day = 24 * 3600 * 1000;
const servers = [];
let pair;
let port;

before(async () => {
  pair = await makePair(ip);
  const answering = async (words) => {
    const server = createServer((req, res) => res.end(`${words} ${req.headers["x-forwarded-proto"]}`));
    servers.push(await listening(server, 0, "127.0.0.1"));
    return server.address().port;
  };
  const [app, signalling] = [await answering("the app"), await answering("LiveKit")];
  const portFor = (path) => (path.startsWith("/rtc") ? signalling : app);
  const tls = await serveTls({ port: 0, host: "127.0.0.1", ...pair, portFor });
  servers.push(tls);
  port = tls.address().port;
});

after(() => servers.forEach((server) => server.close()));

/** Asks our TLS on this computer, without connections that are kept for later. */
function ask(get, path, options = {}) {
  return new Promise((done, failed) => {
    const answered = async (res) => done({ status: res.statusCode, headers: res.headers, body: await text(res) });
    const request = get({ host: "127.0.0.1", port, path, agent: false, ...options }, answered);
    request.on("error", failed);
  });
}

test("a certificate is for one address and this computer, and is made anew a day before it ends", () => {
  assert.equal(isUsable(pair.cert, ip), true);
  assert.equal(isUsable(pair.cert, "127.0.0.1"), true);
  assert.equal(isUsable(pair.cert, "192.168.1.21"), false, "the computer has another address now");
  assert.equal(isUsable(pair.cert, ip, Date.now() + 88 * day), true);
  assert.equal(isUsable(pair.cert, ip, Date.now() + 89.5 * day), false);
});

test("whoever trusts the certificate reaches the app and LiveKit by it, and they know that it was by TLS", async () => {
  assert.equal((await ask(httpsGet, "/", { ca: pair.cert })).body, "the app https");
  assert.equal((await ask(httpsGet, "/rtc/v1", { ca: pair.cert })).body, "LiveKit https");
  await assert.rejects(ask(httpsGet, "/"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
});

test("whoever types http:// is led to https on the same port", async () => {
  const { status, headers } = await ask(httpGet, "/desk/alice?a=1", { headers: { host: `${ip}:3000` } });
  assert.deepEqual([status, headers.location], [308, `https://${ip}:3000/desk/alice?a=1`]);
});

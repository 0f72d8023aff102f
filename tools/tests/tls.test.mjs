import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { connect } from "node:tls";
import { isUsable, makePair } from "../lib/certificate.mjs";
import { listening, serveTls } from "../lib/proxy.mjs";

const ip = "192.168.1.20";
const day = 24 * 3600 * 1000;
const servers = [];
const sockets = [];
let pair;
let port;
let livekit;

before(async () => {
  pair = await makePair(ip);
  const answering = async (words) => {
    const server = createServer((req, res) => res.end(`${words} ${req.headers["x-forwarded-proto"]}`));
    servers.push(await listening(server, 0, "127.0.0.1"));
    return server;
  };
  const app = await answering("the app");
  livekit = await answering("LiveKit");
  const portFor = (path) => (path.startsWith("/rtc") ? livekit : app).address().port;
  const tls = await serveTls({ port: 0, host: "127.0.0.1", ...pair, portFor });
  servers.push(tls);
  port = tls.address().port;
});

after(() => {
  servers.forEach((server) => server.close());
  // Those that a failed test has left open: the run would wait for them.
  sockets.forEach((socket) => socket.destroy());
});

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

const handshake = [
  "GET /rtc/v1?access_token=a HTTP/1.1",
  `Host: ${ip}:3000`,
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");
const agreed = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
// Whoever waits here for what never comes fails by it.
const timeout = 10_000;

/** A page that asks for a WebSocket, says `first` without waiting for the answer, and LiveKit's end of it. */
async function askForSocket(first = "") {
  const asked = once(livekit, "upgrade");
  const page = connect({ host: "127.0.0.1", port, ca: pair.cert });
  sockets.push(page);
  page.write(handshake + first);
  const [request, signalling, early] = await asked;
  sockets.push(signalling);
  signalling.on("end", () => signalling.end());
  return { page, request, signalling, early };
}

/** A WebSocket that LiveKit has agreed to. What is in it, the proxy does not look at: any words will do. */
async function openSocket() {
  const { page, signalling } = await askForSocket();
  await arrives(page, agreed, () => signalling.write(agreed));
  return { page, signalling };
}

/** Lets something be said, and waits until just these words have arrived. */
function arrives(socket, words, say) {
  return new Promise((done, failed) => {
    let heard = "";
    const hear = (part) => {
      heard += part;
      if (heard.length < words.length) return;
      socket.off("data", hear);
      if (heard === words) done();
      else failed(new Error(`${JSON.stringify(heard)} and not ${JSON.stringify(words)}`));
    };
    socket.on("data", hear);
    say();
  });
}

test("a WebSocket reaches LiveKit by it, and both sides hear each other from the first byte on", { timeout }, async () => {
  const { page, request, signalling, early } = await askForSocket("early");
  assert.deepEqual([request.url, request.headers.host, request.headers.upgrade], ["/rtc/v1?access_token=a", `${ip}:3000`, "websocket"]);
  assert.equal(request.headers["x-forwarded-proto"], "https");
  assert.equal(early.length, 0, "nothing is passed on before LiveKit has agreed");
  await Promise.all([
    arrives(signalling, "early", () => {}),
    arrives(page, `${agreed}at once`, () => signalling.write(`${agreed}at once`)),
  ]);
  await arrives(signalling, "an offer", () => page.write("an offer"));
  await arrives(page, "an answer", () => signalling.write("an answer"));
  page.destroy();
});

test("a WebSocket ends for both when it ends for one, after its last words", { timeout }, async () => {
  // More than a connection holds whose other end does not read at once.
  const last = "goodbye".repeat(2_000_000);
  for (const ending of ["page", "signalling"]) {
    const ends = await openSocket();
    const other = ends[ending === "page" ? "signalling" : "page"];
    const closed = once(other, "close");
    await arrives(other, last, () => ends[ending].end(last));
    await closed;
  }
  const broken = await openSocket();
  const closed = once(broken.page, "close");
  broken.signalling.resetAndDestroy();
  await closed;
});

test("a page that leaves before LiveKit has agreed leaves no connection behind", { timeout }, async () => {
  const { page, signalling } = await askForSocket();
  const closed = once(signalling, "close");
  page.destroy();
  signalling.resume().write(agreed);
  await closed;
});

test("a page learns why LiveKit refuses a WebSocket", { timeout }, async () => {
  const { page, signalling } = await askForSocket();
  signalling.resume().end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 13\r\n\r\ninvalid token");
  assert.equal(await text(page), "HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\ninvalid token");
});

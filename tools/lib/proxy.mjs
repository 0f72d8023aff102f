// A small reverse proxy for development, WebSockets included: TLS for phones on the network (`LAN=1`), and one origin
// for the client-only bundle. The app and LiveKit stay on 127.0.0.1 behind it.

import { createServer as createHttpServer, request } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";

const tlsHandshake = 0x16;

/** @param {(path: string) => number} portFor which local port serves a path */
export function proxyHandlers(portFor, protocol = "http") {
  const options = (req) => ({
    host: "127.0.0.1",
    port: portFor(req.url),
    method: req.method,
    path: req.url,
    headers: {
      ...req.headers,
      // Ours, and not what a client claims: the app trusts these when they come from this computer.
      "x-forwarded-for": req.socket.remoteAddress,
      "x-forwarded-host": req.headers.host ?? "",
      "x-forwarded-proto": protocol,
    },
  });
  return {
    onRequest(req, res) {
      const upstream = request(options(req), (answer) => {
        res.writeHead(answer.statusCode, answer.headers);
        answer.pipe(res);
      });
      upstream.on("error", () => {
        if (res.headersSent) return res.destroy();
        res.writeHead(502, { "content-type": "text/plain; charset=utf-8" });
        res.end("Baton is not answering at the moment. It may be starting: try again in some seconds.\n");
      });
      res.on("close", () => upstream.destroy());
      req.pipe(upstream);
    },
    onUpgrade(req, socket, head) {
      const upstream = request(options(req));
      upstream.on("upgrade", (answer, other, rest) => {
        const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
        for (let i = 0; i < answer.rawHeaders.length; i += 2) lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
        socket.write(`${lines.join("\r\n")}\r\n\r\n`);
        if (rest.length > 0) socket.write(rest);
        if (head.length > 0) other.write(head);
        tie(socket, other);
      });
      // Refused: hand the refusal over, so that a client learns why.
      upstream.on("response", (answer) => {
        socket.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nconnection: close\r\n\r\n`);
        answer.pipe(socket);
      });
      upstream.on("error", () => socket.destroy());
      socket.on("error", () => upstream.destroy());
      upstream.end();
    },
  };
}

/** Two sockets that carry each other's bytes and end together. */
function tie(one, other) {
  one.setNoDelay(true);
  other.setNoDelay(true);
  one.pipe(other);
  other.pipe(one);
  for (const [from, to] of [[one, other], [other, one]]) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
}

/**
 * Serves https on `port`; somebody who types http:// on that port is sent to https instead of seeing nothing.
 * @returns {Promise<import("node:net").Server>}
 */
export function serveTls({ port, host, key, cert, portFor }) {
  const { onRequest, onUpgrade } = proxyHandlers(portFor, "https");
  const https = createHttpsServer({ key, cert }, onRequest).on("upgrade", onUpgrade);
  const http = createHttpServer((req, res) => {
    res.writeHead(308, { location: `https://${req.headers.host ?? `${host}:${port}`}${req.url}` });
    res.end();
  });
  const server = createTcpServer((socket) => {
    socket.on("error", () => socket.destroy());
    // The first byte tells the two apart; it is put back for whoever reads on.
    socket.once("data", (first) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === tlsHandshake ? https : http).emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
  });
  return listening(server, port, host);
}

export function listening(server, port, host) {
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, host, () => done(server));
  });
}

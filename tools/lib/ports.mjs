// Free ports, and the address other devices on the network reach us at.

import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { Problem } from "./shell.mjs";

function tcpFree(port, host) {
  return new Promise((answer) => {
    const server = createServer();
    server.once("error", () => answer(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => answer(true)));
  });
}

function udpFree(port, host) {
  return new Promise((answer) => {
    const socket = createSocket("udp4");
    socket.once("error", () => answer(false));
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => answer(true)));
  });
}

/**
 * The first free port from `wanted` on. `taken` are ports already promised to somebody else. The wildcard address is
 * tried as well: a program that listens on all addresses would otherwise share the port with us unnoticed.
 */
export async function freePort(wanted, { udp = false, taken = [] } = {}) {
  const free = udp ? udpFree : tcpFree;
  for (let port = wanted; port < Math.min(wanted + 200, 65_536); port += 1) {
    if (!taken.includes(port) && (await free(port, "127.0.0.1")) && (await free(port, "0.0.0.0"))) return port;
  }
  throw new Problem(`no free port between ${wanted} and ${wanted + 199}: free one, or set another start with PORT=…`);
}

/** The first private IPv4 address that is not a container bridge's. */
export function lanAddress() {
  const candidates = Object.entries(networkInterfaces())
    .filter(([name]) => !/^(docker|br-|veth|virbr|utun|tun|tap)/.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
  const address = candidates.find((ip) => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(ip)) ?? candidates[0];
  if (!address) throw new Problem("LAN=1 needs a network: this computer has no address that another device could reach");
  return address;
}

/** Which ports other devices must reach here, for whoever looks after a firewall. Without `media` those are not ours. */
export function portsForOthers(pages, media) {
  if (!media) return `Other devices need port ${pages} (TCP) of this computer: let it through its firewall.`;
  return `Other devices need ports ${pages} and ${media.tcp} (TCP) and ${media.udp} (UDP) of this computer: let them through its firewall.`;
}

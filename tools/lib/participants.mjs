// A LiveKit that nobody else reaches with participants of ours in it, and what their process costs.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { Problem } from "./shell.mjs";

const key = "bench";
const secret = "a secret for a server that nobody else reaches";

/** For `startLiveKit`. */
export const keys = { apiKey: key, apiSecret: secret, webhookUrls: [] };

/** What Linux counts in, on every machine there is. */
export const ticksPerSecond = 100;

export function needsLinux() {
  if (process.platform !== "linux") throw new Problem("This reads /proc: it needs Linux");
}

/** What a process has used so far, and the machine beside it. */
export function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ").map(Number);
  const mebibytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
  const machine = readFileSync("/proc/stat", "utf8").split("\n")[0].trim().split(/\s+/).slice(1, 9).map(Number);
  const all = machine.reduce((sum, ticks) => sum + ticks, 0);
  return { ticks: fields[11] + fields[12], mebibytes, idle: machine[3] + machine[4], all };
}

/** A token for a room, which it may create: this server makes none by itself. */
export function token(room, identity) {
  const now = Math.floor(Date.now() / 1000);
  const video = { roomJoin: true, roomCreate: true, room };
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: key, sub: identity, nbf: now - 60, exp: now + 24 * 3600, video })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** A line of a table. */
export function row(cells) {
  return `| ${cells.join(" | ")} |`;
}

// The self-signed certificate of `make run LAN=1`: kept while it is valid for this address, so that a phone asks once.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dataDir } from "./paths.mjs";
import { writeSecret } from "./settings.mjs";

const days = 90;

/** @returns {Promise<{key: string, cert: string, fingerprint: string}>} */
export async function certificateFor(ip) {
  const path = join(dataDir, "lan-certificate.json");
  const kept = read(path);
  if (kept && isUsable(kept.cert, ip)) return describe(kept);
  const pair = await makePair(ip);
  writeSecret(path, JSON.stringify(pair));
  return describe(pair);
}

/** A new key with a certificate for this address, and for this computer itself. */
export async function makePair(ip) {
  const { generate } = await import("selfsigned");
  const made = await generate([{ name: "commonName", value: "Baton on this network" }], {
    keyType: "ec",
    curve: "P-256",
    notAfterDate: new Date(Date.now() + days * 24 * 3600 * 1000),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 7, ip },
          { type: 7, ip: "127.0.0.1" },
          { type: 2, value: "localhost" },
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Whether browsers that have accepted this certificate once will find nothing wrong with it, for another day at least. */
export function isUsable(cert, ip, now = Date.now()) {
  const parsed = new X509Certificate(cert);
  const dayFromNow = now + 24 * 3600 * 1000;
  return parsed.checkIP(ip) !== undefined && Date.parse(parsed.validTo) > dayFromNow;
}

function describe({ key, cert }) {
  return { key, cert, fingerprint: new X509Certificate(cert).fingerprint256 };
}

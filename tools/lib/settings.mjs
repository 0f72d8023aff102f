// `.env`, and the secrets a checkout makes for itself the first time it runs.

import { randomBytes, randomInt } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { dataDir, root } from "./paths.mjs";

/** Their file, in the folder of data. */
export const SECRETS = "secrets.json";

/** Reads `.env` into our environment; what is already set wins, as with every tool that reads such a file. */
export function loadDotEnv() {
  let text;
  try {
    text = readFileSync(join(root, ".env"), "utf8");
  } catch {
    return;
  }
  for (const [name, value] of Object.entries(parseEnv(text))) {
    if (process.env[name] === undefined && value !== "") process.env[name] = value;
  }
}

export function isOn(name) {
  return ["1", "true", "yes", "on"].includes((process.env[name] ?? "").toLowerCase());
}

/** What the app must know when our TLS proxy stands before it: who asks is in a header, and by which names people come. */
export function behindOurProxy(lanIp, hosts = process.env.BATON_HOSTS) {
  // Whoever opens the address of this computer instead of PUBLIC_URL is right as well.
  return { BATON_BEHIND_PROXY: "1", BATON_HOSTS: [hosts, lanIp].filter(Boolean).join(",") };
}

/** Writes a file that only its owner can read, its folder included. */
export function writeSecret(path, content) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, content, { mode: 0o600 });
  // The mode above counts only when the file is new.
  chmodSync(path, 0o600);
}

// Without i, l and o, which look like 1 and 0.
const letters = "abcdefghjkmnpqrstuvwxyz";

/** Ten letters to read aloud and to type on a phone; too many to be guessed over the network, unlike six digits. */
export function speakableCode() {
  return Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join("");
}

/**
 * Random secrets of this checkout, made once and kept in data/secrets.json: a restart must not lock anybody out.
 * @returns {{livekitApiKey: string, livekitApiSecret: string, demoApiKey: string, demoCode: string}}
 */
export function checkoutSecrets() {
  const known = readSecrets(dataDir);
  const secrets = {
    livekitApiKey: known.livekitApiKey ?? `API${randomBytes(6).toString("hex")}`,
    livekitApiSecret: known.livekitApiSecret ?? randomBytes(32).toString("base64url"),
    demoApiKey: known.demoApiKey ?? `baton_demo_${randomBytes(16).toString("hex")}`,
    demoCode: known.demoCode ?? speakableCode(),
  };
  writeSecret(join(dataDir, SECRETS), `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

/** Those that are kept in a folder of data; none before the first run, or when somebody damaged the file: then new ones are made. */
export function readSecrets(folder) {
  try {
    return Object(JSON.parse(readFileSync(join(folder, SECRETS), "utf8")));
  } catch {
    return {};
  }
}

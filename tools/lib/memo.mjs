// Build steps that are pure functions of their inputs run once: results are kept by a hash of everything that went in.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./paths.mjs";

const folder = join(cache, "steps");
const keepDays = 30;

export function hashOf(...inputs) {
  const hash = createHash("sha256");
  for (const input of inputs) {
    const bytes = Buffer.from(input);
    // Lengths keep ("ab", "c") and ("a", "bc") apart.
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex");
}

const underWay = new Map();

/**
 * Returns a folder with the results of `produce(folder)` for these inputs, producing them only the first time.
 * @param {string} name @param {(string | Uint8Array)[]} inputs @param {(dir: string) => Promise<void>} produce
 */
export function memo(name, inputs, produce) {
  const done = join(folder, `${name}-${hashOf(...inputs).slice(0, 24)}`);
  // The same inputs twice at one moment (two equal files, say) are one piece of work.
  if (!underWay.has(done)) underWay.set(done, produceOnce(done, produce).finally(() => underWay.delete(done)));
  return underWay.get(done);
}

async function produceOnce(done, produce) {
  if (existsSync(done)) {
    // The time of the last use decides what `forgetOld` throws away.
    utimesSync(done, new Date(), new Date());
    return done;
  }
  const working = `${done}.${process.pid}.part`;
  rmSync(working, { recursive: true, force: true });
  mkdirSync(working, { recursive: true });
  await produce(working);
  rmSync(done, { recursive: true, force: true });
  renameSync(working, done);
  return done;
}

export function forgetOld() {
  if (!existsSync(folder)) return;
  const oldest = Date.now() - keepDays * 24 * 3600 * 1000;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).mtimeMs < oldest) rmSync(path, { recursive: true, force: true });
  }
}

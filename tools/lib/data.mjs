// What a demo keeps: in one folder, each thing by a name of its own, so that it can be told from what else is there.

import { readdirSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, relative, sep } from "node:path";
import { dataDir, root } from "./paths.mjs";
import { refuseIfUsed } from "./running.mjs";
import { readSecrets, SECRETS } from "./settings.mjs";
import { Problem } from "./shell.mjs";

/**
 * Where the server finds and puts what it keeps, as its settings; what a person has set stays. `make dev` keeps calls and recordings of its
 * own; with a DATABASE_URL both work on the same calls, and then the recordings of one must be there for the other.
 * @param {"run" | "dev"} tool
 */
export function places(tool, folder = dataDir, env = process.env) {
  const dev = tool === "dev" ? "dev-" : "";
  const recordings = env.DATABASE_URL ? "recordings" : `${dev}recordings`;
  return {
    DATABASE_URL: env.DATABASE_URL || `sqlite://${encodeURI(join(folder, tool === "dev" ? "dev.db" : "baton.db"))}?mode=rwc`,
    BATON_RECORDINGS: env.BATON_RECORDINGS || join(folder, recordings),
    BATON_RECORDING_SPOOL: env.BATON_RECORDING_SPOOL || join(folder, `${dev}recording-spool`),
    BATON_SOUNDS: env.BATON_SOUNDS || join(folder, "sounds"),
  };
}

/** The names of all that our tools and the server keep there, SQLite's files beside its database included. */
const ours = new RegExp(
  String.raw`^((baton|dev)\.db(-shm|-wal|-journal)?|(dev-)?recordings|(dev-)?recording-spool|sounds|log|lan-certificate\.json|running-\d+\.json)$`,
);

/**
 * Deletes all of the data and nothing else, unless somebody is at work with it: what is gone is gone.
 * @returns {string[]} what else is in the folder, and stays
 */
export function forgetData(folder = dataDir, { checkout = root, home = homedir() } = {}) {
  refuseIfUsed(folder);
  refuseForeign(folder, { checkout, home });
  for (const name of namesIn(folder).filter((name) => ours.test(name))) rmSync(join(folder, name), { recursive: true, force: true });
  // Last, since by them the folder is known as ours: whoever is interrupted can begin again.
  rmSync(join(folder, SECRETS), { force: true });
  const others = namesIn(folder);
  if (others.length === 0) removeEmpty(folder);
  return others;
}

/** A folder may be named by mistake, and then so may what is in it: `BATON_DATA=.`, or somebody's home. */
function refuseForeign(folder, { checkout, home }) {
  for (const [what, place] of [["this checkout", checkout], ["your home", home]]) {
    if (contains(folder, place)) throw new Problem(`${folder} holds ${what}: nothing is deleted there. BATON_DATA must name a folder that is for a demo's data alone.`);
  }
  // The folder that nobody named is ours, also when only a test has left its logs there.
  if (folder === join(checkout, "data") || namesIn(folder).length === 0 || readSecrets(folder).livekitApiSecret) return;
  throw new Problem(`No demo has kept its data in ${folder} (there is no ${SECRETS} of ours): nothing is deleted there. Is BATON_DATA right?`);
}

function contains(folder, place) {
  const way = relative(real(folder), real(place));
  return !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}

function real(path) {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    // No folder, no data.
    return [];
  }
}

function removeEmpty(folder) {
  try {
    rmdirSync(folder);
  } catch {
    // It was not there, or is a link to a folder elsewhere, which may stay.
  }
}

// Which `make run` has this checkout's data: it says so in running.json, among them, from before it uses them until it ends.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataDir } from "./paths.mjs";
import { writeSecret } from "./settings.mjs";
import { Problem } from "./shell.mjs";

const fileIn = (folder) => join(folder, "running.json");

/** The folders in which we have said that we run. */
const ours = new Set();

// A note that stays behind would be taken for that of whichever process has our number next.
process.on("exit", () => {
  for (const folder of ours) if (readNote(folder)?.pid === process.pid) rmSync(fileIn(folder), { force: true });
});

/**
 * Says that we use the data: as soon as we do, and once more, with our address, when we take requests.
 * @param {{url?: string, appPort?: number, database: string}} what
 */
export function noteRunning(what, folder = dataDir) {
  ours.add(folder);
  writeSecret(fileIn(folder), JSON.stringify({ pid: process.pid, ...what }));
}

/** What `noteRunning` was told by a process that is still there; undefined when none is. */
export async function runningServer({ folder = dataDir, timeoutMs = 2_000 } = {}) {
  const noted = noteOfLiving(folder);
  // Whoever still starts has no address to ask at. Otherwise the number alone could be somebody else's by now.
  if (!noted?.appPort) return noted;
  return (await listens(noted.appPort, timeoutMs)) ? noted : undefined;
}

/** What is noted by a process whose number is still somebody's. */
function noteOfLiving(folder) {
  const noted = readNote(folder);
  try {
    // Signal 0 only asks whether the process is there.
    if (noted) process.kill(noted.pid, 0);
    return noted;
  } catch (error) {
    return error.code === "EPERM" ? noted : undefined;
  }
}

function readNote(folder) {
  try {
    return JSON.parse(readFileSync(fileIn(folder), "utf8"));
  } catch {
    // Nobody runs here, or the file is damaged: there is nothing to go by.
    return undefined;
  }
}

/** Whether something takes requests there. One that is too busy to answer in time is there, too. */
async function listens(port, timeoutMs) {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    return true;
  } catch (error) {
    return error.name === "TimeoutError";
  }
}

/** Deletes all of the data, unless somebody is at work with it, be it that they only start: what is gone is gone. */
export function forgetData(folder = dataDir) {
  const noted = noteOfLiving(folder);
  if (noted) {
    const where = noted.url ? `running at ${noted.url}` : "starting";
    throw new Problem(
      `Baton is ${where} with the data in ${folder}. Stop it first (Ctrl-C in its terminal), then run this again.\n` +
        `If process ${noted.pid} is something else, delete ${fileIn(folder)} first.`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
}

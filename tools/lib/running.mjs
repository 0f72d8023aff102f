// Which `make run` has this checkout's data: it says so in running.json, among them.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataDir } from "./paths.mjs";
import { writeSecret } from "./settings.mjs";
import { Problem } from "./shell.mjs";

const fileName = "running.json";

/** @param {{url: string, appPort: number, database: string}} what */
export function noteRunning(what) {
  writeSecret(join(dataDir, fileName), JSON.stringify({ pid: process.pid, ...what }));
}

/** What `noteRunning` was told by a process that is still there; undefined when none is. */
export async function runningServer({ folder = dataDir, timeoutMs = 2_000 } = {}) {
  let noted;
  try {
    noted = JSON.parse(readFileSync(join(folder, fileName), "utf8"));
    // Signal 0 only asks whether the process is there; the number alone could be somebody else's by now.
    process.kill(noted.pid, 0);
  } catch (error) {
    if (!noted || error.code !== "EPERM") return undefined;
  }
  return (await listens(noted.appPort, timeoutMs)) ? noted : undefined;
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

/** Deletes all of the data, unless a server is at work with it. */
export async function forgetData(folder = dataDir) {
  const running = await runningServer({ folder });
  if (running) throw new Problem(`Baton is running at ${running.url} with the data in ${folder}. Stop it first (Ctrl-C in its terminal), then run this again.`);
  rmSync(folder, { recursive: true, force: true });
}

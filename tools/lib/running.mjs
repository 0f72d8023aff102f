// Which `make run`s and `make dev`s have this checkout's data: each says so in a note of its own among them, from before it uses them until
// it ends.

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataDir } from "./paths.mjs";
import { writeSecret } from "./settings.mjs";
import { Problem } from "./shell.mjs";

const noteOf = (pid, folder) => join(folder, `running-${pid}.json`);

/** The folders in which we have said that we run. */
const ours = new Set();

// A note that stays behind would be taken for that of whichever process has our number next.
process.on("exit", () => {
  for (const folder of ours) rmSync(noteOf(process.pid, folder), { force: true });
});

/**
 * Says that we use the data: as soon as we do, and once more, with our address, when we take requests. Without `appPort` nobody asks there,
 * and we count as long as our process is there.
 * @param {{url?: string, appPort?: number, database: string}} what
 */
export function noteRunning(what, folder = dataDir) {
  ours.add(folder);
  writeSecret(noteOf(process.pid, folder), JSON.stringify({ pid: process.pid, ...what }));
}

/** What another process, still there, has told `noteRunning` of this database; undefined when none has. */
export async function runningServer(database, { folder = dataDir, timeoutMs = 2_000 } = {}) {
  for (const noted of notesOfLiving(folder)) {
    if (noted.database !== database) continue;
    // Whoever still starts has no address to ask at. Otherwise the number alone could be somebody else's by now.
    if (!noted.appPort || (await listens(noted.appPort, timeoutMs))) return noted;
  }
  return undefined;
}

/** What is noted by others whose numbers are still somebody's. */
function notesOfLiving(folder) {
  return notes(folder).filter(({ pid }) => {
    // A number comes round: in a container it is often the same one. What has ours is left from before.
    if (pid === process.pid) return false;
    try {
      // Signal 0 only asks whether the process is there.
      return process.kill(pid, 0);
    } catch (error) {
      return error.code === "EPERM";
    }
  });
}

function notes(folder) {
  try {
    return readdirSync(folder).flatMap((name) => (/^running-\d+\.json$/.test(name) ? readNote(join(folder, name)) : []));
  } catch {
    // No folder, no data, nobody who uses them.
    return [];
  }
}

function readNote(file) {
  try {
    return [JSON.parse(readFileSync(file, "utf8"))];
  } catch {
    // Gone by now, or damaged: there is nothing to go by.
    return [];
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

/** Two servers on one database would both answer for the same calls, and each on a LiveKit of its own: say where the first one is instead. */
export async function refuseSecond(database, { folder = dataDir, timeoutMs } = {}) {
  const first = await runningServer(database, { folder, timeoutMs });
  if (!first) return;
  const isIt = `If process ${first.pid} is something else, delete ${noteOf(first.pid, folder)}.`;
  if (!first.url) throw new Problem(`It is just being started by process ${first.pid}.\n${isIt}`);
  const another = process.env.DATABASE_URL ? "BATON_DATA to another folder and DATABASE_URL to another database" : "BATON_DATA to another folder";
  const says = [`It is already running: open ${first.url}`, `Ctrl-C in that terminal stops it. For a second one set ${another}.`];
  throw new Problem([...says, ...(first.appPort ? [] : [isIt])].join("\n"));
}

/** Throws when somebody is at work with any of the data there, be it that they only start. */
export function refuseIfUsed(folder) {
  const [noted] = notesOfLiving(folder);
  if (!noted) return;
  const where = noted.url ? `running at ${noted.url}` : "starting";
  throw new Problem(
    `Baton is ${where} with the data in ${folder}. Stop it first (Ctrl-C in its terminal), then run this again.\n` +
      `If process ${noted.pid} is something else, delete ${noteOf(noted.pid, folder)} first.`,
  );
}

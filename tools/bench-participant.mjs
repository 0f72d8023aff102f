// `make bench-participant`: what the server's participant costs. Join → first frame heard by independent ears; CPU and memory of
// 1, 10, 25 and 50 relays and recordings in one process; and the same through LiveKit's own client (libwebrtc) beside it.
// It stops adding when the machine is at 80 %. COUNTS="1 10", JOINS=5, BENCH_SECONDS=5 and PROFILE=dev make it shorter.

import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ears, earsDir, earsPython } from "./lib/ears.mjs";
import { findLiveKit, installSteps, livekitPorts, startLiveKit } from "./lib/livekit.mjs";
import { cargoEnv, profileNamed } from "./lib/paths.mjs";
import { keys, needsLinux, row, ticksPerSecond, token, usage } from "./lib/participants.mjs";
import { Steps } from "./lib/progress.mjs";
import { Program } from "./lib/program.mjs";
import { Problem, run, runMain, stopServices } from "./lib/shell.mjs";
import { missingSteps } from "./lib/toolchain.mjs";

const counts = (process.env.COUNTS || "1 10 25 50").split(" ").map(Number);
const seconds = Number(process.env.BENCH_SECONDS || 10);
const joins = Number(process.env.JOINS || 20);
const fullMachine = 0.8;

const profile = profileNamed(process.env.PROFILE);
const load = join(profile.targetDir, profile.serverDir, "examples", "load");

await runMain(async () => {
  needsLinux();
  const found = findLiveKit();
  const build = ["build", "--locked", ...profile.serverArgs, "-p", "livekit-participant", "--example", "load"];
  await new Steps().runAll([
    ...installSteps(found),
    ...missingSteps([ears]),
    { title: "Building the load", key: `bench load ${profile.name}`, guess: 420, run: () => run("cargo", build, { env: cargoEnv(profile) }) },
  ]);
  const options = { ports: await livekitPorts(), ...keys };
  const { url } = found.kind === "environment" ? { url: process.env.LIVEKIT_URL } : await startLiveKit(found, options);
  console.log(`\n${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0].model}, ${profile.name} build\n`);
  await benchJoin(url);
  const python = earsPython();
  await benchLoad("Relays, this crate (both ways, no transcoding)", url, 2, (tokens) => [load, ["relay", url, ...tokens]]);
  await benchLoad("Relays, libwebrtc (Python's livekit, both ways)", url, 2, (tokens) => [python, ["-B", join(earsDir, "relay.py"), url, ...tokens]]);
  const folder = mkdtempSync(join(tmpdir(), "bench-participant-"));
  try {
    await benchLoad("Recordings, this crate", url, 1, (tokens) => [load, ["record", url, folder, ...tokens]]);
    await benchLoad("Recordings, libwebrtc (Python's livekit, decoded)", url, 1, (tokens) => [python, ["-B", join(earsDir, "record.py"), url, folder, ...tokens]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  await stopServices();
});

/** From the start of the process, and from its first line, to the first frame of the tone at ears that were there before. */
async function benchJoin(url) {
  const fromStart = [];
  const fromJoin = [];
  for (let turn = 0; turn < joins; turn += 1) {
    const room = `join-${turn}`;
    const options = ["--url", url, "--token", token(room, "ears"), "--seconds", "0.5", "--hz", "660"];
    const listener = new Program(earsPython(), ["-B", join(earsDir, "listen.py"), ...options]);
    await listener.line(({ event }) => event === "connected");
    // LiveKit makes whoever has negotiated wait 150 ms before it negotiates again: these ears are to have been there for a while.
    await setTimeout(300);
    const started = performance.now();
    const speaker = new Program(load, ["speak", url, token(room, "voice")]);
    const joining = await speaker.line(({ event }) => event === "joining");
    const heard = await listener.line(({ event, db, share }) => event === "frame" && db > -40 && share > 0.8);
    fromStart.push(heard.at - started);
    fromJoin.push(heard.at - joining.at);
    await Promise.all([speaker.end(), listener.end()]);
  }
  console.log(`Join → first frame heard by libwebrtc, ${joins} times, in ms\n`);
  console.log("| from | median | p95 | worst |\n| --- | --- | --- | --- |");
  console.log(row(["the call to join", ...spread(fromJoin)]));
  console.log(row(["the start of the process", ...spread(fromStart)]));
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  return [at(0.5), at(0.95), at(1)].map((value) => Math.round(value));
}

/** One process with ever more to do. `roomsEach` rooms with a voice in each belong to one relay or recording. */
async function benchLoad(title, url, roomsEach, command) {
  console.log(`\n${title}, ${seconds} s each\n`);
  console.log("| how many | CPU, % of a core | each | MiB | packets handled, % | machine, % |\n| --- | --- | --- | --- | --- | --- |");
  for (const count of counts) {
    const rooms = Array.from({ length: count * roomsEach }, (_, index) => `${title.replace(/\W/g, "")}-${count}-${index}`);
    const voices = new Program(load, ["speak", url, ...rooms.map((room) => token(room, "voice"))]);
    await voices.line(({ event }) => event === "ready");
    const worker = new Program(...command(rooms.map((room) => token(room, "worker"))));
    const measured = await measureOrGiveUp(worker);
    if (measured instanceof Problem) {
      console.log(`\n${count} are too many here (${measured.message}): no more.`);
      await Promise.all([voices.end(), worker.kill()]);
      break;
    }
    const expected = rooms.length * 50 * measured.seconds;
    const cells = [measured.cpu, measured.cpu / count, measured.mebibytes, (measured.packets / expected) * 100, measured.machine * 100];
    console.log(row([count, ...cells.map((cell) => cell.toFixed(cell < 10 ? 2 : 1))]));
    await Promise.all([voices.end(), worker.end()]);
    if (measured.machine > fullMachine) {
      console.log(`\nThe machine was at ${Math.round(measured.machine * 100)} %: no more.`);
      break;
    }
  }
}

/** What it costs once everybody is there, or why they do not come: a client that the machine is too slow for never says so. */
async function measureOrGiveUp(worker) {
  try {
    await worker.line(({ event }) => event === "ready");
    return await measure(worker);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** Between two of the worker's reports, after it has had three to settle. */
async function measure(worker) {
  const isReport = ({ event }) => event === "packets";
  for (let report = 0; report < 3; report += 1) await worker.line(isReport);
  const before = { ...(await worker.line(isReport)), ...usage(worker.pid) };
  let after = before;
  while (after.at - before.at < seconds * 1000) after = await worker.line(isReport);
  const now = usage(worker.pid);
  const elapsed = (after.at - before.at) / 1000;
  const busy = 1 - (now.idle - before.idle) / (now.all - before.all);
  return {
    seconds: elapsed,
    cpu: ((now.ticks - before.ticks) / ticksPerSecond / elapsed) * 100,
    mebibytes: now.mebibytes,
    packets: after.count - before.count,
    machine: busy,
  };
}

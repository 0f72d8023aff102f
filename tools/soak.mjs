// `make soak`: legs that are relayed and recorded by the server's participant, for an hour, and what becomes of memory, timing and
// frames. SOAK_MINUTES=3 makes it shorter, SOAK_LEGS=25 heavier. It fails above the bars.

import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { findLiveKit, installSteps, livekitPorts, startLiveKit } from "./lib/livekit.mjs";
import { keys, needsLinux, row, ticksPerSecond, token, usage } from "./lib/participants.mjs";
import { cargoEnv, profileNamed } from "./lib/paths.mjs";
import { Steps } from "./lib/progress.mjs";
import { Program } from "./lib/program.mjs";
import { Problem, run, runMain, stopServices } from "./lib/shell.mjs";

const minutes = Number(process.env.SOAK_MINUTES || 60);
const legs = Number(process.env.SOAK_LEGS || 10);
// What is asked of it, over the whole run and not by the hour: what a short run says of an hour is mostly noise.
const bars = { growthMib: 1, driftMs: 50, lost: 0, mismatchMs: 0 };
/** The beginning does not count for memory: queues and caches fill, once. */
const warmUpShare = 1 / 3;
const rows = 12;

const profile = profileNamed(process.env.PROFILE);
const program = (name) => join(profile.targetDir, profile.serverDir, "examples", name);

await runMain(async () => {
  needsLinux();
  const found = findLiveKit();
  const build = ["build", "--locked", ...profile.serverArgs, "-p", "livekit-participant", "--example", "load", "--example", "soak"];
  await new Steps().runAll([
    ...installSteps(found),
    { title: "Building the load", key: `soak ${profile.name}`, guess: 420, run: () => run("cargo", build, { env: cargoEnv(profile) }) },
  ]);
  const { url } = found.kind === "environment" ? { url: process.env.LIVEKIT_URL } : await startLiveKit(found, { ports: await livekitPorts(), ...keys });
  const folder = mkdtempSync(join(tmpdir(), "soak-"));
  try {
    judge(await soak(url, folder));
  } finally {
    rmSync(folder, { recursive: true });
    await stopServices();
  }
});

/** A sample for every second, and what the programs say at the end. */
async function soak(url, folder) {
  const names = Array.from({ length: legs }, (_, index) => index);
  const voices = new Program(program("load"), ["speak", url, ...names.map((name) => token(`call-${name}`, "voice"))]);
  await voices.line(({ event }) => event === "ready");
  const tokens = names.flatMap((name) => [token(`call-${name}`, "relay"), token(`consult-${name}`, "voice"), token(`consult-${name}`, "recorder")]);
  const worker = new Program(program("soak"), [url, folder, ...tokens]);
  await worker.line(({ event }) => event === "ready");
  console.log(`\n${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0].model}, ${profile.name} build, ${legs} legs, ${minutes} min\n`);
  console.log("| minute | MiB | CPU, % of a core | recorded | lost | drift, ms |\n| --- | --- | --- | --- | --- | --- |");
  const samples = [];
  const seconds = Math.max(Math.round(minutes * 60), 10);
  const every = Math.max(Math.floor(seconds / rows), 1);
  while (samples.length < seconds) {
    const sample = { ...(await worker.line(({ event }) => event === "second")), ...usage(worker.pid) };
    samples.push(sample);
    if (samples.length % every === 0) console.log(row(cells(sample, samples.at(-1 - every) ?? samples[0], samples[0])));
  }
  const end = worker.line(({ event }) => event === "end");
  worker.child.stdin.end();
  const { mismatch_ms: mismatchMs } = await end;
  await Promise.all([worker.ended, voices.end()]);
  return { samples, mismatchMs };
}

function cells(sample, before, first) {
  const elapsed = (sample.at - before.at) / 1000;
  const cpu = elapsed > 0 ? ((sample.ticks - before.ticks) / ticksPerSecond / elapsed) * 100 : 0;
  const minute = (sample.at - first.at + 1000) / 60_000;
  return [minute.toFixed(1), sample.mebibytes.toFixed(2), cpu.toFixed(1), sample.recorded, sample.lost + sample.dropped, sample.drift_ms.toFixed(1)];
}

/** Says what came of it, and fails above the bars. */
function judge({ samples, mismatchMs }) {
  const settled = samples.slice(Math.floor(samples.length * warmUpShare));
  const mebibytes = settled.map((sample) => sample.mebibytes);
  const quarter = Math.max(Math.floor(mebibytes.length / 4), 1);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const growthMib = mean(mebibytes.slice(-quarter)) - mean(mebibytes.slice(0, quarter));
  // From the middle of the first quarter to that of the last.
  const hours = ((settled.at(-1).at - settled[0].at) / 3_600_000) * 0.75;
  const last = samples.at(-1);
  const driftMs = Math.max(...samples.map((sample) => sample.drift_ms));
  const lost = last.lost + last.dropped;
  console.log(`\nMemory    ${mebibytes.at(-1).toFixed(2)} MiB, ${signed(growthMib)} MiB since it had settled (${signed(growthMib / hours)} MiB an hour)`);
  console.log(`Drift     ${driftMs.toFixed(1)} ms between the legs at the worst`);
  console.log(`Frames    ${last.recorded} recorded, ${lost} lost on the way, ${last.disturbed} connections disturbed`);
  console.log(`Files     ${mismatchMs} ms off the packets that they are made of, at the worst\n`);
  const above = [
    growthMib > bars.growthMib && `memory grew by more than ${bars.growthMib} MiB`,
    driftMs > bars.driftMs && `legs drifted apart by more than ${bars.driftMs} ms`,
    lost > bars.lost && "frames were lost",
    mismatchMs > bars.mismatchMs && "recordings are longer or shorter than what they are made of",
    last.recorded < samples.length * legs * 45 && "legs were silent",
  ].filter(Boolean);
  if (above.length > 0) throw new Problem(`Above the bars: ${above.join("; ")}.`);
  console.log("Within the bars.");
}

function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

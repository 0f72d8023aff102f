// `make test`: every check there is, cheap ones first, each stage with its time. Stops at the first that fails.
// The browsers get a debug build, which the earlier stages have mostly compiled already; PROFILE=release tests what people
// get, for some twenty minutes more.
// BATON_EARS=1 lets LiveKit's own clients judge what our participant sends and records (needs Python, or npm's registry).
// ONLY="the server" runs the stages with these words in their title, for somebody at work on one thing.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { siteSteps } from "./build-site.mjs";
import { earsNode, earsPython } from "./lib/ears.mjs";
import { end2endDir, end2endEnv } from "./lib/end2end.mjs";
import { cargoEnv, csrDir, profileNamed, profiles, root, toolEnv } from "./lib/paths.mjs";
import { livekitPorts, startLiveKit } from "./lib/livekit.mjs";
import { findPostgres, withPostgres } from "./lib/postgres.mjs";
import { duration, Steps } from "./lib/progress.mjs";
import { recogniserPython } from "./lib/recogniser.mjs";
import { serverStep } from "./lib/server.mjs";
import { Problem, run, runMain } from "./lib/shell.mjs";
import { missingSteps, needs } from "./lib/toolchain.mjs";
import { unforgiven } from "./lib/verdict.mjs";

const wasm = ["--target", "wasm32-unknown-unknown"];
const strict = ["--", "-D", "warnings"];
// The crates without a framework. The bindings to the browser are among them: what they work out, they work out anywhere.
const leaves = ["--workspace", "--exclude", "baton", "--exclude", "livekit-participant"];
const participant = ["-p", "livekit-participant", "--all-features"];

const kinds = { pass: "passed", passed: "passed", fail: "failed", failed: "failed", flaky: "flaky", skipped: "skipped", "did not run": "skipped" };
/** The tests that run on PostgreSQL as well. */
const ON_POSTGRES = ["store::", "instances::", "restart::", "transfers::", "idempotency::", "events::", "recordings::", "plain_text::"];
const counts = { passed: 0, failed: 0, flaky: 0, skipped: 0 };
/** The names of the tests that failed or passed only at the second try: the end of a long log is what people read. */
const named = { failed: [], flaky: [] };
let listing;
const REASON_LINES = 4;
/** Why browser tests failed, by the test's name: what Playwright prints in the middle of the log belongs to its end, too. */
const reasons = new Map();
let explained;

await runMain(async () => {
  const profile = profileNamed(process.env.PROFILE || "dev");
  const steps = new Steps();
  try {
    const { rust, cmake, wasmBindgen, npm, npmEnd2end, livekitServer, chromium } = needs;
    const installs = missingSteps([rust, cmake, wasmBindgen, npm, npmEnd2end, livekitServer, chromium]);
    await steps.runAll([...installs, ...wanted([...checks(), ...builds(profile), ...browserTests(profile)])]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
  printSummary(steps);
});

/** All stages, or those whose title has the words of ONLY in it. */
function wanted(stages) {
  const only = process.env.ONLY?.toLowerCase();
  if (!only) return stages;
  const some = stages.filter(({ title }) => title.toLowerCase().includes(only));
  if (some.length === 0) throw new Problem(`ONLY="${only}" fits no stage. There are:\n${stages.map(({ title }) => `  ${title}`).join("\n")}`);
  return some;
}

function checks() {
  return [
    cargo("Formatting", 10, ["fmt", "--all", "--check"]),
    step("The build's own tools", 5, () => run(process.execPath, ["--test", ...toolTests()], { env: toolEnv(), onLine: count })),
    cargo("Lints: the rules", 40, ["clippy", "--locked", ...leaves, "--all-targets", ...strict]),
    cargo("Tests: the rules", 60, ["test", "--locked", ...leaves]),
    cargo("Lints: LiveKit from Rust", 60, ["clippy", "--locked", ...participant, "--all-targets", ...strict]),
    step("Tests: LiveKit from Rust, on a real LiveKit", 120, participantTests),
    cargo("Lints: LiveKit in the browser", 40, ["clippy", "--locked", "-p", "livekit-web", ...wasm, ...strict]),
    cargo("Lints: the server", 240, ["clippy", "--locked", "-p", "baton", "--features", "ssr", "--all-targets", ...strict]),
    // With `csr`, which is all that `hydrate` is and the one bundle besides.
    cargo("Lints: the pages", 120, ["clippy", "--locked", "-p", "baton", "--features", "csr", ...wasm, "--lib", "--bins", ...strict]),
    cargo("Lints: the pages, as `make dev` builds them", 30, ["clippy", "--locked", "-p", "baton", "--features", "hydrate,one-bundle", ...wasm, "--lib", ...strict]),
    cargo("Tests: the server", 300, ["test", "--locked", "-p", "baton", "--features", "ssr"]),
    step("Tests: the server on PostgreSQL", 60, postgresTests),
    step("Tests: the server on a real LiveKit", 20, liveKitTests),
  ];
}

function builds(profile) {
  return [
    step("The client-only bundle (csr)", 120, async () => {
      const { buildCsr } = await import("./lib/csr.mjs");
      await buildCsr(profiles.dev, csrDir);
    }),
    serverStep(profile),
    ...siteSteps(profile),
    step("`make run`, started and stopped", 20, () => {
      const test = join(root, "tools", "tests", "built", "run.test.mjs");
      return run(process.execPath, ["--test", test], { env: toolEnv({ PROFILE: profile.name }), onLine: count });
    }),
  ];
}

function browserTests(profile) {
  const npm = (title, guess, args) =>
    step(title, guess, () => run("npm", args, { cwd: end2endDir, env: coloured(end2endEnv(profile)), onLine: count }));
  return [
    npm("The end-to-end tests' types", 20, ["run", "--silent", "check"]),
    step("End-to-end: real browsers on a real LiveKit", 900, () => {
      const python = recogniserPython();
      const env = { ...coloured(end2endEnv(profile)), ...(python && { BATON_RECOGNISER_PYTHON: python }) };
      return run("npm", ["test", "--silent"], { cwd: end2endDir, env, onLine: count });
    }),
  ];
}

function step(title, guess, work) {
  return { title, key: `test ${title}`, guess, run: work };
}

function cargo(title, guess, args) {
  return step(title, guess, () => run("cargo", args, { env: coloured(cargoEnv(profiles.dev)), onLine: count }));
}

/** With BATON_EARS=1 also through libwebrtc; without, the tests that need it say that they did not run. */
function participantTests() {
  const [python, node] = process.env.BATON_EARS === "1" ? [earsPython(), earsNode()] : [];
  const env = { ...(python && { BATON_EARS_PYTHON: python }), ...(node && { BATON_EARS_NODE: node }) };
  // One at a time: each has a LiveKit of its own, and what is heard is judged by the millisecond.
  const args = ["test", "--locked", ...participant, "--", "--test-threads=1"];
  return run("cargo", args, { env: { ...coloured(cargoEnv(profiles.dev)), ...env }, onLine: count });
}

/** What is particular to a database: every query, and what becomes of a call when servers end, begin, and meet. */
async function postgresTests() {
  const bin = await findPostgres();
  if (!bin) {
    console.log("No PostgreSQL here, and none that could be installed (Debian: `apt-get install postgresql`): not tested on it.");
    return add({ skipped: 1 });
  }
  const args = ["test", "--locked", "-p", "baton", "--features", "ssr", "--test", "server", "--", ...ON_POSTGRES];
  await withPostgres(bin, (server) => run("cargo", args, { env: { ...coloured(cargoEnv(profiles.dev)), BATON_TEST_POSTGRES: server }, onLine: count }));
}

/** What only LiveKit can say: who hears what the server's own participants carry. The rest of the server's tests need none. */
async function liveKitTests() {
  const keys = { apiKey: "devkey", apiSecret: "secret-secret-secret-secret-secret-1234", webhookUrls: [] };
  const { service, url } = await startLiveKit({ kind: "program" }, { ports: await livekitPorts(), ...keys });
  const env = { ...coloured(cargoEnv(profiles.dev)), BATON_TEST_LIVEKIT: url };
  const args = ["test", "--locked", "-p", "baton", "--features", "ssr", "--test", "server", "_livekit::", "--", "--ignored"];
  try {
    await run("cargo", args, { env, onLine: count });
  } finally {
    await service.stop();
  }
}

function toolTests() {
  const folder = join(root, "tools", "tests");
  return readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).map((name) => join(folder, name));
}

// Programs drop their colours when we read along, unless told that a person is watching.
function coloured(env) {
  return process.stdout.isTTY ? { ...env, CARGO_TERM_COLOR: "always", FORCE_COLOR: "1" } : env;
}

/** Adds up what the test runners say: cargo's, Playwright's, Node's. */
function count(line) {
  const text = line.replace(/\u001b\[[0-9;]*m/g, "");
  const cargoLine = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/.exec(text);
  if (cargoLine) return add({ passed: cargoLine[1], failed: cargoLine[2], skipped: cargoLine[3] });
  const playwright = /^ {2}(\d+) (passed|failed|flaky|skipped|did not run)(?: \(.*\))?$/.exec(text);
  listing = named[playwright?.[2]] ?? (/^ {4}\S/.test(text) ? listing : undefined);
  if (playwright) return add({ [kinds[playwright[2]]]: playwright[1] });
  if (listing) return listing.push(text.replace(/[ ─]+$/, "").trim());
  explain(text);
  const cargoTest = /^test (.+) \.\.\. FAILED$/.exec(text);
  if (cargoTest) return named.failed.push(cargoTest[1]);
  const node = /^[#ℹ] (pass|fail|skipped) (\d+)$/.exec(text);
  if (node) add({ [kinds[node[1]]]: node[2] });
}

/** Keeps the first lines of every error under the test's name. */
function explain(text) {
  const title = /^ {2}\d+\) (.+?)[ ─]*$/.exec(text)?.[1];
  if (title) return reasons.set(title, (explained = []));
  if (!explained) return;
  if (/^ {4}\w*Error: /.test(text)) explained.lines = 0;
  if (/^ {4}[> ] +\d+ \|/.test(text)) explained.lines = REASON_LINES; // the source follows
  if (explained.lines < REASON_LINES && text.trim()) {
    explained.lines++;
    explained.push(text.trim().slice(0, 300));
  }
}

function add(numbers) {
  for (const [kind, number] of Object.entries(numbers)) counts[kind] += Number(number);
}

function printSummary(steps) {
  console.log("\nTime of each stage:");
  for (const { title, seconds, ok } of steps.results) {
    console.log(`  ${duration(seconds).padStart(13)}  ${title}${ok ? "" : "   <- FAILED"}`);
  }
  console.log(`  ${duration(steps.totalSeconds).padStart(13)}  in all\n`);
  const failures = unforgiven(named.flaky, why);
  if (failures.length > 0) {
    process.exitCode = 1;
    named.failed.push(...failures);
    named.flaky = named.flaky.filter((name) => !failures.includes(name));
    add({ failed: failures.length, flaky: -failures.length });
  }
  // A stage that is no test suite (a lint, a build) counts as one failure, so that the closing line is never green.
  if (process.exitCode && counts.failed === 0) counts.failed = 1;
  for (const name of named.flaky) console.log(`  passed at another try only: ${name}${why(name)}`);
  for (const name of named.failed) console.log(`  failed: ${name}${why(name)}`);
  const passed = counts.passed + counts.flaky;
  console.log(`${passed} passed${counts.flaky ? ` (${counts.flaky} at another try)` : ""}, ${counts.failed} failed, ${counts.skipped} skipped`);
}

function why(name) {
  return (reasons.get(name) ?? []).map((line) => `\n      ${line}`).join("");
}

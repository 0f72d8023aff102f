// Running other programs: in the foreground, for their output, and as services that end with us.

import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, createWriteStream, mkdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { root, toolEnv } from "./paths.mjs";

/** An error whose message is all a person needs: the tools print it without a stack. */
export class Problem extends Error {}

/** Full path of a program on PATH (our own tools first), or undefined. */
export function which(program) {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  for (const dir of toolEnv().PATH.split(delimiter)) {
    for (const ending of endings) {
      const path = join(dir, program + ending);
      try {
        accessSync(path, constants.X_OK);
        if (statSync(path).isFile()) return path;
      } catch {
        // Not here: look in the next folder.
      }
    }
  }
  return undefined;
}

/** Standard output of a program, or undefined when it is missing, fails or takes too long. */
export function outputOf(program, args, { timeoutMs = 20_000, env = toolEnv() } = {}) {
  const { status, stdout } = spawnSync(program, args, { cwd: root, encoding: "utf8", env, timeout: timeoutMs });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Runs a program with its output on our screen; throws a Problem when it fails. With `onLine`, every line is also
 * handed over as it is printed.
 */
export function run(program, args, { cwd = root, env = toolEnv(), onLine } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", onLine ? "pipe" : "inherit", onLine ? "pipe" : "inherit"] });
    const release = stopWithUs(child);
    if (onLine) {
      passLines(child.stdout, process.stdout, onLine);
      passLines(child.stderr, process.stderr, onLine);
    }
    child.on("error", (error) => {
      release();
      failed(new Problem(`could not start ${program}: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      release();
      if (code === 0) done();
      else failed(new Problem(`\`${program} ${args.join(" ")}\` ${signal ? `was stopped by ${signal}` : `ended with code ${code}`}`));
    });
  });
}

function passLines(from, to, onLine) {
  let rest = "";
  from.setEncoding("utf8");
  from.on("data", (text) => {
    to.write(text);
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) onLine(line);
  });
  from.on("end", () => rest && onLine(rest));
}

/**
 * A program that runs beside us, its output in a log file. `stop()` asks it to end, and insists after `graceMs`;
 * `ended` resolves with a sentence once it has gone, wanted or not.
 */
export class Service {
  constructor(name, program, args, { env, logFile, cwd = root, stop, graceMs = 5_000 }) {
    this.name = name;
    this.logFile = logFile;
    this.stopping = false;
    this.stopCommand = stop;
    this.graceMs = graceMs;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = createWriteStream(logFile, { mode: 0o600 });
    this.child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: process.platform !== "win32" });
    this.child.stdout.pipe(log, { end: false });
    this.child.stderr.pipe(log, { end: false });
    this.ended = new Promise((done) => {
      this.child.on("error", (error) => done(`${name} could not be started: ${error.message}`));
      // "close" comes after the last of the output, so that the log is whole when it is read.
      this.child.on("close", (code, signal) => log.end(() => done(`${name} ended ${signal ? `by ${signal}` : `with code ${code}`}`)));
    });
    this.ended.then((sentence) => (this.endedWith = sentence));
    services.add(this);
    this.ended.then(() => services.delete(this));
  }

  /** The last lines of the log, for when something went wrong. */
  tail(lines = 20) {
    try {
      return readFileSync(this.logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
    } catch {
      return "";
    }
  }

  /** Waits until `probe` says true; throws with the log's end when the program goes first or `timeoutMs` passes. */
  async ready(probe, timeoutMs = 30_000) {
    const deadline = Date.now() + timeoutMs;
    while (!this.endedWith && Date.now() < deadline) {
      if (await probe()) return;
      await Promise.race([this.ended, new Promise((next) => setTimeout(next, 50))]);
    }
    const what = this.endedWith ?? `${this.name} did not answer within ${timeoutMs / 1000} s`;
    throw new Problem(`${what}. The end of ${this.logFile}:\n\n${this.tail()}`);
  }

  async stop() {
    this.stopping = true;
    if (this.endedWith) return;
    this.stopCommand?.();
    this.#signal("SIGTERM");
    const insist = setTimeout(() => this.#signal("SIGKILL"), this.graceMs);
    await this.ended;
    clearTimeout(insist);
  }

  // The whole process group: a wrapper script's child must not outlive it.
  #signal(signal) {
    try {
      if (process.platform === "win32") this.child.kill(signal);
      else process.kill(-this.child.pid, signal);
    } catch {
      // Already gone.
    }
  }

  killNow() {
    this.#signal("SIGKILL");
  }
}

const services = new Set();
const foreground = new Set();

function stopWithUs(child) {
  foreground.add(child);
  return () => foreground.delete(child);
}

export async function stopServices() {
  await Promise.all([...services].map((service) => service.stop()));
}

// Whatever way we end, nothing of ours stays behind.
process.on("exit", () => {
  for (const service of services) service.killNow();
  for (const child of foreground) child.kill("SIGTERM");
});

/** Runs a tool's `main`; a Problem is printed as it is, anything else with its stack. */
export async function runMain(main) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, async () => {
      await stopServices();
      process.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
  try {
    await main();
  } catch (error) {
    await stopServices();
    console.error(`\n${error instanceof Problem ? error.message : error.stack}`);
    process.exitCode = 1;
  }
}

// A program beside us that we talk with by lines.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Problem } from "./shell.mjs";

const limitMs = 60_000;

const running = new Set();

// Whatever way we end, nothing of ours stays behind.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A program that says lines of JSON and ends when its input is closed. Every line is given the time it came (`at`). */
export class Program {
  constructor(program, args) {
    this.child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.pid = this.child.pid;
    this.ended = new Promise((done) => this.child.on("close", done));
    this.seen = [];
    this.waiting = undefined;
    createInterface({ input: this.child.stdout }).on("line", (text) => this.#take({ ...JSON.parse(text), at: performance.now() }));
    running.add(this.child);
    this.ended.then(() => running.delete(this.child));
  }

  /** The next line that fits, those before it passed over. */
  line(fits) {
    const index = this.seen.findIndex(fits);
    if (index >= 0) return Promise.resolve(this.seen.splice(0, index + 1).at(-1));
    this.seen = [];
    return new Promise((found, failed) => {
      const late = setTimeout(() => failed(new Problem(`${this.child.spawnargs[0]} said nothing more`)), limitMs);
      this.ended.then(() => failed(new Problem(`${this.child.spawnargs[0]} ended too early`)));
      this.waiting = {
        fits,
        found: (line) => {
          clearTimeout(late);
          found(line);
        },
      };
    });
  }

  #take(line) {
    if (!this.waiting) return void this.seen.push(line);
    if (!this.waiting.fits(line)) return;
    const { found } = this.waiting;
    this.waiting = undefined;
    found(line);
  }

  end() {
    this.child.stdin.end();
    return this.ended;
  }

  /** Ends it whether it listens or not. */
  kill() {
    this.child.kill("SIGKILL");
    return this.ended;
  }
}

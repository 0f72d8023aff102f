// "2/5 Building the pages … about 3 min": steps that say how long they took the last time.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./paths.mjs";

const memory = join(cache, "timings.json");

function remembered() {
  try {
    return JSON.parse(readFileSync(memory, "utf8"));
  } catch {
    return {};
  }
}

function remember(key, seconds) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(memory, JSON.stringify({ ...remembered(), [key]: Math.round(seconds * 10) / 10 }, null, 1));
}

export function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export function about(seconds) {
  if (seconds < 3) return "a moment";
  if (seconds < 50) return `about ${Math.ceil(seconds / 10) * 10} s`;
  return `about ${Math.max(1, Math.round(seconds / 60))} min`;
}

/**
 * One numbered list of steps. A step has a `title`, a `key` under which its time is remembered (a first build and the
 * next ones are different keys), `guess` in seconds for when nothing is remembered, and `run`.
 */
export class Steps {
  constructor(print = console.log) {
    this.print = print;
    this.results = [];
  }

  /** @param {{title: string, key: string, guess: number, run: () => Promise<void>}[]} steps */
  async runAll(steps) {
    for (const [index, step] of steps.entries()) {
      const expected = remembered()[step.key] ?? step.guess;
      this.print(`\n${index + 1}/${steps.length} ${step.title} … ${about(expected)}`);
      const started = performance.now();
      const result = { title: step.title, seconds: 0, ok: false };
      this.results.push(result);
      try {
        await step.run();
        result.ok = true;
        remember(step.key, (performance.now() - started) / 1000);
      } finally {
        result.seconds = (performance.now() - started) / 1000;
        if (result.ok) this.print(`    done in ${duration(result.seconds)}`);
      }
    }
  }

  get totalSeconds() {
    return this.results.reduce((sum, result) => sum + result.seconds, 0);
  }
}

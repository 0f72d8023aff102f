import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

process.env.BATON_CACHE = mkdtempSync(join(tmpdir(), "baton-progress-"));
after(() => rmSync(process.env.BATON_CACHE, { recursive: true }));
const { about, duration, Steps } = await import("../lib/progress.mjs");

/** What is printed while these steps run, one after the other; a step that failed ends them. */
async function printed(...steps) {
  const lines = [];
  const list = new Steps((line) => lines.push(line.trim()));
  await list.runAll(steps).catch((error) => lines.push(error.message));
  return { list, lines };
}

function step(title, guess, run = async () => {}) {
  return { title, key: title, guess, run };
}

test("each step says which of how many it is, and about how long it takes, the next time from experience", async () => {
  const steps = [step("Installing", 20), step("Building", 170), step("Starting", 1)];
  const first = await printed(...steps);
  const begun = first.lines.filter((line) => !line.startsWith("done in "));
  assert.deepEqual(begun, ["1/3 Installing … about 20 s", "2/3 Building … about 3 min", "3/3 Starting … a moment"]);
  assert.equal(first.lines.length, 6, "each says when it is done, too");
  const second = await printed(steps[1]);
  assert.equal(second.lines[0], "1/1 Building … a moment");
});

test("a step that failed ends the list, is counted, and is no experience", async () => {
  const broken = step("Building for long", 300, () => Promise.reject(new Error("broken")));
  const { list, lines } = await printed(broken, step("Starting", 1));
  assert.deepEqual(lines, ["1/2 Building for long … about 5 min", "broken"]);
  assert.deepEqual(list.results.map(({ title, ok }) => [title, ok]), [["Building for long", false]]);
  assert.equal((await printed(step("Building for long", 300))).lines[0], "1/1 Building for long … about 5 min");
});

test("times are told as people tell them", () => {
  assert.deepEqual([0, 2.9, 3, 41, 50, 89, 91].map(about), ["a moment", "a moment", "about 10 s", "about 50 s", "about 1 min", "about 1 min", "about 2 min"]);
  assert.deepEqual([1.23, 59.6, 99, 100].map(duration), ["1.2 s", "60 s", "99 s", "1 min 40 s"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { HOLE, LEAK, MOST_HOLES, unforgiven } from "../lib/verdict.mjs";

const named = (word, count) => Array.from({ length: count }, (_, i) => `${word} ${i}`);
const why = (name) => ({ hole: `Error: caller ${HOLE} 1240 ms`, leak: `Error: caller ${LEAK}: bob for 20 ms` })[name.split(" ")[0]] ?? "Error: too slow";

test("what was overheard is not made good by another try", () => {
  assert.deepEqual(unforgiven(["leak 0", "slow 0", "hole 0"], why), ["leak 0"]);
});

test("a hole now and then is, and more of them are not", () => {
  assert.deepEqual(unforgiven(named("hole", MOST_HOLES), why), []);
  const many = named("hole", MOST_HOLES + 1);
  assert.deepEqual(unforgiven([...many, "slow 0", "leak 0"], why), ["leak 0", ...many]);
});

test("whatever else was too slow once does not count", () => {
  assert.deepEqual(unforgiven(named("slow", 9), why), []);
});

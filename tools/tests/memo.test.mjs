import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

process.env.BATON_CACHE = mkdtempSync(join(tmpdir(), "baton-memo-"));
after(() => rmSync(process.env.BATON_CACHE, { recursive: true }));
const { memo } = await import("../lib/memo.mjs");

test("equal inputs are worked on once, also at the same moment", async () => {
  let runs = 0;
  const produce = async (dir) => writeFileSync(join(dir, "out"), String((runs += 1)));
  const dirs = await Promise.all([memo("step", ["a"], produce), memo("step", ["a"], produce)]);
  dirs.push(await memo("step", ["a"], produce));
  assert.deepEqual(dirs.map((dir) => readFileSync(join(dir, "out"), "utf8")), ["1", "1", "1"]);
});

test("inputs are not just run together", async () => {
  const write = (text) => async (dir) => writeFileSync(join(dir, "out"), text);
  const one = await memo("step", ["ab", "c"], write("one"));
  const other = await memo("step", ["a", "bc"], write("other"));
  assert.notEqual(one, other);
});

test("a step that failed is tried again", async () => {
  await assert.rejects(memo("step", ["broken"], () => Promise.reject(new Error("no"))), /no/);
  await memo("step", ["broken"], async (dir) => writeFileSync(join(dir, "out"), "mended"));
});

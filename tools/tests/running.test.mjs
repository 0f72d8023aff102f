import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { listening } from "../lib/proxy.mjs";
import { forgetData, runningServer } from "../lib/running.mjs";

const home = mkdtempSync(join(tmpdir(), "baton-running-"));
after(() => rmSync(home, { recursive: true }));

/** A folder of data with a recording in it, in which running.json says this. */
function dataOf(noted) {
  const folder = mkdtempSync(join(home, "data-"));
  mkdirSync(join(folder, "recordings"));
  writeFileSync(join(folder, "recordings", "call.ogg"), "sound");
  if (noted !== undefined) writeFileSync(join(folder, "running.json"), noted);
  return folder;
}

/** A server on this computer, and what running.json says of it. */
async function withServer(answer, work) {
  const server = await listening(createServer(answer), 0, "127.0.0.1");
  const appPort = server.address().port;
  try {
    await work({ pid: process.pid, url: `http://localhost:${appPort}`, appPort }, server);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("data that somebody uses stay where they are, and people are told where that is", async () => {
  const { pid } = process;
  const cases = [
    [{ pid, url: "http://localhost:3000", appPort: 3000 }, "running at http://localhost:3000 "],
    [{ pid }, "is starting "],
  ];
  for (const [noted, says] of cases) {
    const folder = dataOf(JSON.stringify(noted));
    assert.throws(() => forgetData(folder), ({ message }) => message.includes(says));
    assert.ok(existsSync(join(folder, "recordings", "call.ogg")));
  }
});

test("who starts is known as soon as the data are used, and who listens no more does not run", async () => {
  const starting = { pid: process.pid, database: "sqlite://here" };
  assert.deepEqual(await runningServer({ folder: dataOf(JSON.stringify(starting)) }), starting);
  await withServer((req, res) => res.end(), async (noted, server) => {
    const folder = dataOf(JSON.stringify(noted));
    assert.deepEqual(await runningServer({ folder }), noted);
    await new Promise((closed) => server.close(closed) && server.closeAllConnections());
    assert.equal(await runningServer({ folder }), undefined);
  });
});

test("a note goes with whoever made it, and no other does", () => {
  const [folder, other] = [dataOf(), dataOf()];
  const script = `
    import { writeFileSync } from "node:fs";
    import { noteRunning } from ${JSON.stringify(new URL("../lib/running.mjs", import.meta.url).href)};
    for (const folder of process.argv.slice(1)) noteRunning({ database: "sqlite://here" }, folder);
    writeFileSync(process.argv[2] + "/running.json", '{"pid":1}');
  `;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script, folder, other], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.ok(!existsSync(join(folder, "running.json")));
  assert.equal(readFileSync(join(other, "running.json"), "utf8"), '{"pid":1}');
});

test("a server too busy to answer runs", async () => {
  await withServer(() => {}, async (noted) => {
    assert.deepEqual(await runningServer({ folder: dataOf(JSON.stringify(noted)), timeoutMs: 100 }), noted);
  });
});

test("a process that has ended does not run, whoever has its port now, and nothing else says so", async () => {
  await withServer((req, res) => res.end(), async (noted) => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    for (const content of [undefined, "", "{}", JSON.stringify({ ...noted, pid })]) {
      const folder = dataOf(content);
      assert.equal(await runningServer({ folder }), undefined);
      forgetData(folder);
      assert.ok(!existsSync(folder));
    }
  });
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

test("data of a server that runs stay where they are, and people are told where it is", async () => {
  await withServer((req, res) => res.end(), async (noted, server) => {
    const folder = dataOf(JSON.stringify(noted));
    await assert.rejects(forgetData(folder), ({ message }) => message.includes(`running at ${noted.url} `));
    assert.ok(existsSync(join(folder, "recordings", "call.ogg")));
    await new Promise((closed) => server.close(closed) && server.closeAllConnections());
    await forgetData(folder);
    assert.ok(!existsSync(folder));
  });
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
      await forgetData(folder);
      assert.ok(!existsSync(folder));
    }
  });
});

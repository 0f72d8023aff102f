import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { listening } from "../lib/proxy.mjs";
import { refuseIfUsed, refuseSecond, runningServer } from "../lib/running.mjs";

const home = mkdtempSync(join(tmpdir(), "baton-running-"));
after(() => rmSync(home, { recursive: true }));

/** Another process, which is there as long as we are. */
const other = process.ppid;
const database = "sqlite://here";

/** A folder of data with a recording in it, and what notes by such numbers say. */
function dataOf(notes = {}) {
  const folder = mkdtempSync(join(home, "data-"));
  mkdirSync(join(folder, "recordings"));
  writeFileSync(join(folder, "recordings", "call.ogg"), "sound");
  for (const [pid, content] of Object.entries(notes)) writeFileSync(join(folder, `running-${pid}.json`), content);
  return folder;
}

const noted = (...all) => dataOf(Object.fromEntries(all.map((note) => [note.pid, JSON.stringify(note)])));

/** A server on this computer, and what is noted of it. */
async function withServer(answer, work) {
  const server = await listening(createServer(answer), 0, "127.0.0.1");
  const appPort = server.address().port;
  try {
    await work({ pid: other, url: `http://localhost:${appPort}`, appPort, database }, server);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("whoever uses data is named, also while they start", async () => {
  const cases = [
    [{ pid: other, url: "http://localhost:3000", appPort: 3000 }, "running at http://localhost:3000 "],
    [{ pid: other }, "is starting "],
  ];
  for (const [note, says] of cases) {
    const folder = noted(note);
    assert.throws(() => refuseIfUsed(folder), ({ message }) => message.includes(says));
  }
});

test("who starts is known as soon as the data are used, and who listens no more does not run", async () => {
  const starting = { pid: other, database };
  assert.deepEqual(await runningServer(database, { folder: noted(starting) }), starting);
  await withServer((req, res) => res.end(), async (running, server) => {
    const folder = noted(running);
    assert.deepEqual(await runningServer(database, { folder }), running);
    await new Promise((closed) => server.close(closed) && server.closeAllConnections());
    assert.equal(await runningServer(database, { folder }), undefined);
  });
});

test("a database takes one server, also while `make dev` builds it and nothing listens", async () => {
  const refused = (note, says) => assert.rejects(refuseSecond(database, { folder: noted(note) }), ({ message }) => says.test(message));
  const url = "http://localhost:3000";
  await refused({ pid: other, database }, new RegExp(`^It is just being started by process ${other}\\.\nIf .* delete .*running-${other}\\.json\\.$`));
  await refused({ pid: other, url, database }, new RegExp(`^It is already running: open ${url}\n.*\nIf .* delete .*running-${other}\\.json\\.$`));
  await withServer((req, res) => res.end(), (running) => refused(running, new RegExp(`^It is already running: open ${running.url}\n.*folder\\.$`)));
  await refuseSecond("sqlite://elsewhere", { folder: noted({ pid: other, url, database }) });
});

test("of several each is known by its database", async () => {
  const [here, there] = [{ pid: other, database }, { pid: 1, database: "sqlite://there" }];
  const folder = noted(here, there);
  assert.deepEqual(await runningServer(here.database, { folder }), here);
  assert.deepEqual(await runningServer(there.database, { folder }), there);
  assert.equal(await runningServer("sqlite://elsewhere", { folder }), undefined);
});

test("a note goes with whoever made it, and no other does", () => {
  const folders = [noted({ pid: other }), dataOf()];
  const script = `
    import { readdirSync } from "node:fs";
    import { noteRunning } from ${JSON.stringify(new URL("../lib/running.mjs", import.meta.url).href)};
    for (const folder of process.argv.slice(1)) noteRunning({ database: "sqlite://here" }, folder);
    console.log(process.argv.slice(1).every((folder) => readdirSync(folder).includes("running-" + process.pid + ".json")));
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script, ...folders], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim(), "true");
  assert.deepEqual(folders.map((folder) => readdirSync(folder)), [["recordings", `running-${other}.json`], ["recordings"]]);
});

test("a server too busy to answer runs", async () => {
  await withServer(() => {}, async (running) => {
    assert.deepEqual(await runningServer(database, { folder: noted(running), timeoutMs: 100 }), running);
  });
});

test("a process that has ended does not run, whoever has its port or its number now, and nothing else says so", async () => {
  await withServer((req, res) => res.end(), async (running) => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    for (const notes of [{}, { [other]: "" }, { [other]: "{}" }, ...[pid, process.pid].map((gone) => ({ [gone]: JSON.stringify({ ...running, pid: gone }) }))]) {
      const folder = dataOf(notes);
      assert.equal(await runningServer(database, { folder }), undefined);
      await refuseSecond(database, { folder });
      refuseIfUsed(folder);
    }
  });
});

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { forgetData, places } from "../lib/data.mjs";

const home = mkdtempSync(join(tmpdir(), "baton-data-"));
after(() => rmSync(home, { recursive: true }));

const secrets = JSON.stringify({ livekitApiSecret: "secret" });

/** A folder with such files in it; what ends with a slash is a folder with one file. */
function folderOf(...names) {
  const folder = mkdtempSync(join(home, "data-"));
  for (const name of names) {
    const path = join(folder, name);
    if (name.endsWith("/")) mkdirSync(path);
    writeFileSync(name.endsWith("/") ? join(path, "file") : path, name === "secrets.json" ? secrets : "kept");
  }
  return folder;
}

/** What both tools and the server make there. */
function allThatIsKept() {
  const kept = ["run", "dev"].flatMap((tool) => {
    const { DATABASE_URL: database, ...folders } = places(tool, "/d", {});
    const file = basename(database.split("?")[0]);
    return [file, `${file}-wal`, `${file}-shm`, ...Object.values(folders).map((folder) => `${basename(folder)}/`)];
  });
  return [...new Set(kept), "log/", "lan-certificate.json", "secrets.json"];
}

test("all that a demo keeps is in its folder, `make dev` has calls and recordings of its own, and what a person has set stays", () => {
  assert.deepEqual(places("run", "/a b", {}), {
    DATABASE_URL: "sqlite:///a%20b/baton.db?mode=rwc",
    BATON_RECORDINGS: "/a b/recordings",
    BATON_RECORDING_SPOOL: "/a b/recording-spool",
    BATON_SOUNDS: "/a b/sounds",
  });
  assert.deepEqual(places("dev", "/d", { BATON_RECORDINGS: "" }), {
    DATABASE_URL: "sqlite:///d/dev.db?mode=rwc",
    BATON_RECORDINGS: "/d/dev-recordings",
    BATON_RECORDING_SPOOL: "/d/dev-recording-spool",
    BATON_SOUNDS: "/d/sounds",
  });
  const set = { DATABASE_URL: "postgres://h/d", BATON_RECORDINGS: "s3://b", BATON_RECORDING_SPOOL: "/s", BATON_SOUNDS: "/m" };
  for (const tool of ["run", "dev"]) assert.deepEqual(places(tool, "/d", set), set);
  assert.equal(places("dev", "/d", { DATABASE_URL: "postgres://h/d" }).BATON_RECORDINGS, "/d/recordings", "calls of both have recordings of both");
});

test("the demo is forgotten whole, and nothing of anybody else's", () => {
  const folder = folderOf(...allThatIsKept(), "running-1000000000.json");
  assert.deepEqual(forgetData(folder), []);
  assert.ok(!existsSync(folder));
  assert.deepEqual(forgetData(folder), [], "a second time there is nothing to do");

  const shared = folderOf(...allThatIsKept(), "letters/", "my-recordings/", "notes.txt");
  assert.deepEqual(forgetData(shared), ["letters", "my-recordings", "notes.txt"]);
  assert.deepEqual(readdirSync(shared), ["letters", "my-recordings", "notes.txt"]);
});

test("what leads elsewhere is not followed", () => {
  const music = folderOf("song.ogg");
  const folder = folderOf("secrets.json");
  symlinkSync(music, join(folder, "sounds"));
  forgetData(folder);
  assert.ok(!existsSync(folder));
  assert.deepEqual(readdirSync(music), ["song.ogg"]);
});

test("data that somebody uses stay", () => {
  const folder = folderOf("secrets.json", "recordings/");
  writeFileSync(join(folder, `running-${process.ppid}.json`), JSON.stringify({ pid: process.ppid, database: "sqlite://here" }));
  assert.throws(() => forgetData(folder), /is starting with the data in/);
  assert.ok(existsSync(join(folder, "recordings", "file")));
});

test("a folder in which no demo was stays as it is, whatever it has", () => {
  for (const damaged of [[], ["lan-certificate.json"]]) {
    const folder = folderOf("recordings/", "log/", "baton.db", ...damaged);
    const before = readdirSync(folder);
    writeFileSync(join(folder, "secrets.json"), damaged.length ? "null" : '{"theirs": 1}');
    assert.throws(() => forgetData(folder), /^Error: No demo has kept its data in .*BATON_DATA right\?$/);
    assert.deepEqual(readdirSync(folder), [...before, "secrets.json"]);
  }
});

test("what holds a checkout or a home is not touched, also where a demo has been and by a link", () => {
  const folder = folderOf("secrets.json", "recordings/");
  const inside = join(folder, "recordings");
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  for (const named of [folder, link, `${folder}/recordings/..`]) {
    for (const place of [folder, inside]) {
      assert.throws(() => forgetData(named, { checkout: place }), /holds this checkout: nothing is deleted/);
      assert.throws(() => forgetData(named, { home: place }), /holds your home: nothing is deleted/);
    }
  }
  assert.deepEqual(readdirSync(folder), ["recordings", "secrets.json"]);
  // One that lies in them is what they usually are.
  forgetData(folder, { checkout: home, home: join(home, "..") });
  assert.ok(!existsSync(folder));
});

test("the folder that nobody named is the demo's, also when only a test has left its logs there", () => {
  const checkout = folderOf();
  const folder = join(checkout, "data");
  mkdirSync(join(folder, "log"), { recursive: true });
  forgetData(folder, { checkout });
  assert.ok(!existsSync(folder));
});

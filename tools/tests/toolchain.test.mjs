import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "baton-toolchain-"));
after(() => rmSync(folder, { recursive: true }));
process.env.BATON_CACHE = join(folder, "cache");
delete process.env.LIVEKIT_SERVER;
const { root } = await import("../lib/paths.mjs");
const { checkByHand, installLiveKit, livekitProgram, needs } = await import("../lib/toolchain.mjs");

/** A computer that has these programs and no others. */
function onlyInstalled(...programs) {
  const bin = mkdtempSync(join(folder, "bin-"));
  for (const name of programs) writeFileSync(join(bin, name), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  process.env.PATH = bin;
}

const troubles = readFileSync(join(root, "README.md"), "utf8").split("## When something does not work")[1];

function explained(message) {
  const [quoted] = /^[^,.:]+/.exec(message);
  assert.ok(troubles.includes(`"${quoted}`), `README.md does not say what to do about “${quoted}”`);
}

test("what only people can install is said all at once, each thing with how", () => {
  onlyInstalled();
  assert.throws(checkByHand, ({ message }) => {
    assert.match(message, /^Please install first:\n {2}- Rust: .*\n {2}- a C compiler .*\n {2}- npm, /);
    explained(message);
    return true;
  });
  onlyInstalled("cargo", "npm");
  assert.throws(checkByHand, /^Error: Please install first:\n {2}- a C compiler [^\n]*$/);
  for (const compiler of ["cc", "gcc", "clang"]) {
    onlyInstalled("cargo", "npm", compiler);
    checkByHand();
  }
});

test("without cmake and without a Python that could fetch it, people are told to install cmake", async () => {
  // The second Python has no venv, as Debian's is without its package.
  for (const programs of [[], ["python3"]]) {
    onlyInstalled(...programs);
    assert.equal(needs.cmake.present(), false);
    await assert.rejects(needs.cmake.install(), ({ message }) => {
      assert.match(message, /^The Opus codec needs cmake\. Install it .*apt install cmake/);
      explained(message);
      return true;
    });
  }
});

test("without any way to a LiveKit, people are told all of them", async () => {
  onlyInstalled();
  await assert.rejects(installLiveKit, ({ message }) => {
    assert.match(message, /^No LiveKit server found\./);
    explained(message);
    return true;
  });
});

test("tests need LiveKit's program: whoever has only Docker is not told to start it", async () => {
  onlyInstalled("docker");
  assert.equal(needs.livekitServer.present(), false);
  await assert.rejects(needs.livekitServer.install(), ({ message }) => {
    assert.match(message, /^LiveKit's program is needed, [^]*\n {2}- put `livekit-server` on PATH [^\n]*LIVEKIT_SERVER[^\n]*\n {2}- install Go[^\n]*$/);
    explained(message);
    return true;
  });
});

test("the program is there where LIVEKIT_SERVER names it, or on PATH", () => {
  onlyInstalled();
  process.env.LIVEKIT_SERVER = "/opt/livekit";
  try {
    assert.equal(needs.livekitServer.present(), true);
    assert.equal(livekitProgram(), "/opt/livekit");
  } finally {
    delete process.env.LIVEKIT_SERVER;
  }
  onlyInstalled("livekit-server");
  assert.equal(needs.livekitServer.present(), true);
});

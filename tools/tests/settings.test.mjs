import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseEnv } from "node:util";
import { root } from "../lib/paths.mjs";
import { behindOurProxy, speakableCode } from "../lib/settings.mjs";

test("a code is ten letters that nobody mistakes for others", () => {
  const codes = Array.from({ length: 200 }, speakableCode);
  for (const code of codes) assert.match(code, /^[a-hjkmnp-z]{10}$/);
  assert.equal(new Set(codes).size, codes.length);
});

test("an app behind our proxy asks the proxy who is there, so that one guesser does not lock out everybody", () => {
  assert.deepEqual(behindOurProxy("192.168.1.20", ""), { BATON_BEHIND_PROXY: "1", BATON_HOSTS: "192.168.1.20" });
  assert.equal(behindOurProxy("192.168.1.20", "desk.local").BATON_HOSTS, "desk.local,192.168.1.20");
});

test("the example of .env, copied as it is, leaves to `make run` what `make run` chooses", () => {
  const settings = parseEnv(readFileSync(join(root, ".env.example"), "utf8"));
  const chosen = ["BATON_ADDR", "PUBLIC_URL", "DATABASE_URL", "LIVEKIT_URL", "LIVEKIT_PUBLIC_URL", "LIVEKIT_API_KEY"];
  for (const name of [...chosen, "BATON_RECORDINGS", "BATON_RECORDING_SPOOL", "BATON_SOUNDS", "LIVEKIT_API_SECRET", "BATON_DEMO_CODE", "BATON_DEMO_API_KEY"]) assert.equal(settings[name], "", name);
});

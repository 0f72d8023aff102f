import assert from "node:assert/strict";
import { test } from "node:test";
import { sdkNames } from "../lib/wasm.mjs";

test("the pages' imports from the SDK are found, minified or not", () => {
  const scripts = ['import{Room as a,Track}from"livekit-client";let b;', "import { Room, RoomEvent } from 'livekit-client';", 'import{c}from"other";'];
  assert.deepEqual(sdkNames(scripts), ["Room", "RoomEvent", "Track"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { sdkNames } from "../lib/wasm.mjs";

test("the pages' imports from the SDK are found, minified or not", () => {
  const scripts = [
    'let a=async b=>{let{Room:c,Track:d}=await import(import.meta.resolve("livekit-client")+b)}',
    "const { Room, RoomEvent } = await import(\n  import.meta.resolve('livekit-client') + suffix\n);",
    'let{c}=await import("other")',
  ];
  assert.deepEqual(sdkNames(scripts), ["Room", "RoomEvent", "Track"]);
});

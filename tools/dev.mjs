// `make dev`: `cargo leptos watch` with the same LiveKit as `make run`, and beside it when wanted: with a database and recordings of
// its own, unless DATABASE_URL names one for both; then only one of them runs. A change is on screen in seconds.

import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { places } from "./lib/data.mjs";
import { findLiveKit, installSteps, livekitPorts, startLiveKit } from "./lib/livekit.mjs";
import { profiles, root, toolEnv } from "./lib/paths.mjs";
import { freePort } from "./lib/ports.mjs";
import { Steps } from "./lib/progress.mjs";
import { noteRunning, refuseSecond } from "./lib/running.mjs";
import { checkoutSecrets, loadDotEnv } from "./lib/settings.mjs";
import { run, runMain } from "./lib/shell.mjs";
import { missingSteps, needs } from "./lib/toolchain.mjs";

const site = join(root, "target", "site-dev");

await runMain(async () => {
  loadDotEnv();
  const kept = places("dev");
  await refuseSecond(kept.DATABASE_URL);
  // Before the server is built, as nobody else may begin meanwhile; and never with a port to ask at, where nothing listens whenever
  // cargo-leptos builds.
  noteRunning({ database: kept.DATABASE_URL });
  const found = findLiveKit();
  await new Steps().runAll([...missingSteps([needs.rust, needs.cmake, needs.wasmBindgen, needs.npm, needs.cargoLeptos]), ...installSteps(found)]);
  await prepareSite();

  const port = await freePort(Number(process.env.PORT || 3000));
  const reloadPort = await freePort(port + 1);
  const secrets = checkoutSecrets();
  noteRunning({ url: `http://localhost:${port}`, database: kept.DATABASE_URL });
  const livekit = await provideLiveKit(found, port, secrets);
  console.log(`\nBuilding, then open http://localhost:${port} (also /desk/alice, /desk/bob). Ctrl-C stops all.\n`);
  await run("cargo", ["leptos", "watch"], {
    env: toolEnv({
      CARGO_TARGET_DIR: profiles.dev.targetDir,
      // cargo-leptos adds `--cfg erase_components` by itself, and twice would be another build.
      RUSTFLAGS: undefined,
      LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
      LEPTOS_RELOAD_PORT: String(reloadPort),
      BATON_ADDR: `127.0.0.1:${port}`,
      BATON_DEMO: "1",
      BATON_DEV: "1",
      BATON_DEMO_API_KEY: secrets.demoApiKey,
      BATON_SITE: site,
      ...kept,
      PUBLIC_URL: `http://localhost:${port}`,
      ...livekit,
    }),
  });
});

async function provideLiveKit(found, port, secrets) {
  if (found.kind === "environment") return {};
  const keys = { apiKey: secrets.livekitApiKey, apiSecret: secrets.livekitApiSecret };
  const webhookUrls = [`http://127.0.0.1:${port}/webhooks/livekit`];
  const { url } = await startLiveKit(found, { ports: await livekitPorts(), ...keys, webhookUrls, log: "dev-livekit.log" });
  return { LIVEKIT_URL: url, LIVEKIT_PUBLIC_URL: url, LIVEKIT_API_KEY: keys.apiKey, LIVEKIT_API_SECRET: keys.apiSecret };
}

/**
 * The site as the server sees it: what cargo-leptos makes, through a link, since it empties its folder whenever it likes;
 * beside it what it does not make: LiveKit's client, and the style sheets as they stand in the checkout.
 */
async function prepareSite() {
  const { bundleSdk } = await import("./lib/wasm.mjs");
  rmSync(site, { recursive: true, force: true });
  mkdirSync(join(site, "dev"), { recursive: true });
  writeFileSync(join(site, "dev", "livekit-client.js"), await bundleSdk());
  symlinkSync(join(root, "style"), join(site, "dev", "style"));
  symlinkSync(join(root, "target", "site-leptos", "pkg"), join(site, "pkg"));
  for (const name of readdirSync(join(root, "public"))) symlinkSync(join(root, "public", name), join(site, name));
}

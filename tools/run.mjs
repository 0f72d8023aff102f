// `make run`: everything on this computer with nothing configured. Builds what is missing, starts LiveKit and Baton on
// free ports, says where they are, and stops both with itself. `LAN=1` opens it to other devices, with TLS and a code.

import { siteDir, siteNeeds, siteSteps } from "./build-site.mjs";
import { places } from "./lib/data.mjs";
import { whatLeaves, whereItRuns } from "./lib/leaving.mjs";
import { findLiveKit, installSteps, livekitPorts, startLiveKit } from "./lib/livekit.mjs";
import { logDir, profileNamed } from "./lib/paths.mjs";
import { freePort, lanAddress, portsForOthers } from "./lib/ports.mjs";
import { duration, Steps } from "./lib/progress.mjs";
import { noteRunning, refuseSecond } from "./lib/running.mjs";
import { serverStep, startServer } from "./lib/server.mjs";
import { behindOurProxy, checkoutSecrets, isOn, loadDotEnv } from "./lib/settings.mjs";
import { Problem, runMain } from "./lib/shell.mjs";
import { missingSteps } from "./lib/toolchain.mjs";

await runMain(async () => {
  loadDotEnv();
  const started = performance.now();
  const kept = places("run");
  await refuseSecond(kept.DATABASE_URL);
  const profile = profileNamed(process.env.PROFILE);
  const found = findLiveKit();
  await new Steps().runAll([...missingSteps(siteNeeds), ...installSteps(found), serverStep(profile), ...siteSteps(profile)]);

  // To build takes minutes, in which another may have begun.
  await refuseSecond(kept.DATABASE_URL);
  noteRunning({ database: kept.DATABASE_URL });
  const secrets = checkoutSecrets();
  const place = await choosePlace();
  const livekit = await provideLiveKit(found, place, secrets);
  const app = await startServer({ profile, port: place.appPort, env: { ...kept, ...appEnv(place, livekit, secrets) } });
  const fingerprint = place.lanIp && (await openToNetwork(place, livekit));
  noteRunning({ url: place.publicUrl, appPort: place.appPort, database: kept.DATABASE_URL });

  await printReady(place, { secrets, fingerprint, media: livekit.ports, seconds: (performance.now() - started) / 1000 });
  await untilSomethingEnds([app, livekit.service].filter(Boolean));
});

/** Which addresses and ports we get: the wanted ones, or the next free ones. */
async function choosePlace() {
  const wanted = Number(process.env.PORT || 3000);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_535) throw new Problem(`PORT is "${process.env.PORT}", but must be a number from 1 to 65535`);
  const port = await freePort(wanted);
  if (port !== wanted) console.log(`\nPort ${wanted} is taken, so this one uses ${port}.`);
  if (!isOn("LAN")) return { port, appPort: port, publicUrl: process.env.PUBLIC_URL || `http://localhost:${port}` };
  const lanIp = lanAddress();
  const appPort = await freePort(port + 1);
  return { port, appPort, lanIp, publicUrl: process.env.PUBLIC_URL || `https://${lanIp}:${port}` };
}

/** LiveKit from the environment, or our own, started. */
async function provideLiveKit(found, place, secrets) {
  if (found.kind === "environment") {
    const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = process.env;
    if (!apiKey || !apiSecret) throw new Problem("LIVEKIT_URL is set, so LIVEKIT_API_KEY and LIVEKIT_API_SECRET are needed too (see .env.example)");
    return { url, apiKey, apiSecret };
  }
  const keys = { apiKey: secrets.livekitApiKey, apiSecret: secrets.livekitApiSecret };
  const ports = await livekitPorts();
  const webhookUrls = [`http://127.0.0.1:${place.appPort}/webhooks/livekit`];
  return { ...keys, ports, ...(await startLiveKit(found, { ports, ...keys, webhookUrls, lanIp: place.lanIp })) };
}

function appEnv(place, livekit, secrets) {
  return {
    BATON_DEMO: process.env.BATON_DEMO || "1",
    BATON_DEMO_API_KEY: process.env.BATON_DEMO_API_KEY || secrets.demoApiKey,
    ...(place.lanIp && behindOurProxy(place.lanIp)),
    ...(place.lanIp && { BATON_DEMO_CODE: process.env.BATON_DEMO_CODE || secrets.demoCode }),
    BATON_SITE: siteDir(),
    PUBLIC_URL: place.publicUrl,
    LIVEKIT_URL: livekit.url,
    LIVEKIT_PUBLIC_URL: process.env.LIVEKIT_PUBLIC_URL || livekitPublicUrl(place, livekit),
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
  };
}

/** Where browsers find LiveKit's signalling: an https page may not open ws://, so there it goes through our origin. */
function livekitPublicUrl(place, livekit) {
  const plain = /^(ws|http):/.test(livekit.url);
  if (place.lanIp && plain) return place.publicUrl.replace(/^http/, "ws");
  return livekit.url;
}

/** TLS before the app, and before our own LiveKit: a restart of the app must not cut calls. Returns the fingerprint. */
async function openToNetwork(place, livekit) {
  const [{ certificateFor }, { serveTls }] = await Promise.all([import("./lib/certificate.mjs"), import("./lib/proxy.mjs")]);
  const certificate = await certificateFor(place.lanIp);
  const signalling = livekit.ports?.http ?? place.appPort;
  const portFor = (path) => (/^\/rtc(\/|\?|$)/.test(path) ? signalling : place.appPort);
  await serveTls({ port: place.port, host: "0.0.0.0", ...certificate, portFor });
  return certificate.fingerprint;
}

async function printReady(place, { secrets, fingerprint, media, seconds }) {
  const { publicUrl: url } = place;
  const leaving = whatLeaves(process.env);
  const lines = [
    "",
    `Ready. Open ${url} (${whereItRuns(leaving, Boolean(place.lanIp))})`,
    "",
    `  Desk          ${url}/desk/alice   (also /desk/bob, /desk/carla)`,
    `  Join link     ${await joinLink(place, secrets)}`,
    `  API           ${url}/docs`,
    `  Demo API key  ${process.env.BATON_DEMO_API_KEY || secrets.demoApiKey}`,
    `  Logs          ${logDir}`,
  ];
  if (leaving.length > 0) lines.push("", "  What leaves this computer:", ...leaving.map((line) => `    ${line}`));
  if (place.lanIp) {
    lines.push(
      "",
      `  Code for everybody else: ${process.env.BATON_DEMO_CODE || secrets.demoCode}`,
      `  ${portsForOthers(place.port, media)}`,
      "  The certificate is made here, so each browser warns once. Its SHA-256 fingerprint:",
      `  ${fingerprint}`,
      "",
      await qrCode(url),
    );
  }
  console.log([...lines, "", `Ctrl-C stops all. (Started in ${duration(seconds)}.)`].join("\n"));
}

/** The join link is in the database; the first page shows it, so that is where we read it. */
async function joinLink(place, secrets) {
  const page = `on ${place.publicUrl}, “Call as a customer”`;
  try {
    const headers = { authorization: `Bearer ${process.env.BATON_DEMO_API_KEY || secrets.demoApiKey}` };
    const answer = await fetch(`http://127.0.0.1:${place.appPort}/`, { headers, signal: AbortSignal.timeout(5_000) });
    const found = /\/join\/[\w-]+/.exec(await answer.text());
    return found ? place.publicUrl + found[0] : page;
  } catch {
    return page;
  }
}

async function qrCode(text) {
  const { default: qr } = await import("qrcode-terminal");
  return new Promise((done) => qr.generate(text, { small: true }, done));
}

/** Nothing is restarted: when a part ends by itself, the person is shown why. */
async function untilSomethingEnds(services) {
  const first = await Promise.race(services.map((service) => service.ended.then(() => service)));
  if (first.stopping) return;
  throw new Problem(`${first.endedWith}. The end of ${first.logFile}:\n\n${first.tail()}`);
}

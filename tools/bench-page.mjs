// `make bench-page`: what the first load of each page costs, as bytes on the wire by kind, with gzip and with brotli.
// Asks a server that runs (`make run`; BATON_URL, default http://localhost:3000), from a real browser with an empty
// cache, and counts everything it fetches: what must be there before the page can be used, and, apart, what the page
// fetches by itself once it can (LiveKit's client).

import { createRequire } from "node:module";
import { join } from "node:path";
import { cpus } from "node:os";
import { end2endDir } from "./lib/end2end.mjs";
import { Problem, runMain } from "./lib/shell.mjs";
import { Steps } from "./lib/progress.mjs";
import { chromium, missingSteps, needs } from "./lib/toolchain.mjs";

const kinds = ["document", "css", "js", "sdk", "wasm", "image", "sound", "other"];
const quietMs = 1_000;

await runMain(async () => {
  await new Steps().runAll(missingSteps([needs.npmEnd2end, needs.chromium]));
  const base = process.env.BATON_URL || "http://localhost:3000";
  const pages = [
    ["First page", "/"],
    ["Caller", await joinPath(base)],
    ["Desk", "/desk/alice"],
  ];
  const browser = await launch();
  try {
    console.log(`\nFirst load of each page, in KB on the wire (headers not counted), ${new Date().toISOString().slice(0, 10)}, ${cpus()[0].model}\n`);
    console.log(row(["page", "encoding", ...kinds, "until it can be used", "afterwards, by itself", "all"]));
    console.log(row(Array(kinds.length + 5).fill("---")));
    for (const [name, path] of pages) {
      for (const encoding of ["gzip", "br"]) {
        const loaded = await firstLoad(browser, base + path, encoding);
        const sum = (wanted) => loaded.filter(wanted).reduce((bytes, { body }) => bytes + body, 0);
        const columns = [...kinds.map((kind) => sum((file) => file.kind === kind)), sum(({ late }) => !late), sum(({ late }) => late), sum(() => true)];
        console.log(row([name, encoding, ...columns.map(kilobytes)]));
      }
    }
  } finally {
    await browser.close();
  }
});

function row(cells) {
  return `| ${cells.join(" | ")} |`;
}

function kilobytes(bytes) {
  return bytes ? (bytes / 1000).toFixed(1) : "–";
}

/** The caller's link, as the first page offers it. */
async function joinPath(base) {
  let html;
  try {
    html = await (await fetch(base)).text();
  } catch {
    throw new Problem(`Nothing answers at ${base}: start it with \`make run\`, or set BATON_URL`);
  }
  const path = process.env.BATON_JOIN_PATH || /\/join\/[\w-]+/.exec(html)?.[0];
  if (!path) throw new Problem("The first page names no join link: set BATON_JOIN_PATH=/join/<code>");
  return path;
}

function launch() {
  const playwright = createRequire(join(end2endDir, "package.json"))("playwright-core");
  const args = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  return playwright.chromium.launch({ executablePath: chromium(), args });
}

/** Everything fetched until the network has been quiet for a while: its kind, its bytes, and whether the page could be used before. */
async function firstLoad(browser, url, encoding) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.setCacheDisabled", { cacheDisabled: true });
  // The server is offered exactly one encoding.
  await network.send("Network.setExtraHTTPHeaders", { headers: { "accept-encoding": encoding } });
  await page.addInitScript(noteWhenUsable);
  const loaded = await countUntilQuiet(network, () => page.goto(url));
  const late = new Set(await page.evaluate(fetchedOnceUsable));
  await context.close();
  return loaded.map((file) => ({ ...file, late: late.has(file.url) }));
}

// Both run in the page. The page marks itself by an attribute; an observer would hear of it only after what comes next
// has been asked for.
function noteWhenUsable() {
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "data-hydrated") window.usableAt = performance.now();
    return setAttribute.call(this, name, value);
  };
}

function fetchedOnceUsable() {
  if (window.usableAt === undefined) throw new Error("the page did not become usable");
  return performance
    .getEntriesByType("resource")
    .filter(({ startTime }) => startTime >= window.usableAt)
    .map(({ name }) => name);
}

async function countUntilQuiet(network, open) {
  const loaded = [];
  const under = new Map();
  let touched = () => {};
  network.on("Network.responseReceived", ({ requestId, response }) => under.set(requestId, { url: response.url, kind: kindOf(response), body: 0 }));
  // The encoded length of the pieces is the body's; the total at the end would count headers too.
  network.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    const request = under.get(requestId);
    if (request) request.body += encodedDataLength;
    touched();
  });
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const request = under.get(requestId);
    if (request) loaded.push({ ...request, body: request.body || encodedDataLength });
    touched();
  });
  await open();
  await new Promise((quiet) => {
    let timer = setTimeout(quiet, quietMs);
    touched = () => {
      clearTimeout(timer);
      timer = setTimeout(quiet, quietMs);
    };
  });
  return loaded;
}

function kindOf({ url, mimeType }) {
  const path = new URL(url).pathname;
  if (/livekit-client/.test(path)) return "sdk";
  if (mimeType === "text/html") return "document";
  if (mimeType === "text/css") return "css";
  if (/javascript/.test(mimeType)) return "js";
  if (mimeType === "application/wasm") return "wasm";
  if (mimeType.startsWith("image/")) return "image";
  if (mimeType.startsWith("audio/") || path.endsWith(".ogg")) return "sound";
  return "other";
}

// `make site`: everything a browser loads, into site/.
//
//   site/pkg/<name>.<hash>.<ext>   served as immutable, with .br and .gz beside text and wasm
//   site/<path>                    the files of public/ under their own names, for links that cannot carry a hash
//   site/manifest.json             logical name -> address: "desk.js", "desk.wasm", "caller.js", "caller.wasm",
//                                  "livekit-client.js", "main.css", and every file of public/ ("audio/hold.ogg")
//
// New files are written beside the old ones, then the manifest, and only then the old ones go: a server that runs
// meanwhile never names a file that is not there.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { forgetOld, hashOf, memo } from "./lib/memo.mjs";
import { profileNamed, root } from "./lib/paths.mjs";
import { duration, Steps } from "./lib/progress.mjs";
import { loadDotEnv } from "./lib/settings.mjs";
import { Problem, runMain } from "./lib/shell.mjs";
import { missingSteps, needs } from "./lib/toolchain.mjs";

const compressible = new Set([".js", ".mjs", ".css", ".wasm", ".svg", ".json", ".html", ".txt", ".webmanifest"]);

export const siteNeeds = [needs.rust, needs.cmake, needs.wasmBindgen, needs.npm];

export function siteDir() {
  return resolve(root, process.env.BATON_SITE || "site");
}

/** The steps that build the site, for a list of which they may be a part. */
export function siteSteps(profile, site = siteDir()) {
  const files = new Map();
  // esbuild is one of the packages that an earlier step of the list may still have to install.
  const tools = () => import("./lib/wasm.mjs");
  const again = existsSync(join(profile.targetDir, "wasm32-unknown-unknown", profile.wasmProfile));
  const key = (name) => `site ${name} ${profile.name} ${again ? "again" : "first"}`;
  let entries = [];
  return [
    {
      title: "Building the pages for the browser",
      key: key("cargo"),
      guess: again ? 60 : 240,
      run: async () => {
        const { browserEntries, buildEntries } = await tools();
        entries = browserEntries();
        await buildEntries(profile, entries);
      },
    },
    {
      title: "Making the pages small",
      key: key("pack"),
      guess: 60,
      run: async () => {
        const { packEntry } = await tools();
        await Promise.all(
          entries.map(async (entry) => {
            const { js, wasm } = await packEntry(profile, entry);
            files.set(`${entry}.js`, js).set(`${entry}.wasm`, wasm);
          }),
        );
      },
    },
    {
      title: "Styles, LiveKit's client, sounds and pictures",
      key: key("files"),
      guess: 20,
      run: async () => {
        const { bundleSdk, bundleStyle, sdkNames } = await tools();
        files.set("livekit-client.js", await bundleSdk(sdkNames(entries.map((entry) => files.get(`${entry}.js`)))));
        files.set("main.css", await bundleStyle({ minify: profile.name === "release" }));
        const publicFiles = filesBelow(join(root, "public"));
        for (const [name, content] of publicFiles) files.set(name, content);
        await writeSite(site, files, publicFiles, { compress: profile.name === "release" });
        forgetOld();
      },
    },
  ];
}

/** @returns {[string, Buffer][]} path with forward slashes, content */
function filesBelow(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => [relative(dir, path).split(sep).join("/"), readFileSync(path)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

async function writeSite(site, files, publicFiles, { compress }) {
  refuseForeignFolder(site);
  const manifest = {};
  const wanted = new Map();
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { dir, name: stem, ext } = posix.parse(name);
    const path = posix.join("pkg", dir, `${stem}.${hashOf(content).slice(0, 12)}${ext}`);
    manifest[name] = `/${path}`;
    wanted.set(path, content);
  }
  // Under their own names last, so that nothing of ours can be shadowed by a file of public/.
  for (const [name, content] of publicFiles) if (!wanted.has(name)) wanted.set(name, content);
  if (compress) await addCompressed(wanted);
  for (const [path, content] of wanted) writeIfChanged(join(site, path), content);
  writeIfChanged(join(site, "manifest.json"), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  removeOthers(site, new Set([...wanted.keys(), "manifest.json"]));
}

// What does not belong to the site is removed from its folder: that folder must not be somebody's home.
function refuseForeignFolder(site) {
  const foreign = existsSync(site) && readdirSync(site).length > 0 && !existsSync(join(site, "manifest.json"));
  if (foreign) throw new Problem(`BATON_SITE is ${site}, which holds other files: choose an empty or new folder`);
}

async function addCompressed(wanted) {
  const additions = await Promise.all(
    [...wanted]
      .filter(([path, content]) => compressible.has(extname(path)) && content.length > 256)
      .map(async ([path, content]) => {
        const dir = await memo("compressed", [content], async (out) => {
          const [br, gz] = await Promise.all([
            promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
            promisify(gzip)(content, { level: 9 }),
          ]);
          writeFileSync(join(out, "br"), br);
          writeFileSync(join(out, "gz"), gz);
        });
        return ["br", "gz"].map((kind) => [`${path}.${kind}`, readFileSync(join(dir, kind))]);
      }),
  );
  for (const [path, content] of additions.flat()) wanted.set(path, content);
}

function writeIfChanged(path, content) {
  if (existsSync(path) && statSync(path).size === content.length && readFileSync(path).equals(content)) return;
  mkdirSync(dirname(path), { recursive: true });
  // By a rename, so that nobody reads half a file.
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

function removeOthers(site, wanted) {
  for (const [path] of filesBelow(site)) if (!wanted.has(path)) rmSync(join(site, path));
}

/** One line per kind, so that a page that grew is seen at once. */
export function describeSite(site = siteDir()) {
  const manifest = JSON.parse(readFileSync(join(site, "manifest.json"), "utf8"));
  const size = (path) => (existsSync(path) ? `${Math.round(statSync(path).size / 1024)} KB` : "–");
  return Object.entries(manifest)
    .filter(([name]) => /\.(js|wasm|css)$/.test(name))
    .map(([name, address]) => [name, join(site, address)])
    .map(([name, path]) => `    ${name.padEnd(20)} ${size(path).padStart(8)}   gzip ${size(`${path}.gz`).padStart(7)}   brotli ${size(`${path}.br`).padStart(7)}`)
    .join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    loadDotEnv();
    const profile = profileNamed(process.env.PROFILE);
    const steps = new Steps();
    await steps.runAll([...missingSteps(siteNeeds), ...siteSteps(profile)]);
    console.log(`\nThe site is in ${relative(root, siteDir()) || "."} after ${duration(steps.totalSeconds)}:\n${describeSite()}`);
  });
}

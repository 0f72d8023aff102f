// From Rust to what a browser loads: cargo, wasm-bindgen, wasm-opt, esbuild.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { hashOf, memo } from "./memo.mjs";
import { cargoEnv, root, toolEnv, versions } from "./paths.mjs";
import { outputOf, Problem, run } from "./shell.mjs";

const triple = "wasm32-unknown-unknown";

// What rustc lets its wasm use today; wasm-opt must be told, since the section that says so is stripped in release.
const wasmFeatures = [
  "bulk-memory",
  "bulk-memory-opt",
  "call-indirect-overlong",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
].map((feature) => `--enable-${feature}`);

/** The browser's entry points: the bins of the root package that need feature `browser`. */
export function browserEntries() {
  const metadata = outputOf("cargo", ["metadata", "--no-deps", "--format-version", "1", "--locked"], { timeoutMs: 120_000 });
  if (!metadata) throw new Problem("cargo could not read Cargo.toml: run `cargo metadata` to see why");
  const { targets } = JSON.parse(metadata).packages.find(({ name }) => name === "baton");
  return targets
    .filter((target) => target.kind.includes("bin") && target["required-features"]?.includes("browser"))
    .map(({ name }) => name);
}

function outputDir(profile) {
  // Cargo's `dev` profile builds into `debug`; every other one into a folder of its own name.
  return join(profile.targetDir, triple, profile.wasmProfile);
}

export function builtBefore(profile) {
  return existsSync(outputDir(profile));
}

export function buildEntries(profile, entries) {
  const bins = entries.flatMap((entry) => ["--bin", entry]);
  const args = ["build", "--locked", "--target", triple, "--profile", profile.wasmProfile, "--features", "hydrate", ...bins];
  return run("cargo", args, { env: cargoEnv(profile) });
}

export function buildLibrary(profile, features) {
  const args = ["build", "--locked", "--lib", "--target", triple, "--profile", profile.wasmProfile, "--features", features];
  return run("cargo", args, { env: cargoEnv(profile) });
}

/**
 * The JavaScript and WebAssembly of one entry (a bin's name, or the library's), ready to serve.
 * @returns {Promise<{js: Buffer, wasm: Buffer}>}
 */
export async function packEntry(profile, entry) {
  const raw = join(outputDir(profile), `${entry}.wasm`);
  const release = profile.name === "release";
  const input = readFileSync(raw);
  const dir = await memo(`wasm-${entry}`, [input, profile.name, versions.wasmBindgen, packVersion()], async (out) => {
    const sections = release ? ["--remove-name-section", "--remove-producers-section"] : [];
    // The page says where the wasm is, since its name carries a hash; the default would be a wrong guess.
    const options = ["--target", "web", "--no-typescript", "--omit-default-module-path", ...sections];
    await run("wasm-bindgen", [...options, "--out-dir", out, "--out-name", entry, raw]);
    if (release) await optimise(join(out, `${entry}_bg.wasm`));
    await build({
      entryPoints: [join(out, `${entry}.js`)],
      outfile: join(out, "bundle.js"),
      bundle: true,
      format: "esm",
      // An import map in the page says where the SDK is: both entries share one copy of it.
      external: ["livekit-client"],
      minify: release,
      target: "es2022",
      legalComments: "none",
      logLevel: "warning",
    });
  });
  return { js: readFileSync(join(dir, "bundle.js")), wasm: readFileSync(join(dir, `${entry}_bg.wasm`)) };
}

function optimise(file) {
  const wasmOpt = join(root, "node_modules", "binaryen", "bin", "wasm-opt");
  return run(process.execPath, [wasmOpt, "-Oz", ...wasmFeatures, file, "-o", file], { env: toolEnv() });
}

// A change of this file or of a package's version must not be answered from the memory of the old one.
function packVersion() {
  return hashOf(readFileSync(new URL(import.meta.url)), readFileSync(join(root, "package-lock.json")));
}

/** What the pages import from the LiveKit SDK (crates/livekit-web/js/sdk.js), so that the rest of it need not be sent. */
export function sdkNames(scripts) {
  const imports = /\{([^{}]*)\}\s*=\s*await import\(\s*import\.meta\.resolve\(["']livekit-client["']\)/g;
  const lists = scripts.flatMap((js) => [...js.toString().matchAll(imports)].map(([, list]) => list));
  const names = lists.flatMap((list) => list.split(",")).map((item) => item.split(":")[0].trim());
  return [...new Set(names.filter(Boolean))].sort();
}

/**
 * The LiveKit SDK as one minified module: all of it, or only these names. From its sources, because the one file that the
 * package ships cannot be taken apart: it would be an eighth bigger.
 */
export async function bundleSdk(names = []) {
  const sdk = join(root, "node_modules", "livekit-client");
  const entry = join(sdk, "src", "index.ts");
  const contents = `export ${names.length > 0 ? `{ ${names.join(", ")} }` : "*"} from ${JSON.stringify(entry)};`;
  const dir = await memo("sdk", [readFileSync(join(sdk, "package.json")), contents, packVersion()], async (out) => {
    await build({
      stdin: { contents, resolveDir: root },
      // As its own build does: a field without a value must not overwrite what the parent's constructor has set.
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
      outfile: join(out, "sdk.js"),
      bundle: true,
      format: "esm",
      minify: true,
      target: "es2022",
      legalComments: "none",
      logLevel: "warning",
    });
  });
  return readFileSync(join(dir, "sdk.js"));
}

// Files of public/ are named in CSS by their address, as in markup. (`external: ["/*"]` would also match every file on
// disk, since esbuild applies it to resolved paths too.)
const publicFiles = {
  name: "public-files",
  setup: ({ onResolve }) => onResolve({ filter: /^\// }, ({ path, kind }) => (kind === "url-token" ? { path, external: true } : undefined)),
};

/** style/main.css with everything it imports, in that order. */
export async function bundleStyle({ minify }) {
  const result = await build({
    entryPoints: [join(root, "style", "main.css")],
    bundle: true,
    write: false,
    minify,
    plugins: [publicFiles],
    logLevel: "warning",
  });
  return Buffer.from(result.outputFiles[0].contents);
}


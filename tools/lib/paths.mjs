// Where everything lives, and which versions the build is pinned to.

import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** One folder of the project's for each user, so that a second checkout builds nothing twice. */
export const cache = resolve(
  process.env.BATON_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "baton"),
);
export const toolsDir = join(cache, "tools");
export const toolsBin = join(toolsDir, "bin");

/** What a running demo keeps: database, recordings, keys, logs. Belongs to the checkout and is never committed. */
export const dataDir = resolve(root, process.env.BATON_DATA || "data");
export const logDir = join(dataDir, "log");

/** Where `make test` puts the client-only bundle. */
export const csrDir = join(root, "target", "csr");

export const versions = {
  wasmBindgen: "0.2.130",
  livekitServer: "v1.13.5",
  cargoLeptos: "0.3.11",
  cmake: "4.2.3",
};

// Leptos erases the types of views: the app crate compiles in less than half the time, and a release build, which would
// otherwise carry every page as one deep type, compiles at all (docs/decisions/0004).
const rustflags = "--cfg erase_components";

/** A folder each, so that a release build can be thrown away without the tests' being lost. */
export const profiles = {
  dev: {
    name: "dev",
    targetDir: process.env.CARGO_TARGET_DIR || join(cache, "target"),
    rustflags,
    serverArgs: [],
    serverDir: "debug",
    wasmProfile: "wasm-dev",
  },
  release: {
    name: "release",
    targetDir: process.env.BATON_TARGET_RELEASE || join(cache, "target-release"),
    rustflags,
    serverArgs: ["--release"],
    serverDir: "release",
    wasmProfile: "wasm-release",
  },
};

/** @param {string | undefined} name */
export function profileNamed(name) {
  const profile = profiles[name || "release"];
  if (!profile) throw new Error(`PROFILE is "${name}", but must be one of: ${Object.keys(profiles).join(", ")}`);
  return profile;
}

export function serverBinary(profile) {
  return join(profile.targetDir, profile.serverDir, process.platform === "win32" ? "baton.exe" : "baton");
}

/** The environment for every child: our tools first on PATH, and no browser downloads behind our back. */
export function toolEnv(extra = {}) {
  const separator = process.platform === "win32" ? ";" : ":";
  return {
    ...process.env,
    PATH: `${toolsBin}${separator}${process.env.PATH ?? ""}`,
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
    ...extra,
  };
}

/** The environment for cargo in one of the two profiles. */
export function cargoEnv(profile) {
  return toolEnv({ CARGO_TARGET_DIR: profile.targetDir, RUSTFLAGS: profile.rustflags, CARGO_ENCODED_RUSTFLAGS: undefined });
}

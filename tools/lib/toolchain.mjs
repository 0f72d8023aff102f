// What the build needs and the machine may lack: each thing says whether it is there, and how it gets there.
// Nothing here calls sudo, and from the system's package manager comes only what tests need: Chromium here, PostgreSQL in postgres.mjs.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, root, toolEnv, toolsBin, toolsDir, versions } from "./paths.mjs";
import { outputOf, Problem, run, which } from "./shell.mjs";

const channel = /channel\s*=\s*"([^"]+)"/.exec(readFileSync(join(root, "rust-toolchain.toml"), "utf8"))[1];

/** Things only the person can install: each with the sentence that says how. */
const byHand = [
  ["cargo", "Rust: install it with rustup (see rust-lang.org, “Install”, or your system's package `rustup`), then run this again"],
  ["cc", "a C compiler for the bundled SQLite and TLS: `build-essential` on Debian and Ubuntu, the Xcode command line tools on macOS"],
  ["npm", "npm, which comes with Node from nodejs.org; on Debian and Ubuntu it is a package of its own, `npm`"],
];

export function checkByHand() {
  const missing = byHand.filter(([program]) => !which(program) && !(program === "cc" && (which("gcc") || which("clang"))));
  if (missing.length > 0) throw new Problem(`Please install first:\n${missing.map(([, how]) => `  - ${how}`).join("\n")}`);
}

const rust = {
  name: `Rust ${channel} with the wasm32-unknown-unknown target (rustup)`,
  guess: 40,
  // Without rustup whatever cargo the system has must do; cargo itself says so when it is too old.
  present: () => {
    if (!which("rustup")) return true;
    const targets = outputOf("rustup", ["target", "list", "--installed", "--toolchain", channel]);
    return targets !== undefined && targets.includes("wasm32-unknown-unknown");
  },
  install: () =>
    run("rustup", ["toolchain", "install", channel, "--profile", "minimal", "-c", "clippy", "-c", "rustfmt", "-t", "wasm32-unknown-unknown", "--no-self-update"]),
};

/** The Opus codec, for speech recognition, is libopus itself, compiled from sources that a crate carries. */
const cmake = {
  name: `cmake ${versions.cmake} (from PyPI, into ${toolsBin}; it builds the Opus codec)`,
  guess: 20,
  present: () => which("cmake") !== undefined,
  install: async () => {
    const venv = join(toolsDir, "cmake");
    const how = "The Opus codec needs cmake. Install it (Debian: `apt install cmake`; macOS: `brew install cmake`), then run this again.";
    if (!which("python3")) throw new Problem(how);
    try {
      await run("python3", ["-m", "venv", venv]);
      await run(join(venv, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", `cmake==${versions.cmake}`]);
    } catch {
      rmSync(venv, { recursive: true, force: true });
      throw new Problem(how);
    }
    mkdirSync(toolsBin, { recursive: true });
    symlinkSync(join(venv, "bin", "cmake"), join(toolsBin, "cmake"));
  },
};

const wasmBindgen = {
  name: `wasm-bindgen ${versions.wasmBindgen} (cargo install, into ${toolsBin})`,
  guess: 180,
  present: () => outputOf("wasm-bindgen", ["--version"]) === `wasm-bindgen ${versions.wasmBindgen}`,
  // Without --locked: the lockfile shipped with it names releases that are too fresh to resolve everywhere.
  install: () => cargoInstall("wasm-bindgen-cli", versions.wasmBindgen),
};

const cargoLeptos = {
  name: `cargo-leptos ${versions.cargoLeptos} (cargo install, into ${toolsBin}; only for make dev)`,
  guess: 600,
  present: () => outputOf("cargo-leptos", ["--version"])?.includes(versions.cargoLeptos) ?? false,
  // Its release profile costs 18 minutes of processor time and buys nothing: it only starts other programs.
  // `no_downloads`: wasm-bindgen and wasm-opt come from PATH, as everything else here.
  install: () =>
    cargoInstall("cargo-leptos", versions.cargoLeptos, ["--features", "no_downloads"], {
      CARGO_PROFILE_RELEASE_OPT_LEVEL: "0",
      CARGO_PROFILE_RELEASE_LTO: "off",
    }),
};

/** LiveKit's program: the one that LIVEKIT_SERVER names, or the one on PATH. */
export function livekitProgram() {
  return process.env.LIVEKIT_SERVER || which("livekit-server");
}

/** For what stops and starts LiveKit itself, as tests do. */
const livekitServer = {
  name: `livekit-server ${versions.livekitServer} (go install, into ${toolsBin})`,
  guess: 240,
  present: () => livekitProgram() !== undefined,
  install: () =>
    buildLiveKit([
      "LiveKit's program is needed, because this stops and starts it: neither Docker nor LIVEKIT_URL will do. Do one of these, then run this again:",
      ...programOrGo,
    ]),
};

const programOrGo = [
  "  - put `livekit-server` on PATH (LiveKit's releases, `brew install livekit`), or set LIVEKIT_SERVER to its path",
  "  - install Go, and it is built from source (2 to 5 minutes)",
];

/** For what only needs a LiveKit, wherever it is. */
export function installLiveKit() {
  return buildLiveKit([
    "No LiveKit server found. Any one of these will do, then run this again:",
    ...programOrGo,
    "  - start Docker, and it is taken from there",
    "  - set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET in .env to use a server you have, LiveKit Cloud included",
  ]);
}

/** Builds it with Go; without Go people are told `how` else. */
async function buildLiveKit(how) {
  if (!which("go")) throw new Problem(how.join("\n"));
  mkdirSync(toolsBin, { recursive: true });
  await run("go", ["install", `github.com/livekit/livekit-server/cmd/server@${versions.livekitServer}`], {
    env: toolEnv({ GOBIN: toolsBin }),
  });
  // `go install` names the program after its folder, which is `server`.
  const ending = process.platform === "win32" ? ".exe" : "";
  renameSync(join(toolsBin, `server${ending}`), join(toolsBin, `livekit-server${ending}`));
}

function cargoInstall(crate, version, args = [], env = {}) {
  return run("cargo", [`+${channel}`, "install", crate, "--version", version, "--root", toolsDir, ...args].filter((arg) => which("rustup") || !arg.startsWith("+")), {
    // Our flags for Leptos mean nothing to these, and a target folder of their own can go when they are built.
    env: toolEnv({ RUSTFLAGS: "", CARGO_TARGET_DIR: join(cache, "target-tools"), ...env }),
  }).then(() => rmSync(join(cache, "target-tools"), { recursive: true, force: true }));
}

/** npm packages of a folder, exactly as its lockfile says. */
function npmPackages(folder, name) {
  const where = join(root, folder);
  const lockfile = join(where, "package-lock.json");
  const stamp = join(where, "node_modules", ".baton-lock-hash");
  const wanted = () => createHash("sha256").update(readFileSync(lockfile)).digest("hex");
  return {
    name: `npm packages for ${name} (from ${join(folder, "package-lock.json")})`,
    guess: 20,
    present: () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted(),
    install: async () => {
      await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: where });
      writeFileSync(stamp, wanted());
    },
  };
}

export function chromium() {
  const candidates = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const macApp = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  return process.env.CHROMIUM || candidates.map(which).find(Boolean) || (existsSync(macApp) ? macApp : undefined);
}

const chromiumPackage = {
  name: "Chromium (the system's package: apt-get install chromium)",
  guess: 60,
  present: () => chromium() !== undefined,
  install: async () => {
    if (!which("apt-get") || process.getuid?.() !== 0) {
      throw new Problem(
        "The end-to-end tests need Chromium. Install it (Debian: `sudo apt-get install chromium`), or set CHROMIUM to the path of a Chromium or Chrome.",
      );
    }
    await run("apt-get", ["update", "-qq"]);
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
      env: toolEnv({ DEBIAN_FRONTEND: "noninteractive" }),
    });
  },
};

export const needs = {
  rust,
  cmake,
  wasmBindgen,
  cargoLeptos,
  livekitServer,
  chromium: chromiumPackage,
  npm: npmPackages(".", "the site"),
  npmEnd2end: npmPackages("end2end", "the end-to-end tests"),
};

/** Says what is missing, as steps ready to run; an empty list when everything is there. */
export function missingSteps(wanted) {
  checkByHand();
  const missing = wanted.filter((need) => !need.present());
  if (missing.length > 0) {
    console.log(`Missing, and installed now:\n${missing.map((need) => `  - ${need.name}`).join("\n")}`);
  }
  return missing.map((need) => ({ title: `Installing ${need.name}`, key: `install ${need.name}`, guess: need.guess, run: need.install }));
}

// LiveKit's own clients (libwebrtc) for Python and Node, for tests and benchmarks that need ears we did not make.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cache, root } from "./paths.mjs";
import { outputOf, Problem } from "./shell.mjs";

export const earsDir = join(root, "crates", "livekit-participant", "tests", "ears");

const made = join(cache, "ears-venv", "requirements.txt");

/** For `missingSteps`. */
export const ears = {
  name: "ears through libwebrtc (Python's livekit)",
  guess: 30,
  present: () => existsSync(made) && readFileSync(made, "utf8") === readFileSync(join(earsDir, "requirements.txt"), "utf8"),
  install: async () => {
    if (!earsPython()) throw new Problem("The ears need Python 3 with venv (Debian: apt install python3-venv) and the package index");
  },
};

/** The interpreter, installed if need be; undefined when it cannot be. */
export function earsPython() {
  return installedBy("make-venv.sh");
}

/** The folder with the client for Node, installed if need be; undefined when it cannot be. */
export function earsNode() {
  return installedBy("make-node.sh");
}

function installedBy(script) {
  return outputOf("sh", [join(earsDir, script)], { timeoutMs: 300_000, env: { ...process.env, BATON_CACHE: cache } });
}

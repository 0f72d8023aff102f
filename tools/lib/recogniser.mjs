// The Python environment with a real recogniser (CMU Sphinx), for the tests in which words are spoken and read.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cache, root } from "./paths.mjs";
import { outputOf, Problem } from "./shell.mjs";

export const recogniserDir = join(root, "end2end", "recogniser");

const wanted = join(recogniserDir, "requirements.txt");
const made = join(cache, "recogniser-venv", "requirements.txt");

/** For `missingSteps`. */
export const recogniser = {
  name: "a recogniser of speech (Python's pocketsphinx)",
  guess: 15,
  present: () => existsSync(made) && readFileSync(made, "utf8") === readFileSync(wanted, "utf8"),
  install: async () => {
    if (!recogniserPython()) throw new Problem("The recogniser needs Python 3 with venv (Debian: apt install python3-venv) and the package index");
  },
};

/** The interpreter, installed if need be; undefined when it cannot be. */
export function recogniserPython() {
  return outputOf("sh", [join(recogniserDir, "make-venv.sh")], { timeoutMs: 300_000, env: { ...process.env, BATON_CACHE: cache } });
}

// The Python environment with a real recogniser (CMU Sphinx), for the tests in which words are spoken and read.

import { join } from "node:path";
import { cache, root } from "./paths.mjs";
import { outputOf } from "./shell.mjs";

/** The interpreter, installed if need be; undefined when it cannot be, and then the test that needs it says that it did not run. */
export function recogniserPython() {
  const script = join(root, "end2end", "recogniser", "make-venv.sh");
  return outputOf("sh", [script], { timeoutMs: 300_000, env: { ...process.env, BATON_CACHE: cache } });
}

// `make eval`: how good briefings are. Every briefer against the written conversations of eval/conversations, as a table by
// category, and how long an hour's transcript takes; fails when that is over its bar. DETAILS=1 names what was missed.

import { cargoEnv, profiles } from "./lib/paths.mjs";
import { isOn, loadDotEnv } from "./lib/settings.mjs";
import { run, runMain } from "./lib/shell.mjs";

await runMain(async () => {
  loadDotEnv();
  // Optimised: the time is a part of what is measured.
  const args = ["run", "--quiet", "--locked", "--release", "-p", "baton-evaluation", "--bin", "baton-eval", "--"];
  await run("cargo", isOn("DETAILS") ? [...args, "--details"] : args, { env: cargoEnv(profiles.release) });
});

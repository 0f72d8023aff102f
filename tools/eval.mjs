// `make eval`: how good briefings are. Every briefer against the written conversations of eval, as a table by category: the local
// summariser, and each provider of BATON_MODELS that is set, here or in `.env`. Then how long an hour's transcript takes the local
// one; fails when that is over its bar. DETAILS=1 names what was missed, LOCAL=1 asks no provider.

import { cargoEnv, profiles } from "./lib/paths.mjs";
import { isOn, loadDotEnv } from "./lib/settings.mjs";
import { run, runMain } from "./lib/shell.mjs";

await runMain(async () => {
  loadDotEnv();
  // Optimised: the time is a part of what is measured.
  const args = ["run", "--quiet", "--locked", "--release", "-p", "baton-evaluation", "--bin", "baton-eval", "--"];
  const options = [isOn("DETAILS") && "--details", isOn("LOCAL") && "--local"].filter(Boolean);
  await run("cargo", [...args, ...options], { env: cargoEnv(profiles.release) });
});

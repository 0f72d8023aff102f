// `make bench-handoff`: the benchmark of end2end/bench on a release build. What it measures is said there.

import { siteNeeds, siteSteps } from "./build-site.mjs";
import { end2endDir, end2endEnv } from "./lib/end2end.mjs";
import { profiles } from "./lib/paths.mjs";
import { Steps } from "./lib/progress.mjs";
import { serverStep } from "./lib/server.mjs";
import { run, runMain } from "./lib/shell.mjs";
import { missingSteps, needs } from "./lib/toolchain.mjs";

await runMain(async () => {
  const installs = missingSteps([...siteNeeds, needs.npmEnd2end, needs.livekitServer, needs.chromium]);
  await new Steps().runAll([...installs, serverStep(profiles.release), ...siteSteps(profiles.release)]);
  await run("npm", ["run", "--silent", "bench"], { cwd: end2endDir, env: end2endEnv(profiles.release) });
});

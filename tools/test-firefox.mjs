// `make test-firefox`: a caller in Firefox and an agent in Chromium, on the builds that `make test` uses. It stands by itself, so that
// nobody has to have a second browser to test everything else.

import { existsSync } from "node:fs";
import { siteNeeds, siteSteps } from "./build-site.mjs";
import { end2endDir, end2endEnv } from "./lib/end2end.mjs";
import { profileNamed } from "./lib/paths.mjs";
import { Steps } from "./lib/progress.mjs";
import { serverStep } from "./lib/server.mjs";
import { Problem, run, runMain, which } from "./lib/shell.mjs";
import { missingSteps, needs } from "./lib/toolchain.mjs";

const macApp = "/Applications/Firefox.app/Contents/MacOS/firefox";

function firefox() {
  const found = process.env.FIREFOX || ["firefox", "firefox-esr"].map(which).find(Boolean) || (existsSync(macApp) ? macApp : undefined);
  if (!found) throw new Problem("There is no Firefox. Install it (Debian: `sudo apt-get install firefox-esr`), or set FIREFOX to its path.");
  return found;
}

await runMain(async () => {
  const env = { FIREFOX: firefox() };
  const profile = profileNamed(process.env.PROFILE || "dev");
  const installs = missingSteps([...siteNeeds, needs.npmEnd2end, needs.livekitServer, needs.chromium]);
  await new Steps().runAll([...installs, serverStep(profile), ...siteSteps(profile)]);
  await run("npm", ["run", "--silent", "firefox"], { cwd: end2endDir, env: { ...end2endEnv(profile), ...env } });
});

// What the end-to-end tests are given: the programs and the site that were just built.

import { join } from "node:path";
import { siteDir } from "../build-site.mjs";
import { cache, csrDir, root, serverBinary, toolEnv } from "./paths.mjs";
import { chromium, livekitProgram } from "./toolchain.mjs";

export const end2endDir = join(root, "end2end");

export function end2endEnv(profile) {
  return toolEnv({
    BATON_BIN: serverBinary(profile),
    BATON_SITE: siteDir(),
    BATON_CSR: csrDir,
    BATON_CACHE: cache,
    LIVEKIT_SERVER: livekitProgram(),
    CHROMIUM: chromium(),
  });
}

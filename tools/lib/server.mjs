// Building and starting Baton's own server.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { cargoEnv, logDir, root, serverBinary } from "./paths.mjs";
import { run, Service } from "./shell.mjs";

/** The step that builds it, for a list of steps. */
export function serverStep(profile) {
  const again = existsSync(serverBinary(profile));
  return {
    title: "Building the server",
    key: `server ${profile.name} ${again ? "again" : "first"}`,
    guess: again ? 120 : 600,
    run: () =>
      run("cargo", ["build", "--locked", "--bin", "baton", "--features", "ssr", ...profile.serverArgs], { env: cargoEnv(profile) }),
  };
}

/**
 * Starts the server and returns once it answers.
 * @param {{profile: object, port: number, env: Record<string, string>}} options
 */
export async function startServer({ profile, port, env }) {
  const service = new Service("Baton", serverBinary(profile), [], {
    env: { ...process.env, ...env, PORT: String(port), BATON_ADDR: `127.0.0.1:${port}` },
    logFile: join(logDir, "baton.log"),
    cwd: root,
  });
  await service.ready(() => answers(`http://127.0.0.1:${port}/`));
  return service;
}

async function answers(url) {
  try {
    return (await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(1_000) })).status < 500;
  } catch {
    return false;
  }
}

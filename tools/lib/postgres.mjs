// A PostgreSQL of the tests' own: a new cluster in a temporary folder, gone when they are.

import { chownSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { logDir, toolEnv } from "./paths.mjs";
import { freePort } from "./ports.mjs";
import { outputOf, run, Service, which } from "./shell.mjs";

/** Where Debian and Ubuntu keep its programs, which are not on PATH there: one folder for each version. */
const DEBIAN = "/usr/lib/postgresql";
/** It refuses to run as root. */
const USER = "postgres";
const START = 15_432;

/** The folder with `initdb` and `postgres`, installed if need be; undefined when it cannot be. */
export async function findPostgres() {
  const found = programs();
  if (found || !which("apt-get") || !isRoot()) return usable(found);
  console.log("Missing, and installed now:\n  - PostgreSQL (the system's package: apt-get install postgresql)");
  try {
    await run("apt-get", ["update", "-qq"]);
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "postgresql"], {
      env: toolEnv({ DEBIAN_FRONTEND: "noninteractive" }),
    });
  } catch {
    return undefined;
  }
  return usable(programs());
}

function programs() {
  const onPath = which("initdb");
  // The others are beside it, and not always on PATH as well.
  if (onPath) return dirname(realpathSync(onPath));
  try {
    const newest = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))[0];
    return newest && join(DEBIAN, newest, "bin");
  } catch {
    return undefined;
  }
}

function usable(bin) {
  if (bin && isRoot() && !(which("runuser") && userId())) return undefined;
  return bin;
}

function isRoot() {
  return process.getuid?.() === 0;
}

function userId() {
  const [user, group] = ["-u", "-g"].map((what) => outputOf("id", [what, USER]));
  return user && group ? [Number(user), Number(group)] : undefined;
}

/** Runs `work` with the address of a new PostgreSQL. It forgets everything: nothing is brought to the disk in time. */
export async function withPostgres(bin, work) {
  const folder = mkdtempSync(join(tmpdir(), "baton-postgres-"));
  if (isRoot()) chownSync(folder, ...userId());
  const data = join(folder, "data");
  const port = await freePort(START);
  let server;
  try {
    await run(...asUser(join(bin, "initdb"), ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]), {
      cwd: folder,
      onLine: () => {},
    });
    const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: folder, max_connections: 400, fsync: "off" };
    const args = ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
    server = new Service("PostgreSQL", ...asUser(join(bin, "postgres"), args), { cwd: folder, env: toolEnv(), logFile: join(logDir, "postgres.log") });
    await server.ready(() => outputOf(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)]) !== undefined);
    return await work(`postgres://${USER}@127.0.0.1:${port}/postgres`);
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function asUser(program, args) {
  return isRoot() ? ["runuser", ["-u", USER, "--", program, ...args]] : [program, args];
}

// `make run` as a person meets it: what it prints, that it is true, a second start beside it, and that Ctrl-C leaves nothing.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort, lanAddress } from "../../lib/ports.mjs";
import { listening } from "../../lib/proxy.mjs";

const tools = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const home = mkdtempSync(join(tmpdir(), "baton-run-"));
const started = new Set();
after(async () => {
  await Promise.all([...started].map((tool) => tool.interrupt()));
  rmSync(home, { recursive: true, force: true });
});

/** One of the tools with data of its own, whatever this computer's person has set in `.env`. */
class Tool {
  constructor(name, env) {
    // Empty counts as unset for the tool, and as set for `.env`.
    const ours = { DATABASE_URL: "", LIVEKIT_URL: "", PUBLIC_URL: "", LAN: "", BATON_RECORDINGS: "", BATON_RECORDING_SPOOL: "" };
    this.child = spawn(process.execPath, [join(tools, name)], { env: { ...process.env, ...ours, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    started.add(this);
    this.text = "";
    this.ended = new Promise((done) => this.child.on("close", (code) => started.delete(this) && done(code)));
    this.says = new Promise((ready) => {
      for (const stream of [this.child.stdout, this.child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          this.text += `${line}\n`;
          if (line.startsWith("Ctrl-C stops all.")) ready(true);
        });
      }
    });
  }

  /** Once it is ready; a tool that ends before fails the test with all it said. */
  async ready() {
    const isReady = await Promise.race([this.says, this.ended.then(() => false)]);
    assert.ok(isReady, this.text);
  }

  /** What it printed there. */
  value(pattern) {
    const found = pattern.exec(this.text);
    assert.ok(found, `${pattern} is not in:\n${this.text}`);
    return found[1];
  }

  async interrupt() {
    this.child.kill("SIGINT");
    return this.ended;
  }
}

async function status(url, headers = {}) {
  return (await fetch(url, { headers })).status;
}

test("make run says where everything is, runs once, and ends with Ctrl-C", async (t) => {
  const wanted = await freePort(4300);
  const taken = await listening(createServer(), wanted, "127.0.0.1");
  t.after(() => taken.close());
  const env = { BATON_DATA: join(home, "data"), PORT: String(wanted) };
  const run = new Tool("run.mjs", env);
  await run.ready();

  const url = run.value(/^Ready\. Open (http:\/\/localhost:\d+) \(demo: /m);
  assert.match(run.text, new RegExp(`^Port ${wanted} is taken, so this one uses ${new URL(url).port}\\.$`, "m"));
  const key = run.value(/Demo API key {2}(\S+)/);
  for (const page of [url, run.value(/Desk {10}(\S+)/), run.value(/Join link {5}(\S+)/), run.value(/API {11}(\S+)/)]) {
    assert.equal(await status(page), 200, page);
  }
  assert.equal(await status(`${url}/api/v1/calls`, { authorization: `Bearer ${key}` }), 200);

  const second = new Tool("run.mjs", env);
  assert.equal(await second.ended, 1);
  assert.match(second.text, new RegExp(`^It is already running: open ${url}$`, "m"));
  const reset = new Tool("reset-demo.mjs", env);
  assert.equal(await reset.ended, 1);
  assert.match(reset.text, new RegExp(`^Baton is running at ${url} `, "m"));

  assert.equal(await run.interrupt(), 130);
  await assert.rejects(fetch(url), "nothing listens there any more");
  assert.deepEqual(readdirSync(env.BATON_DATA).filter((name) => name.startsWith("running")), []);
  assert.equal(await new Tool("reset-demo.mjs", env).ended, 0);
  assert.ok(!existsSync(env.BATON_DATA));
});

test("LAN=1 opens it to other devices: TLS, a code, the ports, and a picture of the address", async (t) => {
  try {
    lanAddress();
  } catch {
    return t.skip("this computer is on no network");
  }
  const run = new Tool("run.mjs", { BATON_DATA: join(home, "lan"), PORT: String(await freePort(4300)), LAN: "1" });
  await run.ready();
  const url = run.value(/^Ready\. Open (https:\/\/\S+)/m);
  run.value(/Code for everybody else: ([a-z]{10})$/m);
  run.value(/Other devices need ports (\d+)/);
  assert.match(run.text, /[█▄▀]{10}/, "the picture");
  const [answer, shown] = await new Promise((done, failed) => {
    const asked = request(url, { rejectUnauthorized: false }, (response) => {
      done([response.statusCode, response.socket.getPeerCertificate().fingerprint256]);
      response.resume();
    });
    asked.on("error", failed).end();
  });
  assert.equal(answer, 200);
  assert.ok(run.text.includes(shown), "the fingerprint is that of the certificate");
  assert.equal(await run.interrupt(), 130);
});

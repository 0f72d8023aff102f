// `make run` as a person meets it: what it prints, that it is true, a second start beside it, and that Ctrl-C leaves nothing.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { freePort, lanAddress } from "../../lib/ports.mjs";
import { listening } from "../../lib/proxy.mjs";

const tools = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const home = mkdtempSync(join(tmpdir(), "baton-run-"));
const started = new Set();
after(async () => {
  await Promise.all([...started].map((tool) => tool.interrupt()));
  rmSync(home, { recursive: true, force: true });
});

/**
 * Every setting there is, as if nobody had set it: empty counts as unset for the tools and the server, and as set for `.env`. Where the site
 * is stays, since the stages before have built it there.
 */
const { BATON_SITE: _, ...settings } = parseEnv(readFileSync(join(tools, "..", ".env.example"), "utf8"));
const unset = Object.fromEntries([...Object.keys(settings), "LAN"].map((name) => [name, ""]));

/** One of the tools with data of its own, whatever this computer's person has set in `.env`. */
class Tool {
  constructor(name, env) {
    this.child = spawn(process.execPath, [join(tools, name)], { env: { ...process.env, ...unset, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    started.add(this);
    this.text = "";
    this.ended = new Promise((done) => this.child.on("close", (code) => started.delete(this) && done(code)));
    this.says = new Promise((ready) => {
      for (const stream of [this.child.stdout, this.child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          this.text += `${line}\n`;
          if (/^(Ctrl-C stops all\.|Building, then open )/.test(line)) ready(true);
        });
      }
    });
  }

  /** Whether it gets ready; else it has ended before. */
  isReady() {
    return Promise.race([this.says, this.ended.then(() => false)]);
  }

  /** Once it is ready; a tool that ends before fails the test with all it said. */
  async ready() {
    assert.ok(await this.isReady(), this.text);
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

async function status(url, asked = {}) {
  return (await fetch(url, asked)).status;
}

test("make run says where everything is, runs once, and ends with Ctrl-C", async (t) => {
  const wanted = await freePort(4300);
  const taken = await listening(createServer(), wanted, "127.0.0.1");
  t.after(() => taken.close());
  const env = { BATON_DATA: join(home, "data"), PORT: String(wanted) };
  cpSync(join(tools, "..", "public", "audio", "hold.ogg"), join(env.BATON_DATA, "sounds", "mine.ogg"));
  const run = new Tool("run.mjs", env);
  await run.ready();

  const url = run.value(/^Ready\. Open (http:\/\/localhost:\d+) \(demo: nothing leaves this computer\)$/m);
  assert.match(run.text, new RegExp(`^Port ${wanted} is taken, so this one uses ${new URL(url).port}\\.$`, "m"));
  const key = run.value(/Demo API key {2}(\S+)/);
  for (const page of [url, run.value(/Desk {10}(\S+)/), run.value(/Join link {5}(\S+)/), run.value(/API {11}(\S+)/)]) {
    assert.equal(await status(page), 200, page);
  }
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  assert.equal(await status(`${url}/api/v1/calls`, { headers }), 200);
  const change = { method: "PATCH", headers, body: JSON.stringify({ hold_music: "mine.ogg" }) };
  assert.equal(await status(`${url}/api/v1/lines/support`, change), 200, "music of this demo's own");

  const second = new Tool("run.mjs", env);
  assert.equal(await second.ended, 1);
  assert.match(second.text, new RegExp(`^It is already running: open ${url}$`, "m"));
  const dev = new Tool("dev.mjs", { ...env, DATABASE_URL: `sqlite://${encodeURI(join(env.BATON_DATA, "baton.db"))}?mode=rwc` });
  assert.ok(!(await dev.isReady()), "`make dev` on a database that is taken");
  assert.match(dev.text, new RegExp(`^It is already running: open ${url}$`, "m"));
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

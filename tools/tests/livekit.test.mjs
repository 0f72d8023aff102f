import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "baton-livekit-"));
after(() => rmSync(folder, { recursive: true }));
// Nothing that is installed here may be found: neither on PATH, nor by an earlier `make`.
process.env.BATON_CACHE = join(folder, "cache");
const { dockerRun, findLiveKit, installSteps, livekitConfig } = await import("../lib/livekit.mjs");

const options = { ports: { http: 1, tcp: 2, udp: 3 }, apiKey: "key", apiSecret: "secret", webhookUrls: [] };

beforeEach(() => {
  for (const name of ["LIVEKIT_URL", "LIVEKIT_SERVER", "PATH"]) delete process.env[name];
});

/** A computer where these programs are on PATH: by their names, what each does. */
function installed(programs) {
  const bin = mkdtempSync(join(folder, "bin-"));
  for (const [name, script] of Object.entries(programs)) writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env.PATH = bin;
  return bin;
}

/** Docker as it is on a Linux computer, in the words of `docker info`. */
const engine = "28.1.1|Debian GNU/Linux 13 (trixie)|[name=seccomp,profile=builtin name=cgroupns]";
const docker = (said) => `echo '${said}'`;
const everything = { "livekit-server": "exit 0", docker: docker(engine), go: "exit 0" };

test("a LiveKit that the environment names comes before all that is installed", () => {
  installed(everything);
  process.env.LIVEKIT_URL = "wss://x.livekit.cloud";
  process.env.LIVEKIT_SERVER = "/opt/livekit";
  assert.deepEqual(findLiveKit(), { kind: "environment" });
});

test("then the program that LIVEKIT_SERVER names, then the one on PATH", () => {
  const bin = installed(everything);
  assert.deepEqual(findLiveKit(), { kind: "program", path: join(bin, "livekit-server") });
  process.env.LIVEKIT_SERVER = "/opt/livekit";
  assert.deepEqual(findLiveKit(), { kind: "program", path: "/opt/livekit" });
});

test("then Docker, when it runs, and nothing has to be installed", () => {
  installed({ docker: everything.docker, go: everything.go });
  assert.deepEqual(findLiveKit("linux"), { kind: "docker", onOurNetwork: true });
  assert.deepEqual(installSteps(findLiveKit()), []);
});

test("a container is not on our network where Docker is in a virtual machine, or the user's own", () => {
  installed({ docker: docker("28.1.1|Docker Desktop|[name=seccomp,profile=unconfined name=cgroupns]") });
  for (const platform of ["darwin", "linux", "win32"]) assert.deepEqual(findLiveKit(platform), { kind: "docker", onOurNetwork: false });
  installed({ docker: docker("28.1.1|Debian GNU/Linux 13 (trixie)|[name=seccomp,profile=builtin name=rootless]") });
  assert.deepEqual(findLiveKit("linux"), { kind: "docker", onOurNetwork: false });
});

test("on our network a container is LiveKit as on this computer: the app takes its reports on 127.0.0.1", () => {
  const reported = { ...options, webhookUrls: ["http://127.0.0.1:4/webhooks/livekit"] };
  const { args, config } = dockerRun({ onOurNetwork: true }, reported);
  assert.deepEqual(args.slice(0, -1), ["run", "--rm", "--name", "baton-livekit-1", "-e", "LIVEKIT_CONFIG", "--network", "host"]);
  assert.match(args.at(-1), /^livekit\/livekit-server:v/);
  assert.deepEqual(config, livekitConfig(reported));
});

test("elsewhere its ports are published, those of media to the network if wanted, and the app is the container's host", () => {
  const reported = { ...options, webhookUrls: ["http://127.0.0.1:4/webhooks/livekit"] };
  for (const [lanIp, published] of [[undefined, "127.0.0.1"], ["192.168.1.20", "192.168.1.20"]]) {
    const { args, config } = dockerRun({ onOurNetwork: false }, { ...reported, lanIp });
    assert.deepEqual(args.filter((arg, index) => args[index - 1] === "-p"), ["127.0.0.1:1:1", `${published}:2:2`, `${published}:3:3/udp`]);
    assert.ok(args.includes("host.docker.internal:host-gateway") && !args.includes("--network"));
    assert.deepEqual(config.webhook.urls, ["http://host.docker.internal:4/webhooks/livekit"]);
    assert.deepEqual(config.bind_addresses, ["0.0.0.0"]);
  }
});

test("last Go: when there is no Docker, or one that does not run", () => {
  for (const others of [{}, { docker: "echo '||[]'; exit 1" }, { docker: docker("||[]") }]) {
    installed({ ...others, go: everything.go });
    assert.deepEqual(findLiveKit(), { kind: "install" });
    assert.match(installSteps(findLiveKit())[0].title, /livekit-server v[\d.]+ with Go$/);
  }
});

test("what an earlier run has built is found again", () => {
  installed(everything);
  const bin = join(process.env.BATON_CACHE, "tools", "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "livekit-server"), "#!/bin/sh\n", { mode: 0o755 });
  try {
    assert.deepEqual(findLiveKit(), { kind: "program", path: join(bin, "livekit-server") });
  } finally {
    rmSync(bin, { recursive: true });
  }
});

test("without any of these people are told what would do", async () => {
  installed({});
  const [step] = installSteps(findLiveKit());
  await assert.rejects(step.run(), /put `livekit-server` on PATH[^]*install Go[^]*start Docker[^]*set LIVEKIT_URL/);
});

test("on one computer nothing of LiveKit listens beyond loopback", () => {
  const { bind_addresses, rtc } = livekitConfig(options);
  assert.deepEqual(bind_addresses, ["127.0.0.1"]);
  assert.equal(rtc.tcp_port, 0);
  assert.equal(rtc.node_ip, "127.0.0.1");
  assert.equal(rtc.enable_loopback_candidate, true);
  assert.deepEqual(rtc.ips, { includes: ["127.0.0.1/32"] });
});

test("for other devices media have the network's address, and signalling stays behind our TLS", () => {
  const { bind_addresses, rtc } = livekitConfig({ ...options, lanIp: "192.168.1.20" });
  assert.deepEqual(bind_addresses, ["127.0.0.1"]);
  assert.equal(rtc.node_ip, "192.168.1.20");
  assert.deepEqual(rtc.ips, { includes: ["192.168.1.20/32"] });
  assert.deepEqual([rtc.tcp_port, rtc.udp_port], [2, 3]);
  assert.equal(rtc.enable_loopback_candidate, false);
});

test("in a container it listens on every address of the container, and says the host's", () => {
  for (const [lanIp, told] of [[undefined, "127.0.0.1"], ["192.168.1.20", "192.168.1.20"]]) {
    const { bind_addresses, rtc } = livekitConfig({ ...options, lanIp, inContainer: true });
    assert.deepEqual(bind_addresses, ["0.0.0.0"]);
    assert.equal(rtc.node_ip, told);
    assert.equal(rtc.ips, undefined);
    assert.equal(rtc.tcp_port, 2);
  }
});

test("browsers are given a STUN address of ours, and not the one media comes from", () => {
  assert.deepEqual(livekitConfig(options).rtc.stun_servers, ["127.0.0.1:2"]);
});

test("a token cannot bring an ended room back", () => {
  assert.equal(livekitConfig(options).room.auto_create, false);
});

// A LiveKit server for development: found or installed, configured, started, and known to answer.

import { join } from "node:path";
import { logDir, toolEnv, versions } from "./paths.mjs";
import { freePort } from "./ports.mjs";
import { outputOf, Service, which } from "./shell.mjs";
import { installLiveKit, livekitProgram } from "./toolchain.mjs";

const image = `livekit/livekit-server:${versions.livekitServer}`;

/**
 * Where LiveKit comes from, in the order a person would expect: what the environment names, what is installed, what
 * Docker can run, and last what Go can build.
 * @returns {{kind: "environment"} | {kind: "program", path: string} | {kind: "docker", onOurNetwork: boolean} | {kind: "install"}}
 */
export function findLiveKit(platform = process.platform) {
  if (process.env.LIVEKIT_URL) return { kind: "environment" };
  const path = livekitProgram();
  if (path) return { kind: "program", path };
  return findDocker(platform) ?? { kind: "install" };
}

/**
 * Docker, when it runs, and whether its containers can be on the network of this computer itself. They can on Linux, unless they are
 * in a virtual machine (Docker Desktop) or in a network of the user's own (rootless).
 */
function findDocker(platform) {
  const format = "{{.ServerVersion}}|{{.OperatingSystem}}|{{.SecurityOptions}}";
  const said = which("docker") && outputOf("docker", ["info", "--format", format], { timeoutMs: 5_000 });
  const [version, system = "", security = ""] = (said || "").split("|");
  if (!version) return undefined;
  return { kind: "docker", onOurNetwork: platform === "linux" && !system.includes("Docker Desktop") && !security.includes("rootless") };
}

/** The steps that must run before `startLiveKit` can. */
export function installSteps(found) {
  if (found.kind !== "install") return [];
  return [
    {
      title: `Building livekit-server ${versions.livekitServer} with Go`,
      key: "install livekit-server",
      guess: 240,
      run: installLiveKit,
    },
  ];
}

/** Three free ports near the usual 7880, or near BATON_LIVEKIT_PORT (LIVEKIT_PORT would also be read by LiveKit itself). */
export async function livekitPorts(start = Number(process.env.BATON_LIVEKIT_PORT || 7880)) {
  const http = await freePort(start);
  const tcp = await freePort(http + 1);
  const udp = await freePort(tcp + 1, { udp: true });
  return { http, tcp, udp };
}

/**
 * LiveKit's configuration. Without `lanIp` nothing of it can be reached from outside this computer, media included.
 * JSON is YAML, so it is handed over as it is. The browser tests run on it, too (`end2end/fixtures/livekit.ts`).
 * @param {{ports: {http: number, tcp: number, udp: number}, apiKey: string, apiSecret: string, webhookUrls: string[], lanIp?: string, inContainer?: boolean}} options
 */
export function livekitConfig({ ports, apiKey, apiSecret, webhookUrls, lanIp, inContainer = false }) {
  const loopbackOnly = !lanIp && !inContainer;
  return {
    port: ports.http,
    bind_addresses: [inContainer ? "0.0.0.0" : "127.0.0.1"],
    rtc: {
      // LiveKit's TCP fallback always listens on every address, and on one computer nobody needs it.
      tcp_port: loopbackOnly ? 0 : ports.tcp,
      udp_port: ports.udp,
      use_external_ip: false,
      node_ip: lanIp ?? "127.0.0.1",
      enable_loopback_candidate: loopbackOnly,
      ...(!inContainer && { ips: { includes: [`${lanIp ?? "127.0.0.1"}/32`] } }),
      // With none set, LiveKit points browsers at a public server, and everybody here has a direct path. It must not
      // be the address media comes from: Chromium takes all that arrives from there for answers to STUN.
      stun_servers: [`127.0.0.1:${ports.tcp}`],
    },
    keys: { [apiKey]: apiSecret },
    room: {
      // Baton makes and ends its rooms itself: an old token must not bring an ended one back.
      auto_create: false,
      empty_timeout: 600,
      departure_timeout: 120,
    },
    webhook: { api_key: apiKey, urls: webhookUrls },
    logging: { level: process.env.LIVEKIT_LOG_LEVEL || "info", json: false },
  };
}

function livekitService(found, options) {
  const logFile = join(logDir, options.log ?? "livekit.log");
  if (found.kind === "docker") return dockerService(found, options, logFile);
  const path = found.path ?? livekitProgram();
  // By the environment and not on the command line, where every process of the machine could read the secret; and
  // nothing else of our environment, because LiveKit takes any of its settings from there (LIVEKIT_KEYS, NODE_IP …).
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LIVEKIT_CONFIG: JSON.stringify(livekitConfig(options)) };
  // Asked to end, it waits for everybody to leave first; nothing in it is worth that wait.
  return new Service("LiveKit", path, [], { env, logFile, graceMs: 500 });
}

/**
 * What `docker run` is given, and LiveKit in it. On our network it is like any program here. Elsewhere ports are published, and 127.0.0.1
 * is the container itself: the app is on the host.
 */
export function dockerRun({ onOurNetwork }, options) {
  const { ports, lanIp } = options;
  const name = `baton-livekit-${ports.http}`;
  const args = ["run", "--rm", "--name", name, "-e", "LIVEKIT_CONFIG"];
  if (onOurNetwork) return { name, args: [...args, "--network", "host", image], config: livekitConfig(options) };
  const published = lanIp ?? "127.0.0.1";
  args.push("--add-host", "host.docker.internal:host-gateway");
  args.push("-p", `127.0.0.1:${ports.http}:${ports.http}`, "-p", `${published}:${ports.tcp}:${ports.tcp}`, "-p", `${published}:${ports.udp}:${ports.udp}/udp`);
  const webhookUrls = options.webhookUrls.map((url) => url.replace("//127.0.0.1", "//host.docker.internal"));
  return { name, args: [...args, image], config: livekitConfig({ ...options, webhookUrls, inContainer: true }) };
}

function dockerService(found, options, logFile) {
  const { name, args, config } = dockerRun(found, options);
  return new Service("LiveKit (Docker)", "docker", args, {
    env: toolEnv({ LIVEKIT_CONFIG: JSON.stringify(config) }),
    logFile,
    stop: () => outputOf("docker", ["stop", "--time", "2", name]),
  });
}

/**
 * Starts LiveKit and returns once it answers.
 * @param {ReturnType<typeof findLiveKit>} found
 * @param {{ports: {http: number, tcp: number, udp: number}, apiKey: string, apiSecret: string, webhookUrls: string[], lanIp?: string, log?: string}} options
 * @returns {Promise<{service: Service, url: string}>}
 */
export async function startLiveKit(found, options) {
  const service = livekitService(found, options);
  const address = `127.0.0.1:${options.ports.http}`;
  // Docker may have to fetch the image first.
  await service.ready(() => answersOk(`http://${address}/`), found.kind === "docker" ? 300_000 : 20_000);
  return { service, url: `ws://${address}` };
}

async function answersOk(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { livekitConfig } from "../lib/livekit.mjs";

const options = { ports: { http: 1, tcp: 2, udp: 3 }, apiKey: "key", apiSecret: "secret", webhookUrls: [] };

test("on one computer nothing of LiveKit listens beyond loopback", () => {
  const { bind_addresses, rtc } = livekitConfig(options);
  assert.deepEqual(bind_addresses, ["127.0.0.1"]);
  assert.equal(rtc.tcp_port, 0);
  assert.deepEqual(rtc.ips, { includes: ["127.0.0.1/32"] });
});

test("browsers are given a STUN address of ours, and not the one media comes from", () => {
  assert.deepEqual(livekitConfig(options).rtc.stun_servers, ["127.0.0.1:2"]);
});

test("a token cannot bring an ended room back", () => {
  assert.equal(livekitConfig(options).room.auto_create, false);
});

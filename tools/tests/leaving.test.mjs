import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseEnv } from "node:util";
import { whatLeaves, whereItRuns } from "../lib/leaving.mjs";
import { root } from "../lib/paths.mjs";

const example = parseEnv(readFileSync(join(root, ".env.example"), "utf8"));
const text = "Text of calls, for briefings, insight and questions: to";
const speech = "Speech, of lines that are transcribed and of files: to";
const aloud = "Briefings that are read aloud: to";

function leaves(settings, ...lines) {
  assert.deepEqual(whatLeaves(settings), lines, JSON.stringify(settings));
}

test("with nothing set, or with the example of .env as it is, nothing leaves, and that is said", () => {
  leaves({});
  leaves(example);
  assert.equal(whereItRuns([], false), "demo: nothing leaves this computer");
  assert.equal(whereItRuns([], true), "demo on this network: nothing leaves it");
  assert.equal(whereItRuns(["something"], false), "demo");
  assert.equal(whereItRuns(["something"], true), "demo on this network");
});

test("a key for briefings sends text, and nobody's voice", () => {
  leaves({ GROQ_API_KEY: "k" }, `${text} Groq`);
  leaves({ OPENAI_API_KEY: "k", GROQ_API_KEY: "k" }, `${text} Groq, then OpenAI`);
  leaves({ OPENAI_API_KEY: "k", GROQ_API_KEY: "k", BATON_MODELS: "openai, groq" }, `${text} OpenAI, then Groq`);
  leaves({ OPENAI_API_KEY: "k", BATON_MODELS: "none" });
  leaves({ OPENAI_API_KEY: "k", BATON_MODELS: "groq" });
  leaves({ GROQ_API_KEY: "k", GROQ_BASE_URL: "https://proxy.example.com/v1" }, `${text} proxy.example.com`);
});

test("a server of one's own is asked where it is, and on this computer nothing leaves", () => {
  leaves({ BATON_MODEL_BASE_URL: "https://models.example.com/v1", BATON_MODEL_NAME: "m" }, `${text} models.example.com`);
  leaves({ BATON_MODEL_BASE_URL: "http://192.168.1.9:8000/v1" }, `${text} 192.168.1.9:8000`);
  for (const host of ["127.0.0.1:8000", "localhost:8000", "models.localhost", "[::1]:8000"]) {
    leaves({ BATON_MODEL_BASE_URL: `http://${host}/v1`, BATON_VOICE_BASE_URL: `http://${host}/v1`, GROQ_API_KEY: "" });
  }
  leaves({ BATON_MODEL_BASE_URL: "http://127.0.0.1.example.com/v1" }, `${text} 127.0.0.1.example.com`);
});

test("speech goes to whom it was given by name, and to browsers' makers only when nobody else is set", () => {
  leaves({ DEEPGRAM_API_KEY: "k" }, `${speech} Deepgram`);
  leaves({ ASSEMBLYAI_API_KEY: "k", DEEPGRAM_API_KEY: "k" }, `${speech} Deepgram, then AssemblyAI`);
  const named = { OPENAI_API_KEY: "k", BATON_TRANSCRIPTION: "browser,openai" };
  leaves(named, `${text} OpenAI`, `${speech} OpenAI`);
  leaves({ BATON_TRANSCRIPTION: "deepgram, browser" }, `${speech} the maker of each one's browser`);
  leaves({ BATON_TRANSCRIPTION: "none", DEEPGRAM_API_KEY: "k" });
});

test("one voice reads: the first that is set, and OpenAI's only when it is named", () => {
  const openai = { OPENAI_API_KEY: "k", BATON_MODELS: "none" };
  leaves({ ...openai, BATON_VOICE: "openai" }, `${aloud} OpenAI`);
  leaves({ ...openai, BATON_VOICE: "other,openai", BATON_VOICE_BASE_URL: "http://127.0.0.1:1/v1" });
});

test("media, pages, recordings and the database elsewhere are said, without a password", () => {
  leaves({ LIVEKIT_URL: "wss://x.livekit.cloud" }, "Voices: through LiveKit at x.livekit.cloud");
  leaves({ LIVEKIT_URL: "ws://127.0.0.1:7880", LIVEKIT_PUBLIC_URL: "ws://localhost:7880", PUBLIC_URL: "http://localhost:3000" });
  leaves({ PUBLIC_URL: "https://desk.example.com" }, "Pages: to whoever opens desk.example.com");
  leaves({ BATON_RECORDINGS: "s3://calls/support" }, "Recordings: to s3://calls/support");
  leaves({ BATON_RECORDINGS: "s3://calls", AWS_ENDPOINT: "http://127.0.0.1:9000" });
  leaves({ BATON_RECORDINGS: "/var/lib/calls" });
  leaves({ DATABASE_URL: "postgres://me:pass@db.example.com/baton" }, "All that is stored: to PostgreSQL at db.example.com");
  leaves({ DATABASE_URL: "postgres://me:pass@localhost/baton" });
  leaves({ DATABASE_URL: "postgres:///baton?host=/run/postgresql" });
});

test("every provider that .env.example has is known, and the usual lists are its", () => {
  const named = { BATON_MODELS: "groq,openai,other", BATON_TRANSCRIPTION: "deepgram,assemblyai,groq,openai,other" };
  const keys = Object.keys(example).filter((name) => name.endsWith("_API_KEY") && !/^(LIVEKIT|BATON_DEMO)_/.test(name));
  assert.equal(keys.length, 7, String(keys));
  for (const key of keys) {
    const url = key.replace("_API_KEY", "_BASE_URL");
    assert.match(String(whatLeaves({ ...named, [key]: "k", [url]: "https://provider.example.com" })), /provider\.example\.com/, key);
  }
  const set = Object.fromEntries(keys.map((key) => [key, "k"]));
  const lists = Object.fromEntries(["BATON_MODELS", "BATON_TRANSCRIPTION", "BATON_VOICE"].map((name) => [name, example[name]]));
  assert.deepEqual(whatLeaves(set), whatLeaves({ ...set, ...lists }));
});

// What leaves this computer, as the settings have it. `make run` says it, so it has to say all of it: an address counts as here
// only when it plainly is.

const groq = { name: "Groq", key: "GROQ_API_KEY", url: "GROQ_BASE_URL" };
const openai = { name: "OpenAI", key: "OPENAI_API_KEY", url: "OPENAI_BASE_URL" };

/** The lists of providers, as the server reads them (crates/provider/src/settings.rs); who has no name has no usual address. */
const writers = {
  setting: "BATON_MODELS",
  usual: "groq,openai,other",
  known: { groq, openai, other: { key: "BATON_MODEL_API_KEY", url: "BATON_MODEL_BASE_URL" } },
};
const readers = {
  setting: "BATON_VOICE",
  usual: "other",
  known: { openai, other: { key: "BATON_VOICE_API_KEY", url: "BATON_VOICE_BASE_URL" } },
};
const listeners = {
  setting: "BATON_TRANSCRIPTION",
  usual: "deepgram,assemblyai,other",
  known: {
    deepgram: { name: "Deepgram", key: "DEEPGRAM_API_KEY", url: "DEEPGRAM_BASE_URL" },
    assemblyai: { name: "AssemblyAI", key: "ASSEMBLYAI_API_KEY", url: "ASSEMBLYAI_BASE_URL" },
    groq,
    openai,
    other: { key: "BATON_TRANSCRIPTION_API_KEY", url: "BATON_TRANSCRIPTION_BASE_URL" },
  },
};

/** What these settings send away, a line for each kind; none when all of it stays. */
export function whatLeaves(env) {
  return [
    sent("Voices: through LiveKit at", elsewhere(env.LIVEKIT_URL, env.LIVEKIT_PUBLIC_URL).slice(0, 1)),
    sent("Pages: to whoever opens", elsewhere(env.PUBLIC_URL)),
    sent("Text of calls, for briefings, insight and questions: to", destinations(asked(writers, env), env)),
    sent("Speech, of lines that are transcribed and of files: to", speech(env)),
    // Whoever comes after the first is never asked to read.
    sent("Briefings that are read aloud: to", destinations(asked(readers, env).slice(0, 1), env)),
    sent("Recordings: to", storage(env)),
    sent("All that is stored: to PostgreSQL at", database(env)),
  ].flat();
}

/** Where the demo is, in the words of the first line that people see. */
export function whereItRuns(leaving, isOnNetwork) {
  const [demo, place] = isOnNetwork ? ["demo on this network", "it"] : ["demo", "this computer"];
  return leaving.length > 0 ? demo : `${demo}: nothing leaves ${place}`;
}

function sent(what, places) {
  return places.length > 0 ? [`${what} ${[...new Set(places)].join(", then ")}`] : [];
}

/** Those of a list that are set, in its order: by a key, or where there is no usual address, by an address. */
function asked({ setting, usual, known }, env) {
  return words(env[setting] || usual)
    .map((word) => known[word])
    .filter((provider) => provider && (env[provider.key] || (!provider.name && env[provider.url])));
}

function words(list) {
  return list.split(",").map((word) => word.trim());
}

function destinations(providers, env) {
  return providers.flatMap(({ name, url }) => (env[url] ? elsewhere(env[url]) : (name ?? [])));
}

/** Browsers recognise only where nobody else is asked. */
function speech(env) {
  const providers = asked(listeners, env);
  const byBrowser = providers.length === 0 && words(env[listeners.setting] ?? "").includes("browser");
  return byBrowser ? ["the maker of each one's browser"] : destinations(providers, env);
}

function storage(env) {
  const isAway = /^s3:/.test(env.BATON_RECORDINGS ?? "") && (!env.AWS_ENDPOINT || elsewhere(env.AWS_ENDPOINT).length > 0);
  return isAway ? [env.BATON_RECORDINGS] : [];
}

function database(env) {
  if (!/^postgres(ql)?:/.test(env.DATABASE_URL ?? "")) return [];
  const url = parsed(env.DATABASE_URL);
  const host = url?.searchParams.get("host") || url?.hostname || env.PGHOST || "localhost";
  return isHere(host) || host.startsWith("/") ? [] : [host];
}

/** The hosts of those addresses that are not on this computer; the rest of an address may be a secret. */
function elsewhere(...addresses) {
  const set = addresses.filter(Boolean).map(parsed);
  return set.filter((url) => !isHere(url?.hostname ?? "")).map((url) => url?.host || "an address that cannot be read");
}

function isHere(host) {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host);
}

function parsed(address) {
  return URL.canParse(address) ? new URL(address) : undefined;
}

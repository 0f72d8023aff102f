// What both programs share, as `../sound.py` does: the client, lines of JSON out, options, and tones.

import { createRequire } from "node:module";
import { writeSync } from "node:fs";
import { parseArgs } from "node:util";

/** LiveKit's client, from the folder that `../make-node.sh` prints. */
export const rtc = createRequire(`${process.env.BATON_EARS_NODE}/`)("@livekit/rtc-node");

export const RATE = 48_000;
export const FRAME = RATE / 100;

/** Writes one line for whoever started this program, at once. */
export function say(line) {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** Resolves when whoever started this program closes its input, and so wants it to end. */
export function inputClosed() {
  return new Promise((closed) => process.stdin.on("end", closed).resume());
}

export function options(names, flags = []) {
  const kinds = { ...Object.fromEntries(names.map((name) => [name, { type: "string" }])), ...Object.fromEntries(flags.map((name) => [name, { type: "boolean" }])) };
  return parseArgs({ options: kinds, allowPositionals: true });
}

/** The level in dBFS (a sine at full scale has -3); silence has -120. */
export function level(samples) {
  return 10 * Math.log10(Math.max(energy(samples) / samples.length, 1e-12));
}

const hann = Float64Array.from({ length: FRAME }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / (FRAME - 1)));
const sum = hann.reduce((total, value) => total + value, 0);
// What a sine of energy 1 gives at its own frequency.
const pure = sum ** 2 / 2 / energy(hann);

/** The loudest of some frequencies in a frame of 10 ms, and its share of the frame's energy: 1 for a pure tone. */
export function loudest(samples, frequencies) {
  const windowed = samples.map((sample, index) => sample * hann[index]);
  const all = energy(windowed);
  if (frequencies.length === 0 || all < 1e-9) return { hz: null, share: 0 };
  const powers = frequencies.map((hz) => ({ hz, power: power(windowed, hz) }));
  const { hz, power: most } = powers.reduce((best, one) => (one.power > best.power ? one : best));
  return { hz, share: Math.min(most / all / pure, 1) };
}

function power(samples, hz) {
  let [real, imaginary] = [0, 0];
  samples.forEach((sample, index) => {
    const turn = (2 * Math.PI * hz * index) / RATE;
    real += sample * Math.cos(turn);
    imaginary -= sample * Math.sin(turn);
  });
  return real ** 2 + imaginary ** 2;
}

function energy(samples) {
  return samples.reduce((total, sample) => total + sample * sample, 0);
}

/** One frame of a sine, as 16 bit, that goes on where the frame before ended. */
export function tone(hz, first, dbfs = -15) {
  const amplitude = 10 ** ((dbfs + 3.0103) / 20);
  return Int16Array.from({ length: FRAME }, (_, index) => amplitude * Math.sin((2 * Math.PI * hz * (first + index)) / RATE) * 32767);
}

"""What both programs share: lines of JSON out, and tones."""

import asyncio
import json
import sys
import threading

import numpy as np

RATE = 48_000
FRAME = RATE // 100


def say(**line):
    """Writes one line for whoever started this program, at once."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def input_closed():
    """An event that is set when whoever started this program closes its input, and so wants it to end."""
    loop, closed = asyncio.get_running_loop(), asyncio.Event()

    def wait():
        sys.stdin.read()
        loop.call_soon_threadsafe(closed.set)

    # Not the loop's own threads: the loop would wait for them before it ends.
    threading.Thread(target=wait, daemon=True).start()
    return closed


async def report(work, stop):
    """Says every second how many packets were handled, until it is to end."""
    while not stop.is_set():
        say(event="packets", count=work.handled)
        try:
            await asyncio.wait_for(stop.wait(), 1)
        except asyncio.TimeoutError:
            pass


def level(samples):
    """The level in dBFS (a sine at full scale has -3); silence has -120."""
    return float(10 * np.log10(max(float(np.mean(samples**2)), 1e-12)))


class Tones:
    """Tells which of some frequencies a frame of 10 ms is made of (Goertzel's filter for each of them)."""

    def __init__(self, frequencies):
        self.frequencies = frequencies
        self.window = np.hanning(FRAME)
        turns = np.outer(np.array(frequencies) / RATE, np.arange(FRAME))
        self.filters = np.exp(-2j * np.pi * turns) * self.window
        # What a sine of energy 1 gives at its own frequency.
        self.pure = float(np.sum(self.window)) ** 2 / 2 / float(np.sum(self.window**2))

    def loudest(self, samples):
        """The loudest frequency and its share of the frame's energy: 1 for a pure tone."""
        energy = float(np.sum((samples * self.window) ** 2))
        if not self.frequencies or energy < 1e-9:
            return None, 0.0
        power = np.abs(self.filters @ samples) ** 2
        loudest = int(np.argmax(power))
        return self.frequencies[loudest], float(min(power[loudest] / energy / self.pure, 1.0))


def tone(hz, first, dbfs=-15.0):
    """One frame of a sine, as 16 bit, that goes on where the frame before ended."""
    amplitude = 10 ** ((dbfs + 3.0103) / 20)
    samples = amplitude * np.sin(2 * np.pi * hz * (first + np.arange(FRAME)) / RATE)
    return (samples * 32767).astype("<i2")

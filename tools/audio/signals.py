"""The short sounds: what a waiting caller hears, what rings at the desk, and a notice."""

import sys
from pathlib import Path

import numpy as np

from sound import RATE, at_loudness, band, circular_filter, encode, place, ramped

KBIT_S = 40


def bar_note(frequency, seconds):
    """A struck wooden bar: a soft fundamental and its fourth harmonic, which fades first."""
    t = np.arange(int(seconds * RATE)) / RATE
    sound = np.sin(2 * np.pi * frequency * t) * np.exp(-t / 0.32)
    sound += 0.22 * np.sin(2 * np.pi * 4 * frequency * t) * np.exp(-t / 0.07)
    return ramped(sound, 0.004, 0.08)


def ringback():
    """The rhythm every caller knows, with rounded tones: two hum for a second, then rest for two and a half."""
    loop = np.zeros(int(3.6 * RATE))
    t = np.arange(int(1.15 * RATE)) / RATE
    tone = sum(level * np.sin(2 * np.pi * f * t) for f, level in ((400, 1), (450, 0.8), (225, 0.25)))
    place(loop, 0.05 * RATE, ramped(tone, 0.09, 0.16))
    return at_loudness(circular_filter(loop, band(150, 1800)), -27)


def ringtone():
    """Two rising figures and a rest: heard across a room, and bearable the fortieth time."""
    loop = np.zeros(int(4.0 * RATE))
    figure = ((0.0, 659.26), (0.15, 783.99), (0.30, 987.77), (0.45, 1318.51))
    for start in (0.02, 0.95):
        for offset, frequency in figure:
            place(loop, (start + offset) * RATE, bar_note(frequency, 0.9))
    return at_loudness(loop, -20)


def chime():
    """Two notes, half a second: something changed, nothing rings."""
    sound = np.zeros(int(0.9 * RATE))
    place(sound, 0, bar_note(880.0, 0.6))
    place(sound, 0.11 * RATE, bar_note(1318.51, 0.75))
    return at_loudness(ramped(sound, 0.002, 0.1), -23)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, sound in (("ringback", ringback()), ("ringtone", ringtone()), ("chime", chime())):
        encode(folder / f"{name}.ogg", sound, KBIT_S, "music")

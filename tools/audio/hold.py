"""The hold music: sixteen bars of soft electric piano over a pad that never stops.

Every note's tail and the whole reverb wrap around the end, so the loop is seamless by construction. The pad under it is there
so that nobody on hold ever hears silence and thinks the line is dead.
"""

import sys
import tempfile

import numpy as np

from sound import RATE, at_loudness, band, circular_convolve, circular_filter, decode, encode, place, ramped, seam

BEAT = 40_000  # 72 beats a minute, in whole samples
BAR = 4 * BEAT
LOUDNESS_LUFS = -23
KBIT_S = 48
# How many places for the loop's beginning are tried.
SEAM_TRIES = 16

# Bass note, then the chord from low to high (MIDI numbers).
CHORDS = [
    (36, (52, 55, 59, 62)),  # C major 9
    (33, (52, 55, 57, 60)),  # A minor 7
    (41, (52, 55, 57, 60)),  # F major 9
    (43, (50, 55, 57, 60)),  # G sus 4
    (40, (50, 55, 59, 62)),  # E minor 7
    (33, (52, 55, 57, 60)),  # A minor 7
    (38, (53, 57, 60, 64)),  # D minor 9
    (43, (53, 57, 60, 62)),  # G 9 sus 4
    (36, (52, 55, 59, 62)),  # C major 9
    (40, (50, 55, 59, 62)),  # E minor 7
    (41, (52, 57, 60, 64)),  # F major 7
    (41, (50, 56, 60, 62)),  # F minor 6
    (43, (52, 55, 60, 64)),  # C over G
    (33, (52, 55, 57, 60)),  # A minor 7
    (38, (53, 57, 60, 65)),  # D minor 7
    (43, (53, 57, 60, 62)),  # G 9 sus 4
]

# Bar, beat, MIDI number, beats it is held. Few notes and long ones: music to talk after, not to listen to.
MELODY = [
    (0, 1, 76, 1.5), (0, 2.5, 74, 1.5), (1, 1, 72, 2.5),
    (2, 1, 69, 1), (2, 2, 72, 1), (2, 3, 76, 1.5), (3, 1, 74, 3),
    (4, 1, 71, 1.5), (4, 2.5, 74, 1.5), (5, 1, 76, 1), (5, 2, 72, 2),
    (6, 1, 77, 1.5), (6, 2.5, 76, 1.5), (7, 1, 74, 3),
    (8, 1, 79, 1.5), (8, 2.5, 76, 1.5), (9, 1, 74, 1), (9, 2, 71, 2),
    (10, 1, 72, 1), (10, 2, 76, 1), (10, 3, 81, 1.5), (11, 1, 80, 1), (11, 2, 77, 2),
    (12, 1, 76, 1.5), (12, 2.5, 79, 1.5), (13, 1, 72, 2.5),
    (14, 1, 74, 1), (14, 2, 77, 1), (14, 3, 76, 1.5), (15, 1, 74, 1.5), (15, 2.5, 71, 1.5),
]  # fmt: skip

# The order in which a bar's broken chord is played, in eighths.
PATTERN = (0, 1, 2, 3, 2, 3, 1, 2)


def hertz(note):
    return 440 * 2 ** ((note - 69) / 12)


def electric_piano(note, held_s, velocity):
    """A carrier with a modulator that fades, and a small tine on top: a struck reed."""
    length = int((held_s + 2.2) * RATE)
    t = np.arange(length) / RATE
    f = hertz(note)
    body = np.sin(2 * np.pi * f * t + (0.25 + 0.9 * velocity) * np.exp(-t / 0.35) * np.sin(2 * np.pi * f * t))
    tine = 0.06 * velocity * np.exp(-t / 0.06) * np.sin(2 * np.pi * 7 * f * t)
    decay = np.exp(-t / (2.4 * (60 / note)))
    damper = 1 / (1 + np.exp((t - held_s - 0.25) / 0.09))
    tremolo = 1 + 0.08 * np.sin(2 * np.pi * 4.5 * t)
    return ramped(velocity * (body + tine) * decay * damper * tremolo, 0.006, 0.05)


def pad_note(note, length, seed):
    """Three soft voices a few cents apart, each of six fading harmonics."""
    t = np.arange(length) / RATE
    phases = np.random.default_rng(seed).random(18) * 2 * np.pi
    sound = np.zeros(length)
    for voice, cents in enumerate((-6, 0, 5)):
        f = hertz(note) * 2 ** (cents / 1200)
        for harmonic in range(1, 7):
            sound += np.sin(2 * np.pi * f * harmonic * t + phases[voice * 6 + harmonic - 1]) / harmonic**2
    return sound / 3


def bass(note, held_s):
    t = np.arange(int((held_s + 0.4) * RATE)) / RATE
    f = hertz(note)
    sound = (np.sin(2 * np.pi * f * t) + 0.3 * np.sin(4 * np.pi * f * t)) * np.exp(-t / 1.6)
    return ramped(sound, 0.02, 0.4)


def panned(sound, pan):
    """-1 is left, 1 is right, at equal power."""
    angle = (pan + 1) * np.pi / 4
    return np.stack([np.cos(angle) * sound, np.sin(angle) * sound])


def room_response():
    """A small hall: two seconds of fading noise, different for each ear, without rumble and hiss."""
    noise = np.random.default_rng(7).standard_normal((2, 2 * RATE))
    t = np.arange(2 * RATE) / RATE
    tail = circular_filter(noise * np.exp(-t / 0.45), band(180, 3200))
    return ramped(tail, 0.02, 0.2) / np.sqrt((tail**2).sum() / 2)


def add_pad(mix):
    """Each chord comes in while the last one leaves, at equal power, so that the level stays."""
    overlap = BEAT
    for bar, (_, chord) in enumerate(CHORDS):
        for position, note in enumerate(chord):
            sound = ramped(pad_note(note, BAR + overlap, seed=bar * 8 + position), overlap / RATE, overlap / RATE)
            place(mix, bar * BAR, panned(0.11 * sound, -0.6 + 0.4 * position))


def add_broken_chords(mix):
    for bar, (_, chord) in enumerate(CHORDS):
        for step, position in enumerate(PATTERN):
            velocity = 0.34 if step in (0, 4) else 0.22
            sound = electric_piano(chord[position] + 12 * (position == 0), 0.9, velocity)
            place(mix, bar * BAR + step * BEAT / 2, panned(0.5 * sound, 0.35 * (-1) ** step))


def add_bass(mix):
    for bar, (note, _) in enumerate(CHORDS):
        place(mix, bar * BAR, panned(0.30 * bass(note, 1.5), 0))
        place(mix, bar * BAR + 2.5 * BEAT, panned(0.20 * bass(note, 0.9), 0))


def add_melody(mix):
    for bar, beat, note, beats in MELODY:
        sound = electric_piano(note, beats * BEAT / RATE, 0.5)
        place(mix, bar * BAR + (beat - 1) * BEAT, panned(0.45 * sound, 0.1))


def hold_music():
    mix = np.zeros((2, len(CHORDS) * BAR))
    add_pad(mix)
    add_bass(mix)
    dry = mix.copy()
    keys = np.zeros_like(mix)
    add_broken_chords(keys)
    add_melody(keys)
    wet = circular_convolve(keys + 0.6 * dry, room_response())
    mix = circular_filter(dry + keys + 0.16 * wet, band(60, 7000, order=1))
    return at_loudness(mix, LOUDNESS_LUFS)


def zero_crossings(mix):
    """Where a phrase begins and both channels cross zero at almost the same moment, the quietest first: starting there does not click."""
    both = mix.sum(axis=0)
    crossings = np.flatnonzero((both[:-1] <= 0) & (both[1:] > 0))
    phrase = 4 * BAR
    crossings = crossings[(crossings % phrase) > phrase - BEAT // 4]
    return crossings[np.argsort(np.abs(mix[:, crossings]).max(axis=0))]


def seamless(mix):
    """Turns the loop to where the codec harms its seam least: what is lost in coding differs a little between its two ends."""
    turned = [np.roll(mix, -at, axis=1) for at in zero_crossings(mix)[:SEAM_TRIES]]
    return min(turned, key=coded_seam)


def coded_seam(mix):
    with tempfile.NamedTemporaryFile(suffix=".ogg") as file:
        encode(file.name, mix, KBIT_S, "music")
        return seam(decode(file.name))


if __name__ == "__main__":
    encode(sys.argv[1], seamless(hold_music()), KBIT_S, "music")

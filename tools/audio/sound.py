"""What the generators and the check share: WAV files, loudness, and sound that wraps around a loop."""

import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

RATE = 48_000


def db(value):
    """An amplitude in dBFS; silence is -120."""
    return 20 * np.log10(np.maximum(value, 1e-6))


def read_wav(path):
    """Samples as float, one row per channel."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise ValueError(f"{path} is not 16 bit")
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return frames.reshape(-1, file.getnchannels()).T / 32768, file.getframerate()


def write_wav(path, samples):
    """Writes 16 bit at 48 kHz. Dither by a fixed seed, so that two runs write the same bytes."""
    samples = np.atleast_2d(samples)
    if np.abs(samples).max() >= 1:
        raise ValueError(f"{path} would clip")
    noise = np.random.default_rng(1)
    dither = (noise.random(samples.shape) - noise.random(samples.shape)) / 32768
    frames = np.clip(np.round((samples + dither) * 32767), -32768, 32767).astype("<i2")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(frames.T.tobytes())


def encode(path, samples, kbit_s, kind):
    """Writes Ogg Opus; `kind` is "music" or "speech". A fixed serial number: the same sound gives the same file."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    options = ["--quiet", "--serial", "1", "--comp", "10", "--bitrate", str(kbit_s), f"--{kind}", "--comment", "license=CC0-1.0"]
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        write_wav(file.name, samples)
        subprocess.run(["opusenc", *options, file.name, path], check=True)


def decode(path):
    """The samples of an Ogg Opus file at 48 kHz, one row per channel."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["opusdec", "--quiet", "--rate", str(RATE), path, file.name], check=True)
        samples, _ = read_wav(file.name)
    return samples


def seam(samples):
    """How the bend from a loop's last samples to its first compares with those in the 100 ms around (1: it is one of them)."""
    around = np.concatenate([samples[:, -RATE // 20 :], samples[:, : RATE // 20]], axis=1)
    bend = np.abs(np.diff(around, n=2, axis=1))
    middle = bend.shape[1] // 2
    usual = np.percentile(bend, 99.5)
    return bend[:, middle - 3 : middle + 3].max() / max(usual, 1e-4)


def place(buffer, at, sound):
    """Adds a sound to a loop. What reaches past the end goes on at the beginning, so that the loop has no seam."""
    where = (int(at) + np.arange(sound.shape[-1])) % buffer.shape[-1]
    np.add.at(buffer, (..., where), sound)


def circular_filter(buffer, response):
    """Filters a loop as if it had been playing for ever. `response` is a function of the frequency in Hz."""
    spectrum = np.fft.rfft(buffer, axis=-1)
    frequencies = np.fft.rfftfreq(buffer.shape[-1], 1 / RATE)
    return np.fft.irfft(spectrum * response(frequencies), buffer.shape[-1], axis=-1)


def circular_convolve(buffer, impulse):
    """Convolves a loop with an impulse response shorter than the loop."""
    size = buffer.shape[-1]
    return np.fft.irfft(np.fft.rfft(buffer, axis=-1) * np.fft.rfft(impulse, size, axis=-1), size, axis=-1)


def band(low, high, order=2):
    """A smooth band-pass without phase, for `circular_filter`."""

    def response(frequencies):
        frequencies = np.maximum(frequencies, 1e-3)
        above = 1 / np.sqrt(1 + (low / frequencies) ** (2 * order))
        below = 1 / np.sqrt(1 + (frequencies / high) ** (2 * order))
        return above * below

    return response


def ramped(sound, attack_s, release_s):
    """Fades a sound in and out by half a cosine."""
    sound = sound.copy()
    rise, fall = int(attack_s * RATE), int(release_s * RATE)
    sound[..., :rise] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)
    sound[..., sound.shape[-1] - fall :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(fall) / fall)
    return sound


def loudness(samples):
    """Integrated loudness in LUFS (ITU-R BS.1770-4: K-weighting, 400 ms blocks, both gates)."""
    samples = np.atleast_2d(samples)
    weighted = circular_filter(samples, _k_weighting)
    size, step = int(0.4 * RATE), int(0.1 * RATE)
    starts = range(0, max(weighted.shape[-1] - size, 0) + 1, step)
    power = np.array([np.mean(weighted[:, at : at + size] ** 2, axis=1).sum() for at in starts])
    levels = -0.691 + 10 * np.log10(np.maximum(power, 1e-12))
    loud = power[levels > -70]
    if loud.size == 0:
        return -70.0
    gate = -0.691 + 10 * np.log10(loud.mean()) - 10
    return -0.691 + 10 * np.log10(power[(levels > -70) & (levels > gate)].mean())


def at_loudness(samples, lufs, peak_dbfs=-3.0):
    """Brings a sound to a loudness, and refuses to let it clip."""
    gain = 10 ** ((lufs - loudness(samples)) / 20)
    samples = samples * gain
    peak = db(np.abs(samples).max())
    if peak > peak_dbfs:
        raise ValueError(f"at {lufs} LUFS the peak would be {peak:.1f} dBFS")
    return samples


def frames_dbfs(samples, frame_ms=10):
    """The level of every frame, over all channels."""
    size = RATE * frame_ms // 1000
    samples = np.atleast_2d(samples)
    whole = samples[:, : samples.shape[-1] // size * size].reshape(samples.shape[0], -1, size)
    return db(np.sqrt(np.mean(whole**2, axis=(0, 2))))


def _k_weighting(frequencies):
    """The two filters of BS.1770 at 48 kHz, as a complex response."""
    z = np.exp(-2j * np.pi * frequencies / RATE)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return shelf * high_pass

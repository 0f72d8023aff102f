"""Measures every sound as a browser would hear it, decoded, and fails when one is not as promised.

Says nothing about taste: peak, loudness, gaps, the step at a loop's seam, and the size of all.
"""

import json
import sys
from pathlib import Path

import numpy as np

from sound import RATE, db, decode, frames_dbfs, loudness, seam

MAX_TOTAL_BYTES = 1_500_000
LOOPS = ("hold", "ringback", "ringtone", "voice-caller", "voice-alice", "voice-bob", "voice-carla")
# Loudness, and how far it may be off.
LOUDNESS_LUFS = {"hold": (-23, 0.7), "ringback": (-27, 1.5), "ringtone": (-20, 1.5), "chime": (-23, 1.5)}
VOICE_LUFS = (-23, 1.5)


def longest_gap_ms(samples, below_dbfs):
    """The longest stretch of quiet 10 ms frames, in a loop that is played twice."""
    longest = run = 0
    for level in frames_dbfs(np.concatenate([samples, samples], axis=-1)):
        run = run + 1 if level < below_dbfs else 0
        longest = max(longest, run)
    return longest * 10


def problems(name, samples):
    peak, level = db(np.abs(samples).max()), loudness(samples)
    wanted, off = LOUDNESS_LUFS.get(name, VOICE_LUFS)
    if peak > -1:
        yield f"peak {peak:.1f} dBFS"
    if abs(level - wanted) > off:
        yield f"loudness {level:.1f} LUFS, not {wanted}"
    if name in LOOPS and seam(samples) > 2:
        yield f"the loop has a seam ({seam(samples):.1f})"
    if name == "hold":
        yield from hold_problems(samples)
    elif name.startswith("voice-") and longest_gap_ms(samples, -50) > 1500:
        yield f"silent for {longest_gap_ms(samples, -50)} ms"


def hold_problems(samples):
    quietest = frames_dbfs(samples).min()
    if quietest < -50:
        yield f"a frame of {quietest:.1f} dBFS"
    if longest_gap_ms(samples, -45) > 150:
        yield f"below -45 dBFS for {longest_gap_ms(samples, -45)} ms"
    if not 45 <= samples.shape[-1] / RATE <= 60:
        yield f"{samples.shape[-1] / RATE:.1f} s long"


def sample_problems(folder):
    """The listing of the sample conversation against its files."""
    for line in json.loads((folder / "sample" / "conversation.json").read_text()):
        path = folder / "sample" / Path(line["file"]).name
        duration_ms = decode(path).shape[-1] / RATE * 1000
        if abs(duration_ms - line["duration_ms"]) > 25:
            yield f"{path.name} lasts {duration_ms:.0f} ms, the listing says {line['duration_ms']}"


def report(name, samples, size):
    print(
        f"{name:14} {samples.shape[-1] / RATE:6.2f} s {samples.shape[0]} ch {size / 1000:6.1f} kB"
        f"  peak {db(np.abs(samples).max()):6.1f}  loudness {loudness(samples):6.1f}"
        f"  quietest frame {frames_dbfs(samples).min():7.1f}  seam {seam(samples):4.1f}"
    )


def main(folder):
    failed, total = [], 0
    for path in sorted(folder.rglob("*.ogg")):
        samples, size = decode(path), path.stat().st_size
        total += size
        report(path.stem, samples, size)
        failed += [f"{path.stem}: {problem}" for problem in problems(path.stem, samples)]
    failed += sample_problems(folder)
    if total > MAX_TOTAL_BYTES:
        failed.append(f"{total} bytes in all")
    print(f"{total / 1000:.0f} kB in all")
    for problem in failed:
        print(f"FAILED {problem}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

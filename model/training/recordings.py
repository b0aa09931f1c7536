"""People: prompts from Debian packages, and two data sets that may be absent."""

import gzip
import json
import re
from collections import defaultdict
from pathlib import Path

import numpy as np

from features import RATE
from reserved import SPEAKERS, allow, is_clip_kept_apart
from vocabulary import DIGITS, class_of, is_number
from voices import Utterance, read_wave, words_of

_SOUNDS = Path("/usr/share/asterisk/sounds")
_ALLISON = _SOUNDS / "en_US_f_Allison"
_PROMPT_TEXTS = Path("/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
_FOREIGN = ("es_MX_f_Allison", "fr_CA_f_June", "it_IT_f_Menardi", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU")
_MUSIC = Path("/usr/share/asterisk/moh")
_LONGEST = 12 * RATE
_ENGLISH_TIMES = 8
"""English talk of people is scarce: it comes so often, each time under other conditions."""

_NUMBERS_OF_ORDERS = re.compile(r"eight|twelve|sixteen|twenty|double|triple|single")
"""Said by people who order coffee, at a time that nobody wrote down."""


def digit_clips(data: Path | None) -> dict:
    """{speaker: {word: [samples]}}: single words that can be strung together.

    `data`/fsdd holds the Free Spoken Digit Dataset; the prompts' voice is always there.
    """
    clips = defaultdict(lambda: defaultdict(list))
    for name, text in _prompts():
        words = words_of(text)
        if name.startswith(("digits/", "letters/", "phonetic/")) and len(words) == 1:
            clips["prompts"][words[0]].append(_unpadded(read_wave(_ALLISON / f"{name}.wav")))
    for path in sorted(Path(data, "fsdd/recordings").glob("*.wav")) if data else []:
        digit, speaker, _ = path.stem.split("_")
        if speaker not in SPEAKERS:
            clips[allow("fsdd", speaker)][DIGITS[int(digit) + 2 if digit != "0" else 0]].append(
                _unpadded(read_wave(path))
            )
    return {speaker: dict(words) for speaker, words in clips.items()}


def talk(data: Path | None) -> list:
    """Speech of people without a number word: prompts in five languages, orders of coffee; what is English
    several times."""
    found, foreign = [], []
    for name, text in _prompts():
        plain = "/" not in name and not re.search(r"\d", text)
        if plain and not is_clip_kept_apart(name, odd=False):
            if not any(class_of(word) for word in words_of(text)):
                found.append(_ALLISON / f"{name}.wav")
    for voice in _FOREIGN:
        foreign += sorted((_SOUNDS / voice).glob("*.wav"))
    orders = Path(data, "speech-to-intent/data") if data else None
    if orders and orders.exists():
        labels = json.loads((orders / "label/label.json").read_text())
        for path in sorted((orders / "speech/clean").glob("*.wav")):
            said = labels.get(path.name, {"slots": {"": "eight"}})["slots"].values()
            if is_clip_kept_apart(path.name, odd=True):
                continue
            if not any(_NUMBERS_OF_ORDERS.search(words) for words in said):
                found.append(path)
    clips = (_unpadded(read_wave(path)[:_LONGEST]) for path in found + foreign)
    heard = [Utterance(clip, is_human=True) for clip in clips]
    return [u for u in _ENGLISH_TIMES * heard[: len(found)] + heard[len(found) :] if len(u.samples) > RATE]


def music() -> list:
    return [read_wave(path) for path in sorted(_MUSIC.glob("*.wav"))]


def string_of(clips: dict, rng) -> Utterance:
    """Single words of one speaker strung together, with pauses as between groups."""
    words = sorted(clips)
    numbers = [word for word in words if is_number(word)]
    pieces, said, at = [], [], 0.0
    count = int(rng.integers(1, 17))
    grouped = rng.random() < 0.6
    group = int(rng.integers(2, 6))
    chosen = numbers if rng.random() < 0.8 else words
    for index in range(count):
        word = chosen[rng.integers(len(chosen))]
        clip = clips[word][rng.integers(len(clips[word]))]
        clip = clip / max(1e-4, np.sqrt((clip**2).mean())) * 10 ** (rng.uniform(-25, -21) / 20)
        is_pause = index % group == 0 if grouped else rng.random() < 0.15
        gap = 0.0 if index == 0 else rng.uniform(0.3, 1.0) if is_pause else rng.uniform(0.0, 0.16)
        pieces += [np.zeros(int(gap * RATE), np.float32), clip]
        at += len(pieces[-2]) / RATE
        said.append((word, at, at + len(clip) / RATE))
        at += len(clip) / RATE
    return Utterance(np.concatenate(pieces), said, is_human=True)


def _prompts() -> list:
    """[(name, text)] of the English prompts that are there."""
    found = []
    for line in gzip.open(_PROMPT_TEXTS, "rt", errors="ignore"):
        name, colon, text = line.partition(":")
        if colon and not line.startswith(";") and (_ALLISON / f"{name.strip()}.wav").exists():
            found.append((name.strip(), text.strip()))
    return found


def _unpadded(samples: np.ndarray) -> np.ndarray:
    """Without the silence around it."""
    hop = RATE // 100
    power = (samples[: len(samples) // hop * hop].reshape(-1, hop) ** 2).mean(1)
    if not len(power):
        return samples[:0]
    loud = np.flatnonzero(power > 1e-3 * max(1e-9, power.max()))
    return samples[loud[0] * hop : (loud[-1] + 1) * hop] if len(loud) else samples[:0]

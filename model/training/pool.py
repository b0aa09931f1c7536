"""What the net hears: clean speech made once, under other conditions every time it comes round."""

from pathlib import Path

import numpy as np

import recordings
import texts
from cast import FESTIVAL_VOICE, FLITE_VOICES, VARIANTS, any_espeak_voice
from conditions import Conditions
from features import RATE, log_mel
from vocabulary import class_of, is_number
from voices import Espeak, Flite, Utterance, say_with_festival

IGNORED = -100
"""Label of steps that teach nothing."""

_MEAN_SECONDS = 3.6
"""Of an utterance, about."""


class Speaker:
    """Says anything in any voice."""

    def __init__(self):
        self._espeak, self._flite = Espeak(), Flite()

    def utterances(self, hours: float, rng, variants: list) -> list:
        """`variants` of espeak-ng; flite and festival only beside the VARIANTS to train with."""
        count = int(hours * 3600 / _MEAN_SECONDS)
        spoken, festival = [], []
        for _ in range(count):
            text, is_talk = _text(rng)
            engine = rng.random() if variants is VARIANTS else 0.0
            if engine < 0.55:
                spoken.append((self._espeak.say(any_espeak_voice(rng, variants), text, rng), is_talk))
            elif engine < 0.9:
                voice = FLITE_VOICES[rng.integers(len(FLITE_VOICES))]
                spoken.append((self._flite.say(voice, text, rng), is_talk))
            else:
                festival.append((text, is_talk))
        if festival:
            said = say_with_festival(FESTIVAL_VOICE, [text for text, _ in festival], rng)
            spoken += [(utterance, is_talk) for utterance, (_, is_talk) in zip(said, festival)]
        for utterance, is_talk in spoken:
            utterance.is_talk = is_talk
        return [utterance for utterance, _ in spoken if len(utterance.samples) > RATE // 4]


def _text(rng) -> tuple:
    kind = rng.random()
    if kind < 0.36:
        return texts.number(rng), False
    return (texts.phrase(rng), False) if kind < 0.5 else (texts.talk(rng), True)


class Pool:
    """Everything to train on, and its features under the conditions of this epoch."""

    def __init__(self, spoken: list, data: Path | None, seed: int):
        self._rng = np.random.default_rng(seed)
        talk = recordings.talk(data)
        self._clips = list(recordings.digit_clips(data).values())
        weights = [1.0 if len(clips) > 12 else 2.0 for clips in self._clips]
        self._clip_odds = np.array(weights) / sum(weights)
        babble = [u.samples for u in talk] + [u.samples for u in spoken if u.is_talk]
        self._conditions = Conditions(babble, recordings.music())
        strings = len(spoken) // (4 if len(self._clips) > 1 else 12)
        self._items = [*spoken, *talk, *["string"] * strings, *["no speech"] * (len(spoken) // 12)]
        self._heard = [None] * len(self._items)

    def renew(self, share: float) -> None:
        """Puts this share of what is heard under other conditions; all of it the first time."""
        for index, item in enumerate(self._items):
            if self._heard[index] is None or self._rng.random() < share:
                self._heard[index] = labelled(self._made(item))

    def stream(self) -> tuple:
        """Everything in a row and in a new order: features [steps][64] as float16, labels [steps]."""
        order = self._rng.permutation(len(self._items))
        features = np.concatenate([self._heard[index][0] for index in order])
        return features, np.concatenate([self._heard[index][1] for index in order])

    @property
    def hours(self) -> float:
        return sum(len(labels) for _, labels in self._heard) * 0.02 / 3600

    def _made(self, item) -> Utterance:
        if item == "no speech":
            return self._conditions.no_speech(self._rng)
        if item == "string":
            item = recordings.string_of(
                self._clips[self._rng.choice(len(self._clips), p=self._clip_odds)], self._rng
            )
        return self._conditions.apply(item, self._rng)


def labelled(heard: Utterance) -> tuple:
    """Features and labels of every step of 20 ms."""
    bands = log_mel(heard.samples)
    steps = len(bands) // 2
    labels = np.zeros(len(bands), np.int64)
    for word, start, end in heard.words:
        label = class_of(word)
        if label:
            if heard.is_talk and is_number(word):
                label = IGNORED
            labels[max(0, int(start * 100 - 1)) : max(0, int(end * 100 - 1))] = label
    return bands[: 2 * steps].reshape(steps, -1).astype(np.float16), labels[: 2 * steps : 2]

"""Scores a net on voices it was not trained with, by the runs of numbers that the product would silence."""

import numpy as np
import torch

import recordings
from conditions import Conditions
from features import RATE
from net import DELAY_STEPS, Net
from pool import labelled
from vocabulary import NUMBER_CLASSES, is_number

STEP_SECONDS = 0.02
_RUN_WORDS, _RUN_GAP, _BEFORE, _AFTER = 3, 2.5, 0.7, 1.0
"""The run policy of docs/speech.md, seconds."""


class Validation:
    """`spoken`: utterances of the validation voices."""

    def __init__(self, spoken: list, seed: int):
        rng = np.random.default_rng(seed + 1)
        babble = [u.samples for u in spoken if u.is_talk]
        conditions = Conditions(babble, recordings.music())
        heard = [conditions.apply(utterance, rng) for utterance in spoken]
        quiet = [conditions.no_speech(rng) for _ in range(150)]
        count = lambda u: sum(is_number(word) for word, _, _ in u.words)  # noqa: E731
        self._numbers = [u for u in heard if not u.is_talk and count(u) >= 3]
        self._codes = [u for u in self._numbers if count(u) <= 4]
        self._talk = [u for u in heard if u.is_talk]
        self._quiet = quiet

    def report(self, title: str, net: Net) -> None:
        net.eval()
        groups = (self._numbers, self._codes, self._talk, self._quiet)
        heard = {id(u): events_of(net, u) for u in [*self._numbers, *self._talk, *self._quiet]}
        numbers, codes, talk, quiet = ([(u, heard[id(u)]) for u in group] for group in groups)
        print(
            f"{title}: digits silenced {100 * covered(numbers, 3):.2f} %,"
            f" codes {100 * covered(codes, 3):.1f} %, armed {100 * covered(codes, 1):.1f} %;"
            f" words found {100 * found(numbers):.1f} %;"
            f" silenced in talk {silenced_in(talk):.0f} s/h, no speech {silenced_in(quiet):.0f} s/h",
            flush=True,
        )


def covered(group: list, least: int) -> float:
    """Share of the time of number words that is silenced. `group`: utterances and what was heard in them."""
    total = silenced = 0.0
    for utterance, events in group:
        spans = silenced_spans(events, least)
        for word, start, end in utterance.words:
            if is_number(word):
                total += end - start
                silenced += sum(max(0.0, min(end, b) - max(start, a)) for a, b in spans)
    return silenced / total


def found(group: list) -> float:
    """Share of number words in which any was heard."""
    words = [
        any(a < end and b > start for a, b in events)
        for utterance, events in group
        for word, start, end in utterance.words
        if is_number(word)
    ]
    return sum(words) / len(words)


def silenced_in(group: list) -> float:
    """Seconds an hour; utterances are joined, as runs cross from one sentence to the next."""
    joined, at = [], 0.0
    for utterance, events in group:
        joined += [(a + at, b + at) for a, b in events]
        at += len(utterance.samples) / RATE
    return sum(b - a for a, b in silenced_spans(joined, _RUN_WORDS)) / at * 3600


def events_of(net: Net, utterance) -> list:
    """[(start, end)] of number words."""
    features, _ = labelled(utterance)
    late = np.repeat(features[-1:], DELAY_STEPS, 0)
    inputs = torch.from_numpy(np.concatenate([features, late]).astype(np.float32).T[None].copy())
    with torch.no_grad():
        chances = torch.softmax(net(inputs)[0], 0).numpy()[:, DELAY_STEPS:]
    is_one = chances[1:NUMBER_CLASSES].sum(0) >= 0.5
    word = np.where(is_one, 1 + chances[1:NUMBER_CLASSES].argmax(0), 0)
    edges = np.flatnonzero(np.diff(word, prepend=0, append=0))
    events = [(a, b) for a, b in zip(edges[:-1], edges[1:]) if word[a] and b - a >= 3]
    return [(a * STEP_SECONDS, b * STEP_SECONDS) for a, b in events]


def silenced_spans(events: list, least: int) -> list:
    """Runs of at least so many words, widened, none overlapping another."""
    runs = []
    for start, end in events:
        if runs and start - runs[-1][1] < _RUN_GAP:
            runs[-1] = (runs[-1][0], end, runs[-1][2] + 1)
        else:
            runs.append((start, end, 1))
    spans = []
    for start, end, words in runs:
        if words >= least:
            begin = max(start - _BEFORE, spans[-1][1] if spans else 0.0)
            spans.append((begin, end + _AFTER))
    return spans

"""Synthetic speech with the time of every word: espeak-ng and flite as libraries, festival as a program."""

import ctypes
import difflib
import re
import subprocess
import tempfile
import wave
from dataclasses import dataclass, field
from math import gcd
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from features import RATE
from reserved import allow

Word = tuple  # (word, start, end): seconds
"""A word and where it lies."""


@dataclass
class Utterance:
    """8 kHz, float32 in -1..1, and its words."""

    samples: np.ndarray
    words: list = field(default_factory=list)
    is_human: bool = False
    is_talk: bool = False
    """Plain talk: number words in it are neither taught nor held against the net."""


def resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    if rate == RATE:
        return samples.astype(np.float32)
    factor = gcd(rate, RATE)
    return resample_poly(samples, RATE // factor, rate // factor).astype(np.float32)


def read_wave(path) -> np.ndarray:
    """Any PCM of 16 bits, as mono of 8 kHz."""
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        if file.getnchannels() > 1:
            data = data.reshape(-1, file.getnchannels()).mean(1)
        return resampled(data, file.getframerate())


class Espeak:
    """espeak-ng in this process. One at a time: the library has one voice."""

    class _Event(ctypes.Structure):
        _fields_ = [
            ("type", ctypes.c_int),
            ("id", ctypes.c_uint),
            ("text_position", ctypes.c_int),
            ("length", ctypes.c_int),
            ("audio_ms", ctypes.c_int),
            ("sample", ctypes.c_int),
            ("user_data", ctypes.c_void_p),
            ("value", ctypes.c_char * 8),
        ]

    _SYNCHRONOUS, _WORD, _RATE, _PITCH, _RANGE, _WORD_GAP = 2, 1, 1, 3, 4, 7

    def __init__(self):
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self._rate = self._library.espeak_Initialize(self._SYNCHRONOUS, 0, None, 0)
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(self._Event))
        self._callback = kind(self._heard)
        self._library.espeak_SetSynthCallback(self._callback)

    def _heard(self, samples, count, events):
        if samples and count > 0:
            self._audio.append(ctypes.string_at(samples, 2 * count))
        index = 0
        while events[index].type:
            if events[index].type == self._WORD:
                event = events[index]
                self._events.append((event.text_position - 1, event.length, event.audio_ms / 1000))
            index += 1
        return 0

    def say(self, voice: str, text: str, rng) -> Utterance:
        allow("espeak", voice)
        self._audio, self._events = [], []
        library = self._library
        if library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice}")
        library.espeak_SetParameter(self._RATE, int(rng.integers(115, 215)), 0)
        library.espeak_SetParameter(self._PITCH, int(rng.integers(25, 80)), 0)
        library.espeak_SetParameter(self._RANGE, int(rng.integers(30, 70)), 0)
        library.espeak_SetParameter(self._WORD_GAP, int(max(0, rng.integers(-3, 5))), 0)
        data = text.encode()
        library.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
        library.espeak_Synchronize()
        samples = np.frombuffer(b"".join(self._audio), "<i2").astype(np.float32) / 32768
        ends = [start for _, _, start in self._events[1:]] + [len(samples) / self._rate]
        heard = [(text[at : at + length], start, end) for (at, length, start), end in zip(self._events, ends)]
        return _aligned(text, heard, resampled(samples, self._rate))


class Flite:
    """flite in this process."""

    class _Wave(ctypes.Structure):
        _fields_ = [
            ("type", ctypes.c_char_p),
            ("rate", ctypes.c_int),
            ("count", ctypes.c_int),
            ("channels", ctypes.c_int),
            ("samples", ctypes.POINTER(ctypes.c_short)),
        ]

    class _Voice(ctypes.Structure):
        _fields_ = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]

    def __init__(self):
        load = lambda name: ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)  # noqa: E731
        library = self._library = load("libflite.so.1")
        load("libflite_usenglish.so.1")
        load("libflite_cmulex.so.1")
        for name in ("utt_wave", "utt_relation", "relation_head", "item_next", "flite_synth_text"):
            getattr(library, name).restype = ctypes.c_void_p
        library.ffeature_string.restype = ctypes.c_char_p
        library.ffeature_float.restype = ctypes.c_float
        library.flite_init()
        self._voices = {}

    def _voice(self, name: str):
        if name not in self._voices:
            register = getattr(ctypes.CDLL(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
            register.restype = ctypes.POINTER(self._Voice)
            self._voices[name] = register(None)
        return self._voices[name]

    def say(self, voice: str, text: str, rng) -> Utterance:
        allow("flite", voice)
        library, pointer = self._library, ctypes.c_void_p
        speaker = self._voice(voice)
        for feature, value in (
            ("duration_stretch", rng.uniform(0.8, 1.25)),
            ("f0_shift", rng.uniform(0.8, 1.3)),
        ):
            library.feat_set_float(
                pointer(speaker.contents.features), feature.encode(), ctypes.c_float(value)
            )
        spoken = pointer(library.flite_synth_text(text.encode(), speaker))
        made = ctypes.cast(library.utt_wave(spoken), ctypes.POINTER(self._Wave)).contents
        samples = np.ctypeslib.as_array(made.samples, (made.count,)).astype(np.float32) / 32768
        rate, heard = made.rate, []
        item = library.relation_head(pointer(library.utt_relation(spoken, b"Word")))
        while item:
            word = pointer(item)
            start = b"R:SylStructure.daughter1.daughter1.R:Segment.p.end"
            end = b"R:SylStructure.daughtern.daughtern.R:Segment.end"
            name = library.ffeature_string(word, b"name").decode()
            heard.append((name, library.ffeature_float(word, start), library.ffeature_float(word, end)))
            item = library.item_next(word)
        library.delete_utterance(spoken)
        return _aligned(text, heard, resampled(samples, rate))


_FESTIVAL = """
(voice_{voice})
(define (say file text)
  (let ((spoken (utt.synth (eval (list 'Utterance 'Text text)))))
    (utt.save.wave spoken file 'riff)
    (format t "@%s 0 0\\n" file)
    (mapcar
      (lambda (w)
        (format t "%s %f %f\\n" (item.name w) (item.feat w 'word_start) (item.feat w 'word_end)))
      (utt.relation.items spoken 'Word))))
"""


def say_with_festival(voice: str, texts: list, rng) -> list:
    """One program for all: loading a voice takes seconds."""
    allow("festival", voice)
    with tempfile.TemporaryDirectory() as folder:
        script = _FESTIVAL.format(voice=voice)
        for index, text in enumerate(texts):
            script += f"(Parameter.set 'Duration_Stretch {rng.uniform(0.85, 1.25):.2f})\n"
            script += f'(say "{folder}/{index}.wav" "{text}")\n'
        path = Path(folder, "say.scm")
        path.write_text(script)
        told = subprocess.run(["festival", "-b", path], capture_output=True, text=True, check=True)
        words, current = {}, ""
        for line in told.stdout.splitlines():
            name, start, end = line.rsplit(" ", 2)
            if line.startswith("@"):
                current = name[1:]
                words[current] = []
            else:
                words[current].append((name, float(start), float(end)))
        return [
            _aligned(text, words[f"{folder}/{index}.wav"], read_wave(f"{folder}/{index}.wav"))
            for index, text in enumerate(texts)
        ]


def words_of(text: str) -> list:
    return re.findall(r"[a-z][a-z']*", text.lower())


def _aligned(text: str, heard: list, samples: np.ndarray) -> Utterance:
    """Gives every word of `text` a time, though engines join and split words as they please."""
    wanted = words_of(text)
    plain = [re.sub("[^a-z]", "", word) for word in wanted]
    engine = [re.sub("[^a-z]", "", word.lower()) for word, _, _ in heard]
    times = [None] * len(wanted)
    matcher = difflib.SequenceMatcher(a=plain, b=engine, autojunk=False)
    for kind, from_, to, heard_from, heard_to in matcher.get_opcodes():
        if kind == "equal":
            for offset in range(to - from_):
                times[from_ + offset] = heard[heard_from + offset][1:]
        elif to > from_:
            start = heard[heard_from][1] if heard_from < len(heard) else len(samples) / RATE
            end = heard[heard_to - 1][2] if heard_to > heard_from else start
            letters = sum(len(word) + 1 for word in plain[from_:to])
            for index in range(from_, to):
                share = (end - start) * (len(plain[index]) + 1) / letters
                times[index] = (start, start + share)
                start += share
    return Utterance(samples, [(w, *_trimmed(samples, *t)) for w, t in zip(wanted, times)])


def _trimmed(samples: np.ndarray, start: float, end: float) -> tuple:
    """Without the silence at either end: engines count a pause to the word before it."""
    hop = RATE // 100
    first, last = int(start * 100), min(len(samples) // hop, int(np.ceil(end * 100)))
    if last - first < 4:
        return start, end
    power = (samples[first * hop : last * hop].reshape(-1, hop) ** 2).mean(1)
    loud = np.flatnonzero(power > 1e-3 * power.max())
    return (first + loud[0]) / 100, (first + loud[-1] + 1) / 100

"""What a telephone does to speech: voice, pace, room, noise, a codec, lost packets. And what is no speech."""

import ctypes

import numpy as np
from scipy.signal import butter, sosfilt

from features import RATE
from voices import Utterance

_BANDS = [
    butter(order, edges, btype="band", fs=RATE, output="sos")
    for order, edges in ((4, (280, 3450)), (2, (180, 3700)), (3, (350, 3200)), (2, (100, 3850)))
]
_PACKET = RATE // 50


def decibels(value: float) -> float:
    return 10 ** (value / 20)


def speech_level(samples: np.ndarray) -> float:
    """Root mean square of what is loud in it."""
    power = (samples[: len(samples) // _PACKET * _PACKET].reshape(-1, _PACKET) ** 2).mean(1)
    if not len(power) or power.max() < 1e-9:
        return 1e-4
    return float(np.sqrt(power[power > 0.02 * np.percentile(power, 95)].mean()))


def pink_noise(count: int, rng, slope: float = 0.5) -> np.ndarray:
    frequencies = np.fft.rfftfreq(count, 1 / RATE)
    spectrum = rng.standard_normal(len(frequencies)) + 1j * rng.standard_normal(len(frequencies))
    noise = np.fft.irfft(spectrum / np.maximum(frequencies, 50) ** slope, count)
    return (noise / noise.std()).astype(np.float32)


class Conditions:
    """Makes of clean speech what the net is to hear. `babble`: clips to talk in the background."""

    def __init__(self, babble: list, music: list):
        self._babble = [clip for clip in babble if len(clip) > RATE // 2]
        self._music = music
        self._codecs = Codecs()

    def apply(self, spoken: Utterance, rng) -> Utterance:
        """The same words elsewhere: a new Utterance with some silence around it."""
        pace = rng.uniform(0.92, 1.09) if spoken.is_human else rng.uniform(0.86, 1.17)
        before = int(rng.choice([rng.uniform(0.0, 0.1), rng.uniform(0.1, 0.6)]) * RATE)
        after = int(rng.uniform(0.1, 0.7) * RATE)
        samples = _at_pace(spoken.samples, pace)
        samples = np.concatenate([np.zeros(before), samples, np.zeros(after)]).astype(np.float32)
        if rng.random() < 0.85:
            samples = sosfilt(_BANDS[rng.integers(len(_BANDS))], samples)
        if rng.random() < 0.3:
            samples = _in_a_room(samples, rng)
        samples = samples * (decibels(rng.uniform(-36, -13)) / speech_level(samples))
        samples = self._noisy(samples.astype(np.float32), rng)
        words = [(w, s / pace + before / RATE, e / pace + before / RATE) for w, s, e in spoken.words]
        return Utterance(self._codecs.through_any(samples, rng), words, is_talk=spoken.is_talk)

    def no_speech(self, rng) -> Utterance:
        """Silence, noise, music, keys and the tones of a call, and steps from one to the other."""
        kinds = (_silence, _noise, _keys, _call_progress, _tone, self._music_alone, self._hum)
        parts = [kinds[rng.integers(len(kinds))](rng) for _ in range(int(rng.integers(1, 4)))]
        samples = np.concatenate(parts).astype(np.float32)
        return Utterance(self._codecs.through_any(samples, rng))

    def _noisy(self, samples: np.ndarray, rng) -> np.ndarray:
        floor = decibels(rng.uniform(-80, -58)) * rng.standard_normal(len(samples)) * (rng.random() < 0.8)
        if rng.random() < 0.22:
            return (samples + floor).astype(np.float32)
        kind, count = rng.random(), len(samples)
        if kind < 0.35:
            noise = pink_noise(count, rng, rng.uniform(0.0, 0.9))
        elif kind < 0.7:
            noise = self._babble_of(count, rng)
        elif kind < 0.85:
            noise = _piece(self._music[rng.integers(len(self._music))], count, rng)
        else:
            noise = _gusts(pink_noise(count, rng, rng.uniform(0.2, 0.9)), rng)
        ratio = rng.uniform(4, 30) if kind < 0.7 else rng.uniform(8, 30)
        noise = noise / max(1e-5, noise.std()) * (speech_level(samples) * decibels(-ratio))
        return (samples + noise + floor).astype(np.float32)

    def _babble_of(self, count: int, rng) -> np.ndarray:
        noise = np.zeros(count, np.float32)
        for _ in range(int(rng.integers(3, 8))):
            clip = self._babble[rng.integers(len(self._babble))]
            noise += _piece(clip, count, rng) / speech_level(clip)
        return noise

    def _music_alone(self, rng) -> np.ndarray:
        piece = _piece(self._music[rng.integers(len(self._music))], _length(rng), rng)
        return piece * (decibels(rng.uniform(-35, -14)) / max(1e-5, piece.std()))

    def _hum(self, rng) -> np.ndarray:
        """Many talkers, none of them near."""
        noise = self._babble_of(_length(rng), rng)
        return noise * (decibels(rng.uniform(-50, -24)) / max(1e-5, noise.std()))


def _length(rng) -> int:
    return int(rng.uniform(0.8, 4.0) * RATE)


def _piece(samples: np.ndarray, count: int, rng) -> np.ndarray:
    start = int(rng.integers(len(samples)))
    return np.resize(np.roll(samples, -start)[:count], count)


def _at_pace(samples: np.ndarray, pace: float) -> np.ndarray:
    """Faster and higher, or slower and lower, as if it were somebody else."""
    places = np.arange(int(len(samples) / pace)) * pace
    return np.interp(places, np.arange(len(samples)), samples)


def _in_a_room(samples: np.ndarray, rng) -> np.ndarray:
    """Early reflections, and sometimes a tail."""
    count = int(rng.uniform(0.02, 0.2) * RATE)
    decay = np.exp(-np.arange(count) / (count / 5))
    response = rng.standard_normal(count) * decay * (rng.random(count) < 0.04) * rng.uniform(0.1, 0.6)
    response[0] = 1
    return np.convolve(samples, response)[: len(samples)]


def _gusts(noise: np.ndarray, rng) -> np.ndarray:
    """Noise that comes and goes, as of a street."""
    points = rng.uniform(0.05, 1.0, max(2, len(noise) // (RATE // 2)))
    return noise * np.interp(np.linspace(0, len(points) - 1, len(noise)), np.arange(len(points)), points)


def _silence(rng) -> np.ndarray:
    return np.zeros(_length(rng), np.float32)


def _noise(rng) -> np.ndarray:
    return pink_noise(_length(rng), rng, rng.uniform(0.0, 0.9)) * decibels(rng.uniform(-75, -18))


def _sines(frequencies, count: int) -> np.ndarray:
    time = np.arange(count) / RATE
    return sum(np.sin(2 * np.pi * frequency * time) for frequency in frequencies)


def _tone(rng) -> np.ndarray:
    level = decibels(rng.uniform(-40, -10))
    if rng.random() < 0.5:
        return level * _sines([rng.uniform(200, 3400)], _length(rng))
    sweep = np.linspace(*rng.uniform(200, 3400, 2), _length(rng))
    return level * np.sin(2 * np.pi * np.cumsum(sweep) / RATE)


def _keys(rng) -> np.ndarray:
    """DTMF."""
    parts = []
    for _ in range(int(rng.integers(1, 12))):
        pair = (rng.choice([697, 770, 852, 941]), rng.choice([1209, 1336, 1477, 1633]))
        parts.append(_sines(pair, int(rng.uniform(0.04, 0.3) * RATE)) * decibels(rng.uniform(-24, -8)) / 2)
        parts.append(np.zeros(int(rng.uniform(0.04, 0.4) * RATE)))
    return np.concatenate(parts)


def _call_progress(rng) -> np.ndarray:
    """Ringing, engaged and dialling, as in the United States and in Europe; a modem's answer."""
    tones = ((440, 480), (400, 450), (425,), (480, 620), (350, 440), (2100,), (950, 1400, 1800))
    frequencies = tones[rng.integers(len(tones))]
    on, off = ((2.0, 4.0), (0.4, 0.2), (1.0, 4.0), (0.5, 0.5), (0.25, 0.25), (3.0, 0.0))[rng.integers(6)]
    pattern = np.concatenate([np.ones(int(on * RATE)), np.zeros(int(off * RATE))])
    count = int(rng.uniform(1, 6) * RATE)
    cadence = np.roll(np.resize(pattern, max(count, len(pattern))), int(rng.integers(RATE)))[:count]
    return _sines(frequencies, count) * cadence * decibels(rng.uniform(-30, -10)) / len(frequencies)


class Codecs:
    """G.711, GSM and Opus, with lost packets."""

    def __init__(self):
        self._opus = ctypes.CDLL("libopus.so.0")
        self._opus.opus_encoder_create.restype = ctypes.c_void_p
        self._opus.opus_decoder_create.restype = ctypes.c_void_p
        self._gsm = ctypes.CDLL("libgsm.so.1")
        self._gsm.gsm_create.restype = ctypes.c_void_p

    def through_any(self, samples: np.ndarray, rng) -> np.ndarray:
        """Clipped to 16 bits, coded, decoded."""
        pcm = np.clip(np.round(samples * 32768), -32700, 32700).astype(np.int16)
        kind, loss = rng.random(), rng.uniform(0.01, 0.12) if rng.random() < 0.12 else 0.0
        if kind < 0.55:
            pcm = mu_law(pcm)
        elif kind < 0.7:
            pcm = a_law(pcm)
        elif kind < 0.76:
            pcm = self._through_gsm(pcm)
        elif kind < 0.88:
            pcm, loss = self._through_opus(pcm, rng, 3 * loss), 0.0
        return _lossy(pcm, loss, rng).astype(np.float32) / 32768

    def _through_opus(self, pcm: np.ndarray, rng, loss: float) -> np.ndarray:
        """6 to 24 kbit/s; the decoder conceals what is lost."""
        opus, pointer, error = self._opus, ctypes.c_void_p, ctypes.c_int()
        encoder = pointer(opus.opus_encoder_create(RATE, 1, 2048, ctypes.byref(error)))
        decoder = pointer(opus.opus_decoder_create(RATE, 1, ctypes.byref(error)))
        opus.opus_encoder_ctl(encoder, 4002, ctypes.c_int(int(rng.integers(6000, 24000))))
        opus.opus_encoder_ctl(encoder, 4010, ctypes.c_int(3))
        packet, out = ctypes.create_string_buffer(1500), np.zeros(_PACKET, np.int16)
        address = lambda array: array.ctypes.data_as(pointer)  # noqa: E731
        decoded = np.zeros_like(pcm)
        for at in range(0, len(pcm) - _PACKET + 1, _PACKET):
            frame = np.ascontiguousarray(pcm[at : at + _PACKET])
            size = opus.opus_encode(encoder, address(frame), _PACKET, packet, 1500)
            lost = rng.random() < loss
            opus.opus_decode(decoder, None if lost else packet, 0 if lost else size, address(out), _PACKET, 0)
            decoded[at : at + _PACKET] = out
        opus.opus_encoder_destroy(encoder)
        opus.opus_decoder_destroy(decoder)
        # Behind by the encoder's look-ahead of 6.5 ms at most, which is less than a frame of features.
        return decoded

    def _through_gsm(self, pcm: np.ndarray) -> np.ndarray:
        gsm, pointer = self._gsm, ctypes.c_void_p
        encoder, decoder = pointer(gsm.gsm_create()), pointer(gsm.gsm_create())
        packet, decoded = ctypes.create_string_buffer(33), pcm.copy()
        out = np.zeros(160, np.int16)
        for at in range(0, len(pcm) - 159, 160):
            frame = np.ascontiguousarray(pcm[at : at + 160])
            gsm.gsm_encode(encoder, frame.ctypes.data_as(pointer), packet)
            gsm.gsm_decode(decoder, packet, out.ctypes.data_as(pointer))
            decoded[at : at + 160] = out
        gsm.gsm_destroy(encoder)
        gsm.gsm_destroy(decoder)
        return decoded


def _lossy(pcm: np.ndarray, loss: float, rng) -> np.ndarray:
    """Packets of 20 ms are missing: silent, or the one before once more."""
    repeats = rng.random() < 0.4
    for at in range(_PACKET, len(pcm) - _PACKET, _PACKET) if loss else ():
        if rng.random() < loss:
            pcm[at : at + _PACKET] = pcm[at - _PACKET : at] if repeats else 0
    return pcm


def mu_law(pcm: np.ndarray) -> np.ndarray:
    """There and back."""
    value = np.minimum(np.abs(pcm.astype(np.int32)), 32635) + 0x84
    step = np.floor(np.log2(value)).astype(np.int32) - 4
    kept = ((value >> step) << step) + (1 << (step - 1)) - 0x84
    return (np.sign(pcm) * kept).astype(np.int16)


def a_law(pcm: np.ndarray) -> np.ndarray:
    """There and back."""
    value = np.abs(pcm.astype(np.int32))
    step = np.maximum(4, np.floor(np.log2(np.maximum(value, 1))).astype(np.int32) - 4)
    return (np.where(pcm < 0, -1, 1) * (((value >> step) << step) + (1 << (step - 1)))).astype(np.int16)

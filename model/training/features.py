"""8 kHz audio to log-mel bands, as proxy/detectors/speech/recognizers/embedded/front-end.ts does it."""

import numpy as np

RATE = 8000
HOP = 80
WINDOW = 200
BANDS = 32
_FFT = 256
FLOOR = 1e-6


def _mel(hz):
    return 1127 * np.log(1 + np.asarray(hz) / 700)


def mel_filters(lowest: float = 120, highest: float = 3800) -> np.ndarray:
    """[BANDS][bins], triangles."""
    edges = 700 * (np.exp(np.linspace(_mel(lowest), _mel(highest), BANDS + 2) / 1127) - 1)
    bins = np.arange(_FFT // 2 + 1) * RATE / _FFT
    filters = np.zeros((BANDS, len(bins)), np.float32)
    for band in range(BANDS):
        low, middle, high = edges[band : band + 3]
        rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
        filters[band] = np.maximum(0, np.minimum(rising, falling))
    return filters


FILTERS = mel_filters()
HANN = np.hanning(WINDOW + 1)[:WINDOW].astype(np.float32)


def log_mel(samples: np.ndarray) -> np.ndarray:
    """[frames of 10 ms][BANDS] of float32 samples in -1..1."""
    count = 1 + (len(samples) - WINDOW) // HOP
    if count <= 0:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP][:count] * HANN
    power = np.abs(np.fft.rfft(frames, _FFT)) ** 2
    return np.log(power.astype(np.float32) @ FILTERS.T + FLOOR).astype(np.float32)

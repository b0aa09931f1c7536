"""Writes what a model makes of fixtures/speech/digits.wav beside it: how the runtime is held to the training.

python3 vector.py DIRECTORY, that of spotter.bin and spotter.json.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch

from features import log_mel
from net import FEATURES, Net, unfold
from train import read_model

FIXTURES = Path(__file__).parents[2] / "fixtures/speech"
_HEADER_BYTES = 58
_STEPS = 200


def decoded(codes: np.ndarray) -> np.ndarray:
    """Mu-law to float32 in -1..1."""
    code = ~codes.astype(np.int32) & 0xFF
    value = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return (np.where(code & 0x80, -value, value) / 32768).astype(np.float32)


def best_of_steps(folder: Path, first: int) -> list:
    """[[class, probability]] of 200 steps."""
    tensors = read_model(folder)
    net = Net(len(tensors["inp.b"]))
    unfold(tensors, net, torch.randn(4, FEATURES, 300))
    codes = np.frombuffer((FIXTURES / "digits.wav").read_bytes()[_HEADER_BYTES:], np.uint8)
    bands = log_mel(decoded(codes))
    steps = torch.from_numpy(bands[: len(bands) // 2 * 2].reshape(-1, FEATURES).T[None].copy())
    with torch.no_grad():
        chances = torch.softmax(net.eval()(steps)[0].double(), 0).numpy().T[first : first + _STEPS]
    return [[int(step.argmax()), round(float(step.max()), 4)] for step in chances]


def main() -> None:
    path = FIXTURES / "digits.json"
    vector = json.loads(path.read_text())
    vector["best"] = best_of_steps(Path(sys.argv[1]), vector["firstStep"])
    lines = (f" {json.dumps(name)}: {json.dumps(value)}" for name, value in vector.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    manifest = json.loads((FIXTURES / "manifest.json").read_text())
    manifest["files"]["digits.json"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (FIXTURES / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()

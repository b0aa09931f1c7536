"""How much likelier a number must be than anything else: what is missed against what is silenced for nothing.

python3 caution.py DIRECTORY            tells what each choice does, on the voices of validation
python3 caution.py DIRECTORY LOG_ODDS   makes it so in spotter.bin

DIRECTORY is one that `run` wrote, with what was spoken.
"""

import json
import pickle
import sys
from pathlib import Path

import numpy as np
import torch

from net import FEATURES, Net, unfold
from score import Validation
from train import read_model
from vocabulary import NUMBER_CLASSES

CHOICES = (0.0, 0.5, 1.0, 1.5, 2.0)
_SEED = 7


def tell(folder: Path) -> None:
    torch.set_num_threads(1)
    tensors = read_model(folder)
    net = Net(len(tensors["inp.b"]))
    unfold(tensors, net, torch.randn(4, FEATURES, 300))
    _, spoken = pickle.loads(next(folder.glob("spoken-*.pickle")).read_bytes())
    judge = Validation(spoken, _SEED)
    before = net.output.bias.detach().clone()
    for choice in CHOICES:
        with torch.no_grad():
            net.output.bias.copy_(before)
            net.output.bias[1:NUMBER_CLASSES] -= choice
        judge.report(f"caution {choice}", net)


def apply(folder: Path, caution: float) -> None:
    place = json.loads((folder / "spotter.json").read_text())["tensors"]["out.b"]["offset"]
    values = np.fromfile(folder / "spotter.bin", "<f4")
    values[place + 1 : place + NUMBER_CLASSES] -= caution
    values.tofile(folder / "spotter.bin")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        apply(Path(sys.argv[1]), float(sys.argv[2]))
    else:
        tell(Path(sys.argv[1]))

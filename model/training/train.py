"""Trains the spotter: `run --help`."""

import argparse
import json
import pickle
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from cast import VALIDATION_VARIANTS, VARIANTS
from features import FILTERS, HANN
from net import DELAY_STEPS, DILATIONS, FEATURES, KERNEL_SIZES, Net, folded, unfold
from pool import IGNORED, Pool, Speaker
from score import Validation
from vocabulary import CLASSES, NUMBER_CLASSES

CHUNK_STEPS = 300
BATCH = 32
RENEWED = 0.15
"""Of the pool, every epoch."""
AVERAGED_EPOCHS = 8
"""The last ones, of which the mean is written: it takes less for a number than the last alone, and finds as much."""
NUMBER_LOSS = 0.5
"""Weight of telling numbers from everything else, beside telling the classes apart."""


def class_weights() -> torch.Tensor:
    weights = torch.ones(len(CLASSES))
    weights[NUMBER_CLASSES:] = 1.5
    return weights


def loss_of(output: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """`output` [batch][classes][steps]; `labels` [batch][steps], of the same instants."""
    labels = functional.pad(labels, (DELAY_STEPS, 0))[:, : labels.shape[1]]
    named = functional.cross_entropy(
        output, labels, weight=weights, ignore_index=IGNORED, label_smoothing=0.02
    )
    number = torch.logsumexp(output[:, 1:NUMBER_CLASSES], 1)
    other = torch.logsumexp(torch.cat([output[:, :1], output[:, NUMBER_CLASSES:]], 1), 1)
    is_number = ((labels > 0) & (labels < NUMBER_CLASSES)).float()
    known = (labels != IGNORED).float()
    wrong = functional.binary_cross_entropy_with_logits(number - other, is_number, known)
    return named + NUMBER_LOSS * wrong


def batches(features: np.ndarray, labels: np.ndarray, rng):
    """Chunks of six seconds, some of them louder or softer, without a band or without a moment."""
    offset = int(rng.integers(CHUNK_STEPS))
    count = (len(features) - offset) // CHUNK_STEPS
    order = rng.permutation(count)
    for at in range(0, count - BATCH + 1, BATCH):
        starts = offset + order[at : at + BATCH] * CHUNK_STEPS
        chunks = np.stack([features[s : s + CHUNK_STEPS] for s in starts]).astype(np.float32)
        chunks += rng.uniform(-2.5, 2.5, (BATCH, 1, 1)).astype(np.float32)
        bands = chunks.reshape(BATCH, 2 * CHUNK_STEPS, -1)
        for chunk in bands:
            if rng.random() < 0.4:
                low = int(rng.integers(0, 28))
                chunk[:, low : low + int(rng.integers(1, 6))] = chunk.mean()
            if rng.random() < 0.3:
                start = int(rng.integers(0, 2 * CHUNK_STEPS - 16))
                chunk[start : start + int(rng.integers(4, 16))] = chunk.min()
        wanted = np.stack([labels[s : s + CHUNK_STEPS] for s in starts])
        yield torch.from_numpy(chunks.transpose(0, 2, 1).copy()), torch.from_numpy(wanted)


def read_model(folder: Path) -> dict:
    """The tensors of spotter.json and spotter.bin by their names."""
    values = np.fromfile(folder / "spotter.bin", "<f4")
    places = json.loads((folder / "spotter.json").read_text())["tensors"]
    size = lambda place: int(np.prod(place["shape"]))  # noqa: E731
    return {
        name: values[place["offset"] :][: size(place)].reshape(place["shape"])
        for name, place in places.items()
    }


def mean_of(weights: list) -> dict:
    """Tensor by tensor."""
    return {name: np.mean([tensors[name] for tensors in weights], 0) for name in weights[0]}


def write_model(weights: dict, width: int, folder: Path) -> None:
    """spotter.bin and spotter.json, as proxy/detectors/speech/recognizers/embedded/model.ts reads them."""
    tensors = {**weights, "fb": FILTERS, "win": HANN}
    places, offset = {}, 0
    with open(folder / "spotter.bin", "wb") as file:
        for name, tensor in tensors.items():
            file.write(np.ascontiguousarray(tensor, "<f4").tobytes())
            places[name] = {"offset": offset, "shape": list(tensor.shape)}
            offset += tensor.size
    description = {
        "classes": CLASSES,
        "numberClasses": NUMBER_CLASSES,
        "delaySteps": DELAY_STEPS,
        "width": width,
        "dilations": DILATIONS,
        "kernelSizes": KERNEL_SIZES,
        "tensors": places,
    }
    (folder / "spotter.json").write_text(json.dumps(description, indent=2) + "\n")


def spoken_once(folder: Path, hours: float, seed: int) -> tuple:
    """Synthetic speech to train and to validate with; kept in `folder`: a second run begins sooner."""
    path = folder / f"spoken-{hours:g}h-{seed}.pickle"
    if not path.exists():
        rng, speaker = np.random.default_rng(seed), Speaker()
        validation = speaker.utterances(min(0.6, hours / 10), rng, VALIDATION_VARIANTS)
        path.write_bytes(pickle.dumps((speaker.utterances(hours, rng, VARIANTS), validation)))
    return pickle.loads(path.read_bytes())


def train(options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    training, validation = spoken_once(options.out, options.hours, options.seed)
    pool = Pool(training, options.data, options.seed)
    judge = Validation(validation, options.seed)
    pool.renew(1)
    print(f"{pool.hours:.1f} hours", flush=True)

    net, rng = Net(options.width), np.random.default_rng(options.seed)
    features, labels = pool.stream()
    examples = next(batches(features, labels, rng))[0]
    if options.start:
        unfold(read_model(options.start), net, examples)
    else:
        flat = examples.transpose(0, 1).reshape(FEATURES, -1)
        net.mean.copy_(flat.mean(1))
        net.scale.copy_(1 / flat.std(1))
    judge.report("start", net)

    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=1e-3)
    weights, began, progress, epoch, learnt = class_weights(), time.monotonic(), 0.0, 0, []
    while progress < 1:
        losses = []
        if epoch > 0:
            pool.renew(RENEWED)
            features, labels = pool.stream()
        count = len(features) // CHUNK_STEPS // BATCH
        net.train()
        for index, (chunk, wanted) in enumerate(batches(features, labels, rng)):
            minutes = (time.monotonic() - began) / 60
            progress = max((epoch + index / count) / options.epochs, minutes / options.minutes)
            optimiser.param_groups[0]["lr"] = options.rate * rate_at(progress)
            loss = loss_of(net(chunk), wanted, weights)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            losses.append(loss.item())
            if progress >= 1:
                break
        epoch += 1
        progress = max(progress, epoch / options.epochs)
        print(
            f"epoch {epoch}, {progress:.2f} done in {minutes:.1f} minutes: loss {np.mean(losses):.4f}",
            flush=True,
        )
        judge.report(f"epoch {epoch}", net)
        learnt = [*learnt, folded(net)][-AVERAGED_EPOCHS:]
        write_model(mean_of(learnt), options.width, options.out)
    unfold(mean_of(learnt), net, examples)
    judge.report(f"mean of {len(learnt)} epochs", net)


def rate_at(progress: float) -> float:
    """Of the learning rate: up for the first tenth, then down to nothing."""
    if progress < 0.1:
        return 0.1 + 9 * progress
    return 0.5 * (1 + np.cos(np.pi * min(1.0, (progress - 0.1) / 0.9)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="directory for spotter.bin and spotter.json")
    parser.add_argument("--data", type=Path, help="directory of optional data sets, see model/README.md")
    parser.add_argument("--from", dest="start", type=Path, help="directory of weights to go on from")
    parser.add_argument("--hours", type=float, default=10, help="of synthetic speech (default 10)")
    parser.add_argument("--epochs", type=int, default=20, help="times that all is heard (default 20)")
    parser.add_argument(
        "--minutes",
        type=float,
        default=np.inf,
        help="of training: it ends sooner, with other weights elsewhere",
    )
    parser.add_argument("--width", type=int, default=128, help="channels, a multiple of 16 (default 128)")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate (default 0.002)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()

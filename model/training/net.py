"""The net: causal convolutions over log-mel features, one distribution over the classes every 20 ms."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from vocabulary import CLASSES

FEATURES = 64
"""Two frames of 32 bands."""
INPUT_STEPS = 3
DELAY_STEPS = 18
"""What the net says of a step it says 360 ms later."""
DILATIONS = [1, 2, 4, 8, 1, 2, 4, 8, 16]
KERNEL_SIZES = [5, 5, 5, 5, 5, 5, 5, 5, 3]


class Net(nn.Module):
    """`width`: channels of every layer, a multiple of 16 for the kernel in WebAssembly."""

    def __init__(self, width: int, dropout: float = 0.1):
        super().__init__()
        self.width = width
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("scale", torch.ones(FEATURES))
        self.input = nn.Conv1d(FEATURES, width, INPUT_STEPS)
        self.depth = nn.ModuleList(
            nn.Conv1d(width, width, size, dilation=dilation, groups=width)
            for size, dilation in zip(KERNEL_SIZES, DILATIONS)
        )
        self.point = nn.ModuleList(nn.Conv1d(width, width, 1) for _ in DILATIONS)
        self.norm = nn.ModuleList(nn.BatchNorm1d(width) for _ in DILATIONS)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Conv1d(width, len(CLASSES), 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """[batch][FEATURES][steps] to [batch][classes][steps], before the softmax.

        Before the first step the input was its mean and every block's input zero: as in the product.
        """
        x = (features - self.mean[:, None]) * self.scale[:, None]
        x = torch.relu(self.input(functional.pad(x, (INPUT_STEPS - 1, 0))))
        for depth, point, norm in zip(self.depth, self.point, self.norm):
            past = (depth.kernel_size[0] - 1) * depth.dilation[0]
            h = torch.relu(depth(functional.pad(x, (past, 0))))
            x = torch.relu(x + self.dropout(norm(point(h))))
        return self.output(x)


def folded(net: Net) -> dict:
    """The tensors of spotter.bin: norms folded into their neighbours, outputs last."""
    state = {name: value.double().numpy() for name, value in net.state_dict().items()}
    mean, scale = state["mean"], state["scale"]
    weights = state["input.weight"] * scale[None, :, None]
    tensors = {
        "inp.w": weights.transpose(2, 1, 0),
        "inp.b": state["input.bias"] - (weights * mean[None, :, None]).sum((1, 2)),
        "mu": mean,
    }
    for i in range(len(DILATIONS)):
        gain = state[f"norm.{i}.weight"] / np.sqrt(state[f"norm.{i}.running_var"] + net.norm[i].eps)
        bias = (state[f"point.{i}.bias"] - state[f"norm.{i}.running_mean"]) * gain
        tensors[f"dw{i}.w"] = state[f"depth.{i}.weight"][:, 0, :].T
        tensors[f"dw{i}.b"] = state[f"depth.{i}.bias"]
        tensors[f"pw{i}.w"] = (state[f"point.{i}.weight"][:, :, 0] * gain[:, None]).T
        tensors[f"pw{i}.b"] = bias + state[f"norm.{i}.bias"]
    tensors["out.w"] = state["output.weight"][:, :, 0].T
    tensors["out.b"] = state["output.bias"]
    return tensors


def unfold(tensors: dict, net: Net, examples: torch.Tensor) -> None:
    """Sets `net`, which may be wider, to do what the model of `tensors` does; the opposite of folded().

    `examples`: features by which the norms, which the file no longer has, are made anew.
    """
    old = len(tensors["inp.b"])
    put = lambda parameter, value: parameter.copy_(
        torch.from_numpy(np.ascontiguousarray(value))
    )  # noqa: E731
    with torch.no_grad():
        net.mean.copy_(torch.from_numpy(tensors["mu"]))
        net.scale.copy_(1 / examples.transpose(0, 1).reshape(FEATURES, -1).std(1))
        weights = tensors["inp.w"].transpose(2, 1, 0)
        put(net.input.weight[:old], weights / net.scale.numpy()[None, :, None])
        put(net.input.bias[:old], tensors["inp.b"] + (weights * tensors["mu"][None, :, None]).sum((1, 2)))
        for i in range(len(DILATIONS)):
            put(net.depth[i].weight[:old, 0], tensors[f"dw{i}.w"].T)
            put(net.depth[i].bias[:old], tensors[f"dw{i}.b"])
            # What is new is heard by nothing that is old, until training finds it a use.
            net.point[i].weight[:old, old:] = 0
            put(net.point[i].weight[:old, :old, 0], tensors[f"pw{i}.w"].T)
            put(net.point[i].bias[:old], tensors[f"pw{i}.b"])
        net.output.weight[:, old:] = 0
        put(net.output.weight[:, :old, 0], tensors["out.w"].T)
        put(net.output.bias, tensors["out.b"])
        for norm in net.norm:
            norm.eps, norm.momentum = 1e-8, None
            norm.reset_running_stats()
        _make_norms_neutral(net, examples)


def _make_norms_neutral(net: Net, examples: torch.Tensor) -> None:
    """Block by block: each norm takes away what it gives back."""

    def set_norm(norm, inputs):
        values = inputs[0].transpose(0, 1).reshape(net.width, -1)
        norm.running_mean.copy_(values.mean(1))
        norm.running_var.copy_(values.var(1) + 1e-6)
        norm.weight.copy_((norm.running_var + norm.eps).sqrt())
        norm.bias.copy_(norm.running_mean)

    hooks = [norm.register_forward_pre_hook(set_norm) for norm in net.norm]
    net.eval()
    net(examples)
    for hook, norm in zip(hooks, net.norm):
        hook.remove()
        norm.momentum = 0.1

"""Steps of Muon on a miniature network with known gradients; as a program, in as many processes as torchrun starts."""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from engine.models.ediff.build import build_network
from engine.training.config import Optimisation
from engine.training.optimiser import optimiser_of
from engine.training.processes import ALONE, Processes, joined
from tests.models.small import BASE

MUON = Optimisation(batch=1, rate=1e-2, steps=1, method="muon", weight_decay=0.0)


def with_gradients(seed: int, scale: float = 1.0) -> nn.Module:
    """The same network every time, with random gradients."""
    torch.manual_seed(0)
    network = build_network(BASE)
    generator = torch.Generator().manual_seed(seed)
    for parameter in network.parameters():
        parameter.grad = scale * torch.randn(parameter.shape, generator=generator)
    return network


def stepped(processes: Processes = ALONE) -> nn.Module:
    """The network after two steps."""
    network = with_gradients(7)
    optimiser = optimiser_of(network, MUON, processes)
    optimiser.step()
    optimiser.step()
    return network


def main() -> None:
    """Take the steps and write what this process has then."""
    torch.set_num_threads(1)
    with joined("cpu") as processes:
        save_file(dict(stepped(processes).state_dict()), Path(sys.argv[1]) / f"{processes.rank}.safetensors")


if __name__ == "__main__":
    main()

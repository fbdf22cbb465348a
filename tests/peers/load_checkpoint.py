"""Loads a checkpoint of `cargo xtask train-ae` into PyTorch and reconstructs the held-out images.

    python load_checkpoint.py RUN/checkpoints/last --data datasets/mnist

Prints the mean binary cross-entropy and the rounded accuracy on the last 5,000 training images, to
be compared with the last line of RUN/metrics.csv. Needs requirements-pytorch.txt.
"""

import argparse
import gzip
import pathlib

import numpy
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits


class Stacked(nn.Module):
    """The names of the parameters are those of the checkpoint."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.ModuleList([nn.Linear(784, 100), nn.Linear(100, 30)])
        self.decoder = nn.ModuleList([nn.Linear(30, 100), nn.Linear(100, 784)])

    def forward(self, x):
        for layer in [*self.encoder, self.decoder[0]]:
            x = nn.functional.selu(layer(x))
        return self.decoder[1](x)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    raw = gzip.decompress((arguments.data / "train-images-idx3-ubyte.gz").read_bytes())
    pixels = numpy.frombuffer(raw, numpy.uint8, offset=16).reshape(-1, 784)[55_000:]
    images = torch.from_numpy(pixels.astype(numpy.float32) / 255)
    model = Stacked()
    model.load_state_dict(load_file(arguments.checkpoint / "model.safetensors"))
    with torch.no_grad():
        logits = model(images)
    loss = binary_cross_entropy_with_logits(logits, images).item()
    accuracy = ((logits > 0) == (images > 0.5)).double().mean().item()
    print(f"loss {loss:.6f}  rounded accuracy {accuracy:.6f}")


if __name__ == "__main__":
    main()

"""The lecture's stacked autoencoder in eager PyTorch: seconds an epoch, a JSON line a batch size.

Needs requirements-pytorch.txt. `cargo xtask bench --peers pytorch` runs it.
"""

import argparse
import json
import time

import torch
from torch import nn

from mnist import training_images

LEARNING_RATE = 0.1
BATCH_SIZES = (32, 128, 512)


def stacked():
    encoder = nn.Sequential(nn.Linear(784, 100), nn.SELU(), nn.Linear(100, 30), nn.SELU())
    decoder = nn.Sequential(nn.Linear(30, 100), nn.SELU(), nn.Linear(100, 784))
    return nn.Sequential(encoder, decoder)


def epoch(model, optimizer, loss, images, batch):
    for rows in torch.randperm(len(images)).split(batch):
        x = images[rows]
        optimizer.zero_grad()
        loss(model(x), x).backward()
        optimizer.step()


def measure(images, batch, epochs):
    torch.manual_seed(1)
    model = stacked()
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    loss = nn.BCEWithLogitsLoss()
    seconds = []
    for _ in range(epochs + 1):
        began = time.perf_counter()
        epoch(model, optimizer, loss, images, batch)
        seconds.append(time.perf_counter() - began)
    return seconds[1:]  # the first one warms up


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    images = torch.from_numpy(training_images(arguments.data))
    for batch in BATCH_SIZES:
        print(
            json.dumps(
                {
                    "what": f"stacked, batch {batch}",
                    "version": f"torch {torch.__version__}",
                    "seconds": measure(images, batch, arguments.rounds),
                    "items": len(images),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()

"""An autoencoder of the lecture's layers in scikit-learn: seconds an epoch, a JSON line a batch size.

`MLPRegressor` has neither SELU nor cross-entropy: ReLU and the squared loss stand in, which cost
no more. Needs requirements-scikit-learn.txt. `cargo xtask bench --peers scikit-learn` runs it.
"""

import argparse
import json
import time
import warnings

import sklearn
from sklearn.neural_network import MLPRegressor

from mnist import training_images

LEARNING_RATE = 0.1
BATCH_SIZES = (32, 128, 512)


def measure(images, batch, epochs):
    model = MLPRegressor(
        hidden_layer_sizes=(100, 30, 100),
        activation="relu",
        solver="sgd",
        momentum=0.0,
        alpha=0.0,
        batch_size=batch,
        learning_rate_init=LEARNING_RATE,
        max_iter=1,
        warm_start=True,
        random_state=1,
    )
    seconds = []
    for _ in range(epochs + 1):
        began = time.perf_counter()
        model.fit(images, images)  # one epoch: max_iter is 1
        seconds.append(time.perf_counter() - began)
    return seconds[1:]  # the first one warms up


def main():
    warnings.filterwarnings("ignore")  # one epoch has never converged
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    images = training_images(arguments.data)
    for batch in BATCH_SIZES:
        print(
            json.dumps(
                {
                    "what": f"stacked, batch {batch}",
                    "version": f"scikit-learn {sklearn.__version__}",
                    "seconds": measure(images, batch, arguments.rounds),
                    "items": len(images),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()

"""Log densities of a million points and a million draws with scipy.stats: a JSON line a case.

The laws are those of laws.json. Draws come from NumPy's `Generator`, the faster of the two that
scipy.stats takes. Needs requirements-scipy.txt. `cargo xtask bench --only laws --peers scipy` runs it.
"""

import argparse
import json
import pathlib
import time

import numpy
import scipy
import scipy.stats

N = 1_000_000


def seconds(work, rounds):
    taken = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken[1:]  # the first one warms up


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    generator = numpy.random.default_rng(1)
    for entry in json.loads(pathlib.Path(__file__).with_name("laws.json").read_text()):
        arguments = dict(entry["scipy"])
        law = getattr(scipy.stats, arguments.pop("name"))(**arguments)
        x = law.rvs(N, random_state=generator)
        log_prob = law.logpmf if isinstance(law.dist, scipy.stats.rv_discrete) else law.logpdf
        name = entry["law"]["law"]
        for what, work in (
            (f"{name}, log_prob", lambda: log_prob(x)),
            (f"{name}, draws", lambda: law.rvs(N, random_state=generator)),
        ):
            line = {
                "what": what,
                "version": f"scipy {scipy.__version__}",
                "seconds": seconds(work, rounds),
                "items": N,
            }
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()

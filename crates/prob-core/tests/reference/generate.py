"""Writes laws.csv and moments.csv: reference values of all laws to 25 of at least 40 right digits.

    pip install -r requirements.txt
    python generate.py            writes the files beside this script (minutes on one core)
    python generate.py gamma      writes the lines of one law to the standard output
    python check.py               proves a sample of them another way

A line is `law;x;ln p(x);ln P(X <= x);ln P(X > x)` with the law as JSON and x as the shortest decimal
of a double. Every value belongs to exactly that double and those parameters.
"""

import json
import sys
import time
from pathlib import Path

from mpmath import mp, mpf

import grid
from points import points

HERE = Path(__file__).parent
mp.dps = 90


def text(value):
    if value is None:
        return ""
    if mp.isinf(value):
        return "inf" if value > 0 else "-inf"
    if mp.isnan(value):
        return "nan"
    return mp.nstr(value, 25, min_fixed=-6, max_fixed=12)


def name(law):
    return json.dumps(law.json, separators=(",", ":"))


def lines(law):
    for x in points(law):
        exact = mpf(x)
        below, above = law.log_tails(exact)
        yield ";".join((name(law), repr(x), text(law.log_prob(exact)), text(below), text(above)))


def main(only=None):
    laws = [law for law in grid.all_laws() if only in (None, law.json["law"])]
    if only:
        for law in laws:
            print("\n".join(lines(law)), flush=True)
            print(";".join((name(law), *map(text, law.moments()))))
        return
    table, moments = ["law;x;log_prob;log_cdf;log_sf"], ["law;mean;variance;entropy"]
    for law in laws:
        table.extend(lines(law))
        moments.append(";".join((name(law), *map(text, law.moments()))))
        print(name(law), f"{time.process_time():.0f} s", file=sys.stderr, flush=True)
    for file, rows in (("laws.csv", table), ("moments.csv", moments)):
        (HERE / file).write_text("\n".join(rows) + "\n", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

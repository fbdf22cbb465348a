"""Proves a sample of the reference values by other means than the ones that made them.

* densities: their integral between two neighbouring points (mpmath's quadrature) is the difference
  of the distribution function there, and the probability of a count is the difference of its tails;
* incomplete gamma functions: the series against Legendre's continued fraction;
* incomplete beta functions: the series in x against the series in 1 - x.

    python check.py               all laws
    python check.py gamma beta    some of them

Prints the largest difference of each and fails above 1e-25 (quadrature: 1e-15).
"""

import sys

from mpmath import mp, mpf

import functions as f
import grid
from points import points

mp.dps = 60


def between(law, a, b):
    """The integral of the density from a to b; in ln x where the ends are far apart."""
    with mp.workdps(25):
        log_density = law.log_prob
        if b < 0 and a / b > 100:
            a, b = mp.log(-b), mp.log(-a)
            log_density = lambda u: law.log_prob(-mp.exp(u)) + u
        elif a > 0 and b / a > 100:
            a, b = mp.log(a), mp.log(b)
            log_density = lambda u: law.log_prob(mp.exp(u)) + u
        cuts = mp.linspace(a, b, 1 + max(8, int(min(b - a, 1000))))
        return sum(f.piece(log_density, *ends) for ends in zip(cuts, cuts[1:]))


def by_quadrature(law):
    """The largest relative difference over neighbouring points that are not too far apart."""
    worst = mpf(0)
    known = [(mpf(x), *law.log_tails(mpf(x))) for x in points(law)]
    for (a, below_a, above_a), (b, below_b, above_b) in zip(known, known[1:]):
        if law.log_prob(a) in (mp.inf, -mp.inf) or law.log_prob(b) == -mp.inf:
            continue
        change = abs(below_a - below_b) + abs(above_a - above_b)
        if not 1e-9 < change < 80 or b - a < abs(a) / 10**6:
            continue
        if below_b < above_b:
            exact = mp.exp(below_b) - mp.exp(below_a)
        else:
            exact = mp.exp(above_a) - mp.exp(above_b)
        if a < 0 < b and (abs(a) > 1e3 or abs(b) > 1e3):
            continue
        error = abs(between(law, a, b) / exact - 1)
        if error > 1e-15:
            print(f"{law.json} from {float(a)} to {float(b)}: {mp.nstr(error, 3)}", flush=True)
        worst = max(worst, error)
    return worst


def by_differences(law):
    worst = mpf(0)
    for x in points(law):
        x = mpf(x)
        if x == law.lower:
            exact = law.log_tails(x)[0]
            worst = max(worst, abs(mp.expm1(law.log_prob(x) - exact)) if exact > -mp.inf else 0)
            continue
        (b0, a0), (b1, a1) = law.log_tails(x - 1), law.log_tails(x)
        exact = mp.exp(b1) - mp.exp(b0) if b1 < a1 else mp.exp(a0) - mp.exp(a1)
        if exact:
            worst = max(worst, abs(mp.exp(law.log_prob(x)) / exact - 1))
    return worst


def fractions():
    worst = mpf(0)
    for a in (0.001, 0.5, 3.7, 50.0, 1e4, 1e5):
        for z in (1.5, 4.0, 9.0, 30.0):
            a, x = mpf(a), mpf(a) + z * mp.sqrt(mpf(a)) + 2
            worst = max(worst, abs(f.log_inc_gamma(a, x)[1] - f.log_inc_gamma_fraction(a, x)))
    return worst


def both_series():
    worst = mpf(0)
    for a, b, x in (
        (1e-3, 3.7, 0.3), (0.5, 0.5, 0.9), (3.7, 50.0, 0.01), (50.0, 50.0, 0.9), (1e4, 1e4, 0.503),
        (30.0, 1e-3, 0.99), (1.0, 1e4, 0.01), (5e4, 1e5, 0.333), (1e6, 3.0, 0.999),
    ):
        a, b, x = mpf(a), mpf(b), mpf(x)
        one, other = f.log_inc_beta_by_x(a, b, x, 1 - x), f.log_inc_beta_by_x(b, a, 1 - x, x)
        worst = max(worst, abs(one[0] - other[1]), abs(one[1] - other[0]))
    return worst


def main(*only):
    found = [("continued fraction", fractions(), 1e-25), ("both series", both_series(), 1e-25)]
    for what, worst, _ in found:
        print(f"{what}: {mp.nstr(worst, 3)}", flush=True)
    for law in grid.all_laws():
        if only and law.json["law"] not in only:
            continue
        costly = law.centre is not None and float(law.centre / law.width) ** 2 > 1e9
        if costly and law.json["law"] != "beta":
            continue
        what, limit = (by_differences, 1e-25) if law.discrete else (by_quadrature, 1e-15)
        found.append((str(law.json), what(law), limit))
        print(f"{found[-1][0]}: {mp.nstr(found[-1][1], 3)}", flush=True)
    bad = [what for what, worst, limit in found if not worst < limit]
    print("wrong: " + ", ".join(bad) if bad else f"{len(found)} checks hold")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Exact means and standard deviations of the three posteriors, without Monte Carlo.

Run with Python 3.11.7, NumPy 2.4.6 and SciPy 1.17.1: python exact.py. What it prints stands in the tables of
../posteriors.rs.
"""

import csv
import math
import pathlib

import numpy as np
from scipy import integrate, special

HERE = pathlib.Path(__file__).parent


def rows(name):
    with open(HERE / name, newline="") as file:
        return [[float(x) for x in row] for row in list(csv.reader(file))[1:]]


def eight_schools(mu_scale=5.0, tau_scale=5.0):
    """Given tau everything is normal; one integral over ln tau is left."""
    y = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
    s2 = np.array([15.0, 10, 16, 11, 9, 11, 10, 18]) ** 2

    def given(t):
        tau2 = math.exp(2 * t)
        v = s2 + tau2
        precision = 1 / mu_scale**2 + (1 / v).sum()
        mean, var = (y / v).sum() / precision, 1 / precision
        # ln p(y | tau) with mu integrated out, by the determinant of the two-block normal law.
        log = -0.5 * (np.log(2 * np.pi * v).sum() + (y**2 / v).sum() - mean**2 * precision)
        log += -0.5 * math.log(mu_scale**2 * precision)
        log += math.log(2 / (math.pi * tau_scale)) - math.log1p(tau2 / tau_scale**2) + t
        shrink = s2 / v
        first = shrink * mean + (1 - shrink) * y
        second = first**2 + shrink**2 * var + s2 * tau2 / v
        tau = math.exp(t)
        moments = list(first) + [mean, tau] + list(second) + [mean**2 + var, tau2]
        return log, np.array([1.0] + moments)

    shift = given(1.0)[0]
    total = integrate.quad_vec(
        lambda t: math.exp(given(t)[0] - shift) * given(t)[1], -40, 40, epsrel=1e-12, epsabs=0,
        points=[-5, 0, 2, 4],
    )[0]
    means, squares = total[1:11] / total[0], total[11:] / total[0]
    names = [f"theta[{i}]" for i in range(1, 9)] + ["mu", "tau"]
    return names, means, np.sqrt(squares - means**2), math.log(total[0]) + shift


def mesquite():
    """Flat priors: beta is Student's t and sigma^2 inverse gamma."""
    data = np.array(rows("mesquite.csv"))
    x = np.column_stack([np.ones(len(data)), np.log(data[:, 0] * data[:, 1] * data[:, 2])])
    y = np.log(data[:, 3])
    n, k = x.shape
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    rest = ((y - x @ beta) ** 2).sum()
    # p(sigma | y) is sigma^-(n-k) exp(-rest / 2 sigma^2) up to a factor.
    shape = (n - k - 1) / 2
    sigma = math.sqrt(rest / 2) * math.exp(special.gammaln(shape - 0.5) - special.gammaln(shape))
    sigma2 = rest / 2 / (shape - 1)
    sd = np.sqrt(sigma2 * np.diag(np.linalg.inv(x.T @ x)))
    means, sds = list(beta) + [sigma], list(sd) + [math.sqrt(sigma2 - sigma**2)]
    return ["beta[1]", "beta[2]", "sigma"], np.array(means), np.array(sds), None


def nes():
    """Two coefficients, flat prior: a sum over a fine grid, which converges exponentially."""
    income, bush, voters = np.array(rows("nes1992.csv")).T

    def moments(points):
        a = np.linspace(-1.41 - 2.2, -1.41 + 2.2, points)[:, None, None]
        b = np.linspace(0.328 - 0.7, 0.328 + 0.7, points)[None, :, None]
        eta = a + b * income
        log = (bush * eta - voters * np.logaddexp(0, eta)).sum(axis=2)
        p = np.exp(log - log.max())
        p /= p.sum()
        a, b = a[:, :, 0], b[:, :, 0]
        mean = np.array([(p * a).sum(), (p * b).sum()])
        return mean, np.sqrt([(p * (a - mean[0]) ** 2).sum(), (p * (b - mean[1]) ** 2).sum()])

    coarse, fine = moments(601), moments(1201)
    assert all(np.allclose(c, f, rtol=1e-11) for c, f in zip(coarse, fine))
    return ["alpha", "beta[1]"], *fine, None


for name, (names, means, sds, evidence) in {
    "eight schools": eight_schools(),
    "mesquite": mesquite(),
    "nes": nes(),
}.items():
    print(name, "" if evidence is None else f"ln evidence {evidence:.12f}")
    for row in zip(names, means, sds):
        print('    ("{}", {:.10f}, {:.10f}),'.format(*row))

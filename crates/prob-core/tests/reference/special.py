"""Writes special.csv: reference values of the special functions to 25 digits.

A line is `function;arguments with commas;value`; log_beta_inc has two values, ln I_x(a, b) and
ln I_y(b, a), as `log_beta_inc.0` and `log_beta_inc.1`.
"""

from pathlib import Path

from mpmath import mp, mpf

import functions as f
from generate import text

mp.dps = 90

POSITIVE = [1e-300, 1e-20, 1e-8, 1e-3, 0.1, 0.5, 0.9, 1.0, 1.0 + 2.0**-30, 1.46, 1.5, 2.0, 2.0 - 2.0**-20, 2.5,
            3.7, 6.0, 9.99, 10.0, 15.5, 50.0, 170.6, 1e3, 1e4, 1e8, 1e12, 1e100, 1e300]
LINE = [-1e4, -700.0, -40.0, -30.0, -12.5, -6.0, -3.0, -1.0, -0.47, -1e-3, -1e-12, 0.0, 1e-300, 1e-8,
        0.3, 0.5, 0.84375, 1.0, 1.25, 2.0, 2.9, 5.5, 9.0, 26.0, 37.0]
SHAPES = [1e-10, 1e-3, 0.5, 1.0, 3.7, 30.0, 1e3, 1e5, 1e8]


def stirling_error(x):
    return mp.loggamma(x + 1) - (x + mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2


def finely(value):
    """With the digits that differences of 1e-300 leave."""
    with mp.workdps(450):
        return value()


def unary():
    functions = [
        ("ln_gamma", mp.loggamma, POSITIVE),
        ("digamma", mp.digamma, [x for x in POSITIVE if 1e-20 <= x < 1e13]),
        ("trigamma", lambda x: mp.psi(1, x), [x for x in POSITIVE if 1e-20 <= x < 1e13]),
        ("stirling_error", stirling_error, [x for x in POSITIVE if x < 1e13]),
        ("log1pmx", lambda x: finely(lambda: mp.log1p(x) - x),
         [-1 + 1e-10, -0.999, -0.9, -0.6, -0.5, -0.3, -0.1, -1e-3, -1e-8, -1e-100, 0.0, 1e-100, 1e-12, 1e-5,
          0.01, 0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 10.0, 1e5, 1e300]),
        ("erf", mp.erf, LINE),
        ("erfc", mp.erfc, [x for x in LINE if x <= 26]),
        ("erfcx", lambda x: mp.exp(x * x) * mp.erfc(x), [x for x in LINE if x > -26] + [1e3, 1e8, 1e100]),
        ("normal_cdf", lambda x: mp.exp(f.log_normal_cdf(x)), [x for x in LINE if x >= -37]),
        ("log_normal_cdf", f.log_normal_cdf, LINE),
        ("log_bessel_i0", lambda x: mp.log(mp.besseli(0, x)),
         [0.0, 1e-100, 1e-8, 1e-3, 0.1, 1.0, 3.75, 7.0, 7.75, 8.0, 15.0, 50.0, 500.0, 1e4, 1e8]),
        ("log1mexp", lambda x: finely(lambda: mp.log(-mp.expm1(x))),
         [-1e-300, -1e-20, -1e-8, -0.1, -0.5, -0.69, -0.7, -1.0, -5.0, -36.0, -40.0, -700.0, -740.0]),
        ("softplus", lambda x: mp.log1p(mp.exp(x)), [x for x in LINE if x >= -700]),
        ("log_sigmoid", lambda x: -mp.log1p(mp.exp(-x)), LINE),
    ]
    for name, function, xs in functions:
        for x in xs:
            yield name, (x,), function(mpf(x))


def binary():
    for a in SHAPES:
        for b in SHAPES:
            yield "ln_beta", (a, b), f.log_beta(mpf(a), mpf(b), 90)
    for a, b in ((0.0, -1e-10), (1.0, 0.5), (-700.0, -701.0), (-5000.0, -5000.5), (3.0, -800.0), (1e5, 99999.0)):
        yield "log_diff_exp", (a, b), mpf(a) + mp.log(-mp.expm1(mpf(b) - mpf(a)))
        yield "log_add_exp", (a, b), mpf(a) + mp.log1p(mp.exp(mpf(b) - mpf(a)))
    for a in SHAPES:
        width = a**0.5 if a >= 1 else 1.0
        xs = [a + z * width for z in (-60, -37, -9, -3, -1, -0.1, 0.0, 0.2, 1, 3, 9, 37, 60)]
        xs += [a * r for r in (1e-300, 1e-8, 0.3, 0.9, 1.1, 1.9)] + [0.5, 2.0, 30.0]
        for x in sorted({x for x in xs if 0 < x and abs(x - a) < 70 * (width + 9)}):
            if x > a and a * mp.log(mpf(x)) - x - mp.loggamma(a) < -1500:
                continue
            below, above = f.log_inc_gamma(mpf(a), mpf(x))
            yield "log_gamma_p", (a, x), below
            yield "log_gamma_q", (a, x), above


def beta():
    """x or y is exact, whichever is smaller; the other is 1 - it."""
    for a in SHAPES:
        for b in SHAPES:
            mean, width = a / (a + b), (a * b / (a + b) ** 2 / (a + b + 1)) ** 0.5
            xs = {mean + z * width for z in (-30, -9, -3, -0.9, 0.01, 1, 4, 10, 30)}
            for x in sorted(x for x in xs | {1e-12, 0.5} if 1e-14 < x < 1):
                exact_x = mpf(x) if x <= 0.5 else 1 - mpf(1 - x)
                exact_y = 1 - exact_x
                log = mpf(a) * mp.log(exact_x) + mpf(b) * mp.log(exact_y) - f.log_beta(mpf(a), mpf(b), 40)
                if log < -1600 or exact_y == 0:
                    continue
                below, above = f.log_inc_beta(mpf(a), mpf(b), exact_x, exact_y)
                arguments = (a, b, float(exact_x), float(exact_y))
                yield "log_beta_inc.0", arguments, below
                yield "log_beta_inc.1", arguments, above


def main():
    path = Path(__file__).parent / "special.csv"
    with open(path, "w", newline="\n") as out:
        out.write("function;arguments;value\n")
        for part in (unary, binary, beta):
            for name, arguments, value in part():
                out.write(f"{name};{','.join(map(repr, arguments))};{text(value)}\n")
                out.flush()


if __name__ == "__main__":
    main()

"""Special functions to many digits, for the parameters where mpmath's own crawl or fail.

Every function takes and returns mpf. `digits` is the number of digits that the result has; all sums
have positive terms only, and what is one minus a sum is computed with as many more digits as the
difference loses.
"""

from functools import lru_cache

from mpmath import mp, mpf

DIGITS = 50
GUARD = 20
# Where points are searched with few digits, a probability this small is as good as its prefactor.
DEEPEST = 700


def fixed(value, bits):
    """floor(value * 2**bits)."""
    return int(mp.floor(mp.ldexp(value, bits)))


def whole_over_power(*values):
    """The values, which are binary fractions, as integers over one power of two: (integers, bits)."""
    bits = 0
    for value in values:
        _, mantissa, exponent, _ = value._mpf_
        if mantissa and exponent < 0:
            bits = max(bits, -exponent)
    return [fixed(value, bits) for value in values], bits


def series(numerator, denominator, step, factor, digits):
    """1 + r_1 + r_1 r_2 + ... with r_n = factor * (numerator + n step) / (denominator + n step).

    numerator None stands for r_n = factor / (denominator + n step); integers over `step`.
    """
    bits = int(digits * 3.33) + 64
    with mp.workprec(bits + 10):
        _, man, exp, _ = (+factor)._mpf_
    man, shift = int(man), -exp
    if numerator is None:
        # factor / (denominator / step + n): the numerator is `step` itself.
        man *= step
    term = total = 1 << bits
    over, under = numerator, denominator
    while True:
        under += step
        if over is None:
            scaled = term * man
        else:
            scaled = term * over * man
            over += step
        scaled = scaled >> shift if shift >= 0 else scaled << -shift
        term = scaled // under
        total += term
        if term <= total >> bits:
            break
    with mp.workprec(bits):
        return mp.ldexp(mpf(total), -bits)


@lru_cache(maxsize=4096)
def log_gamma(a, digits):
    with mp.workdps(digits):
        return mp.loggamma(a)


def rounded_up(digits):
    """Steps of 40 digits, so that log gammas are computed rarely."""
    return 40 * (int(digits) // 40 + 1)


def both_logs(probability, digits):
    """(ln p, ln(1 - p))."""
    with mp.workdps(digits):
        return mp.log(probability), mp.log1p(-probability)


def gamma_lower(a, z, digits):
    """P(a, z) with `digits` digits: z^a e^-z / Gamma(a + 1) (1 + z/(a+1) + z^2/((a+1)(a+2)) + ...)."""
    work = rounded_up(digits + GUARD + max(0, mp.log10(a + z + 1)))
    with mp.workdps(work):
        (top,), bits = whole_over_power(a)
        total = series(None, top, 1 << bits, z, work)
        return mp.exp(a * mp.log(z) - z - log_gamma(a + 1, work)) * total


def log_inc_gamma(a, z):
    """(ln P(a, z), ln Q(a, z))."""
    if z == 0:
        return mpf("-inf"), mpf(0)
    digits, more = DIGITS, 0
    if z > a:  # Q is about as small as the density: what 1 - P loses.
        with mp.workdps(20):
            more = -(a * mp.log(z) - z - mp.loggamma(a + 1)) / mp.log(10)
    if more > DEEPEST:
        assert DIGITS < 20
        return mpf(0), -more * mp.log(10)
    digits = DIGITS + max(0, int(more))
    while True:
        lower = gamma_lower(a, z, digits)
        with mp.workdps(digits):
            lost = -mp.log10(1 - lower) if lower < 1 else digits
        if digits - lost >= DIGITS - 5:
            return both_logs(lower, digits)
        digits += int(lost) + 10
        assert digits < 20_000, (a, digits)


def log_inc_gamma_fraction(a, z):
    """ln Q(a, z) by Legendre's continued fraction, another way to the same number (for z > a)."""
    with mp.workdps(DIGITS + GUARD + 20):
        tiny = mpf(10) ** -300
        b = z + 1 - a
        c, d = 1 / tiny, 1 / b
        h = d
        for i in range(1, 1_000_000):
            an = -i * (i - a)
            b += 2
            d = 1 / (an * d + b)
            c = b + an / c
            delta = c * d
            h *= delta
            if abs(delta - 1) < mpf(10) ** -(DIGITS + 10):
                break
        return a * mp.log(z) - z - mp.loggamma(a) + mp.log(h)


def log_beta(a, b, digits):
    work = digits + int(max(0, mp.log10(a + b + 1)))
    with mp.workdps(work):
        return log_gamma(a, work) + log_gamma(b, work) - log_gamma(a + b, work)


def steps(a, b, x, digits):
    """About how many terms the series of I_x(a, b) takes."""
    a, b, x = float(a), float(b), float(x)
    if x >= 1:
        return 1e18
    top = max(0.0, ((a + b) * x - a - 1) / (1 - x))
    spread = digits * 2.3 + 40
    if b < 2:  # no top: they fall like n^(b - 1) x^n
        return spread / max(1 - x, 1e-300)
    # Beyond the top the logarithm of a term falls like -n^2 / 2 width at first, then like n ln x.
    width = (a + b + top) * (a + 1 + top) / max(abs(b - 1), 1e-3)
    return 2 * top + min((2 * spread * width) ** 0.5 + spread, spread / max(1 - x, 1e-300)) + spread


def beta_lower(a, b, x, y, digits):
    """I_x(a, b): x^a y^b / (a B(a, b)) (1 + (a+b)/(a+1) x + (a+b)(a+b+1)/((a+1)(a+2)) x^2 + ...)."""
    work = rounded_up(digits + GUARD + max(0, mp.log10(a + b + 1)))
    with mp.workdps(work):
        (top, under), bits = whole_over_power(a + b, a)
        total = series(top, under, 1 << bits, x, work)
        log = a * mp.log(x) + b * mp.log(y) - mp.log(a) - log_beta(a, b, work)
        return mp.exp(log) * total


def digits_lost(a, b, x, y):
    """By 1 - I_x(a, b), which is about as small as the density above the mean."""
    with mp.workdps(25):
        if x <= a / (a + b):
            return 0
        return max(0, -(a * mp.log(x) + b * mp.log(y) - log_beta(a, b, 25)) / mp.log(10))


def cost(a, b, x, y):
    """Of both tails by the series in x."""
    return steps(a, b, x, DIGITS + 10) * (1 + digits_lost(a, b, x, y) / 50) ** 2


def log_inc_beta_by_x(a, b, x, y):
    """(ln I_x(a, b), ln I_y(b, a)), the series in x."""
    more = digits_lost(a, b, x, y)
    digits = DIGITS + max(0, int(more))
    while True:
        lower = beta_lower(a, b, x, y, digits)
        with mp.workdps(digits):
            lost = -mp.log10(1 - lower) if lower < 1 else digits
        if digits - lost >= DIGITS - 5:
            return both_logs(lower, digits)
        digits += int(lost) + 10
        assert digits < 20_000, (a, digits)


def log_inc_beta(a, b, x, y):
    """(ln I_x(a, b), ln I_y(b, a)) for y = 1 - x."""
    if x == 0:
        return mpf("-inf"), mpf(0)
    if y == 0:
        return mpf(0), mpf("-inf")
    if DIGITS < 20:
        lost, below = digits_lost(a, b, x, y), digits_lost(b, a, y, x)
        if max(lost, below) > DEEPEST:
            deep = -max(lost, below) * mp.log(10)
            return (mpf(0), deep) if lost > below else (deep, mpf(0))
    if cost(a, b, x, y) <= cost(b, a, y, x):
        return log_inc_beta_by_x(a, b, x, y)
    upper, lower = log_inc_beta_by_x(b, a, y, x)
    return lower, upper


def log_normal_cdf(z):
    """ln Phi(z)."""
    if z > 80 and DIGITS < 20:
        return mpf(0)
    if z > 0:
        with mp.workdps(30):
            more = int(z * z / 2 * 0.4343) + 5
        with mp.workdps(DIGITS + min(more, 2000)):
            return mp.log1p(-mp.erfc(z / mp.sqrt(2)) / 2)
    return mp.log(mp.erfc(-z / mp.sqrt(2)) / 2)


def piece(log_density, a, b):
    """The integral over [a, b], scaled first: mpmath's quadrature is content with small errors in
    absolute terms."""
    top = max(log_density(a), log_density(b), log_density((a + b) / 2))
    width = b - a
    scaled = mp.quad(lambda s: mp.exp(log_density(a + width * s) - top), [0, 1])
    return mp.exp(top) * width * scaled


def quadrature(log_density, lower, upper, centre, width):
    """The integral of exp(log_density), in pieces of some widths around the centre."""
    cuts = {lower, upper}
    for k in (-64, -45, -32, -24, -16, -12, -8, -5, -2, 0, 2, 5, 8, 12, 16, 24, 32, 45, 64):
        cut = centre + k * width
        if lower < cut < upper:
            cuts.add(cut)
    cuts = sorted(cuts)
    return sum(piece(log_density, a, b) for a, b in zip(cuts, cuts[1:]))

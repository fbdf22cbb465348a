"""Laws with a density: it, both tails and moments of each, and the parameters of the table.

A law is an object with `log_prob(x)`, `log_tails(x)` -> (ln cdf, ln sf), `moments()` -> (mean,
variance, entropy; None where no closed form or sum is at hand), its support and where it is narrow
(`centre`, `width`: only used to choose points). The precision is mpmath's current one.
"""

from functools import cached_property

from mpmath import mp, mpf

import functions as f

INF = mpf("inf")


def xlogy(x, y):
    return mpf(0) if x == 0 else x * mp.log(y)


class Law:
    discrete = False
    lower, upper = -INF, INF
    centre = width = None  # set where the tails are costly: points are chosen by the density alone

    def __init__(self, name, parameters):
        self.json = {"law": name, **parameters}
        for key, value in parameters.items():
            setattr(self, key, [mpf(v) for v in value] if isinstance(value, list) else mpf(value))

    def moments(self):
        return None, None, None


class Uniform(Law):
    def log_prob(self, x):
        return -mp.log(self.upper - self.lower)

    def log_tails(self, x):
        width = self.upper - self.lower
        below, above = (x - self.lower) / width, (self.upper - x) / width
        return (mp.log(below) if below else -INF), (mp.log(above) if above else -INF)

    def moments(self):
        width = self.upper - self.lower
        return (self.upper + self.lower) / 2, width**2 / 12, mp.log(width)


class Normal(Law):
    def log_prob(self, x):
        z = (x - self.mean) / self.std_dev
        return -z * z / 2 - mp.log(self.std_dev) - mp.log(2 * mp.pi) / 2

    def log_tails(self, x):
        z = (x - self.mean) / self.std_dev
        return f.log_normal_cdf(z), f.log_normal_cdf(-z)

    def moments(self):
        return self.mean, self.std_dev**2, mp.log(2 * mp.pi * mp.e) / 2 + mp.log(self.std_dev)


class TruncatedNormal(Law):
    def ends(self):
        return (self.lower - self.location) / self.scale, (self.upper - self.location) / self.scale

    @staticmethod
    def between(a, b):
        """Phi(b) - Phi(a), from the side where both are small."""
        if a > 0:
            a, b = -b, -a
        root = mp.sqrt(2)
        if b <= 0:
            return (mp.erfc(-b / root) - mp.erfc(-a / root)) / 2
        return (mp.erf(b / root) - mp.erf(a / root)) / 2

    @cached_property
    def log_mass(self):
        with mp.workdps(420):
            return mp.log(self.scale * self.between(*self.ends()))

    def log_prob(self, x):
        z = (x - self.location) / self.scale
        return -z * z / 2 - mp.log(2 * mp.pi) / 2 - self.log_mass

    def log_tails(self, x):
        with mp.workdps(420):
            z = (x - self.location) / self.scale
            a, b = self.ends()
            below, above, mass = self.between(a, z), self.between(z, b), self.between(a, b)
            # With this many digits the smaller one is exact; the larger one is 1 - it.
            if below < above:
                return (mp.log(below / mass) if below else -INF), mp.log1p(-below / mass)
            return mp.log1p(-above / mass), (mp.log(above / mass) if above else -INF)

    def moments(self):
        with mp.workdps(420):
            a, b = self.ends()
            mass = self.between(a, b)
            density = lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi) / mass
            # Far ends carry nothing; 1e300 squared would be an honest infinity in a double only.
            at_a, at_b = density(a), density(b)
            shift = at_a - at_b
            second = 1 + a * at_a - b * at_b
            variance = second - shift**2
            entropy = mp.log(mp.sqrt(2 * mp.pi) * self.scale * mass) + second / 2
            return self.location + self.scale * shift, self.scale**2 * variance, entropy


class LogNormal(Law):
    lower = mpf(0)

    def log_prob(self, x):
        if x == 0:
            return -INF
        z = (mp.log(x) - self.mu) / self.sigma
        return -z * z / 2 - mp.log(x * self.sigma) - mp.log(2 * mp.pi) / 2

    def log_tails(self, x):
        if x == 0:
            return -INF, mpf(0)
        z = (mp.log(x) - self.mu) / self.sigma
        return f.log_normal_cdf(z), f.log_normal_cdf(-z)

    def moments(self):
        s2 = self.sigma**2
        return (
            mp.exp(self.mu + s2 / 2),
            mp.expm1(s2) * mp.exp(2 * self.mu + s2),
            self.mu + mp.log(2 * mp.pi * mp.e) / 2 + mp.log(self.sigma),
        )


class Exponential(Law):
    lower = mpf(0)

    def log_prob(self, x):
        return mp.log(self.rate) - self.rate * x

    def log_tails(self, x):
        return (mp.log(-mp.expm1(-self.rate * x)) if x else -INF), -self.rate * x

    def moments(self):
        return 1 / self.rate, self.rate**-2, 1 - mp.log(self.rate)


class Gamma(Law):
    lower = mpf(0)

    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        if self.shape >= 1e5:
            self.centre, self.width = self.shape / self.rate, mp.sqrt(self.shape) / self.rate

    def log_prob(self, x):
        a = self.shape
        if x == 0:
            return INF if a < 1 else mp.log(self.rate) if a == 1 else -INF
        z = self.rate * x
        return a * mp.log(z) - mp.log(x) - z - mp.loggamma(a)

    def log_tails(self, x):
        return f.log_inc_gamma(self.shape, self.rate * x)

    def moments(self):
        a = self.shape
        entropy = a - mp.log(self.rate) + mp.loggamma(a) + (1 - a) * mp.digamma(a)
        return a / self.rate, a / self.rate**2, entropy


class ChiSquare(Gamma):
    def __init__(self, name, parameters):
        Law.__init__(self, name, parameters)
        self.shape, self.rate = self.degrees / 2, mpf(0.5)
        if self.shape >= 1e5:
            self.centre, self.width = self.degrees, mp.sqrt(2 * self.degrees)


class InverseGamma(Law):
    lower = mpf(0)

    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        if self.shape >= 1e5:
            self.centre = self.scale / self.shape
            self.width = self.centre / mp.sqrt(self.shape)

    def log_prob(self, x):
        if x == 0:
            return -INF
        a, z = self.shape, self.scale / x
        return a * mp.log(z) - mp.log(x) - z - mp.loggamma(a)

    def log_tails(self, x):
        if x == 0:
            return -INF, mpf(0)
        below, above = f.log_inc_gamma(self.shape, self.scale / x)
        return above, below

    def moments(self):
        a, b = self.shape, self.scale
        mean = b / (a - 1) if a > 1 else INF
        variance = b**2 / ((a - 1) ** 2 * (a - 2)) if a > 2 else INF
        return mean, variance, a + mp.log(b) + mp.loggamma(a) - (1 + a) * mp.digamma(a)


class MaxwellBoltzmann(Law):
    lower = mpf(0)

    def log_prob(self, x):
        if x == 0:
            return -INF
        return mp.log(2 / mp.pi) / 2 + 2 * mp.log(x) - (x / self.scale) ** 2 / 2 - 3 * mp.log(self.scale)

    def log_tails(self, x):
        return f.log_inc_gamma(mpf(1.5), (x / self.scale) ** 2 / 2)

    def moments(self):
        a = self.scale
        entropy = mp.log(a * mp.sqrt(2 * mp.pi)) + mp.euler - mpf(1) / 2
        return 2 * a * mp.sqrt(2 / mp.pi), a**2 * (3 * mp.pi - 8) / mp.pi, entropy


class Beta(Law):
    lower, upper = mpf(0), mpf(1)

    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        a, b = self.alpha, self.beta
        if min(a, b) >= 1e5:
            self.centre, self.width = a / (a + b), mp.sqrt(a * b / (a + b) ** 3)

    def log_prob(self, x):
        a, b = self.alpha, self.beta
        edge = {0: a, 1: b}.get(x)
        if edge is not None and edge != 1:
            return INF if edge < 1 else -INF
        return xlogy(a - 1, x) + (xlogy(b - 1, 1 - x)) - f.log_beta(a, b, mp.dps)

    def log_tails(self, x):
        with mp.workdps(420):
            y = 1 - x
        return f.log_inc_beta(self.alpha, self.beta, x, y)

    def moments(self):
        a, b = self.alpha, self.beta
        s = a + b
        entropy = f.log_beta(a, b, mp.dps) - (a - 1) * mp.digamma(a) - (b - 1) * mp.digamma(b)
        return a / s, a * b / (s**2 * (s + 1)), entropy + (s - 2) * mp.digamma(s)


class StudentT(Law):
    def log_prob(self, x):
        v, t = self.degrees, (x - self.location) / self.scale
        log = -(v + 1) / 2 * mp.log1p(t * t / v) - f.log_beta(v / 2, mpf(0.5), mp.dps)
        return log - mp.log(v) / 2 - mp.log(self.scale)

    def log_tails(self, x):
        v = self.degrees
        with mp.workdps(900):
            t = (x - self.location) / self.scale
            inside, outside = v / (v + t * t), t * t / (v + t * t)
        far, _ = f.log_inc_beta(v / 2, mpf(0.5), inside, outside)
        tail = far - mp.log(2)
        rest = mp.log1p(-mp.exp(tail))
        return (tail, rest) if t < 0 else (rest, tail)

    def moments(self):
        v = self.degrees
        nan = mpf("nan")
        mean = self.location if v > 1 else nan
        variance = self.scale**2 * v / (v - 2) if v > 2 else INF if v > 1 else nan
        entropy = (v + 1) / 2 * (mp.digamma((v + 1) / 2) - mp.digamma(v / 2))
        entropy += mp.log(v) / 2 + f.log_beta(v / 2, mpf(0.5), mp.dps) + mp.log(self.scale)
        return mean, variance, entropy


class FisherF(Law):
    lower = mpf(0)

    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        m, n = self.numerator, self.denominator
        if min(m, n) >= 1e5:
            self.centre, self.width = mpf(1), mp.sqrt(2 / m + 2 / n)

    def log_prob(self, x):
        m, n = self.numerator, self.denominator
        if x == 0:
            return INF if m < 2 else mpf(0) if m == 2 else -INF
        log = m / 2 * mp.log(m * x) + n / 2 * mp.log(n) - (m + n) / 2 * mp.log(m * x + n)
        return log - mp.log(x) - f.log_beta(m / 2, n / 2, mp.dps)

    def log_tails(self, x):
        m, n = self.numerator, self.denominator
        with mp.workdps(900):
            inside, outside = m * x / (m * x + n), n / (m * x + n)
        return f.log_inc_beta(m / 2, n / 2, inside, outside)

    def moments(self):
        m, n = self.numerator, self.denominator
        mean = n / (n - 2) if n > 2 else INF
        variance = 2 * n**2 * (m + n - 2) / (m * (n - 2) ** 2 * (n - 4)) if n > 4 else INF
        a, b = m / 2, n / 2
        entropy = f.log_beta(a, b, mp.dps) + mp.log(n / m) + (1 - a) * mp.digamma(a)
        entropy += -(1 + b) * mp.digamma(b) + (a + b) * mp.digamma(a + b)
        return mean, variance, entropy


class Cauchy(Law):
    def log_prob(self, x):
        z = (x - self.location) / self.scale
        return -mp.log(mp.pi * self.scale) - mp.log1p(z * z)

    def log_tails(self, x):
        z = (x - self.location) / self.scale
        # atan2 keeps every digit on both sides.
        return mp.log(mp.atan2(1, -z) / mp.pi), mp.log(mp.atan2(1, z) / mp.pi)

    def moments(self):
        nan = mpf("nan")
        return nan, nan, mp.log(4 * mp.pi * self.scale)


class Laplace(Law):
    def log_prob(self, x):
        return -abs(x - self.location) / self.scale - mp.log(2 * self.scale)

    def log_tails(self, x):
        z = (x - self.location) / self.scale
        tail = -abs(z) - mp.log(2)
        rest = mp.log1p(-mp.exp(tail))
        return (tail, rest) if z < 0 else (rest, tail)

    def moments(self):
        return self.location, 2 * self.scale**2, 1 + mp.log(2 * self.scale)


class Logistic(Law):
    def log_prob(self, x):
        z = abs(x - self.location) / self.scale
        return -z - mp.log(self.scale) - 2 * mp.log1p(mp.exp(-z))

    def log_tails(self, x):
        z = (x - self.location) / self.scale
        return -mp.log1p(mp.exp(-z)), -mp.log1p(mp.exp(z))

    def moments(self):
        return self.location, (mp.pi * self.scale) ** 2 / 3, mp.log(self.scale) + 2


class Weibull(Law):
    lower = mpf(0)

    def log_prob(self, x):
        k = self.shape
        if x == 0:
            return INF if k < 1 else -mp.log(self.scale) if k == 1 else -INF
        z = x / self.scale
        return mp.log(k / self.scale) + (k - 1) * mp.log(z) - z**k

    def log_tails(self, x):
        power = (x / self.scale) ** self.shape
        return (mp.log(-mp.expm1(-power)) if x else -INF), -power

    def moments(self):
        k, s = self.shape, self.scale
        first, second = mp.gamma(1 + 1 / k), mp.gamma(1 + 2 / k)
        entropy = mp.euler * (1 - 1 / k) + mp.log(s / k) + 1
        return s * first, s**2 * (second - first**2), entropy


class Pareto(Law):
    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        self.lower = self.scale

    def log_prob(self, x):
        a = self.shape
        return mp.log(a) + a * mp.log(self.scale / x) - mp.log(x)

    def log_tails(self, x):
        above = self.shape * mp.log(self.scale / x)
        return (mp.log(-mp.expm1(above)) if above else -INF), above

    def moments(self):
        a, s = self.shape, self.scale
        mean = a * s / (a - 1) if a > 1 else INF
        variance = s**2 * a / ((a - 1) ** 2 * (a - 2)) if a > 2 else INF
        return mean, variance, mp.log(s / a) + 1 / a + 1


class Lomax(Law):
    lower = mpf(0)

    def log_prob(self, x):
        a, s = self.shape, self.scale
        return mp.log(a / s) - (a + 1) * mp.log1p(x / s)

    def log_tails(self, x):
        above = -self.shape * mp.log1p(x / self.scale)
        return (mp.log(-mp.expm1(above)) if x else -INF), above

    def moments(self):
        a, s = self.shape, self.scale
        mean = s / (a - 1) if a > 1 else INF
        variance = s**2 * a / ((a - 1) ** 2 * (a - 2)) if a > 2 else INF
        return mean, variance, mp.log(s / a) + 1 / a + 1


class VonMises(Law):
    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        self.lower, self.upper = -mp.pi, +mp.pi
        with mp.workdps(120):
            self.log_norm = mp.log(2 * mp.pi * mp.besseli(0, self.concentration))

    def log_prob(self, x):
        return self.concentration * mp.cos(x - self.direction) - self.log_norm

    def log_tails(self, x):
        with mp.workdps(f.DIGITS):
            k, m = self.concentration, self.direction
            width = 1 / mp.sqrt(k + mpf(1) / 4)
            turn = 2 * mp.pi
            centre = m if -mp.pi <= m <= mp.pi else m - turn * mp.nint(m / turn)

            def mass(lower, upper):
                # The piece of each turn's copy of the peak in [lower, upper].
                middle = centre + turn * mp.nint(((lower + upper) / 2 - centre) / turn)
                cut = [c for c in (middle - mp.pi, middle + mp.pi) if lower < c < upper]
                ends = [lower, *cut, upper]
                total = mpf(0)
                for a, b in zip(ends, ends[1:]):
                    peak = centre + turn * mp.nint(((a + b) / 2 - centre) / turn)
                    total += f.quadrature(self.log_prob, a, b, peak, width)
                return total

            below, above = mass(-mp.pi, x), mass(x, +mp.pi)
            assert abs(below + above - 1) < mpf(10) ** -35, (self.json, x, below + above)
            if below < above:
                return mp.log(below), mp.log1p(-below)
            return mp.log1p(-above), mp.log(above)

    def moments(self):
        k = self.concentration
        ratio = mp.besseli(1, k) / mp.besseli(0, k)
        return None, None, self.log_norm - k * ratio

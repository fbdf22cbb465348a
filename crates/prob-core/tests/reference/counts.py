"""Laws of counts, in the same form."""

from mpmath import mp, mpf

import functions as f
from laws import INF, Law, xlogy


class Counts(Law):
    discrete = True
    lower = mpf(0)

    def sums(self, mean, variance):
        """Mean and variance as given, the entropy as a sum over all that is not below 1e-60."""
        if not 1e-12 < variance < 2e4:
            return mean, variance, None
        with mp.workdps(35):
            reach = 40 + 25 * mp.sqrt(variance) * max(1, 25 / (1 + mp.sqrt(mean)))
            first = int(max(self.lower, mp.floor(mean - reach)))
            total, k, last = mpf(0), first, min(self.upper, mean + reach)
            while k <= last:
                log = self.log_prob(mpf(k))
                if log > -INF:
                    part = -mp.exp(log) * log
                    total += part
                    if k > mean and part < total * mpf(10) ** -33:
                        break
                k += 1
            else:
                if last != self.upper:
                    return mean, variance, None
        return mean, variance, total


class Bernoulli(Counts):
    upper = mpf(1)

    def log_prob(self, x):
        p = self.probability if x == 1 else 1 - self.probability
        return mp.log(p) if p else -INF

    def log_tails(self, x):
        p = self.probability
        if x == 1:
            return mpf(0), -INF
        return (mp.log(1 - p) if p < 1 else -INF), (mp.log(p) if p else -INF)

    def moments(self):
        p = self.probability
        return p, p * (1 - p), -xlogy(p, p) - xlogy(1 - p, 1 - p)


class Categorical(Counts):
    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        self.upper = mpf(len(self.probabilities) - 1)
        assert sum(self.probabilities) == 1

    def log_prob(self, x):
        p = self.probabilities[int(x)]
        return mp.log(p) if p else -INF

    def log_tails(self, x):
        above = sum(self.probabilities[int(x) + 1 :], mpf(0))
        return (mp.log(1 - above) if above < 1 else -INF), (mp.log(above) if above else -INF)

    def moments(self):
        p = self.probabilities
        mean = sum(i * q for i, q in enumerate(p))
        variance = sum((i - mean) ** 2 * q for i, q in enumerate(p))
        return mean, variance, -sum(xlogy(q, q) for q in p)


class DiscreteUniform(Counts):
    def count(self):
        return self.upper - self.lower + 1

    def log_prob(self, x):
        return -mp.log(self.count())

    def log_tails(self, x):
        above = self.upper - x
        return mp.log((x - self.lower + 1) / self.count()), (mp.log(above / self.count()) if above else -INF)

    def moments(self):
        return (self.lower + self.upper) / 2, (self.count() ** 2 - 1) / 12, mp.log(self.count())


class Binomial(Counts):
    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        self.upper = self.trials
        n, p = self.trials, self.probability
        if n * p * (1 - p) > 1e4:
            self.centre, self.width = mp.floor(n * p), mp.sqrt(n * p * (1 - p))

    def log_prob(self, x):
        n, p = self.trials, self.probability
        choose = mp.loggamma(n + 1) - mp.loggamma(x + 1) - mp.loggamma(n - x + 1)
        return choose + xlogy(x, p) + xlogy(n - x, 1 - p)

    def log_tails(self, x):
        if x == self.trials:
            return mpf(0), -INF
        with mp.workdps(420):
            q = 1 - self.probability
        below, above = f.log_inc_beta(self.trials - x, x + 1, q, self.probability)
        return below, above

    def moments(self):
        n, p = self.trials, self.probability
        return self.sums(n * p, n * p * (1 - p))


class NegativeBinomial(Counts):
    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        r, p = self.successes, self.probability
        if r >= 1e5 and r * (1 - p) / p > 1e4:
            self.centre, self.width = mp.floor(r * (1 - p) / p), mp.sqrt(r * (1 - p)) / p

    def log_prob(self, x):
        r, p = self.successes, self.probability
        choose = mp.loggamma(x + r) - mp.loggamma(r) - mp.loggamma(x + 1)
        return choose + r * mp.log(p) + xlogy(x, 1 - p)

    def log_tails(self, x):
        with mp.workdps(420):
            q = 1 - self.probability
        return f.log_inc_beta(self.successes, x + 1, self.probability, q)

    def moments(self):
        r, p = self.successes, self.probability
        return self.sums(r * (1 - p) / p, r * (1 - p) / p**2)


class Geometric(Counts):
    def log_prob(self, x):
        p = self.probability
        if p == 1:
            return mpf(0) if x == 0 else -INF
        return mp.log(p) + x * mp.log1p(-p)

    def log_tails(self, x):
        if self.probability == 1:
            return mpf(0), -INF
        above = (x + 1) * mp.log1p(-self.probability)
        return mp.log(-mp.expm1(above)), above

    def moments(self):
        p = self.probability
        return (1 - p) / p, (1 - p) / p**2, -(xlogy(p, p) + xlogy(1 - p, 1 - p)) / p


class Poisson(Counts):
    def __init__(self, name, parameters):
        super().__init__(name, parameters)
        if self.rate >= 1e5:
            self.centre, self.width = mp.floor(self.rate), mp.sqrt(self.rate)

    def log_prob(self, x):
        return xlogy(x, self.rate) - self.rate - mp.loggamma(x + 1)

    def log_tails(self, x):
        above, below = f.log_inc_gamma(x + 1, self.rate)
        return below, above

    def moments(self):
        return self.sums(self.rate, self.rate)

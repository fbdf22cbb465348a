"""The parameters of the table."""

import counts
import laws

SHAPES = [1e-3, 0.5, 1.0, 3.7, 50.0, 1e4, 1e8]
TWO = 2.0**-40


def rows(kind, name, names, *values):
    return [kind(name, dict(zip(names, v))) for v in values]


def all_laws():
    line = ("location", "scale")
    everywhere = [(0.0, 1.0), (1.5, 2.0), (-3.0, 2e-3), (1e5, 7.0)]
    return [
        *rows(laws.Uniform, "uniform", ("lower", "upper"), (0.0, 1.0), (-3.0, 7.0), (1e8, 1e8 + 1.0)),
        *rows(laws.Normal, "normal", ("mean", "std_dev"), *everywhere, (0.0, 1e-100)),
        *rows(
            laws.TruncatedNormal,
            "truncated-normal",
            (*line, "lower", "upper"),
            (0.0, 1.0, -1.0, 2.0),
            (0.0, 1.0, 5.0, 1e300),
            (0.0, 1.0, 30.0, 31.0),
            (0.0, 1.0, -1e300, -38.0),
            (0.0, 1.0, 1e5, 1e300),
            (0.0, 1.0, -1e-3, 1e-3),
            (0.0, 1.0, 0.0, 1e300),
            (2.0, 0.5, 0.0, 1.0),
            (0.0, 1.0, -50.0, 50.0),
        ),
        *rows(laws.LogNormal, "log-normal", ("mu", "sigma"), (0.0, 1.0), (-2.0, 0.25), (5.0, 3.0), (0.0, 10.0), (3.0, 1e-3)),
        *rows(laws.Exponential, "exponential", ("rate",), (1e-3,), (1.0,), (250.0,)),
        *rows(laws.Gamma, "gamma", ("shape", "rate"), *[(s, 1.0) for s in SHAPES], (0.5, 2.0), (3.7, 1e-3), (1e4, 0.3)),
        *rows(laws.InverseGamma, "inverse-gamma", ("shape", "scale"), *[(s, 1.0) for s in SHAPES[1:]], (3.7, 2.5)),
        *rows(
            laws.Beta,
            "beta",
            ("alpha", "beta"),
            (1e-3, 1e-3), (1e-3, 3.7), (0.5, 0.5), (1.0, 1.0), (0.5, 3.7), (3.7, 50.0), (2.0, 3.0),
            (50.0, 50.0), (1.0, 1e4), (0.5, 1e8), (1e4, 1e4), (1e5, 1e5), (1e6, 1e6), (1e7, 1e7),
            (1e8, 1e8), (1e4, 1e8), (1e8, 3.7), (1e-3, 1e8), (30.0, 1e-3),
        ),
        *rows(laws.ChiSquare, "chi-square", ("degrees",), (0.1,), (1.0,), (2.0,), (5.0,), (100.0,), (1e4,), (1e8,), (1e10,)),
        *rows(
            laws.StudentT,
            "student-t",
            ("degrees", *line),
            *[(v, 0.0, 1.0) for v in (0.1, 0.5, 1.0, 2.0, 3.7, 30.0, 1e4, 1e8, 1e10)],
            (5.0, 1.0, 2.0),
        ),
        *rows(
            laws.FisherF,
            "fisher-f",
            ("numerator", "denominator"),
            (0.1, 0.1), (1.0, 1.0), (2.0, 5.0), (5.0, 2.0), (0.5, 30.0), (100.0, 3.7), (50.0, 50.0),
            (1e4, 1e4), (1e8, 1e8), (3.0, 1e8), (1e8, 3.0), (1e10, 5.0),
        ),
        *rows(laws.Cauchy, "cauchy", line, *everywhere),
        *rows(laws.Laplace, "laplace", line, *everywhere),
        *rows(laws.Logistic, "logistic", line, *everywhere),
        *rows(laws.Weibull, "weibull", ("shape", "scale"), (0.05, 1.0), (0.5, 1.0), (1.0, 1.0), (3.7, 2.5), (50.0, 1.0), (1e4, 1.0)),
        *rows(laws.Pareto, "pareto", ("shape", "scale"), (0.01, 1.0), (0.5, 1.0), (1.0, 2.5), (3.7, 2.5), (50.0, 1.0), (1e4, 1.0), (1e8, 1.0)),
        *rows(laws.Lomax, "lomax", ("shape", "scale"), (0.01, 1.0), (0.5, 1.0), (1.0, 2.5), (3.7, 2.5), (50.0, 1.0), (1e4, 1.0), (1e8, 1.0)),
        *rows(laws.MaxwellBoltzmann, "maxwell-boltzmann", ("scale",), (1.0,), (1e-3,), (300.0,)),
        *rows(
            laws.VonMises,
            "von-mises",
            ("direction", "concentration"),
            (0.0, 0.0), (0.0, 1e-10), (0.0, 0.5), (1.0, 3.7), (-2.5, 50.0), (3.0, 1e4), (0.5, 1e8),
        ),
        *rows(counts.Bernoulli, "bernoulli", ("probability",), (1e-10,), (0.3,), (0.5,), (1 - 1e-6,)),
        *rows(counts.Categorical, "categorical", ("probabilities",), ([0.125, 0.5, 0.375],), ([TWO, 0.5 - TWO, 0.25, 0.25],)),
        *rows(
            counts.Binomial,
            "binomial",
            ("trials", "probability"),
            (1, 0.3), (10, 1e-10), (10, 0.5), (1000, 0.3), (1000, 1 - 1e-6), (10**6, 1e-5), (10**6, 0.3),
            (10**8, 1e-10), (10**8, 0.5), (10**8, 1 - 1e-6), (10**10, 1e-9),
        ),
        *rows(
            counts.NegativeBinomial,
            "negative-binomial",
            ("successes", "probability"),
            (1e-3, 0.3), (0.5, 1e-6), (0.5, 0.5), (1.0, 0.3), (3.7, 0.3), (3.7, 1 - 1e-6), (50.0, 0.5),
            (1e4, 0.3), (1e4, 1 - 1e-6), (1e8, 0.5), (1e8, 1 - 1e-6),
        ),
        *rows(counts.Geometric, "geometric", ("probability",), (1e-10,), (0.3,), (0.5,), (1 - 1e-6,), (1.0,)),
        *rows(counts.Poisson, "poisson", ("rate",), (1e-3,), (0.5,), (3.7,), (50.0,), (1e4,), (1e8,), (1e10,)),
        *rows(counts.DiscreteUniform, "discrete-uniform", ("lower", "upper"), (0, 0), (-3, 7), (0, 10**6), (-(10**9), 10**9)),
    ]

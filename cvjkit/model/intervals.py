"""How certain a counted rate is."""

from __future__ import annotations

from dataclasses import dataclass

from cvjkit.errors import Fault, InputError
from cvjkit.model.arguments import is_number
from cvjkit.number_text import count_text

LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Posterior:
    """The probability distribution of a counted rate: a Beta distribution.

    Parameters
    ----------
    alpha, beta : float
        More than 0.

    Examples
    --------
    >>> round(Posterior(100.5, 1900.5).mean, 6)
    0.050225
    """

    alpha: float
    beta: float

    @property
    def mean(self) -> float:
        """Expected rate, 0 to 1: alpha / (alpha + beta)."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def variance(self) -> float:
        """Variance of the rate: mean (1 - mean) / (alpha + beta + 1)."""
        return self.mean * (1 - self.mean) / (self.alpha + self.beta + 1)

    def quantile(self, probability: float) -> float:
        """Give the rate below which the true one lies with a given probability.

        Parameters
        ----------
        probability : float
            0 to 1.

        Returns
        -------
        float
            0 to 1.
        """
        from scipy.special import betaincinv

        return float(betaincinv(self.alpha, self.beta, probability))


def rate_posterior(successes: float, trials: float) -> Posterior:
    """Give the distribution of a counted rate: Beta(s + 1/2, n - s + 1/2).

    Parameters
    ----------
    successes : float
        s, the people who went on, 0 to `trials`.
    trials : float
        n, the people who could have gone on, 0 or more.

    Returns
    -------
    Posterior

    Raises
    ------
    InputError
        If a number is negative or not finite, or `successes` exceeds `trials`.

    Notes
    -----
    Starts from Jeffreys' prior Beta(1/2, 1/2), which counts as one more trial (Brown, Cai and
    DasGupta, Interval Estimation for a Binomial Proportion, Statistical Science 16, 2001).

    Examples
    --------
    >>> rate_posterior(100, 2000)
    Posterior(alpha=100.5, beta=1900.5)
    """
    faults = [
        Fault(name, value, "must be a finite number, 0 or more", "give the people counted")
        for name, value in (("successes", successes), ("trials", trials))
        if not is_number(value, 0, LARGEST)
    ]
    if not faults and successes > trials:
        fix = f"give at most {count_text(f'{trials:g}', 'success', 'successes')}"
        faults = [Fault("successes", successes, "must not exceed the trials", fix)]
    if faults:
        raise InputError("rate", faults)
    return Posterior(float(successes) + 0.5, float(trials) - float(successes) + 0.5)


def rate_interval(successes: float, trials: float, level: float = 0.95) -> tuple[float, float]:
    """Give the interval in which a counted rate lies with a given probability.

    Parameters
    ----------
    successes : float
    trials : float
        Both as in `rate_posterior`.
    level : float
        The probability, between 0 and 1.

    Returns
    -------
    low, high : float
        Shares, 0 to 1. The probability outside is split evenly, unless nobody went on: then `low`
        is 0; or everybody did: then `high` is 1.

    Raises
    ------
    InputError
        As in `rate_posterior`, or if the level is not between 0 and 1.

    Examples
    --------
    >>> [round(end, 6) for end in rate_interval(100, 2000)]
    [0.041091, 0.06021]
    >>> [round(end, 4) for end in rate_interval(0, 50)]
    [0.0, 0.0375]
    """
    posterior = rate_posterior(successes, trials)
    if not (is_number(level) and 0 < level < 1):
        fix = "write 0.95 for 95%"
        raise InputError("rate", [Fault("level", level, "must lie between 0 and 1", fix)])
    none, every = successes == 0, successes == trials
    outside = 1 - level if none or every else (1 - level) / 2
    low = 0.0 if none else posterior.quantile(outside)
    high = 1.0 if every else posterior.quantile(1 - outside)
    return low, high


def people_interval(people: float, level: float = 0.95) -> tuple[float, float]:
    """Give the interval in which the expected number of people lies of whom so many came.

    Parameters
    ----------
    people : float
        0 or more. Each comes independently of the others, so that they are Poisson.
    level : float
        The probability, between 0 and 1.

    Returns
    -------
    low, high : float
        [people] From the Gamma(people + 1/2) distribution that follows from Jeffreys' prior; the
        probability outside is split evenly, unless nobody came: then `low` is 0.

    Raises
    ------
    InputError
        If the people are negative or not finite, or the level is not between 0 and 1.

    Examples
    --------
    >>> [round(end, 1) for end in people_interval(100)]
    [81.7, 121.0]
    """
    from scipy.special import gammaincinv

    faults = []
    if not is_number(people, 0, LARGEST):
        rule = "must be a finite number, 0 or more"
        faults.append(Fault("people", people, rule, "give the people counted"))
    if not (is_number(level) and 0 < level < 1):
        faults.append(Fault("level", level, "must lie between 0 and 1", "write 0.95 for 95%"))
    if faults:
        raise InputError("people", faults)
    outside = (1 - level) / (2 if people else 1)
    low = float(gammaincinv(people + 0.5, outside)) if people else 0.0
    return low, float(gammaincinv(people + 0.5, 1 - outside))

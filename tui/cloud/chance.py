"""Seeded chance: draws, and texts that follow from a number alone, so that no record has to keep them."""

import math
import random
from typing import TypeVar

T = TypeVar("T")
MASK = (1 << 64) - 1
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def mix(number: int, salt: int) -> int:
    """64 well-stirred bits of a number (splitmix64)."""
    z = (number * 0x9E3779B97F4A7C15 + salt * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def pick(choices: tuple[T, ...], number: int, salt: int) -> T:
    """One of the choices, always the same for the same number."""
    return choices[mix(number, salt) % len(choices)]


def lognormal(rng: random.Random, median: float, sigma: float) -> float:
    """A duration in seconds."""
    return median * math.exp(rng.gauss(0.0, sigma))


def mean_of(median: float, sigma: float) -> float:
    """The mean of a log-normal."""
    return median * math.exp(sigma * sigma / 2)


class Scramble:
    """A bijection on range(size): ids look random and still lead back to their number."""

    __slots__ = ("_inverse", "_offset", "_times", "size")

    def __init__(self, size: int, seed: int) -> None:
        rng = random.Random(seed)
        self.size = size
        self._times = rng.randrange(size // 3, size) | 1
        while math.gcd(self._times, size) != 1:
            self._times += 2
        self._offset = rng.randrange(size)
        self._inverse = pow(self._times, -1, size)

    def of(self, number: int) -> int:
        """The number as it is shown."""
        return (number * self._times + self._offset) % self.size

    def back(self, shown: int) -> int:
        """The number that is shown so."""
        return (shown - self._offset) * self._inverse % self.size


def base36(number: int, width: int) -> str:
    """A number in base 36, padded."""
    digits = []
    for _ in range(width):
        number, rest = divmod(number, 36)
        digits.append(BASE36[rest])
    return "".join(reversed(digits))

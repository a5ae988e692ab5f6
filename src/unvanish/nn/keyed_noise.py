r"""Random numbers that depend on a seed, a step and a sentence, and on nothing else.

What a sentence's noise is must not depend on its neighbours in the batch, on how a batch is cut
into parts or shared out over processes, or on what was drawn before: then a run in several
processes is the run in one, and one that goes on needs no state. Each sentence and step has a key,
and its k-th number is a hash of key and k. The hash is that of SplitMix64:

.. math:: z = \mathrm{key} + k\,\gamma, \quad
          z \leftarrow (z \oplus z \gg 30)\,c_1, \quad z \leftarrow (z \oplus z \gg 27)\,c_2, \quad
          z \oplus z \gg 31

References:
    Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
    Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011: keys and counters in place
    of a state.
"""

import hashlib
import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

__all__ = ["KeyedNoise"]


def _signed(number: int) -> int:
    """Write 64 bits as torch has them."""
    return number - (1 << 64) if number >> 63 else number


_GAMMA = _signed(0x9E3779B97F4A7C15)
_ROUNDS = ((30, _signed(0xBF58476D1CE4E5B9)), (27, _signed(0x94D049BB133111EB)))
_LAST = 31


@dataclass(frozen=True, eq=False)
class KeyedNoise:
    """The random numbers of one optimizer step, a row a sentence.

    Args:
        keys: A number for every sentence, on the device on which numbers are wanted.

    Example:
        >>> noise = KeyedNoise.of(seed=1, step=20, sentences=torch.tensor([7, 4]))
        >>> alone = KeyedNoise.of(seed=1, step=20, sentences=torch.tensor([4]))
        >>> bool((noise.normal("z", 32)[1] == alone.normal("z", 32)[0]).all())
        True
    """

    keys: Int64[Tensor, " batch"]

    @staticmethod
    def of(
        seed: int,
        step: int,
        sentences: Int64[Tensor, " batch"],
        device: torch.device | str | None = None,
    ) -> "KeyedNoise":
        """Give the noise of some sentences at a step.

        Args:
            seed: Of the run.
            step: The optimizer step, counted from 0.
            sentences: Which sentences of the corpus.
            device: Where numbers are wanted; where ``sentences`` are when absent.
        """
        begin = _scattered(torch.tensor([_hash(f"{seed} {step}")]))
        return KeyedNoise(_scattered(begin + (sentences.cpu() + 1) * _GAMMA).to(device))

    def normal(self, name: str, size: int) -> Float[Tensor, "batch size"]:
        """Draw standard normal numbers (Box and Muller, 1958).

        Args:
            name: What they are for; another name gives other numbers.
            size: How many for each sentence.
        """
        halves = self._bits(name, -(-size // 2)).view(torch.int32).double()
        uniform = (halves + 2.0**31 + 0.5) * 2.0**-32
        radius = torch.sqrt(-2.0 * torch.log(uniform[:, ::2]))
        angle = 2.0 * math.pi * uniform[:, 1::2]
        pairs = torch.cat([radius * torch.cos(angle), radius * torch.sin(angle)], dim=1)
        return pairs[:, :size].float()

    def kept(
        self, name: str, shape: tuple[int, ...], drop: float
    ) -> Bool[Tensor, "batch *features"]:
        """Choose what dropout keeps of every sentence.

        The probability is that of the nearest multiple of 1 / 65536.

        Args:
            name: What is dropped; another name gives another choice.
            shape: Of what is dropped, without the batch; what a sentence's first numbers are does
                not depend on how many follow.
            drop: Probability of being dropped.
        """
        numbers = math.prod(shape)
        sixteens = self._bits(name, -(-numbers // 4)).view(torch.int16)[:, :numbers]
        threshold = round(drop * 2**16) - 2**15
        return (sixteens.int() >= threshold).view(len(self.keys), *shape)

    def _bits(self, name: str, size: int) -> Int64[Tensor, "batch size"]:
        """Give 64 random bits ``size`` times for each sentence."""
        keys = self.keys.unsqueeze(1) ^ _hash(name)
        counters = torch.arange(1, size + 1, device=keys.device) * _GAMMA
        return _scattered(keys + counters)


def _scattered(numbers: Int64[Tensor, "*shape"]) -> Int64[Tensor, "*shape"]:
    """Hash 64 bits in place, one to one."""
    for shift, factor in _ROUNDS:
        numbers ^= _shifted(numbers, shift)
        numbers *= factor
    numbers ^= _shifted(numbers, _LAST)
    return numbers


def _shifted(numbers: Int64[Tensor, "*shape"], shift: int) -> Int64[Tensor, "*shape"]:
    """Shift right without the sign."""
    return (numbers >> shift).bitwise_and_((1 << (64 - shift)) - 1)


def _hash(text: str) -> int:
    """Make 64 bits out of a text."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)

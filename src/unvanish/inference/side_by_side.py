"""Runs of one model that read the same batches, their gradients computed together.

Every run is trained by a loop of its own, in a thread of its own, that knows nothing of the others.
Where it asks for gradients it waits until all runs have: then those of all are made at once
(:class:`unvanish.models.replicated_batches.ReplicatedBatches`). Only one thread moves at a time,
and they change places nowhere else; so what a process has one of, such as torch's generator, is as
safe as in one thread.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..models import TextVAE
from ..models.replicated_batches import ReplicatedBatches
from ..models.replicated_layers import replicated_layers
from ..models.replicated_pass import Masks
from ..nn import KeyedNoise
from ..nn.denormals import denormals_as_zero
from ..objectives import Loss, Objective
from .step import BatchPart

__all__ = ["SideBySide", "SideBySideInference"]

_GLANCE = 0.1
"""Seconds between two moments at which the main thread can obey a signal."""


@dataclass(frozen=True)
class _Request:
    """What one run asks for."""

    model: TextVAE
    objective: Objective
    part: BatchPart


class SideBySide:
    """Some runs, each in a thread, of which one moves at a time.

    A run that ends, well or not, leaves the others to themselves. One that is behind, as after a
    resume, moves alone until it has caught up.

    Args:
        runs: How many.

    Attributes:
        inferences: An inference method for each run; its step is the meeting.
    """

    def __init__(self, runs: int) -> None:
        self.inferences = [SideBySideInference(self, run) for run in range(runs)]
        self._turns = [threading.Semaphore(0) for _ in range(runs)]
        self._ready = deque(range(runs))
        self._requests: dict[int, _Request] = {}
        self._answers: dict[int, Loss | BaseException] = {}
        self._replicas: ReplicatedBatches | None = None
        self._failure: BaseException | None = None
        self._broken_off: BaseException | None = None

    def carry_out(self, bodies: Sequence[Callable[[], None]]) -> None:
        """Call every body in a thread of its own and wait for all.

        Args:
            bodies: One for each run; what one raises is its own affair, so it had better not.

        Raises:
            BaseException: What the first body to fail raised, after the others have ended.
        """
        threads = [
            threading.Thread(target=self._live, args=(run, body)) for run, body in enumerate(bodies)
        ]
        for thread in threads:
            thread.start()
        self._give_turn()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(_GLANCE)
        except BaseException as error:
            self._broken_off = error  # every run stops where it meets the others next
            raise
        if self._failure is not None:
            raise self._failure

    def _live(self, run: int, body: Callable[[], None]) -> None:
        self._turns[run].acquire()
        try:
            with denormals_as_zero():  # for this thread
                body()
        except BaseException as error:
            self._failure = self._failure or error
        finally:
            self._give_turn()

    def meet(self, run: int, request: _Request) -> Loss:
        """Wait for the others, and give the loss of one's own."""
        self._requests[run] = request
        self._give_turn()
        self._turns[run].acquire()
        answer = self._answers.pop(run)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _give_turn(self) -> None:
        """Let another thread move; if all wait for their gradients, make some."""
        if not self._ready and self._requests:
            self._answer()
        if self._ready:
            self._turns[self._ready.popleft()].release()

    def _answer(self) -> None:
        """Make the gradients of the runs that are furthest behind."""
        step = min(request.part.step for request in self._requests.values())
        asked = [run for run, request in self._requests.items() if request.part.step == step]
        requests = [self._requests.pop(run) for run in sorted(asked)]
        try:
            if self._broken_off is not None:
                raise self._broken_off
            answers: Sequence[Loss | BaseException] = self._gradients(requests)
        except BaseException as error:
            answers = [error] * len(requests)
        self._answers.update(zip(sorted(asked), answers, strict=True))
        self._ready.extend(sorted(asked))

    def _gradients(self, requests: Sequence[_Request]) -> list[Loss]:
        first = requests[0].part
        indices = first.batch.indices
        if any(not torch.equal(indices, each.part.batch.indices) for each in requests):
            raise ValueError("runs side by side read the same sentences at every step")
        models = tuple(request.model for request in requests)
        if self._replicas is None or self._replicas.models != models:
            self._replicas = ReplicatedBatches(models)
        weights = [request.objective.weights(request.part.step) for request in requests]
        betas = torch.tensor([each["kl"] for each in weights])
        z = first.noise.normal("z", models[0].config.latent_size)
        masks = _masks(models[0], first.noise, first.batch.tokens.shape[1] - 1)
        tokens, lengths = first.batch.tokens, first.batch.lengths
        with np.errstate(over="ignore", invalid="ignore"):  # infinite losses are told as such
            found = self._replicas.gradients(tokens, lengths, z, betas, masks)
        totals = (found.rec + betas.unsqueeze(1) * found.kl).mean(1)
        losses = zip(totals, found.rec, found.kl, weights, strict=True)
        return [Loss(total, {"rec": rec, "kl": kl}, own) for total, rec, kl, own in losses]


class SideBySideInference:
    """The inference method of one of several runs; see :class:`InferenceStep`.

    Args:
        together: All runs. They read the same sentences with the same noise at every step.
        run: Which of them.
    """

    def __init__(self, together: SideBySide, run: int) -> None:
        self._together, self._run = together, run

    def gradients(
        self,
        model: TextVAE,
        objective: Objective,
        part: BatchPart,
        autocast: AbstractContextManager[None],
    ) -> Loss:
        """Wait for the others and give one's own loss; products are always taken in 32 bits.

        Raises:
            ValueError: If the batch is only a part of the step's sentences.
        """
        if part.share != 1.0:
            raise ValueError("runs side by side take their batches whole: accumulate=1")
        return self._together.meet(self._run, _Request(model, objective, part))


def _masks(model: TextVAE, noise: KeyedNoise, predicted: int) -> Masks:
    """Draw what the dropout layers of a decoder draw from the same noise."""
    decoder = replicated_layers(model.config).decoder

    def mask(name: str, size: int) -> Tensor | None:
        drop: float = getattr(decoder, name)
        if drop == 0:
            return None
        kept = noise.kept(f"decoder.{name}", (predicted, size), drop)
        return kept.float() * (1 / (1 - drop))

    return Masks(
        mask("input_dropout", decoder.embedding_size),
        mask("output_dropout", decoder.hidden_size),
    )

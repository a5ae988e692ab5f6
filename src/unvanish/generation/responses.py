"""What a dialog model would say next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from ..config import Decoding
from ..config.errors import require
from ..data.dialogs import DialogCorpus, Window, collate_windows
from ..models import DialogCVAE
from ..nn import KeyedNoise, evaluating
from .writing import generate_tokens

__all__ = ["Responses", "respond", "scored_windows"]


@dataclass(frozen=True)
class Responses:
    """A context, what was said then, and what a model would have said.

    Args:
        topic: What the speakers were asked to speak about.
        context: Who spoke, ``"A"`` or ``"B"``, and the words, of each utterance before.
        floor: Who responds.
        truth: The words that were said.
        samples: The words of each response that was generated.
    """

    topic: str
    context: tuple[tuple[str, tuple[str, ...]], ...]
    floor: str
    truth: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]

    def as_text(self, utterances: int = 3) -> str:
        """Write it as a row of a table of examples.

        Args:
            utterances: How many of the context are shown, the latest.

        Example:
            >>> shown = Responses("PETS", (("A", ("hi",)),), "B", ("hello",), (("yes",), ()))
            >>> print(shown.as_text())
            topic: PETS
            A: hi
            B, in truth: hello
            B, sample 1: yes
            B, sample 2: (nothing)
        """
        said = [f"{floor}: {' '.join(words)}" for floor, words in self.context[-utterances:]]
        samples = [
            f"{self.floor}, sample {number}: {' '.join(words) or '(nothing)'}"
            for number, words in enumerate(self.samples, start=1)
        ]
        truth = f"{self.floor}, in truth: {' '.join(self.truth)}"
        return "\n".join([f"topic: {self.topic}", *said, truth, *samples])


def scored_windows(windows: Sequence[tuple[int, Window]]) -> list[tuple[int, Window]]:
    """Leave out the contexts that hold nothing but the begin utterance.

    Args:
        windows: Dialog and window of each response.
    """
    return [(dialog, window) for dialog, window in windows if window.end > 2]


def respond(
    model: DialogCVAE,
    corpus: DialogCorpus,
    windows: Sequence[tuple[int, Window]],
    *,
    samples: int = 5,
    decoding: Decoding = Decoding(max_words=40),  # noqa: B008 - frozen
    seed: int = 1,
    batch_size: int = 60,
    progress: Callable[[int], None] | None = None,
) -> list[Responses]:
    """Generate responses: z from p(z|c) for each, then one word after the other.

    The z of a response depends on ``seed``, the context and the number of the sample alone.

    Args:
        model: The model; its mode is restored afterwards.
        corpus: The dialogs.
        windows: Dialog and window of each context.
        samples: Responses for each context.
        decoding: How words are chosen; by default the most probable one each time.
        seed: Source of z, and of words that are drawn.
        batch_size: Contexts handled at once.
        progress: Called with the number of contexts done, after each batch.

    Raises:
        UsageError: If ``samples`` or ``batch_size`` is below 1.
    """
    for name, value in (("samples", samples), ("batch_size", batch_size)):
        require(value >= 1, name, value, "give at least 1")
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(seed)
    found: list[Responses] = []
    for first in range(0, len(windows), batch_size):
        chosen = windows[first : first + batch_size]
        batch = collate_windows(corpus, [(dialog, *window) for dialog, window in chosen])
        with evaluating(model):
            _, condition = model.encode(batch.to(device))
            prior = model.prior(condition)
            told = []
            for sample in range(samples):
                noise = KeyedNoise.of(seed, sample, batch.indices, device)
                z = prior.rsample(noise.normal("z", model.config.latent_size))
                told.append(model.told(z, condition))
            rows = torch.stack(told, dim=1).flatten(0, 1)
            written = generate_tokens(
                model, rows, decoding, generator=generator, batch_size=len(rows)
            )
        words = [tuple(corpus.vocabulary.decode(row)) for row in written.tolist()]
        for place, (dialog, window) in enumerate(chosen):
            said = tuple(words[place * samples : (place + 1) * samples])
            found.append(_described(corpus, dialog, window, said))
        if progress is not None:
            progress(len(found))
    return found


def _described(
    corpus: DialogCorpus, number: int, window: Window, samples: tuple[tuple[str, ...], ...]
) -> Responses:
    dialog = corpus.dialogs[number]
    floors = ["AB"[floor] for floor in dialog.floors[window.start : window.end].tolist()]
    context = zip(floors, dialog.words[window.start : window.end - 1], strict=False)
    return Responses(
        topic=corpus.topics[dialog.topic - 1] if dialog.topic else "(unknown)",
        context=tuple(context),
        floor=floors[-1],
        truth=dialog.words[window.end - 1],
        samples=samples,
    )

"""``unvanish reconstruct``: sentences through the latent variable and back."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from ..config import UsageError
from .options import CommonOptions
from .output import write_text
from .writing import longest

if TYPE_CHECKING:
    from ..data import Tokens, Vocabulary

__all__ = ["reconstruct"]


def reconstruct(
    run: Path,
    sentences: tuple[str, ...] = (),
    /,
    *,
    file: Path | None = None,
    temperature: float = 0.0,
    sample_z: Annotated[bool, Parameter(negative="")] = False,
    max_words: Annotated[int | None, Parameter(show_default=False)] = None,
    which: Literal["last", "best"] = "last",
    common: CommonOptions = CommonOptions(),  # noqa: B008 - frozen
) -> None:
    """Write sentences again from their latent vectors alone.

    A model whose latent variable has vanished writes the same sentence whatever it is given.
    Sentences come from the command line, from a file, or from standard input, one a line.

    For example: `unvanish reconstruct runs/mine "the price rose" "he did not say why"`

    Args:
        run: The folder that `unvanish train` wrote.
        sentences: The sentences.
        file: A file of sentences instead, read as `unvanish train` reads one.
        temperature: 0 takes the most probable word each time; above it, words are drawn.
        sample_z: Draw z from q(z|x) instead of taking its mean.
        max_words: Stop sentences that have not ended by then (default: the longest that the run
            would have been trained on).
        which: Parameters after the last epoch, or of the best one on the validation text.
    """
    from ..generation import reconstruct as reconstruct_sentences
    from ..runs import load
    from ..training import resolve_device

    opened = load(run)
    originals = read_originals(sentences, file)
    warn_of_unknown_words(originals, opened.vocabulary, opened.tokens)
    model = opened.model(which, device=resolve_device(common.device))
    written = reconstruct_sentences(
        model,
        opened.vocabulary,
        originals,
        tokens=opened.tokens,
        temperature=temperature,
        use_mean=not sample_z,
        max_words=longest(opened.config, max_words),
        seed=1 if common.seed is None else common.seed,
    )
    pairs = list(zip(originals, written, strict=True))
    text = "\n".join(f"  {original}\n> {again}" for original, again in pairs)
    write_text(text, [{"text": a, "reconstruction": b} for a, b in pairs], common)


def read_originals(sentences: tuple[str, ...], file: Path | None) -> list[str]:
    """Take the sentences from where they were given.

    Raises:
        UsageError: If they were given in two places, or nowhere.
    """
    from ..data import read_sentences

    if sentences and file is not None:
        raise UsageError("give sentences or --file, not both")
    if file is not None:
        return [sentence.text for sentence in read_sentences(file)]
    if sentences:
        return list(sentences)
    if sys.stdin.isatty():
        raise UsageError("no sentences: give some, or --file, or pipe them in, one a line")
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8 ({error.reason}); convert it") from error
    return [line.strip() for line in text.split("\n") if line.strip()]


def warn_of_unknown_words(
    sentences: Sequence[str], vocabulary: "Vocabulary", tokens: "Tokens"
) -> None:
    """Say on standard error how many words the run has never seen, if any.

    A sentence of unknown words comes back as another one however alive z is.
    """
    from ..data import UNK

    words = [word for sentence in sentences for word in tokens.cut(sentence)]
    unknown = vocabulary.encode(words).count(UNK)
    if unknown:
        message = f"{unknown} of {len(words)} words are unknown to this run"
        print(f"warning: {message}; it reads them as <unk>", file=sys.stderr)

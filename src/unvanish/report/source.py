"""The text a run was trained on, read again."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..config import UsageError
from ..data import Corpora, Corpus, Tokens, Vocabulary, read_corpora
from ..runs import Run

__all__ = ["SourceText", "find_text", "shown"]

_LONGEST = 300


@dataclass(frozen=True)
class SourceText:
    """The splits of a run, or why they are not there.

    Args:
        corpora: The splits; ``None`` where they cannot be had.
        problem: Why not.
    """

    corpora: Corpora | None
    problem: str = ""


def find_text(run: Run, known: dict[str, Corpora]) -> SourceText:
    """Read the text of a run and make sure that it is the one it was trained on.

    Args:
        run: The run.
        known: Corpora read before, by their fingerprint; what is read is added.
    """
    corpus = run.origin.get("corpus", {})
    files, wanted = corpus.get("files", {}), corpus.get("sha256")
    if wanted in known:
        return SourceText(known[wanted])
    if not files and corpus.get("name") != "synthetic":
        return SourceText(
            None, "The run was trained from Python on sentences that no file is known to hold."
        )
    try:
        corpora = read_corpora(run.config.data, files, tokens=run.tokens, vocabulary=run.vocabulary)
    except UsageError as error:
        return SourceText(None, f"The text cannot be read again: {error}.")
    if corpora.sha256 != wanted:
        return SourceText(None, "The text is no longer the one that the run was trained on.")
    known[corpora.sha256] = corpora
    return SourceText(corpora)


def shown(
    corpus: Corpus, indices: Sequence[int], vocabulary: Vocabulary, tokens: Tokens
) -> list[str]:
    """Write sentences of a corpus as the model reads them, the longest cut short.

    Args:
        corpus: A split.
        indices: Which sentences.
        vocabulary: Its words.
        tokens: How words are put together.
    """
    texts = [tokens.join(vocabulary.decode(corpus[index])) for index in indices]
    return [text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …" for text in texts]

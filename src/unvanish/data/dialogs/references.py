"""Several responses that fit a context, found by the context."""

from collections.abc import Iterable, Sequence

from ...config import UsageError
from .batching import Window
from .corpus import BEGIN, DialogCorpus, words_of
from .reading import References

__all__ = ["fitting_responses", "true_responses"]

_Key = tuple[bool, tuple[tuple[str, ...], ...]]


def true_responses(
    corpus: DialogCorpus, windows: Iterable[tuple[int, Window]]
) -> list[list[tuple[str, ...]]]:
    """Give the one response that followed every context, as the words that were said.

    Args:
        corpus: The dialogs.
        windows: Dialog and window of each response.
    """
    return [[corpus.dialogs[dialog].words[window.end - 1]] for dialog, window in windows]


def fitting_responses(
    corpus: DialogCorpus,
    windows: Sequence[tuple[int, Window]],
    references: Sequence[References],
) -> dict[int, list[tuple[str, ...]]]:
    """Find the contexts for which there are several responses.

    A context is known by its words and by who responds. The file of Zhao et al. (2017) has only
    those at which the speaker changes, so it cannot be read beside all contexts line by line. Where
    two contexts are the same, they are taken in order.

    Args:
        corpus: The dialogs.
        windows: Dialog and window of each response.
        references: Contexts with their responses.

    Returns:
        The words of each response, by the place of its context in ``windows``.

    Raises:
        UsageError: If a context is not among the windows.
    """
    places: dict[_Key, list[int]] = {}
    for place, (number, window) in enumerate(windows):
        dialog = corpus.dialogs[number]
        called = bool(dialog.floors[window.end - 1])
        key = called, dialog.words[window.start : window.end - 1]
        places.setdefault(key, []).append(place)
    found = {}
    for number, each in enumerate(references, start=1):
        context = tuple(tuple([BEGIN] if t == BEGIN else words_of(t)) for t in each.context)
        there = places.get((each.floor == "B", context))
        if not there:
            raise UsageError(
                f"context {number} of the references is none of the split's: give the file that "
                "belongs to it, and as many utterances of context"
            )
        found[there.pop(0)] = [tuple(words_of(text)) for text in each.responses]
    return found

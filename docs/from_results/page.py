"""Places of a page that are filled from files of results."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unvanish.config.errors import UsageError

__all__ = ["ABSENT", "Overview", "Page", "Writer"]

ABSENT = "Not measured yet.\n"

Writer = Callable[[dict[str, Any]], str]
Overview = Callable[[dict[str, dict[str, Any] | None]], str]


class Page:
    r"""A page whose places stand between ``<!-- KIND NAME -->`` and ``<!-- end -->``.

    The words around the places are the page's own.

    Args:
        file: Name of the page's file.
        kind: First word of what marks a place.

    Example:
        >>> page = Page("speed.md", "table")
        >>> @page.place("steps", "speed")
        ... def steps(results):
        ...     return f"{results['steps']} steps a second.\n"
        >>> print(page.render("<!-- table steps -->\n<!-- end -->", Path("nowhere")))
        <!-- table steps -->
        <BLANKLINE>
        Not measured yet.
        <BLANKLINE>
        <!-- end -->
    """

    def __init__(self, file: str, kind: str) -> None:
        self.file = file
        self.kind = kind
        self._filled_by: dict[str, tuple[tuple[str, ...], Writer]] = {}
        self._overviews: dict[str, Overview] = {}
        self._block = re.compile(rf"(<!-- {kind} (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)

    @property
    def names(self) -> list[str]:
        """The places that can be filled, in the order in which they were made known."""
        return [*self._overviews, *self._filled_by]

    def place(self, name: str, *results: str) -> Callable[[Writer], Writer]:
        """Make known what fills a place: decorates the function that writes it.

        Args:
            name: Name of the place on the page.
            results: Names of files of results, without ``.json``, the best first; the function is
                given what the first that is there holds.
        """

        def known(write: Writer) -> Writer:
            self._require_new(name)
            self._filled_by[name] = (results, write)
            return write

        return known

    def overview(self, name: str) -> Callable[[Overview], Overview]:
        """Make known what fills a place from the results of all others, given by name.

        Args:
            name: Name of the place on the page.
        """

        def known(write: Overview) -> Overview:
            self._require_new(name)
            self._overviews[name] = write
            return write

        return known

    def _require_new(self, name: str) -> None:
        if name in self.names:
            raise ValueError(f"{self.file}: two functions fill {self.kind} {name}")

    def render(self, text: str, results: Path) -> str:
        """Give the page with its places filled from the results that are there.

        Args:
            text: The page as it is.
            results: Folder of the files of results.

        Raises:
            UsageError: A place of the page is filled by no function, or a function has no place.
        """
        self._refuse_strangers([name for _, name, _ in self._block.findall(text)])

        def filled(block: re.Match[str]) -> str:
            return f"{block[1]}\n{self._written(block[2], results)}\n{block[3]}"

        return self._block.sub(filled, text)

    def _written(self, name: str, results: Path) -> str:
        if name in self._overviews:
            every = {place: self._found(place, results) for place in self._filled_by}
            return self._overviews[name](every) if any(every.values()) else ABSENT
        found = self._found(name, results)
        return ABSENT if found is None else self._filled_by[name][1](found)

    def _found(self, name: str, results: Path) -> dict[str, Any] | None:
        """Read the best results there are for a place."""
        for file in (results / f"{source}.json" for source in self._filled_by[name][0]):
            if file.is_file():
                found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
                return found
        return None

    def _refuse_strangers(self, places: list[str]) -> None:
        for name in places:
            if name not in self.names:
                raise UsageError(
                    f"docs/{self.file} has a place '{self.kind} {name}' that nothing fills; "
                    f"there are: {', '.join(self.names)}"
                )
        for name in self.names:
            if name not in places:
                raise UsageError(
                    f"docs/{self.file} has no place for '{self.kind} {name}': "
                    f"write <!-- {self.kind} {name} --> and <!-- end --> where it shall stand"
                )

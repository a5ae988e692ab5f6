"""Writes the tables of the documentation from results/: a number on a page is one of a file.

    python docs/make_pages.py            writes the pages anew
    python docs/make_pages.py --check    ends with status 1 if one of them would change

What stands in the tables is in docs/from_results/, one module a page.
"""

import argparse
import sys
from pathlib import Path

from from_results import benchmarks, what_holds
from unvanish.config.errors import UsageError

ROOT = Path(__file__).resolve().parents[1]
PAGES = (benchmarks.PAGE, what_holds.PAGE)


def changed(root: Path) -> dict[Path, str]:
    """Give the pages that say something else than their results, as they should be.

    Args:
        root: Folder of ``docs/`` and ``results/``.
    """
    pages = {}
    for page in PAGES:
        path = root / "docs" / page.file
        before = path.read_text(encoding="utf-8")
        after = page.render(before, root / "results")
        if after != before:
            pages[path] = after
    return pages


def main(words: list[str] | None = None, root: Path = ROOT) -> int:
    """Write the pages, or tell whether they are as they should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args(words).check
    try:
        pages = changed(root)
    except UsageError as error:
        print(f"make_pages: {error}", file=sys.stderr)
        return 2
    for path, text in pages.items():
        if check:
            print(f"{path.name} is not as its results make it: python docs/make_pages.py writes it")
        else:
            path.write_text(text, encoding="utf-8")
    return int(check and bool(pages))


if __name__ == "__main__":
    sys.exit(main())

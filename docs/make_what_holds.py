"""Writes the verdicts and tables of docs/what_holds.md from results/reproduce-*.json.

    python docs/make_what_holds.py            writes the page anew
    python docs/make_what_holds.py --check    ends with status 1 if it would change

What an experiment found stands between `<!-- experiment NAME -->` and `<!-- end -->`; the words
around it are the page's.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from unvanish.experiments.reproducing.markdown import as_markdown

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "what_holds.md"
BLOCK = re.compile(r"(<!-- experiment (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
ABSENT = "Not measured yet.\n"


def render(page: str, results: Path) -> str:
    """Give the page with what is in a folder of results."""

    def filled(block: re.Match[str]) -> str:
        file = results / f"reproduce-{block[2]}.json"
        found = ABSENT
        if file.is_file():
            text = as_markdown(json.loads(file.read_text(encoding="utf-8")))
            found = text.split("\n\n", 1)[1]  # the page has a heading of its own
        return f"{block[1]}\n{found}\n{block[3]}"

    return BLOCK.sub(filled, page)


def main(words: list[str] | None = None) -> int:
    """Write the page, or tell whether it is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args(words)
    before = PAGE.read_text(encoding="utf-8")
    after = render(before, ROOT / "results")
    if given.check:
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes the tables of docs/benchmarks.md from results/: a number on the page is one of a file.

    python benchmarks/page.py            writes the page anew
    python benchmarks/page.py --check    ends with status 1 if it would change

A table stands between `<!-- table NAME -->` and `<!-- end -->`; the words around it are the page's.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
BLOCK = re.compile(r"(<!-- table (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
ABSENT = "Not measured yet.\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; all columns but the first are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def circumstances(results: dict[str, Any]) -> str:
    """Say what was measured on."""
    facts = results["environment"]
    threads = f"{facts['threads']} thread{'s' if facts['threads'] > 1 else ''}"
    return f"\n{facts['device']}, {threads}, torch {facts['torch']}, Python {facts['python']}.\n"


def training(results: dict[str, Any]) -> str:
    """Each way to make the paper's update."""
    rows = [
        [
            way["title"],
            "bf16" if way["precision"] == "bf16" else "fp32",
            f"{way['times_as_fast']:.2f}",
            f"{way['peak_memory_mb']:,.0f}",
        ]
        for way in results["ways"].values()
    ]
    limit = results["limit"]
    headings = ["way", "products", "times as fast as the paper's", "peak memory (MB)"]
    return (
        table(headings, rows)
        + f"\n{results['batches']} of {results['batches_per_epoch']:,} batches of an epoch, "
        f"{results['tokens']:,} tokens. Ours reaches {limit['share_reached']:.0%} of what the "
        "products alone would allow at the rate that large ones of 16 bits reach here "
        f"({limit['operations_per_second'] / 1e9:,.0f} GFLOP/s).\n" + circumstances(results)
    )


def operations(results: dict[str, Any]) -> str:
    """Where the time of the paper's way and of ours goes."""
    columns = {name: results["ways"][name]["shares_of_time"] for name in ("paper", "ours")}
    names = dict.fromkeys(name for shares in columns.values() for name in list(shares)[:9])
    rows = [
        [
            f"`{name}`",
            *(f"{shares[name]:.0%}" if name in shares else "" for shares in columns.values()),
        ]
        for name in names
    ]
    return table(["operation", "paper's way", "ours"], rows)


def alone(results: dict[str, Any]) -> str:
    """Two parts of the step on their own."""
    rows = [
        [part, name, f"{times:.1f}"]
        for part, ways in results["pieces_over_ours"].items()
        for name, times in ways.items()
    ]
    return table(["part", "another way", "times as long as ours"], rows)


def using(results: dict[str, Any]) -> str:
    """Evaluating, encoding and writing."""
    rows = [
        [
            name,
            f"{task['times_as_fast']:.1f}",
            "" if task["same"] is None else f"{task['same']:.1%}",
        ]
        for name, task in results["tasks"].items()
    ]
    headings = ["task", "times as fast as one at a time", "sentences that come out the same"]
    return table(headings, rows) + circumstances(results)


def starting(results: dict[str, Any]) -> str:
    """Programs and calls."""
    programs = [
        [name, f"{1e3 * facts['seconds_more_than_nothing']:.0f} ms"]
        for name, facts in results["programs"].items()
        if facts["seconds_more_than_nothing"]
    ]
    calls = [
        [
            f"a call of {name}" if "(" in name else f"one written {name}",
            f"{facts['microseconds']:.2f} µs",
        ]
        for name, facts in results["calls"].items()
    ]
    headings = ["program", "beyond an interpreter that does nothing"]
    return (
        table(headings, programs)
        + "\n"
        + table(["schedule", "time of a call"], calls)
        + circumstances(results)
    )


def side_by_side(results: dict[str, Any]) -> str:
    """Many small runs."""
    by_clock, of_processor = (
        results["ratio"][kind] for kind in ("steps_per_second", "steps_per_processor_second")
    )
    rows = [
        ["separate", "1.00", "1.00"],
        ["side by side", f"{by_clock:.2f}", f"{of_processor:.2f}"],
    ]
    headings = ["runs", "steps a second", "steps a second of a processor"]
    return (
        table(headings, rows)
        + f"\n{results['runs']} runs, {results['workers']} processes of one thread each; the "
        "first losses of both ways differ by "
        f"{results['largest_difference_of_first_losses']:.0e} at most, relatively.\n"
        + circumstances(results)
    )


def likelihood(results: dict[str, Any]) -> str:
    """The importance-weighted bound."""
    compared = results["compared"]
    rows = [
        [name, f"{times:.2f}", f"{compared[way]['peak_memory_mb']:,.0f}"]
        for name, way, times in (
            ("one sentence at a time", "usual", 1.0),
            ("ours, products of 32 bits", "fp32", compared["usual_over_fp32"]["seconds"]),
            ("ours, products of 16 bits", "bf16", compared["usual_over_bf16"]["seconds"]),
        )
    ]
    headings = ["way", "times as fast", "peak memory (MB)"]
    return table(headings, rows) + circumstances(results)


def large(results: dict[str, Any]) -> str:
    """A text of many lines."""
    lines, again = results["lines"], [each["seconds"] for each in results["started_again"]]
    trained = results["trained"]
    rows = [
        [
            f"storing {lines['large']:,} lines, processes: {built['processes']}",
            f"{times:.2f} times as fast as one process",
        ]
        for built, times in zip(results["built"], results["one_process_over_others"], strict=True)
    ]
    rows += [
        [
            f"memory of the process when storing, processes: {built['processes']}",
            f"{max(built['peak_anonymous_mb'].values()):,.0f} MB",
        ]
        for built in results["built"]
    ]
    clock = trained["large_over_small"]["tokens_per_second"]
    processor = trained["large_over_small"]["tokens_per_cpu_second"]["median"]
    begun = [turn["seconds_to_begin_the_epoch"] for turn in trained["turns"]["large"]]
    rows += [
        ["memory while training", f"{results['trained']['peak_anonymous_mb']:,.0f} MB"],
        ["starting again, to the first batch", f"{min(again):.2f} s"],
        ["beginning an epoch: its order and first batch", f"{np.median(begun):.2f} s"],
        [
            f"tokens a second by the clock, beside a text of {lines['small']:,} lines",
            f"{clock['median']:.1%} (quartiles {clock['lower_quartile']:.1%} "
            f"and {clock['upper_quartile']:.1%})",
        ],
        ["the same by processor time", f"{processor:.1%}"],
    ]
    return table(["", "measured"], rows) + circumstances(results)


TABLES: dict[str, tuple[str, Callable[[dict[str, Any]], str]]] = {
    "training": ("ptb-epoch", training),
    "operations": ("ptb-epoch", operations),
    "pieces": ("ptb-epoch", alone),
    "using": ("using-a-run", using),
    "starting": ("starting", starting),
    "likelihood": ("importance-ptb-40-sentences", likelihood),
    "side-by-side": ("side-by-side", side_by_side),
    "large": ("large-corpus", large),
}


def render(page: str, results: Path) -> str:
    """Give the page with its tables made of the results that are there."""

    def filled(block: re.Match[str]) -> str:
        name, make = TABLES[block[2]]
        file = results / f"{name}.json"
        made = make(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else ABSENT
        return f"{block[1]}\n{made}\n{block[3]}"

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

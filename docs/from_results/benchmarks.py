"""The tables of docs/benchmarks.md, from what the commands in benchmarks/ wrote."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .page import Page

__all__ = ["PAGE"]

PAGE = Page("benchmarks.md", "table")

BESIDE = ("ours-fp32", "paper-kept")
"""Ways that are no steps from the paper's to ours."""

LEAST_SHARE = 0.01
"""Of all time, for an operation to have a row."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; all columns but the first are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def circumstances(results: dict[str, Any]) -> str:
    """Say what was measured on."""
    facts = results["environment"]
    threads = f"{facts['threads']} thread{'s' if facts['threads'] > 1 else ''}"
    return f"\n{facts['device']}, {threads}, torch {facts['torch']}, Python {facts['python']}.\n"


@PAGE.place("training-32", "ptb-epoch-fp32")
@PAGE.place("training", "ptb-epoch")
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
    bits = 16 if results["environment"]["precision"] == "bf16" else 32
    headings = ["way", "products", "times as fast as the paper's", "peak memory (MB)"]
    return (
        table(headings, rows)
        + f"\n{results['batches']} of {results['batches_per_epoch']:,} batches of an epoch, "
        f"{results['tokens']:,} tokens. Ours reaches {limit['share_reached']:.0%} of what the "
        f"products alone would allow at the rate that large ones of {bits} bits reach here "
        f"({limit['operations_per_second'] / 1e9:,.0f} GFLOP/s).\n" + circumstances(results)
    )


@PAGE.place("operations", "ptb-epoch")
def operations(results: dict[str, Any]) -> str:
    """Where the time of each way in the precision of its step goes."""
    ways = [way for name, way in results["ways"].items() if name not in BESIDE]
    columns = [way["shares_of_time"] for way in ways]
    names = dict.fromkeys(
        name for shares in columns for name, share in shares.items() if share >= LEAST_SHARE
    )
    rows = [
        [f"`{name}`", *(f"{shares[name]:.0%}" if name in shares else "" for shares in columns)]
        for name in names
    ]
    steps = [str(step) for step in range(1, len(ways))]
    return table(["operation", "paper's way", *steps], rows)


@PAGE.place("pieces-32", "ptb-epoch-fp32")
@PAGE.place("pieces", "ptb-epoch")
def alone(results: dict[str, Any]) -> str:
    """Parts of the step on their own."""
    rows = [
        [part, name, f"{times:.1f}"]
        for part, ways in results["pieces_over_ours"].items()
        for name, times in ways.items()
    ]
    return table(["part", "another way", "times as long as ours"], rows)


@PAGE.place("semi-amortized", "semi-amortized")
def semi_amortized(results: dict[str, Any]) -> str:
    """A step of semi-amortized inference beside a plain one."""
    rows = []
    for precision, measured in results["precisions"].items():
        plain, refined = measured["seconds"].values()
        turns = np.divide(refined, plain)
        median = f"{measured['times_as_long']:.1f}"
        rows.append([precision, median, f"{min(turns):.1f} to {max(turns):.1f}"])
    headings = ["products of the plain step", "times as long, median", "over the turns"]
    return (
        table(headings, rows) + f"\n{results['batches']} batches, {results['tokens']:,} tokens, "
        f"{results['inference']['steps']} variational steps.\n" + circumstances(results)
    )


@PAGE.place("using", "using-a-run")
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


@PAGE.place("starting", "starting")
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
    headings = ["program", "least time beyond an interpreter that does nothing"]
    return (
        table(headings, programs)
        + "\n"
        + table(["schedule", "least time of a call"], calls)
        + circumstances(results)
    )


@PAGE.place("side-by-side", "side-by-side")
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


@PAGE.place("likelihood", "importance-ptb-40-sentences")
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


@PAGE.place("large", "large-corpus")
def large(results: dict[str, Any]) -> str:
    """A text of many lines."""
    rows = [*_storing(results), *_training_on_it(results)]
    return table(["", "measured"], rows) + circumstances(results)


def _storing(results: dict[str, Any]) -> list[list[str]]:
    """What storing the text takes, by the number of processes."""
    lines, built = results["lines"]["large"], results["built"]
    return [
        *(
            [
                f"storing {lines:,} lines, processes: {each['processes']}",
                f"{times:.2f} times as fast as one process",
            ]
            for each, times in zip(built, results["one_process_over_others"], strict=True)
        ),
        *(
            [
                f"memory of all processes together while storing, processes: {each['processes']}",
                f"{max(each['peak_anonymous_mb'].values()):,.0f} MB",
            ]
            for each in built
        ),
    ]


def _training_on_it(results: dict[str, Any]) -> list[list[str]]:
    """What training on the stored text takes, and how it compares with a short text."""
    trained, again = results["trained"], [each["seconds"] for each in results["started_again"]]
    begun = [turn["seconds_to_begin_the_epoch"] for turn in trained["turns"]["large"]]
    beside = trained["large_over_small"]
    clock, processor = beside["tokens_per_second"], beside["tokens_per_cpu_second"]
    return [
        ["memory while training", f"{trained['peak_anonymous_mb']:,.0f} MB"],
        [f"starting again, to the first batch, least of {len(again)}", f"{min(again):.2f} s"],
        [
            f"beginning an epoch: its order and first batch, median of {len(begun)}",
            f"{np.median(begun):.2f} s",
        ],
        [
            f"tokens a second by the clock, beside a text of {results['lines']['small']:,} lines, "
            "median",
            f"{clock['median']:.1%} (quartiles {clock['lower_quartile']:.1%} "
            f"and {clock['upper_quartile']:.1%})",
        ],
        ["the same by processor time", f"{processor['median']:.1%}"],
    ]

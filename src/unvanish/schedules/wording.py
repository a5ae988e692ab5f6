"""Pieces of the sentences in which schedules describe themselves."""

__all__ = ["climb", "cycles_in_words", "plural", "short"]


def cycles_in_words(steps: int, period: int) -> str:
    """Return how a run of so many steps falls into cycles.

    Example:
        >>> cycles_in_words(40_000, 10_000)
        '4 cycles x 10,000 steps'
        >>> cycles_in_words(10, 3)
        '4 cycles x 3 steps, the last cut to 1'
    """
    count, rest = -(-steps // period), steps % period
    which = "the last " if count > 1 else ""
    cut = f", {which}cut to {rest:,}" if rest else ""
    return f"{plural(count, 'cycle')} x {plural(period, 'step')}{cut}"


def plural(count: int, noun: str) -> str:
    """Return a number of things.

    Example:
        >>> plural(1, "step"), plural(2_000, "step")
        ('1 step', '2,000 steps')
    """
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def short(value: float) -> str:
    """Return a value as text for people.

    Example:
        >>> short(1.0), short(0.89999999999)
        ('1.0', '0.9')
    """
    return str(float(f"{value:.6g}"))


def climb(shape: str, start: float, length: str) -> str:
    """Return a ramp and its length.

    Example:
        >>> climb("linear", 0.0, "2,000"), climb("cosine", 0.1, "2,000")
        ('ramp 2,000', 'cosine ramp from 0.1 over 2,000')
    """
    name = "ramp" if shape == "linear" else f"{shape} ramp"
    return f"{name} from {short(start)} over {length}" if start else f"{name} {length}"

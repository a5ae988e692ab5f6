"""How hypothesis makes schedules: `st.from_type(Schedule)` gives any, compositions included."""

import math

from hypothesis import settings
from hypothesis import strategies as st

from unvanish import Constant, Cyclical, Join, Monotonic, Schedule, Wave

# All else stays as the suite has it: a profile is in force for every test.
settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")

numbers = st.floats(-100, 100).map(lambda x: round(x, 3))
shares = st.floats(0, 1).map(lambda x: round(x, 3))
lengths = st.integers(1, 300)
shapes = st.sampled_from(["linear", "cosine", "sigmoid", "exponential"])


@st.composite
def cyclicals(draw, total_steps=lengths):
    ratio = draw(shares)
    fixed = draw(st.booleans())
    return Cyclical(
        draw(total_steps),
        None if fixed else draw(st.integers(1, 12)),
        ratio,
        draw(shapes),
        start=draw(numbers),
        stop=draw(numbers),
        zero_ratio=math.floor(draw(shares) * (1 - ratio) * 1000) / 1000,
        offset=draw(st.integers(0, 3)),
        cycle_steps=draw(lengths) if fixed else None,
    )


@st.composite
def monotonics(draw):
    warmup = draw(st.integers(0, 300) | shares)
    return Monotonic(warmup, draw(lengths), draw(shapes), start=draw(numbers), stop=draw(numbers))


@st.composite
def waves(draw):
    low, high = sorted((draw(numbers), draw(numbers)))
    return Wave(low, high, draw(lengths), draw(st.sampled_from(["triangular", "cosine"])))


@st.composite
def joins(draw, parts):
    schedules = draw(st.lists(parts, min_size=1, max_size=3))
    count = len(schedules) - 1
    milestones = draw(st.lists(lengths, min_size=count, max_size=count, unique=True))
    return Join(schedules, sorted(milestones))


def compositions(parts):
    return st.one_of(
        st.builds(lambda s, x: s * x, parts, numbers),
        st.builds(lambda s, x, y: s.clamp(min(x, y), max(x, y)), parts, numbers, numbers),
        st.builds(lambda s, n: s.shift(n), parts, st.integers(-50, 50)),
        joins(parts),
    )


simple = st.one_of(st.builds(Constant, numbers), cyclicals(), monotonics(), waves())
st.register_type_strategy(Cyclical, cyclicals())
st.register_type_strategy(Monotonic, monotonics())
st.register_type_strategy(Wave, waves())
st.register_type_strategy(Schedule, st.recursive(simple, compositions, max_leaves=3))

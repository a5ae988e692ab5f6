"""The words of the synthetic sentences: opinions about things, past, present or to come."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from .slots import Slot

__all__ = ["FACTORS", "Factors", "english"]


Options: TypeAlias = dict[tuple[str, ...], tuple[str, ...]]


class Factors(NamedTuple):
    """What a synthetic sentence says, all four chosen independently."""

    topic: str
    mood: str
    tense: str
    number: str


_NOUNS: dict[str, tuple[tuple[str, str], ...]] = {
    "food": (("soup", "soups"), ("salad", "salads"), ("pie", "pies"), ("meal", "meals")),
    "music": (("song", "songs"), ("concert", "concerts"), ("tune", "tunes"), ("duet", "duets")),
    "sport": (("match", "matches"), ("race", "races"), ("game", "games"), ("final", "finals")),
    "travel": (("trip", "trips"), ("hotel", "hotels"), ("flight", "flights"), ("tour", "tours")),
    "school": (
        ("lesson", "lessons"),
        ("exam", "exams"),
        ("lecture", "lectures"),
        ("course", "courses"),
    ),
    "film": (("film", "films"), ("scene", "scenes"), ("comedy", "comedies"), ("plot", "plots")),
    "books": (("novel", "novels"), ("poem", "poems"), ("story", "stories"), ("essay", "essays")),
    "garden": (("rose", "roses"), ("lawn", "lawns"), ("hedge", "hedges"), ("pond", "ponds")),
}

_PLACES = {
    "food": ("at the restaurant", "from the kitchen", "in the canteen"),
    "music": ("on the radio", "at the festival", "by the orchestra"),
    "sport": ("in the stadium", "against the champions", "at the club"),
    "travel": ("to the island", "near the airport", "in the mountains"),
    "school": ("in the classroom", "about the planets", "for the beginners"),
    "film": ("at the cinema", "with the detective", "on the screen"),
    "books": ("from the library", "about the king", "by the poet"),
    "garden": ("behind the house", "along the fence", "beside the path"),
}

_ADJECTIVES = {
    "positive": ("wonderful", "lovely", "excellent", "delightful", "superb", "impressive"),
    "negative": ("awful", "dreadful", "terrible", "disappointing", "horrible", "poor"),
}

_VERBS: Options = {
    ("past", "singular"): ("was", "seemed", "looked"),
    ("past", "plural"): ("were", "seemed", "looked"),
    ("present", "singular"): ("is", "seems", "looks"),
    ("present", "plural"): ("are", "seem", "look"),
    ("future", "singular"): ("will be", "will seem", "will look"),
    ("future", "plural"): ("will be", "will seem", "will look"),
}

_TIMES = {
    "past": ("yesterday", "last week", "a year ago"),
    "present": ("today", "these days", "right now"),
    "future": ("tomorrow", "next week", "before long"),
}

FACTORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "topic": tuple(_NOUNS),
        "mood": tuple(_ADJECTIVES),
        "tense": tuple(_TIMES),
        "number": ("singular", "plural"),
    }
)
"""The values of every factor."""


def english(topics: int, choices: int) -> tuple[Slot, ...]:
    """Give the slots of a sentence in their order.

    Args:
        topics: How many topics there are.
        choices: How many options a slot may offer.
    """
    nouns: Options = {
        (topic, number): tuple(noun[place] for noun in _NOUNS[topic])
        for topic in FACTORS["topic"][:topics]
        for place, number in enumerate(FACTORS["number"])
    }
    places: Options = {(topic,): ("", *_PLACES[topic]) for topic in FACTORS["topic"][:topics]}
    adjectives: Options = {(mood,): words for mood, words in _ADJECTIVES.items()}
    times: Options = {(tense,): ("", *words) for tense, words in _TIMES.items()}
    slots = (
        Slot((), {(): ("", "honestly", "frankly", "clearly")}),
        Slot((), {(): ("the", "our", "my", "their")}),
        Slot(("topic", "number"), nouns),
        Slot(("topic",), places),
        Slot(("tense", "number"), _VERBS),
        Slot((), {(): ("quite", "really", "simply", "truly")}),
        Slot(("mood",), adjectives),
        Slot(("tense",), times),
    )
    return tuple(_limited(slot, choices) for slot in slots)


def _limited(slot: Slot, choices: int) -> Slot:
    return Slot(slot.factors, {key: options[:choices] for key, options in slot.options.items()})

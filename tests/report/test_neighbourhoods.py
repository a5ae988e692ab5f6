import numpy as np
import pytest

from unvanish.config import UsageError
from unvanish.report.neighbourhoods import draw_neighbourhoods, neighbourhoods
from unvanish.report.styles import COLOURS

pytest.importorskip("sklearn")

RNG = np.random.default_rng(0)
GROUP = np.repeat([0, 1], 30)
MEANS = RNG.standard_normal((60, 5)) + 8 * GROUP[:, None]


def nearest(points):
    apart = ((points[:, None] - points) ** 2).sum(-1)
    np.fill_diagonal(apart, np.inf)
    return apart.argmin(1)


def test_neighbours_stay_together_and_nothing_is_chance():
    placed = neighbourhoods(MEANS, perplexity=10)
    assert placed.shape == (60, 2)
    assert (GROUP[nearest(placed)] == GROUP).all()
    assert np.array_equal(placed, neighbourhoods(MEANS, perplexity=10))
    mixed = neighbourhoods(RNG.permutation(MEANS), perplexity=10)
    assert (GROUP[nearest(mixed)] == GROUP).mean() < 0.8


def test_maps_side_by_side_with_a_legend():
    maps = {"AE": RNG.standard_normal((60, 2)), "VAE": RNG.standard_normal((60, 2))}
    labels = [str(number) for number in GROUP]
    names = {"0": "negative", "1": "positive"}
    picture = draw_neighbourhoods("tsne", "Two maps.", maps, labels, names)
    assert picture.png.startswith(b"\x89PNG")
    assert COLOURS[0] in picture.svg
    assert COLOURS[1] in picture.svg
    assert COLOURS[2] not in picture.svg
    other = draw_neighbourhoods("tsne", "Two maps.", maps, labels[::-1], names)
    assert other.png != picture.png


@pytest.mark.parametrize(
    ("means", "message"),
    [
        (np.zeros((60, 1)), "two dimensions or more"),
        (np.full((60, 3), np.nan), "finite"),
        (np.zeros((20, 3)), r"perplexity=30\.0 .* give 1 to below 20"),
    ],
)
def test_what_cannot_be_laid_out_is_refused(means, message):
    with pytest.raises(UsageError, match=message):
        neighbourhoods(means)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(UsageError, match="'AE' has not a place for each of 3"):
        draw_neighbourhoods("tsne", "", {"AE": np.zeros((2, 2))}, ["a", "b", "a"])
    with pytest.raises(UsageError, match="7 labels are too many"):
        draw_neighbourhoods("tsne", "", {"AE": np.zeros((7, 2))}, list("abcdefg"))

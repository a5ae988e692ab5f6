"""The latent space in two dimensions, and its colours."""

import numpy as np
import pytest

from unvanish.config import UsageError
from unvanish.data import Sentence, load_corpora
from unvanish.report.colouring import colour
from unvanish.report.projection import project, read_projection

RNG = np.random.default_rng(0)
PLACES = np.arange(200)


def test_two_dimensions_are_shown_as_they_are():
    means = {1: RNG.standard_normal((200, 2)), 5: RNG.standard_normal((200, 2)) * [3, 1]}
    shown = project(means, PLACES)
    np.testing.assert_array_equal(shown.points[1], means[1])
    share = means[5].var(0) / means[5].var(0).sum()
    assert shown.axes[0] == f"z1 ({share[0]:.0%} of the variance)"


def test_more_are_shown_by_the_principal_components_of_the_last_epoch():
    pca = pytest.importorskip("sklearn.decomposition").PCA
    mixing = RNG.standard_normal((5, 5)) * [5, 3, 1, 0.5, 0.1]
    means = {e: RNG.standard_normal((200, 5)) @ mixing.T + 2 for e in (1, 2, 3)}
    shown = project(means, PLACES)
    fitted = pca(2).fit(means[3])
    for epoch, mean in means.items():
        theirs = mean @ fitted.components_.T
        np.testing.assert_allclose(np.abs(shown.points[epoch]), np.abs(theirs), atol=1e-9)
    for axis, ratio in zip(shown.axes, fitted.explained_variance_ratio_, strict=True):
        assert f"({ratio:.0%} of" in axis


def test_the_prior_stays_in_the_middle_and_its_circle_holds_95_percent():
    shown = project({1: RNG.standard_normal((100_000, 6))}, np.arange(100_000))
    inside = np.linalg.norm(shown.points[1], axis=1) < shown.prior_radius
    assert inside.mean() == pytest.approx(0.95, abs=0.005)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_latent_space_that_has_collapsed_is_a_point(size):
    shown = project({1: np.full((200, size), 0.5)}, PLACES)
    assert np.isfinite(shown.points[1]).all()
    assert np.ptp(shown.points[1][:, 0]) < 1e-12
    assert "nan" not in "".join(shown.axes)


def test_one_dimension_is_spread_for_the_eye_alone():
    means = {1: RNG.standard_normal((200, 1)), 2: RNG.standard_normal((200, 1))}
    shown = project(means, PLACES)
    np.testing.assert_array_equal(shown.points[2][:, 0], means[2][:, 0])
    np.testing.assert_array_equal(shown.points[1][:, 1], shown.points[2][:, 1])
    assert shown.prior_radius is None


def test_what_was_kept_is_read(hostile):
    shown = read_projection(hostile)
    assert list(shown.points) == [1, 2, 3]


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_damage_is_told(copied, content):
    file = copied.path / "latent" / "epoch-0002.npz"
    if content is None:
        np.savez(file, indices=np.arange(3), mean=np.full((3, 3), np.nan))
    else:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"latent cannot be read"):
        read_projection(copied)


def corpus(labels=None, lengths=range(1, 41)):
    labels = labels or [None] * len(lengths)
    sentences = [
        Sentence(" ".join("a" * n), label) for n, label in zip(lengths, labels, strict=True)
    ]
    return load_corpora(sentences, sentences, sentences).valid


def test_labels_have_their_colours():
    shown = colour(corpus(["b", "a", None, "b"] * 10), np.arange(40))
    assert shown.names == ("a", "b", "none")
    assert shown.group[:4].tolist() == [1, 0, 2, 1]
    assert len(set(shown.colours)) == 3


def test_rare_labels_share_a_colour():
    labels = [f"l{k % 9}" for k in range(40)]
    shown = colour(corpus(labels), np.arange(40))
    assert len(shown.names) == len(set(shown.colours)) == 7
    assert shown.names[-1] == "other or none"
    rare = [k for k, label in enumerate(labels) if label not in shown.names]
    assert set(shown.group[rare]) == {6}


def test_without_labels_length_gives_the_colour():
    shown = colour(corpus(), np.arange(40))
    assert list(shown.names) == ["1 to 10", "11 to 20", "21 to 30", "31 to 40"]
    assert (np.diff(shown.group) >= 0).all()
    same = colour(corpus(lengths=[3] * 40), np.arange(40))
    assert list(same.names) == ["3"]


def test_without_text_all_have_one_colour():
    assert len(colour(None, np.arange(7)).colours) == 1

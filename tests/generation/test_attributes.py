import pytest
import torch

from unvanish.config import UsageError
from unvanish.generation import analogy, attribute_vector, move

LABELS = ["good", "bad", None, "good", "dull", "bad", "bad"]


def test_it_leads_from_one_class_mean_to_the_other():
    means = torch.randn(7, 4)
    vector = attribute_vector(means, LABELS, "good", "bad")
    good, bad = (means[[0, 3]].mean(0), means[[1, 5, 6]].mean(0))
    torch.testing.assert_close(move(bad, vector), good)
    torch.testing.assert_close(attribute_vector(means, LABELS, "bad", "good"), -vector)
    torch.testing.assert_close(analogy(bad, good, means), move(means, vector))


def test_without_away_it_leads_from_all_other_labelled_sentences():
    means = torch.randn(7, 4)
    vector = attribute_vector(means, LABELS, "good")
    torch.testing.assert_close(vector, means[[0, 3]].mean(0) - means[[1, 4, 5, 6]].mean(0))
    changed = means.clone()
    changed[2] += 100  # has no label
    assert torch.equal(attribute_vector(changed, LABELS, "good"), vector)
    changed[4] += 1
    assert not torch.equal(attribute_vector(changed, LABELS, "good"), vector)


def test_labels_that_depend_on_one_dimension_are_found_there():
    means = torch.randn(20_000, 5)
    labels = ["up" if value > 0 else "down" for value in means[:, 2].tolist()]
    vector = attribute_vector(means, labels, "up")
    expected = torch.zeros(5)
    expected[2] = 2 * (2 / torch.pi) ** 0.5
    torch.testing.assert_close(vector, expected, atol=0.05, rtol=0)


def test_strength_scales_the_step():
    z, vector = torch.randn(3, 4), torch.randn(4)
    assert torch.equal(move(z, vector, 0), z)
    torch.testing.assert_close(move(move(z, vector, 1.5), vector, -1.5), z)


@pytest.mark.parametrize(
    ("labels", "arguments", "message"),
    [
        (None, ("good",), "have no labels"),
        ([None] * 7, ("good",), "have no labels"),
        (LABELS, ("goood",), "'goood'; there are 'bad', 'dull', 'good'"),
        (LABELS, ("good", "goood"), "'goood'; there are 'bad', 'dull', 'good'"),
        (LABELS, ("good", "good"), "both 'good'"),
        ([None, *["good"] * 6], ("good",), "all labelled sentences are 'good'"),
        ([None, *["good"] * 6], ("bad",), "'bad'; there are 'good'"),
        ([f"{n:02}" for n in range(25)], ("x",), "'09' and 15 more"),
    ],
)
def test_what_gives_no_direction_is_told(labels, arguments, message):
    with pytest.raises(UsageError) as caught:
        attribute_vector(torch.zeros(len(labels or LABELS), 2), labels, *arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_label_for_every_mean_is_needed():
    with pytest.raises(ValueError, match="7 labels for 6 means"):
        attribute_vector(torch.zeros(6, 2), LABELS, "good")

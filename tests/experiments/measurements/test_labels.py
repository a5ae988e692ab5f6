"""How much there is to do is known before it is done."""

from unvanish.evaluation import LabelDraws
from unvanish.experiments.measurements.labels import LabelProbe


def test_every_classifier_is_a_step():
    """Three numbers of labels, each drawn twice for frozen features and once for fine-tuning."""
    draws = LabelDraws((20, 60), shares=(0.1,), repeats=2)
    assert LabelProbe({}, draws, tuned_repeats=1).steps == 9

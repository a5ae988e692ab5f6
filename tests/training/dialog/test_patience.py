import json
import random

import pytest

from unvanish.training.dialog import GrowingPatience


def script(losses, least, improvement):
    """The loop of kgcvae_swda.py: give the rounds that are trained."""
    patience, threshold, best = least, float("inf"), float("inf")
    for epoch, loss in enumerate(losses):
        done = epoch + 1
        if loss < best:
            if loss <= threshold * improvement:
                patience = max(patience, done * 2.0)
                threshold = loss
            best = loss
        if patience <= done:
            return done
    return len(losses)


@pytest.mark.parametrize("seed", range(20))
def test_ends_where_the_script_does(seed):
    source = random.Random(seed)
    fall = source.choice([0.9, 0.99, 0.999, 1.0])
    losses = [100 * fall**k * source.uniform(0.99, 1.01) for k in range(60)]
    patience = GrowingPatience(10, 0.996)
    ended = next((k for k, x in enumerate(losses, 1) if patience.observe(k, x)), len(losses))
    assert ended == script(losses, 10, 0.996)


def test_its_state_survives():
    patience = GrowingPatience(2, 0.9)
    patience.observe(1, 8.0)
    for known in (GrowingPatience(2, 0.9), patience):
        other = GrowingPatience(2, 0.9)
        other.restore(json.loads(json.dumps(known.state(), allow_nan=False)))
        assert (other.rounds, other.threshold) == (known.rounds, known.threshold)

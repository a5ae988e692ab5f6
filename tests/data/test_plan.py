import pytest

from unvanish.config import UsageError
from unvanish.data.encoding import Cutting
from unvanish.data.plan import CorpusPlan


def test_what_is_not_given_is_carved():
    assert CorpusPlan({"train": ["a"]}, Cutting()).shares == {"valid": 0.1, "test": 0.1}
    both = {"train": ["a"], "valid": ["b"], "test": ["c"]}
    assert CorpusPlan(both, Cutting()).shares == {"valid": 0, "test": 0}


def test_a_carved_split_has_the_name_of_its_file():
    plan = CorpusPlan({"train": "texts/mine.txt", "test": ["c"]}, Cutting())
    assert plan.name("valid") == "texts/mine.txt (valid)"
    assert plan.name("test") == "sentences (test)"


@pytest.mark.parametrize("limits", [{"max_vocabulary": 0}, {"min_count": 0}])
def test_limits_are_refused_before_anything_is_read(limits):
    with pytest.raises(UsageError, match="give at least 1"):
        CorpusPlan({"train": "absent.txt"}, Cutting(), **limits)

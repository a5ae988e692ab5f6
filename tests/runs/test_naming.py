"""What folders and files are called is made of letters, digits and a few signs."""

import pytest

from unvanish.runs.naming import tidy_name


@pytest.mark.parametrize("name", ["monotonic-constant", "lm", "constant-0.25"])
def test_what_is_tidy_stays(name):
    assert tidy_name(name) == tidy_name(name, keep="-.=,") == name


@pytest.mark.parametrize("sign", '/\\:*?"<>| _\n')
def test_what_a_system_may_refuse_is_a_hyphen(sign):
    assert tidy_name(f"a{sign}b") == tidy_name(f"a{sign}b", keep="-.=,") == "a-b"

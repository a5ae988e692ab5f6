import gzip

import pytest

from unvanish.config import UsageError
from unvanish.data import read_word_vectors
from unvanish.data.word_vectors import vector_size

TEXT = "the 1 2.5 -3e-1\n. . . 4 5 6\ncat 7 8 9\n"


def test_reads_words_and_numbers(tmp_path):
    """A word may hold spaces, as some of GloVe's do."""
    path = tmp_path / "vectors.txt"
    path.write_text(TEXT)
    found = read_word_vectors(path)
    assert (found.size, len(found)) == (3, 3)
    assert found.vectors["the"].tolist() == pytest.approx([1, 2.5, -0.3])
    assert found.vectors[". . ."].tolist() == [4, 5, 6]
    assert found.of(["cat", "dog", "cat"]).tolist() == [[7, 8, 9], [7, 8, 9]]
    assert found.of(["dog"]).shape == (0, 3)
    packed = tmp_path / "vectors.txt.gz"
    packed.write_bytes(gzip.compress(TEXT.encode()))
    some = read_word_vectors(packed, {"cat", "dog"})
    assert set(some.vectors) == {"cat"}
    assert read_word_vectors(packed).sha256 == found.sha256 != some.sha256
    assert found.among(["cat", "dog"]).sha256 == some.sha256
    assert (found.among([]).size, len(found.among([]))) == (3, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no vectors"),
        ("word\n", "holds no vectors"),
        ("the 1 2\ncat 1 x\n", "line 2 has something that is no number"),
        ("the 1 2\ncat 1\n", "line 2 has not 2 finite numbers"),
        ("the 1 2\ncat nan 1\n", "line 2 has not 2 finite numbers"),
    ],
)
def test_names_the_line_that_is_wrong(tmp_path, text, said):
    path = tmp_path / "vectors.txt"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_word_vectors(path)


@pytest.mark.parametrize("packed", [True, False])
def test_their_size_is_read_off_the_first_line(tmp_path, packed):
    text = b"yes 1 2 3.5\nno this is never read\n"
    path = tmp_path / f"vectors.txt{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(text) if packed else text)
    assert vector_size(path) == 3

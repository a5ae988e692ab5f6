import numpy as np
import pytest

from unvanish import whole_files
from unvanish.cli.output import write_arrays
from unvanish.config import UsageError


def test_of_two_who_write_arrays_at_once_none_leaves_half_of_them(tmp_path, monkeypatch):
    """The second begins and ends while the first has its file half written."""
    out, write_through = tmp_path / "z.npz", whole_files.write_through

    def meanwhile(partial):
        monkeypatch.setattr(whole_files, "write_through", write_through)
        write_arrays({"mean": np.zeros(3)}, out)
        write_through(partial)

    monkeypatch.setattr(whole_files, "write_through", meanwhile)
    write_arrays({"mean": np.ones(5)}, out)
    with np.load(out) as stored:
        assert stored["mean"].tolist() == [1.0] * 5
    assert list(tmp_path.iterdir()) == [out]
    with pytest.raises(UsageError, match="exists"):
        write_arrays({"mean": np.zeros(3)}, out)

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "large_corpus.py"


@pytest.mark.slow
def test_it_measures_and_writes(tmp_path):
    out = tmp_path / "out.json"
    sizes = ["--lines=3000", "--small=500", "--starts=1", "--steps=2", "--turns=2"]
    words = [sys.executable, str(SCRIPT), *sizes, f"--folder={tmp_path}", f"--out={out}"]
    ended = subprocess.run(words, capture_output=True, text=True, check=True)
    results = json.loads(out.read_text())
    assert json.loads(ended.stdout) == results
    one, two = results["built"]
    assert one["sha256"] == two["sha256"]
    assert (one["processes"], two["processes"]) == (1, 2)
    assert not one["torch_loaded"]
    assert one["lines_per_second"] == pytest.approx(3000 / one["seconds"])
    assert results["one_process_over_others"][0] == 1
    assert len(results["started_again"]) == 1
    assert [len(turns) for turns in results["trained"]["turns"].values()] == [2, 2]
    assert results["trained"]["large_over_small"]["tokens_per_second"]["median"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_the_text_is_zipfs(tmp_path):
    code = f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import large_corpus; "
    code += "from pathlib import Path; large_corpus.write_text(Path(sys.argv[1]), 2000, 0)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "text.txt")], check=True)
    lines = (tmp_path / "text.txt").read_text().splitlines()
    assert len(lines) == 2000
    counts = Counter(word for line in lines for word in line.split())
    assert counts.total() / len(lines) == pytest.approx(10, rel=0.05)
    (_, first), *_, (_, tenth) = counts.most_common(10)
    assert first / tenth == pytest.approx((9 + 2.7) / 2.7, rel=0.2)

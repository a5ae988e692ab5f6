"""Runs for pages, and a browser to open them."""

import shutil
import subprocess

import pytest

from unvanish.config import Config, override
from unvanish.data import load_corpora
from unvanish.report.run_page import report
from unvanish.runs import load
from unvanish.training import train

HOSTILE = "</script><script>document.title='owned'</script>"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,4000",
    "--dump-dom",
]


def write_hostile(path):
    """Labelled sentences whose words are markup."""
    words = ["the", "cat", "<b>", HOSTILE, "&amp;", "<!--", "dog"]
    lines = []
    for k in range(150):
        label = "<i>good</i>" if k % 2 else "bad"
        lines.append(
            f"{label}\t{' '.join(words[(k + j * (1 + k // 7)) % 7] for j in range(4))} w{k}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small_settings():
    return override(
        Config(),
        {
            "data.max_words": 12,
            "model.latent_size": 3,
            "training.epochs": 3,
            "training.batch_size": 16,
            "training.log_every": 3,
            "training.precision": "fp32",
            "objective.beta": "cyclical:n_cycles=3,ratio=0.5",
            **{
                f"model.{part}.{name}": 12
                for part in ("encoder", "decoder")
                for name in ("embedding_size", "hidden_size")
            },
        },
    )


def trained_on(path, config, folder):
    return train(config, load_corpora(path), folder, device="cpu", files={"train": str(path)})


@pytest.fixture(scope="session")
def hostile(tmp_path_factory, small_settings):
    """A finished run whose name, labels and words are markup; to be read only."""
    folder = tmp_path_factory.mktemp("hostile")
    config = override(small_settings, {"name": "<u>$x_1$</u> 数"})
    return trained_on(write_hostile(folder / "corpus.tsv"), config, folder / "run")


@pytest.fixture(scope="session")
def seeds(tmp_path_factory, small_settings):
    """Two finished runs that differ in their seeds; to be read only."""
    folder = tmp_path_factory.mktemp("seeds")
    corpus = write_hostile(folder / "corpus.tsv")
    return [
        trained_on(corpus, override(small_settings, {"seed": seed}), folder / f"seed-{seed}")
        for seed in (1, 2)
    ]


@pytest.fixture(scope="session")
def one(hostile):
    """The page of one run."""
    return report([hostile])


@pytest.fixture(scope="session")
def many(hostile, seeds):
    """The page of three runs, two of which differ in their seeds."""
    return report([hostile, *seeds])


@pytest.fixture
def copied(hostile, tmp_path):
    """A copy of a run, to be damaged."""
    shutil.copytree(hostile.path, tmp_path / "copy")
    return load(tmp_path / "copy")


@pytest.fixture
def dom(tmp_path):
    """Open a page in a headless browser and give what its document has become."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")

    def opened(page):
        command = [CHROMIUM, *SWITCHES, f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()]
        ended = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=120, encoding="utf-8"
        )
        return ended.stdout

    return opened

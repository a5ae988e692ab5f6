import hashlib
from dataclasses import replace

import pytest

from unvanish.config import UsageError
from unvanish.experiments.corpora import prepare_corpus


@pytest.fixture
def small():
    """Give a corpus whose files have other contents than the paper's, told by their checksums."""

    def of(corpus, contents):
        def checked(file):
            known = file.sha256 and hashlib.sha256(contents[file.path]).hexdigest()
            return replace(file, sha256=known)

        return replace(corpus, files=tuple(map(checked, corpus.files)))

    return of


@pytest.fixture
def put(tmp_path):
    """Write files into a folder."""

    def write(folder, files):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (tmp_path / folder / name).write_bytes(content)
        return tmp_path / folder

    return write


@pytest.fixture
def told():
    """Prepare a corpus in vain and give the error."""

    def error(corpus, downloaded, folder):
        with pytest.raises(UsageError) as raised:
            prepare_corpus(corpus, downloaded, folder)
        assert "\n" not in raised.value.message
        return raised.value

    return error

"""``unvanish prepare``: the corpora of the paper's experiments."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..schedules.wording import plural
from .options import TellingOptions
from .output import print_json

if TYPE_CHECKING:
    from ..experiments.corpora import PreparedFile

__all__ = ["prepare"]


def prepare(
    corpus: str,
    downloaded: Annotated[tuple[Path, ...], Parameter(show_default=False)] = (),
    /,
    *,
    data: Path,
    common: TellingOptions = TellingOptions(),  # noqa: B008 - frozen
) -> None:
    """Convert downloaded copies of the paper's corpora for `unvanish reproduce --data`.

    They do not come with unvanish, and what is public has other names or another form:

    - **ptb**: ptb.train.txt, ptb.valid.txt and ptb.test.txt, or train.txt, val.txt (or valid.txt)
      and test.txt, of the Penn Treebank as preprocessed by Mikolov.
    - **yelp**: sentiment.train.0, sentiment.train.1, ... of Shen et al. (2017), of which the paper
      takes the first tenth.
    - **swda**: full_swda_clean_42da_sentiment_dialog_corpus.p of Zhao et al. (2017) for the
      training dialogs, and valid.jsonl and test.jsonl from json_data beside it; train.jsonl in
      place of the pickle will do.

    `unvanish prepare NAME --data FOLDER` says from where. A file is written only if its checksum is
    that of the paper's, except the training dialogs of Switchboard, of which none is known: any
    will do. What is there is not overwritten: training dialogs of your own stay, another file in
    the place of one of the paper's is told.

    For example: `unvanish prepare yelp language-style-transfer/data/yelp --data data`

    Args:
        corpus: ptb, yelp or swda.
        downloaded: The files that were downloaded, or folders with them.
        data: The folder of the corpora, to which the files are written.
    """
    from ..experiments.corpora import find_corpus, prepare_corpus

    files = prepare_corpus(find_corpus(corpus), downloaded, data)
    if common.json:
        print_json({"corpus": corpus, "files": [_plain(file) for file in files]})
        return
    for file in files:
        print(_line(file))


def _plain(file: "PreparedFile") -> dict[str, Any]:
    return {**vars(file), "path": str(file.path)}


def _line(file: "PreparedFile") -> str:
    told = "the paper's file" if file.verified else "no checksum is known of the paper's"
    done = "written" if file.written else "was there"
    return f"{file.path}: {done}, {plural(file.lines, 'line')}, {told}"

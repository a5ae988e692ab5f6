"""A search that waits between choosing and training until a file says that it may go on."""

import sys
import time
from pathlib import Path

from unvanish.comparison import carry_out_search, reopen_search, searching

train = searching.train


def main(folder: Path, signs: Path, name: str, trials: int) -> None:
    """Search; says at ``NAME.chose`` that it has chosen, and waits for ``NAME.go``."""

    def train_when_told(*given, **options):
        (signs / f"{name}.chose").touch()
        while not (signs / f"{name}.go").exists():
            time.sleep(0.01)
        return train(*given, **options)

    searching.train = train_when_told
    carry_out_search(reopen_search(folder), folder, trials=trials, device="cpu")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))

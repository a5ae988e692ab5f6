"""``python -m unvanish`` is the command line."""

import sys

try:
    from .cli import main
except KeyboardInterrupt:
    print("unvanish: stopped", file=sys.stderr)
    sys.exit(130)

if __name__ == "__main__":
    main()

"""The entry point."""

import gc
import sys


def entry_point() -> None:
    """Run the command line of this process and end with its exit code."""
    # What is imported at the start stays, so collecting garbage meanwhile is a tenth of the start wasted.
    gc.disable()
    from ailearn.cli.boundary import main

    gc.freeze()
    gc.enable()
    sys.exit(main())


if __name__ == "__main__":
    entry_point()

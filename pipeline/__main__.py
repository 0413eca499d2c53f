"""``shortlist`` and ``python -m pipeline``: run a command, end with its exit status.

0 done (nothing new included), 1 refused with a reason, 2 usage, 3 a bug with
its traceback, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback

from pipeline.cli import app
from pipeline.cli.logs import set_up_logs
from pipeline.cli.show import print_error

INTERRUPTED = 130
BUG = 3


def main() -> None:
    """Run the command line; never returns."""
    set_up_logs()
    try:
        app(prog_name="shortlist")
    except KeyboardInterrupt:
        print_error("interrupted; nothing is half done, run the same command again")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe (`| head`) has seen enough: Python must not flush into it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if is_refusal(error):
            print_error(str(error))
            sys.exit(1)
        traceback.print_exc()
        print_error("this is a bug in Shortlist: please report it with the lines above")
        sys.exit(BUG)


def is_refusal(error: Exception) -> bool:
    """Whether ``error`` is a reason for people, from any of the three trees."""
    from db.errors import DatabaseError
    from models.errors import ModelsError
    from pipeline.errors import PipelineError

    return isinstance(error, PipelineError | DatabaseError | ModelsError)


if __name__ == "__main__":
    main()

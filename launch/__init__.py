"""What `make run` does: from a fresh clone to a service that answers, and everything ended with it.

Standard library only, because it begins before any package is installed. `environment` makes `.venv`,
`development` the secrets, `children` starts and ends processes, `supervisor` keeps them alive, `steps` is
the order of it all. Nothing imports this package.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (an old Python must be able to read this far)
    found = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(
        "Slope needs Python 3.11 or newer, and this is " + found + ": install one, or name one that is "
        "there, for instance `make run PYTHON=python3.12`."
    )

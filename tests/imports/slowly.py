"""Runs an import in small batches, a line on stdout after each, to be killed on the way.

`python -m tests.imports.slowly FILE MAP AT [ROWS A BATCH]`
"""

import sys
import time
from datetime import datetime
from pathlib import Path

import django


def main() -> None:
    """Import the file named, slowly."""
    django.setup()
    from accord.flows import import_file as flow

    flow.BATCH = int(sys.argv[4]) if len(sys.argv) > 4 else 20
    flow.READ_AHEAD_BYTES = 0  # a second process reads: it must end with its importer

    def tell(done: flow.Progress) -> None:
        sys.stdout.write(f"{done.rows}\n")
        sys.stdout.flush()
        time.sleep(0.05)

    plan = flow.plan_import(path=Path(sys.argv[1]), kind="leads", map_path=Path(sys.argv[2]))
    flow.import_file(plan=plan, by=None, at=datetime.fromisoformat(sys.argv[3]), tell=tell)


if __name__ == "__main__":
    main()

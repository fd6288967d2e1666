"""Runs a module as `python -m` does and ends it when its parent is gone.

`python -m hub.process.leash PARENT MODULE [ARGUMENTS]`, for systems whose kernel does not tell a
child of its parent's death (see `store.embedded.orphans`).
"""

import os
import runpy
import signal
import sys
import threading

_POLL_S = 0.5


def _end_without(parent: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(_POLL_S)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Watch the parent from a thread and run the module in this one."""
    parent, module = int(sys.argv[1]), sys.argv[2]
    sys.argv[:] = sys.argv[2:]
    threading.Thread(target=_end_without, args=(parent,), daemon=True).start()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

"""A process that another one started must not outlive it."""

from __future__ import annotations

import os
import signal
import threading
import time


def end_with(parent: int) -> None:
    """End this process soon after `parent`, the one that started it, however that ended. A killed process cannot end
    its children itself: they would go on holding a port, answering from old code, or waiting for work for ever.
    """
    threading.Thread(target=_watch, args=(parent,), name="end with", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)

"""The web side: the page, its health check and the Socket.IO contract of `docs/protocol.md`.

Nothing here loads the CPU, the kernel or the assembler: programs run in the runner's workers.
"""

from .factory import create_app

__all__ = ["create_app"]

"""Small calls of 32-bit programs: nice, stime, and select with its arguments in memory."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import ClockId
from app.kernel.arguments import Int, NumberIn
from app.kernel.arguments.words import Words
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.credentials import Capability
from app.kernel.errno import Errno
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking

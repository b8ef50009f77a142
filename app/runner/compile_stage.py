"""A run of a compiled language before it has a worker: what it waits for, and what has been said to it meanwhile."""

from __future__ import annotations

from msgspec.structs import replace

from app.runner.compilation import Compilation, Compilers
from app.runner.compiler import Compiled
from app.runner.messages import Keyboard, RunSpec

_MAX_TYPED_BYTES = 65536


class CompileStage:
    """The stage in front of the worker. `typed` is for the worker, as far as it fits."""

    compilation: Compilation

    def __init__(self, run: int, spec: RunSpec, credit: int) -> None:
        self.run = run
        self.credit = credit
        self.typed: list[Keyboard] = []
        self._spec = spec
        self._typed_bytes = 0

    @property
    def is_check(self) -> bool:
        """Whether nobody wants to run the program."""
        return self._spec.action == "check"

    def begin(self, compilers: Compilers) -> Compilation:
        """Start to compile: raises what `Compilers.start` does."""
        self.compilation = compilers.start(self._spec)
        return self.compilation

    def type(self, keys: Keyboard) -> None:
        """Keep what the visitor types for the program; a terminal drops characters that nobody reads, too."""
        self._typed_bytes += len(keys.data)
        if self._typed_bytes <= _MAX_TYPED_BYTES and len(self.typed) < _MAX_TYPED_BYTES:
            self.typed.append(keys)

    def built(self, compiled: Compiled) -> RunSpec:
        """The run as a worker takes it."""
        return replace(self._spec, source=b"", image=compiled.image)

    def close(self) -> None:
        """End the compilation."""
        self.compilation.close()

"""placeholder"""
from app.toolchain.unit import Unit
class NasmAssembler:
    def __init__(self, source: str) -> None: ...
    def run(self) -> Unit: raise NotImplementedError

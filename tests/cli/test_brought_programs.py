"""Real programs under `trapgate run`, with the files they need: the same output as natively."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHELLS = {"busybox": ["busybox", "sh"], "bash-static": ["bash-static"]}

SCRIPT = """
echo hi | tr a-z A-Z
x=$(echo sub; echo two); echo "$x" $((6 * 7))
for i in 3 1 2; do echo $i; done | sort
cat <<END
here $x
END
{ echo a; echo b; } > out; while read l; do echo "<$l>"; done < out
(exit 3); echo $?
sleep 0.1 & wait; echo waited
printf '%s\\n' one two > list; cat list | wc -l
busybox ls -l list | cut -c1-10
test -x /proc/self/exe && echo executable
trap 'echo bye' EXIT
"""


def need(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    if b"statically linked" not in subprocess.run(["file", "-L", path], capture_output=True, check=False).stdout:
        pytest.skip(f"cannot tell that {name} is linked statically")
    return path


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_script(shell: str, tmp_path: Path) -> None:
    program, busybox = need(shell), need("busybox")
    tools = tmp_path / "bin"
    tools.mkdir()
    shutil.copy(busybox, tools / "busybox")
    for name in ("cat", "cut", "ls", "sleep", "sort", "tr", "wc"):
        (tools / name).symlink_to("busybox")
    arguments = [*SHELLS[shell][1:], "-c", SCRIPT]
    work = tmp_path / "work"
    work.mkdir()
    native = subprocess.run(
        [program, *arguments], env={"PATH": str(tools)}, cwd=work, capture_output=True, check=True, umask=0o022
    )
    command = [sys.executable, "-m", "app", "run", "--file", f"{tools}:/bin", program, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ours = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert (ours.stdout, ours.stderr, ours.returncode) == (native.stdout, native.stderr, native.returncode)

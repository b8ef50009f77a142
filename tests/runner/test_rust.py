"""Rust programs: compiled in the box, and run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.runner.compilation import Compilers, CompilerUnavailableError
from app.runner.compiler_box import BoxLimits
from app.runner.messages import Limits, RunSpec
from app.toolchain.rust.demangle import demangle
from app.toolchain.rust.diagnostics import read_rustc
from app.toolchain.rust.source import refusals
from tests.toolchain.tools import require

SYSCALL = """
use libc::{syscall, SYS_write};

fn main() {
    let msg = "hello\\n";
    unsafe { syscall(SYS_write, 1, msg.as_ptr(), msg.len()); }
}
"""

SHIM = """
extern crate libc;
use libc::{c_int, c_void, size_t, STDOUT_FILENO};

fn say(text: &str) -> isize {
    unsafe { libc::write(STDOUT_FILENO as c_int, text.as_ptr() as *const c_void, text.len() as size_t) }
}

fn main() {
    say("written\\n");
    unsafe {
        let same = libc::syscall(libc::SYS_getpid) as i32 == libc::getpid();
        libc::exit(if same { 3 } else { 4 });
    }
}
"""

STD = """
use std::fs;
use std::thread;

fn greet(n: i32) {
    println!("hello {}", n);
}

fn main() {
    greet(3);
    let worker = thread::spawn(|| 7);
    println!("{}", worker.join().unwrap());
    fs::write("/tmp/file", "from a file\\n").unwrap();
    print!("{}", fs::read_to_string("/tmp/file").unwrap());
}
"""


def trapgate(folder: Path, source: str, *options: str) -> subprocess.CompletedProcess[str]:
    require("rustc", "cc")
    (folder / "main.rs").write_text(source)
    return subprocess.run(
        [sys.executable, "-m", "app", "run", *options, "main.rs"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_system_calls_by_hand(tmp_path: Path) -> None:
    done = trapgate(tmp_path, SYSCALL)
    assert (done.stdout, done.stderr, done.returncode) == ("hello\n", "", 0)


def test_names_of_the_libc_crate(tmp_path: Path) -> None:
    done = trapgate(tmp_path, SHIM)
    assert (done.stdout, done.stderr, done.returncode) == ("written\n", "", 3)


def test_standard_library_and_its_call_chain(tmp_path: Path) -> None:
    done = trapgate(tmp_path, STD, "--trace", "json", "--trace-file", "trace")
    assert (done.stdout, done.stderr, done.returncode) == ("hello 3\n7\nfrom a file\n", "", 0)
    traps = [event for line in (tmp_path / "trace").open() if (event := json.loads(line))["type"] == "trap"]
    write = next(event for event in traps if event["number"] == "0x1")
    own = [(frame["function"], frame["line"]) for frame in write["frames"] if not frame["library"]]
    # Debian's standard library is built without frame pointers: the chain may end before it comes to our code.
    assert own in ([("program::greet", 6), ("program::main", 10)], [])
    assert any(event["line"] for event in traps)


def test_mistakes_stand_where_rustc_says(tmp_path: Path) -> None:
    done = trapgate(tmp_path, 'fn main() {\n    let n: i32 = "a";\n}\n')
    assert done.returncode == 2
    assert "main.rs:2:18: error: mismatched types: expected `i32`, found `&str`" in done.stderr


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ('fn main() { print!("{}", include_str!("/etc/passwd")); }', 26),
        ('const X: &[u8] = include_bytes!("x"); fn main() {}', 18),
        ('include ! ("/etc/passwd"); fn main() {}', 1),
        ("use std::{include as x}; fn main() {}", 11),
    ],
)
def test_macros_that_read_files_are_refused(source: str, column: int) -> None:
    (mistake,) = refusals(source)
    assert (mistake.line, mistake.column) == (1, column)
    assert "is refused" in mistake.message


def test_what_only_looks_like_it_is_not_refused() -> None:
    assert refusals("// include_str!\nfn include() {}\nlet include = 1;\nlet excluded = include != 2;") == []


@pytest.mark.parametrize("path", ["/etc/passwd", "/usr/lib/os-release", "../../../../etc/passwd", "/no/such/passwd"])
def test_files_of_the_host_cannot_be_read(tmp_path: Path, path: str) -> None:
    done = trapgate(tmp_path, f'#[path = "{path}"] mod x;\nfn main() {{}}\n')
    assert done.returncode == 2
    # The same words whether there is such a file or not.
    name = path.rpartition("/")[2]
    assert f"error: couldn't read `{name}`: the compiler reads no files but this program\n" in done.stderr
    assert done.stdout == ""


def test_what_the_linker_misses_is_named_without_paths_of_the_host(tmp_path: Path) -> None:
    done = trapgate(tmp_path, 'extern "C" { fn foo(); }\nfn main() {\n    unsafe { foo() }\n}\n')
    assert done.stderr == "main.rs:3:1: error: `foo` is used, but defined nowhere (there is no such function)\n"
    done = trapgate(tmp_path, '#[link(name = "nosuch")] extern "C" { fn foo(); }\nfn main() { unsafe { foo() } }\n')
    assert done.returncode == 2
    assert "trapgate-job" not in done.stderr
    assert "/usr" not in done.stderr


def test_other_architectures_are_refused() -> None:
    spec = RunSpec(SYSCALL.encode(), "rust", "aarch64", Limits(1, 1, 1 << 20, 100, 100, 1000))
    with pytest.raises(CompilerUnavailableError, match="Rust is compiled for x86-64 only, not for AArch64"):
        Compilers(BoxLimits()).start(spec)


def test_what_is_no_message_is_left_out() -> None:
    assert read_rustc('not json\n{"level": 3}\n{"message": "x", "level": "failure-note"}\n{') == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("_ZN7program4main17h0123456789abcdefE", "program::main"),
        ("_ZN4core3ptr42drop_in_place$LT$alloc..string..String$GT$17h0123456789abcdefE",
         "core::ptr::drop_in_place<alloc::string::String>"),
        ("_RNvCskwGfYPst2Cb_3foo4main", "foo::main"),
        ("_RNCNvC3foo4main0", "foo::main::{closure#0}"),
        ("_RINvC3foo3barlE", "foo::bar::<i32>"),
        ("_ZN3std", "_ZN3std"),
        ("_ZN9999999999", "_ZN9999999999"),
        ("_R", "_R"),
        ("_RNvB_4main", "_RNvB_4main"),
        ("_RINvC3foo3barB0_E", "foo::bar::<foo::bar>"),
        ("main", "main"),
    ],
)  # fmt: skip
def test_names(name: str, shown: str) -> None:
    assert demangle(name) == shown


@pytest.mark.parametrize("letters", ["R", "T", "INvC1aB", "s", "N", "FE"])
def test_hostile_names_end(letters: str) -> None:
    for count in (1, 50, 5000):
        assert isinstance(demangle("_R" + letters * count), str)
        assert isinstance(demangle("_ZN" + letters * count), str)

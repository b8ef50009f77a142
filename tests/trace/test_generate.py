import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from app.kernel.abi import generate as tables
from app.trace import events, generate, generated

NODE_MODULES = generated.ROOT / "static" / "node_modules"


@pytest.mark.parametrize("generator", [generate, tables], ids=["events", "tables"])
def test_committed_files_are_current(generator):
    assert generated.stale(generator.files()) == []


def test_output_does_not_depend_on_the_hash_seed():
    command = [sys.executable, "-c", "from app.trace import generate; print(sorted(generate.files().items()))"]
    outputs = {
        subprocess.run(
            command, cwd=generated.ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, timeout=60
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


def test_check_tells_which_file_differs_and_writing_repairs_it(tmp_path, capsys):
    files = {"docs/a.md": "one\n", "b.ts": "two\n"}
    assert generated.main("module", files, ["--check"], tmp_path) == 1
    assert not list(tmp_path.iterdir())
    assert generated.main("module", files, [], tmp_path) == 0
    assert generated.main("module", files, ["--check"], tmp_path) == 0
    (tmp_path / "b.ts").write_text("other\n")
    capsys.readouterr()
    assert generated.main("module", files, ["--check"], tmp_path) == 1
    assert capsys.readouterr().err == "b.ts is not current: run python -m module\n"


def test_every_event_is_in_every_file():
    schema = json.loads(generate.json_schema())
    for cls in get_args(events.AnyEvent):
        tag = cls.__struct_config__.tag
        assert schema["$defs"][cls.__name__]["properties"]["type"] == {"enum": [tag]}
        assert f"### `{tag}`" in generate.reference()
        assert f'export interface {cls.__name__} extends EventBase {{\n  type: "{tag}";' in generate.typescript()


def test_a_type_without_translation_is_an_error():
    with pytest.raises(TypeError, match="no TypeScript type for <class 'complex'>"):
        generate.typescript_type(complex)


USE = """
import { SCHEMA_VERSION, type TrapgateEvent, type Word } from "./events";
import { SYSCALL_NAMES } from "./syscalls";

export function describe(event: TrapgateEvent): string {
  switch (event.type) {
    case "run.start": {
      const entry: Word = event.entry;
      return `${SCHEMA_VERSION} ${entry} ${event.argv.length}`;
    }
    case "fd":
      return event.change === "close" ? String(event.fd) : event.path;
    default:
      return SYSCALL_NAMES["x86_64"]?.[event.seq] ?? event.type;
  }
}
"""


def compile_typescript(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    compiler = NODE_MODULES / "typescript" / "bin" / "tsc"
    if not compiler.exists():
        pytest.skip(f"{NODE_MODULES} has no TypeScript (npm ci in static/)")
    (folder / "events.ts").write_text(generate.typescript())
    (folder / "syscalls.ts").write_text(tables.typescript())
    (folder / "use.ts").write_text(source)
    flags = ["--strict", "--noEmit", "--noUncheckedIndexedAccess", "--noUnusedLocals", "--exactOptionalPropertyTypes"]
    command = [
        "node",
        str(compiler),
        *flags,
        "--target",
        "ES2022",
        "--moduleResolution",
        "bundler",
        "--module",
        "ESNext",
    ]
    return subprocess.run([*command, str(folder / "use.ts")], capture_output=True, text=True, check=False, timeout=120)


def test_typescript_compiles_strictly(tmp_path):
    done = compile_typescript(tmp_path, USE)
    assert done.returncode == 0, done.stdout


def test_typescript_refuses_a_wrong_use(tmp_path):
    done = compile_typescript(tmp_path, USE.replace("event.argv.length", "event.fd"))
    assert done.returncode != 0
    assert "Property 'fd' does not exist on type 'RunStart'" in done.stdout


def test_every_field_is_described():
    structs = [events.Event, events.Segment, events.AbiInfo, events.Counters, *get_args(events.AnyEvent)]
    assert [f"{cls.__name__}.{f.name}" for cls in structs for f in generate.fields(cls) if not f.description] == []


def test_a_description_of_a_field_wins_over_that_of_its_type():
    described = {field.name: field.description for field in generate.fields(events.Trap)}
    assert described["pc"] == "Address of the trap instruction."
    assert described["line"] == "Source line (1-based), null when the address has none."

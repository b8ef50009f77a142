"""What is read off a C source before it is compiled."""

from __future__ import annotations

import pytest

from app.toolchain.c.source import read_source


@pytest.mark.parametrize(
    ("source", "wants_library"),
    [
        ("int main(void) { return 0; }", False),
        ('#include "syscall.h"\nint main(void) { return 0; }', False),
        ("#include <syscall.h>\n#include <stdint.h>\nint main(void) { return 0; }", False),
        ("#include <stdio.h>\nint main(void) { return 0; }", True),
        ("  #  include   <sys/stat.h>\nint main(void) { return 0; }", True),
        ("// #include <stdio.h>\nint main(void) { return 0; }", False),
        ("/* #include <stdio.h>\n#include <stdio.h> */ int main(void) { return 0; }", False),
        ('char text[] = "\\\n#include <stdio.h>";\nint main(void) { return 0; }', False),
        ("#inc\\\nlude <stdio.h>\nint main(void) { return 0; }", True),
        ("#include <sys/syscall.h>\nvoid _start(void) { }", False),
        ("#include <unistd.h>\n__attribute__((noreturn)) void _start(void)\n{\n}\n", False),
        ('#include <stdio.h>\nextern void _start(void);\nint main(void) { puts("_start() { }"); }', True),
        ('#include <unistd.h>\n__asm__(".globl _start\\n_start: nop");', False),
    ],
)
def test_headers_of_the_c_library_decide_whether_it_is_linked(source, wants_library):
    reading = read_source(source)
    assert not reading.mistakes
    assert reading.wants_library == wants_library


@pytest.mark.parametrize(
    ("source", "line", "column", "word"),
    [
        ('#include "/etc/passwd"\n', 1, 9, "/etc/passwd"),
        ("\n#include </proc/self/environ>\n", 2, 9, "/proc/self/environ"),
        ('#include "../secret.h"\n', 1, 9, "../secret.h"),
        ('#define NAME "/etc/passwd"\n#include NAME\n', 2, 2, "#include"),
        ("char x[] = {\n#embed <x>\n};\n", 2, 2, "#embed"),
        ("%:embed <x>\n", 1, 3, "#embed"),
        ("#em\\\nbed <x>\n", 1, 2, "#embed"),
        ('#if __has_include("/etc/passwd")\n#endif\n', 1, 5, "/etc/passwd"),
        ('#pragma GCC dependency "/etc/passwd"\n', 1, 9, "dependency"),
        ('__asm__(".incbin \\"/etc/passwd\\"");\n', 1, 10, ".incbin"),
        ('int x;\n__asm__("nop\\n\\t.INCLUDE \\"/etc/passwd\\"");\n', 2, 17, ".INCLUDE"),
        ("int a = \\\n1;\n\n#include </x>\n", 4, 9, "/x"),
        ("\ufeff#include </x>\n", 1, 9, "/x"),
        ("int a;\r#include </x>\r", 2, 9, "/x"),
        ("\f#\vinclude </x>\n", 1, 11, "/x"),
    ],
)
def test_files_of_the_host_are_refused_where_they_are_named(source, line, column, word):
    (mistake,) = read_source(source).mistakes
    assert (mistake.line, mistake.column) == (line, column)
    assert mistake.end_column > column
    assert word in mistake.message


@pytest.mark.parametrize(
    "source",
    [
        'char *text = "#include </etc/passwd>";',
        '// .incbin "/etc/passwd"',
        "int n = s.include;",
        'char *text = "the .include directive";',
        "#if __has_include(<stdio.h>)\n#endif",
        '#define PATH "/etc/passwd"',
    ],
)
def test_what_only_looks_like_it_is_not_refused(source):
    assert not read_source(source).mistakes


def test_a_source_full_of_refusals_gives_a_bounded_list():
    assert len(read_source("#include </x>\n" * 10_000).mistakes) <= 20


@pytest.mark.parametrize(
    "piece",
    ["/*", '"', "'", "\\\n", "#include ", "/* *", '"\\', "#", "__has_include(", "_start(", '"_start"'],
)
def test_hostile_text_is_read_in_no_time(piece):
    read_source(piece * (65536 // len(piece)))

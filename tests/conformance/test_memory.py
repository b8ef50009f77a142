"""brk, mmap, munmap, mprotect, page faults: the same on Linux and here."""

from __future__ import annotations

import pytest

from tests.conformance.harness import (
    AT_FDCWD,
    KERNEL_ADDRESS,
    UNMAPPED,
    Buffer,
    Edge,
    Result,
    call,
    check,
    check_source,
)

AT = 0x2000_0000
PAGE = 4096
R, W, X = 1, 2, 4
RW = R | W
SHARED, PRIVATE, VALIDATE, FIXED, ANONYMOUS = 1, 2, 3, 0x10, 0x20
GROWSDOWN, LOW, NORESERVE, POPULATE, STACK, HUGETLB, NOREPLACE = (
    0x100,
    0x40,
    0x4000,
    0x8000,
    0x2_0000,
    0x4_0000,
    0x10_0000,
)
MAP = PRIVATE | ANONYMOUS
HERE = MAP | FIXED
O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_DIRECTORY = 0, 1, 2, 0o100, 0o1000, 0o200000
STDOUT = 1


def anonymous(address, length, prot=RW, flags=MAP, offset=0, fd=-1):
    """An mmap whose address need not agree."""
    return call("mmap", address, length, prot, flags, fd, offset, show="sign")


def mapped(pages, prot=RW, flags=HERE):
    """`pages` pages at AT."""
    return call("mmap", AT, pages * PAGE, prot, flags, -1, 0)


def touch(page, prot="r"):
    """Whether the kernel may read (a write from there) or write (a getcwd to there) a page at AT."""
    address = AT + page * PAGE
    return call("write", STDOUT, address, 1) if prot == "r" else call("getcwd", address, 64, show="sign")


def test_mmap_arguments():
    check(
        anonymous(0, 0),
        anonymous(0, PAGE, flags=ANONYMOUS),
        anonymous(0, PAGE, flags=ANONYMOUS | VALIDATE),
        anonymous(0, PAGE, flags=ANONYMOUS | 0xF),
        anonymous(AT + 1, PAGE, flags=HERE),
        anonymous(0, PAGE, offset=1),
        anonymous(0, 0, offset=1),
        anonymous(0, PAGE, offset=-PAGE),
        anonymous(0, -1),
        anonymous(0, -PAGE),
        anonymous(0, 1 << 47),
        anonymous(0, (1 << 47) - PAGE, flags=MAP | NORESERVE),
        anonymous(KERNEL_ADDRESS, PAGE, flags=HERE),
        anonymous(KERNEL_ADDRESS + 1, PAGE, flags=HERE),
        anonymous(KERNEL_ADDRESS, PAGE),
        anonymous((1 << 47) - PAGE, PAGE, flags=HERE),
        anonymous(0, PAGE, flags=MAP | HUGETLB),
        anonymous(0, PAGE, flags=MAP | HUGETLB | 5 << 26),
        anonymous(0, 0, flags=MAP | HUGETLB),
        anonymous(0, PAGE, flags=ANONYMOUS | SHARED | GROWSDOWN),
        anonymous(0, PAGE, flags=MAP | GROWSDOWN),
        anonymous(0, PAGE, flags=MAP | STACK | NORESERVE | POPULATE),
        anonymous(0, PAGE, flags=MAP | LOW),
        anonymous(0, PAGE, prot=-1),
        anonymous(0, PAGE, prot=0x100),
    )


def test_the_first_page_is_for_the_superuser():
    check(
        anonymous(0, PAGE, flags=HERE),
        anonymous(1, PAGE, flags=HERE),
        anonymous(1, PAGE),
    )


def test_wishes_are_met_when_they_can_be():
    check(
        call("mmap", AT, PAGE, RW, MAP, -1, 0),
        call("mmap", AT + 5 * PAGE + 5, PAGE, RW, MAP, -1, 0),
        call("munmap", AT + 5 * PAGE, PAGE),
        anonymous(AT, PAGE),
        touch(1),
        call("mmap", AT + PAGE, 2 * PAGE, RW, MAP, -1, 0),
    )


def test_noreplace():
    check(
        mapped(2),
        call("mmap", AT, PAGE, RW, MAP | NOREPLACE, -1, 0),
        call("mmap", AT - PAGE, 2 * PAGE, RW, MAP | NOREPLACE, -1, 0),
        call("mmap", AT + PAGE, 4 * PAGE, RW, HERE | NOREPLACE, -1, 0),
        call("mmap", AT + 1, PAGE, RW, MAP | NOREPLACE, -1, 0),
        call("mmap", AT + 2 * PAGE, PAGE, RW, MAP | NOREPLACE, -1, 0),
    )


def test_a_fixed_mapping_replaces_what_was_there():
    check(
        mapped(3),
        call("getcwd", AT + PAGE, 64, show="sign"),
        call("mmap", AT + PAGE, PAGE, R, HERE, -1, 0),
        call("write", STDOUT, AT + PAGE, 8),
        call("getcwd", AT + PAGE, 64, show="sign"),
        call("getcwd", AT + 2 * PAGE, 64, show="sign"),
    )


def test_munmap():
    check(
        mapped(6),
        call("munmap", AT + 1, PAGE),
        call("munmap", AT, 0),
        call("munmap", AT + 1, 0),
        call("munmap", AT, -1),
        call("munmap", KERNEL_ADDRESS, PAGE),
        call("munmap", (1 << 47) - PAGE, PAGE),
        call("munmap", (1 << 47) - PAGE, 0),
        call("munmap", UNMAPPED, PAGE),
        call("munmap", AT + 2 * PAGE, 1),
        *[touch(page) for page in range(6)],
        call("munmap", AT, 5 * PAGE),
        *[touch(page) for page in range(6)],
    )


def test_mprotect():
    check(
        mapped(6),
        call("mprotect", AT + 1, PAGE, R),
        call("mprotect", AT + 1, 0, R),
        call("mprotect", AT, 0, 0x1000),
        call("mprotect", AT, PAGE, 0x1000),
        call("mprotect", UNMAPPED, PAGE, R),
        call("mprotect", UNMAPPED, 0, R),
        call("mprotect", AT, -1, R),
        call("mprotect", AT, -PAGE, R),
        call("mprotect", AT, PAGE, R | 8),
        call("mprotect", AT, PAGE, RW | 0x0300_0000),
        call("mprotect", AT, PAGE, RW | 0x0100_0000),
        call("mprotect", AT, PAGE, RW | 0x0200_0000),
        call("mprotect", AT + PAGE, PAGE, R),
        call("mprotect", AT + 2 * PAGE, 1, 0),
        *[touch(page) for page in range(6)],
        *[touch(page, "w") for page in (1, 2)],
        call("mprotect", AT, 6 * PAGE, RW),
        touch(1, "w"),
    )


def test_mprotect_stops_at_a_hole_and_keeps_what_it_did():
    check(
        mapped(4),
        call("munmap", AT + 2 * PAGE, PAGE),
        call("mprotect", AT, 4 * PAGE, 0),
        *[touch(page) for page in range(4)],
        call("mprotect", AT + 2 * PAGE, 2 * PAGE, 0),
        touch(3),
    )


def test_protection_of_write_only_and_execute_memory():
    check(
        mapped(1, prot=W),
        touch(0),
        call("mmap", AT + PAGE, PAGE, R | X, HERE, -1, 0),
        touch(1),
        touch(1, "w"),
        call("mmap", AT + 2 * PAGE, PAGE, 0, HERE, -1, 0),
        touch(2),
        touch(2, "w"),
    )


def test_brk():
    heap = 0
    check(
        call("brk", 0, show="none"),
        call("brk", Result(heap, 100), show="none"),
        call("read", 0, Result(heap), 5),
        call("write", STDOUT, Result(heap), 5),
        call("write", STDOUT, Result(heap, PAGE - 1), 2),
        call("brk", Result(heap, 3 * PAGE), show="none"),
        call("write", STDOUT, Result(heap, 3 * PAGE - 2), 5),
        call("brk", Result(heap, PAGE), show="none"),
        call("write", STDOUT, Result(heap, PAGE), 1),
        call("write", STDOUT, Result(heap), 5),
        call("brk", Result(heap), show="none"),
        call("write", STDOUT, Result(heap), 1),
        call("brk", Result(heap, PAGE), show="none"),
        call("write", STDOUT, Result(heap), 5),
        stdin=b"heaps",
    )


BRK_RELATIONS = """
.text
_start:
    mov eax, 12
    xor edi, edi
    syscall
    mov rbx, rax
    test eax, 4095
    jnz wrong
    lea rdi, [rbx-1]
    call brk_stays
    mov rdi, -1
    call brk_stays
    mov rdi, 0x7fffffffe000
    call brk_stays
    mov rdi, 0x800000000000
    call brk_stays
    mov eax, 9
    lea rdi, [rbx+0x10000]
    mov esi, 4096
    mov edx, 3
    mov r10d, 0x32
    mov r8, -1
    xor r9d, r9d
    syscall
    lea rdi, [rbx+0x10000]
    call brk_stays
    lea rdi, [rbx+0xf001]
    call brk_stays
    lea rdi, [rbx+0xf000]
    mov eax, 12
    syscall
    lea rdx, [rbx+0xf000]
    cmp rax, rdx
    jne wrong
    xor edi, edi
    jmp leave
brk_stays:
    mov eax, 12
    syscall
    cmp rax, rbx
    jne wrong
    ret
wrong:
    mov edi, 1
leave:
    mov eax, 60
    syscall
"""


def test_brk_refuses_by_staying_where_it_is():
    assert check_source(BRK_RELATIONS).status == 0


def file_with(name, data):
    """A file open for reading and writing: three calls, of which the first gives the descriptor."""
    return (call("open", name, O_RDWR | O_CREAT, 0o644), call("write", 3, data, len(data)))


def test_which_files_can_be_mapped():
    check(
        *file_with("f", b"hello"),
        call("open", "f", O_RDONLY),
        call("open", "f", O_WRONLY),
        call("open", ".", O_RDONLY | O_DIRECTORY),
        call("pipe", Buffer("fds", 8)),
        anonymous(0, PAGE, R, PRIVATE, fd=99),
        anonymous(0, 0, R, PRIVATE, fd=99),
        anonymous(0, 0, R, PRIVATE, fd=3),
        anonymous(0, PAGE, R, 0, fd=3),
        anonymous(0, PAGE, RW, SHARED, fd=3),
        anonymous(0, PAGE, RW, SHARED, fd=4),
        anonymous(0, PAGE, R, SHARED, fd=4),
        anonymous(0, PAGE, RW, PRIVATE, fd=4),
        anonymous(0, PAGE, R, PRIVATE, fd=5),
        anonymous(0, PAGE, W, PRIVATE, fd=5),
        anonymous(0, PAGE, RW, SHARED, fd=5),
        anonymous(0, PAGE, R, PRIVATE, fd=6),
        anonymous(0, PAGE, R, PRIVATE, fd=7),
        anonymous(0, PAGE, W, SHARED, fd=7),
        anonymous(0, PAGE, R, PRIVATE | GROWSDOWN, fd=3),
        anonymous(0, PAGE, R, PRIVATE | HUGETLB, fd=3),
        anonymous(0, PAGE, R, PRIVATE, fd=3, offset=-PAGE),
        anonymous(0, PAGE, R, PRIVATE, fd=3, offset=0x10000),
        anonymous(0, PAGE, R, VALIDATE, fd=3),
        anonymous(0, PAGE, R, VALIDATE | 0x80_0000, fd=3),
        anonymous(0, PAGE, R, VALIDATE | NORESERVE | POPULATE, fd=3),
        anonymous(0, PAGE, R, SHARED | 0x80_0000, fd=3),
        call("open", "/dev/zero", O_RDWR),
        anonymous(0, PAGE, RW, PRIVATE, fd=9),
        anonymous(0, PAGE, RW, SHARED, fd=9),
        call("open", "/dev/null", O_RDWR),
        anonymous(0, PAGE, RW, PRIVATE, fd=10),
    )


def test_mprotect_of_a_shared_mapping_of_a_read_only_file():
    check(
        *file_with("f", b"hello"),
        call("open", "f", O_RDONLY),
        call("mmap", AT, PAGE, R, SHARED | FIXED, 4, 0),
        call("mprotect", AT, PAGE, RW),
        call("mprotect", AT, PAGE, R | X),
        call("mmap", AT, PAGE, R, PRIVATE | FIXED, 4, 0),
        call("mprotect", AT, PAGE, RW),
    )


def test_a_private_mapping_is_a_copy():
    check(
        *file_with("f", b"hello, file"),
        call("mmap", AT, 2 * PAGE, RW, PRIVATE | FIXED, 3, 0),
        call("write", STDOUT, AT, 20),
        call("read", 0, AT + 2, 3),
        call("write", STDOUT, AT, 11),
        call("pread64", 3, Buffer("b", 16), 16, 0, dump=[("b", 0, 16)]),
        call("write", STDOUT, AT + PAGE, 1),
        call("write", STDOUT, AT + PAGE - 3, 5),
        stdin=b"XYZ",
    )


def test_a_shared_mapping_is_the_file():
    check(
        *file_with("f", b"hello, file"),
        call("mmap", AT, PAGE, RW, SHARED | FIXED, 3, 0),
        call("mmap", AT + PAGE, PAGE, R, SHARED | FIXED, 3, 0),
        call("read", 0, AT + 2, 3),
        call("pread64", 3, Buffer("b", 16), 16, 0, dump=[("b", 0, 16)]),
        call("write", STDOUT, AT + PAGE, 11),
        call("pwrite64", 3, b"1234", 4, 0),
        call("write", STDOUT, AT, 11),
        call("pwrite64", 3, b"tail", 4, 20),
        call("write", STDOUT, AT + PAGE, 24),
        call("munmap", AT, 2 * PAGE),
        call("pread64", 3, Buffer("b", 16), 16, 0, dump=[("b", 0, 16)]),
        stdin=b"XYZ",
    )


def test_a_mapping_outlives_its_descriptor_and_its_name():
    check(
        *file_with("f", b"hello, file"),
        call("mmap", AT, PAGE, RW, SHARED | FIXED, 3, 0),
        call("unlink", "f"),
        call("close", 3),
        call("write", STDOUT, AT, 11),
        call("read", 0, AT, 3),
        call("write", STDOUT, AT, 11),
        stdin=b"XYZ",
    )


def test_truncating_a_mapped_file():
    check(
        *file_with("f", b"x" * 9000),
        call("mmap", AT, 3 * PAGE, RW, SHARED | FIXED, 3, 0),
        call("write", STDOUT, AT, 9000),
        call("write", STDOUT, AT + 8998, 6),
        call("open", "f", O_RDWR | O_TRUNC),
        call("write", STDOUT, AT, 1),
        call("pwrite64", 3, b"again", 5, 0),
        call("write", STDOUT, AT, 8),
        call("write", STDOUT, AT + PAGE, 1),
    )


def test_offsets_into_a_file():
    check(
        *file_with("f", bytes(range(256)) * 40),
        call("mmap", AT, PAGE, R, PRIVATE | FIXED, 3, PAGE),
        call("mmap", AT + PAGE, PAGE, R, SHARED | FIXED, 3, 2 * PAGE),
        call("write", STDOUT, AT + PAGE - 5, 10),
        call("munmap", AT, PAGE),
        call("write", STDOUT, AT + PAGE, 5),
    )


def test_copies_at_the_edge_of_memory():
    check(
        call("write", STDOUT, Edge(3), 10),
        *file_with("f", b"abcdef"),
        call("pread64", 3, Edge(3), 10, 0),
        call("write", STDOUT, Edge(3), 3),
        call("write", STDOUT, Edge(0), 1),
        call("write", STDOUT, KERNEL_ADDRESS, 1),
        call("write", STDOUT, 0, 1),
        call("write", STDOUT, UNMAPPED, 1),
        call("write", STDOUT, (1 << 47) - 1, 1),
        call("openat", AT_FDCWD, Edge(0), 0),
    )


# -- faults ------------------------------------------------------------------------------------------------------

MMAP_PAGE = """
    mov eax, 9
    mov edi, 0x20000000
    mov esi, 8192
    mov edx, {prot}
    mov r10d, 0x32
    mov r8, -1
    xor r9d, r9d
    syscall
    mov rbx, rax
"""
EXIT = """
    mov eax, 60
    mov edi, 7
    syscall
"""


@pytest.mark.parametrize(
    "body",
    [
        "mov rax, [0]",
        "mov byte ptr [rip+_start], 1",
        "mov rbx, 0x7fffffffeffe\n shl rbx, 1\n mov rax, [rbx]",
        "mov rbx, 0x8000000000000000\n mov [rbx], al",
        "mov rbx, 0xffffffff80000000\n jmp rbx",
        "xor eax, eax\n jmp rax",
        "mov rax, 0x1234567890\n call rax",
        "lea rax, [rsp-64]\n mov byte ptr [rax], 0xc3\n jmp rax",
        "mov eax, [rsp+0x100000]",
        "mov rsp, 8\n push rax",
        "hlt",
        "cli",
        "sti",
        "in al, dx",
        "out dx, al",
        "mov rax, cr0",
        "rdmsr",
        "wbinvd",
        "int 0x81",
        "int3",
        "ud2",
        "xor ecx, ecx\n div ecx",
        "mov eax, 0x80000000\n cdq\n mov ecx, -1\n idiv ecx",
        "pushfq\n or qword ptr [rsp], 0x100\n popfq\n nop",
    ],
)
def test_fatal_instructions(body):
    assert check_source(f".text\n_start:\n{body}\n{EXIT}").signal is not None


@pytest.mark.parametrize("prot", [0, R, W, RW, R | X, RW | X])
@pytest.mark.parametrize("access", ["mov al, [rbx]", "mov byte ptr [rbx], 0xc3", "call rbx", "mov [rbx+4092], rax"])
def test_accesses_to_a_mapping(prot, access):
    check_source(f".text\n_start:\n{MMAP_PAGE.format(prot=prot)}\n{access}\n{EXIT}")


@pytest.mark.parametrize("depth", [0x1000, 0x20000, 0x100000, 0x700000, 0x900000])
def test_the_stack_grows_up_to_its_limit(depth):
    check_source(f".text\n_start:\nmov byte ptr [rsp-{depth:#x}], 1\n{EXIT}")


def test_fresh_memory_is_zero_and_keeps_what_is_stored():
    check_source(
        f".text\n_start:\n{MMAP_PAGE.format(prot=RW)}\nmov rax, [rbx+8]\nmov qword ptr [rbx], 9\nadd rax, [rbx]\n"
        "mov rdi, rax\nmov eax, 60\nsyscall"
    )


def test_code_that_is_written_and_then_made_executable():
    source = f"""
.text
_start:
{MMAP_PAGE.format(prot=RW)}
    mov dword ptr [rbx], 0x2ab8
    mov dword ptr [rbx+4], 0xc300
    mov eax, 10
    mov rdi, rbx
    mov esi, 4096
    mov edx, 5
    syscall
    call rbx
    mov edi, eax
    mov eax, 60
    syscall
"""
    assert check_source(source).status == 42


def test_touching_a_mapped_file_beyond_its_end():
    source = """
.text
_start:
    mov eax, 2
    lea rdi, name
    mov esi, 0x42
    mov edx, 0x1b4
    syscall
    mov r8, rax
    mov eax, 9
    xor edi, edi
    mov esi, 4096
    mov edx, 3
    mov r10d, 1
    xor r9d, r9d
    syscall
    mov byte ptr [rax], 1
    mov eax, 60
    xor edi, edi
    syscall
.data
name: .asciz "f"
"""
    assert check_source(source).signal == "SIGBUS"

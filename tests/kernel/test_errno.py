import errno
import os
import platform

import pytest

from app.kernel.errno import Errno, KernelError, message


def test_names_and_numbers_are_those_of_linux():
    if platform.system() != "Linux":
        pytest.skip("compared with the errno module of Linux")
    theirs = {name: number for name, number in vars(errno).items() if name.startswith("E")}
    ours = {name: int(number) for name, number in Errno.__members__.items()}
    assert {name: ours.get(name) for name in theirs} == theirs
    assert set(range(1, 134)) - set(ours.values()) == {41, 58}


def test_messages_are_those_of_glibc():
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("compared with strerror of the GNU C library")
    for number in range(1, 135):
        assert message(number) == os.strerror(number)


def test_kernel_error_carries_its_errno():
    with pytest.raises(KernelError) as caught:
        raise KernelError(Errno.EBADF)
    assert caught.value.errno is Errno.EBADF
    assert str(caught.value) == "EBADF: Bad file descriptor"

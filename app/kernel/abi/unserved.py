"""Calls of Linux that this kernel leaves out on purpose: why, in a phrase. They answer ENOSYS. Data only."""

_GONE = "Linux itself answers ENOSYS: the call is gone"
_NEVER = "Linux itself answers ENOSYS: the call was only ever planned"
_OTHER_ABI = "for 32-bit programs; in this table Linux answers ENOSYS, too"
_AIO = "asynchronous I/O; programs that try it fall back to read(2) and write(2)"
_MODULES = "a kernel in Python has no modules to load"
_MACHINE = "it is about a real machine: ports, disks, power"
_NUMA = "the machine has one memory node"
_IO_URING = "ENOSYS on purpose; programs that try it fall back to epoll(7), read(2) and write(2)"
_KEYS = "there is no key ring"
_OBSERVE = "it looks into the kernel from inside; the event stream does so from outside"

REASONS = {
    "_sysctl": _GONE,
    "create_module": _GONE,
    "get_kernel_syms": _GONE,
    "query_module": _GONE,
    "nfsservctl": _GONE,
    "uselib": _GONE,
    "lookup_dcookie": _GONE,
    "epoll_ctl_old": _GONE,
    "epoll_wait_old": _GONE,
    "getpmsg": _NEVER,
    "putpmsg": _NEVER,
    "afs_syscall": _NEVER,
    "tuxcall": _NEVER,
    "security": _NEVER,
    "vserver": _NEVER,
    "set_thread_area": _OTHER_ABI,
    "get_thread_area": _OTHER_ABI,
    "modify_ldt": "segments of 16- and 32-bit programs",
    "io_setup": _AIO,
    "io_destroy": _AIO,
    "io_getevents": _AIO,
    "io_submit": _AIO,
    "io_cancel": _AIO,
    "io_pgetevents": _AIO,
    "io_uring_setup": _IO_URING,
    "io_uring_enter": _IO_URING,
    "io_uring_register": _IO_URING,
    "init_module": _MODULES,
    "finit_module": _MODULES,
    "delete_module": _MODULES,
    "kexec_load": _MODULES,
    "kexec_file_load": _MODULES,
    "iopl": _MACHINE,
    "ioperm": _MACHINE,
    "quotactl": _MACHINE,
    "quotactl_fd": _MACHINE,
    "mbind": _NUMA,
    "set_mempolicy": _NUMA,
    "get_mempolicy": _NUMA,
    "set_mempolicy_home_node": _NUMA,
    "migrate_pages": _NUMA,
    "move_pages": _NUMA,
    "add_key": _KEYS,
    "request_key": _KEYS,
    "keyctl": _KEYS,
    "bpf": _OBSERVE,
    "perf_event_open": _OBSERVE,
    "fanotify_mark": _OBSERVE,
    "uretprobe": _OBSERVE,
    "map_shadow_stack": "the CPU has no shadow stacks",
    "rseq": "ENOSYS on purpose; the C libraries do without restartable sequences",
    "seccomp": "programs run in a machine of their own and cannot confine themselves further",
    "landlock_create_ruleset": "as seccomp",
    "landlock_add_rule": "as seccomp",
    "landlock_restrict_self": "as seccomp",
    "userfaultfd": "page faults are the kernel's own work here",
    "memfd_secret": "the kernel sees all memory; nothing can be hidden from it",
}
"""Why a call is not served, by name."""

import type { KernelEntry } from "./entries";

/** Calls that ask for the same thing: what one architecture's table has in place of another's. */
const FAMILIES: readonly (readonly string[])[] = [
  ["arch_prctl", "set_thread_area", "set_tls"],
  ["open", "openat", "openat2", "creat"],
  ["stat", "newfstatat", "fstatat", "statx", "lstat", "fstat"],
  ["access", "faccessat", "faccessat2"],
  ["unlink", "unlinkat", "rmdir"],
  ["mkdir", "mkdirat"],
  ["mknod", "mknodat"],
  ["rename", "renameat", "renameat2"],
  ["link", "linkat"],
  ["symlink", "symlinkat"],
  ["readlink", "readlinkat"],
  ["chmod", "fchmodat", "fchmodat2"],
  ["chown", "lchown", "fchownat"],
  ["utime", "utimes", "futimesat", "utimensat"],
  ["fork", "vfork", "clone", "clone3"],
  ["waitpid", "wait4", "waitid"],
  ["mmap", "mmap2"],
  ["lseek", "_llseek"],
  ["pipe", "pipe2"],
  ["dup2", "dup3"],
  ["poll", "ppoll", "pause"],
  ["select", "_newselect", "pselect6"],
  ["epoll_create", "epoll_create1"],
  ["epoll_wait", "epoll_pwait", "epoll_pwait2"],
  ["eventfd", "eventfd2"],
  ["signalfd", "signalfd4"],
  ["inotify_init", "inotify_init1"],
  ["accept", "accept4"],
  ["send", "sendto"],
  ["recv", "recvfrom"],
  ["signal", "sigaction", "rt_sigaction"],
  ["sigprocmask", "rt_sigprocmask"],
  ["sigpending", "rt_sigpending"],
  ["sigsuspend", "rt_sigsuspend"],
  ["sigreturn", "rt_sigreturn"],
  ["getrlimit", "ugetrlimit", "setrlimit", "prlimit"],
  ["getpgrp", "getpgid"],
  ["alarm", "setitimer"],
  ["nanosleep", "clock_nanosleep"],
  ["clock_gettime", "gettimeofday", "time"],
  ["clock_settime", "settimeofday", "stime"],
  ["getdents", "readdir"],
  ["semop", "semtimedop"],
  ["exit", "exit_group"],
];

const FAMILY = new Map(FAMILIES.flatMap((names) => names.map((name) => [name, names[0] ?? name] as const)));

/** What i386 packs into `socketcall`, by its first argument (linux/net.h). */
const SOCKETCALLS = [
  "", "socket", "bind", "connect", "listen", "accept", "getsockname", "getpeername", "socketpair", "send", "recv",
  "sendto", "recvfrom", "shutdown", "setsockopt", "getsockopt", "sendmsg", "recvmsg", "accept4", "recvmmsg", "sendmmsg",
];

/** What i386 packs into `ipc`, by its first argument (linux/ipc.h). */
const IPC: Readonly<Record<number, string>> = {
  1: "semop", 2: "semget", 3: "semctl", 4: "semtimedop", 11: "msgsnd", 12: "msgrcv", 13: "msgget", 14: "msgctl",
  21: "shmat", 22: "shmdt", 23: "shmget", 24: "shmctl",
};

/** Marks of a later variant of a call, with wider times, offsets or identities. */
const VARIANT = /(?<=[a-z].*)(?:_time64|_64|64|32)$/;

/** The call without the mark of a 32-bit architecture's later variants: `stat` for `stat64`. */
function plain(name: string): string {
  const shorter = name.replace(VARIANT, "");
  return shorter === name ? name : plain(shorter);
}

/** The call that is meant, when one call stands for many. */
export function meant({ name, args }: Pick<KernelEntry, "name" | "args">): string {
  const choice = Number(args[0]?.value) & 0xffff;
  if (name === "socketcall") return SOCKETCALLS[choice] || name;
  if (name === "ipc") return IPC[choice] ?? name;
  return name;
}

/** A name for what an entry asks for, the same on every architecture. */
export function family(entry: Pick<KernelEntry, "kind" | "name" | "args">): string {
  if (entry.kind === "fault") return `fault ${entry.name}`;
  const name = meant(entry);
  const short = plain(name);
  return FAMILY.get(name) ?? FAMILY.get(short) ?? short;
}

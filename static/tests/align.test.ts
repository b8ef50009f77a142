import { describe, expect, it } from "vitest";
import { align, MOST } from "../src/compare/align";
import { counterpart } from "../src/compare/counterpart";
import { entriesOf, type KernelEntry } from "../src/compare/entries";
import { family } from "../src/compare/equivalents";
import { authorOf, noteFor } from "../src/compare/notes";
import { Replay } from "../src/compare/replay";
import { summary } from "../src/compare/summary";
import { argumentCount } from "../src/compare/wide";
import type { TrapgateEvent } from "../src/generated/events";
import { example, recorded } from "./fixtures";

/** An entry by a call of this name; only what the alignment looks at is of interest. */
function call(name: string, change: Partial<KernelEntry> = {}): KernelEntry {
  return {
    index: 0,
    pid: 1000,
    task: 0,
    kind: "call",
    instruction: "syscall",
    number: "1",
    name,
    table: "x86_64",
    args: [],
    answer: { text: "0", errno: null },
    text: "",
    saved: [],
    ...change,
  };
}

const calls = (...names: string[]) => names.map((name, index) => call(name, { index }));
const named = (pairs: ReturnType<typeof align>) => pairs.map(({ left, right }) => [left?.name ?? "-", right?.name ?? "-"]);
const base64 = (text: string) => Buffer.from(text).toString("base64");

function made(...events: Record<string, unknown>[]): TrapgateEvent[] {
  return events.map((event, seq) => ({ seq, time: 0, task: 1, ...event }) as unknown as TrapgateEvent);
}

describe("entries", () => {
  it("have the trap, its registers and the answer", () => {
    const [write, exit] = entriesOf(recorded("hello"));
    expect(write).toMatchObject({
      kind: "call",
      instruction: "syscall",
      number: "1",
      name: "write",
      table: "x86_64",
      args: [
        { register: "rdi", value: "1" },
        { register: "rsi", value: "0x401026" },
        { register: "rdx", value: "3" },
      ],
      answer: { text: "3", errno: null },
      saved: ["rcx", "r11"],
    });
    expect(write?.text).toMatch(/^write\(1, "hi\\n", 3\) = 3$/);
    expect(exit).toMatchObject({ name: "exit", answer: { text: "does not return" }, text: "exit(0)" });
  });

  it("count a fault that becomes a signal, and no repaired one", () => {
    expect(entriesOf(example("divide"))).toMatchObject([{ kind: "fault", instruction: "#DE divide error", name: "SIGFPE" }]);
    const touched = recorded("hello").map((event) => ({ ...event }));
    const fault = { type: "fault", vector: "#PF", name: "page fault", signal: null, address: "0x1", sentence: "" };
    touched.splice(1, 0, { seq: 1, time: 0, task: 1, ...fault } as unknown as (typeof touched)[number]);
    expect(entriesOf(touched).map(({ name }) => name)).toEqual(["write", "exit"]);
  });

  it("name the call that a table does not have, and the refusal", () => {
    const refused = entriesOf(example("unknown-number")).find(({ answer }) => answer?.errno === "ENOSYS");
    expect(refused?.name).toMatch(/^call \d+$/);
  });

  it("keep the answer of a fork to its parent", () => {
    const fork = entriesOf(example("fork")).find(({ name }) => name === "fork");
    expect(fork).toMatchObject({ task: 0, answer: { text: "1001" } });
    expect(new Set(entriesOf(example("fork")).map(({ task }) => task))).toEqual(new Set([0, 1]));
  });

  it("say which table a call went by", () => {
    expect(new Set(entriesOf(example("int80")).map(({ table }) => table))).toContain("i386");
  });

  it("end at the limit", () => {
    expect(entriesOf(recorded("hello"), 1)).toHaveLength(1);
    expect(entriesOf([])).toEqual([]);
  });
});

describe("argument registers", () => {
  it("come in pairs for 64 bits on 32-bit architectures, on ARM from an even one on", () => {
    expect(argumentCount("x86_64", "pread64", 4)).toBe(4);
    expect(argumentCount("i386", "pread64", 4)).toBe(5);
    expect(argumentCount("arm", "pread64", 4)).toBe(6);
    expect(argumentCount("arm", "ftruncate64", 2)).toBe(4);
    expect(argumentCount("arm", "write", 3)).toBe(3);
  });
});

describe("families", () => {
  const of = (name: string, first = "0") => family(call(name, { args: [{ register: "ebx", value: first }] }));

  it.each([
    ["open", "openat"],
    ["fork", "clone"],
    ["stat", "fstatat64"],
    ["stat", "newfstatat"],
    ["mmap", "mmap2"],
    ["arch_prctl", "set_tls"],
    ["clock_gettime", "clock_gettime64"],
    ["futex", "futex_time64"],
    ["getuid", "getuid32"],
    ["lseek", "_llseek"],
    ["pause", "ppoll_time64"],
    ["rt_sigreturn", "sigreturn"],
    ["fadvise64", "fadvise64_64"],
    ["prlimit64", "ugetrlimit"],
  ])("%s is what elsewhere is %s", (one, other) => expect(of(one)).toBe(of(other)));

  it("keep different requests apart", () => {
    expect(new Set(["read", "write", "open", "close", "pread64", "brk"].map((name) => of(name))).size).toBe(6);
  });

  it("look into the calls that stand for many", () => {
    expect(of("socketcall", "3")).toBe(of("connect"));
    expect(of("ipc", "23")).toBe(of("shmget"));
    expect(of("socketcall", "99")).toBe("socketcall");
  });

  it("take a signal for a signal", () => {
    const fault = (name: string) => family(call(name, { kind: "fault" }));
    expect(fault("SIGSEGV")).not.toBe(fault("SIGFPE"));
  });
});

describe("alignment", () => {
  it("puts the same calls beside each other and leaves gaps for the others", () => {
    const left = calls("arch_prctl", "set_tid_address", "open", "read", "exit_group");
    const right = calls("set_tid_address", "openat", "read", "clock_gettime", "exit_group");
    expect(named(align(left, right))).toEqual([
      ["arch_prctl", "-"],
      ["set_tid_address", "set_tid_address"],
      ["open", "openat"],
      ["read", "read"],
      ["-", "clock_gettime"],
      ["exit_group", "exit_group"],
    ]);
  });

  it("never pairs different requests", () => {
    expect(named(align(calls("read"), calls("write")))).toEqual([
      ["read", "-"],
      ["-", "write"],
    ]);
    expect(align([], [])).toEqual([]);
  });

  it("prefers the same name, then the same answer", () => {
    expect(named(align(calls("fstat"), calls("stat", "fstat")))).toEqual([
      ["-", "stat"],
      ["fstat", "fstat"],
    ]);
    const three = call("write", { answer: { text: "3", errno: null }, index: 7 });
    const pairs = align([three], [call("write"), call("write"), three]);
    expect(pairs.map(({ left }) => left?.index ?? null)).toEqual([null, null, 7]);
  });

  it("aligns each task by itself, whatever the scheduler does", () => {
    const of = (task: number, name: string) => call(name, { task, pid: 1000 + task });
    const left = [of(0, "fork"), of(1, "write"), of(1, "exit"), of(0, "wait4"), of(0, "exit")];
    const right = [of(0, "clone"), of(0, "wait4"), of(1, "getpid"), of(1, "write"), of(1, "exit"), of(0, "exit")];
    expect(named(align(left, right))).toEqual([
      ["fork", "clone"],
      ["-", "getpid"],
      ["write", "write"],
      ["exit", "exit"],
      ["wait4", "wait4"],
      ["exit", "exit"],
    ]);
    expect(named(align([of(0, "exit")], [of(0, "exit"), of(1, "write")])).at(-1)).toEqual(["-", "write"]);
  });

  it("gives every entry one place, in the order of the left run", () => {
    const names = ["read", "write", "brk", "open", "openat", "mmap", "mmap2"];
    let seed = 1;
    const any = () => (seed = (seed * 48271) % 0x7fffffff);
    const run = () => Array.from({ length: 40 }, (_, index) => call(names[any() % names.length] ?? "", { index, task: any() % 3 }));
    for (let round = 0; round < 20; round++) {
      const [left, right] = [run(), run()];
      const pairs = align(left, right);
      expect(pairs.flatMap(({ left: entry }) => entry ?? [])).toEqual(left);
      expect(new Set(pairs.flatMap(({ right: entry }) => entry ?? []))).toEqual(new Set(right));
      expect(pairs.filter(({ left: a, right: b }) => a && b && family(a) !== family(b))).toEqual([]);
      expect(align(left, right)).toEqual(pairs);
    }
  });

  it("ends at the limit", () => {
    const many = Array.from({ length: MOST + 5 }, (_, index) => call("read", { index }));
    expect(align(many, many)).toHaveLength(MOST);
  });
});

describe("notes", () => {
  const sides = { left: "x86_64", right: "aarch64", author: authorOf("c") };
  const foreign = (name: string, table = "aarch64") => call(name, { table });

  it("name the call that a table lacks", () => {
    const note = noteFor({ left: call("open"), right: foreign("openat") }, sides);
    expect(note).toBe("AArch64 has no open: the C library uses openat.");
    const mapped = noteFor({ left: call("mmap"), right: foreign("mmap2", "arm") }, { ...sides, right: "arm", author: "the program" });
    expect(mapped).toMatch(/^ARM has no mmap: the program uses mmap2\. .*pages/);
  });

  it("say where the thread pointer goes", () => {
    expect(noteFor({ left: call("arch_prctl"), right: null }, sides)).toContain("tpidr_el0");
    const other = noteFor({ left: call("arch_prctl"), right: foreign("set_tls", "arm") }, { ...sides, right: "arm" });
    expect(other).toMatch(/base of fs on x86-64, .* on ARM/);
  });

  it("say why a division by zero goes on", () => {
    const fault = call("SIGFPE", { kind: "fault" });
    expect(noteFor({ left: fault, right: null }, sides)).toMatch(/no fault: the quotient is 0/);
  });

  it("keep silent when nothing is different, or nobody knows why", () => {
    expect(noteFor({ left: call("read"), right: foreign("read") }, sides)).toBe("");
    expect(noteFor({ left: call("read"), right: null }, sides)).toBe("");
  });
});

describe("summary", () => {
  const end = { type: "run.end", reason: "exit", status: 0, signal: null };
  const sides = { left: "x86_64", right: "arm", author: "the program" };
  const printed = (...texts: string[]) => texts.map((text) => ({ type: "output", stream: 0, data: base64(text) }));

  it("counts crossings and compares outputs however they are cut", () => {
    const pairs = align(calls("write", "open"), calls("write", "brk"));
    const text = summary(pairs, made(...printed("hi\r\n"), end), made(...printed("h", "i\r\n"), end), sides);
    expect(text).toBe("1 crossing on both, 1 only on x86-64, 1 only on ARM. Both print the same 3 bytes and both exit with 0.");
  });

  it("says how the ends differ", () => {
    const killed = { ...end, reason: "signal", status: null, signal: "SIGFPE" };
    const text = summary([], made(killed), made(...printed("0"), end), sides);
    expect(text).toMatch(/They print different text\. x86-64 is killed by SIGFPE, ARM exits with 0\.$/);
    expect(summary([], made(end), made(end), sides)).toContain("Neither prints anything");
  });
});

describe("the other program", () => {
  const request = { source: "a", language: "auto", arch: "x86_64", optimize: 0 } as const;
  const one = (source: string, arches: string[], slug = "hello") => ({ slug, title: "", about: "", language: "gas", arches, source });
  const examples = [one("a", ["x86_64"]), one("b", ["aarch64"]), one("c", ["aarch64"], "other")];

  it("is the same text in C", () => {
    const found = counterpart({ ...request, language: "c", optimize: 2 }, "arm", []);
    expect(found).toEqual({ request: { source: "a", language: "c", arch: "arm", optimize: 2 } });
  });

  it("is the example's own text in assembly", () => {
    expect(counterpart(request, "aarch64", examples)).toMatchObject({ request: { source: "b", arch: "aarch64" } });
    expect(counterpart(request, "arm", examples)).toEqual({ reason: "This example is not written for ARM." });
    expect(counterpart({ ...request, source: "mine" }, "aarch64", examples)).toHaveProperty("reason");
  });
});

describe("replay", () => {
  const first = made({ type: "input", data: base64("Ada\n"), eof: false }, { type: "input", data: "", eof: true });
  const wait = { type: "input.wait" };

  it("types the next message whenever the run waits", () => {
    const replay = new Replay(first);
    expect(replay.after(made({ type: "trap" }))).toBeNull();
    expect(replay.after(made({ type: "trap" }, wait))).toEqual({ data: "Ada\n", eof: false });
    expect(replay.after(made(wait))).toBeNull();
    expect(replay.after(made({ type: "input" }, wait))).toEqual({ data: "", eof: true });
    expect(replay.after(made({ type: "input" }))).toBeNull();
    expect(replay.after(made(wait))).toBe("silence");
  });
});

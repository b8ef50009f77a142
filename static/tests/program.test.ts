import { beforeEach, describe, expect, it, vi } from "vitest";
import { config } from "../src/config";
import type { Checked, CheckRequest, Mistake } from "../src/protocol/messages";
import type { Shared } from "../src/ui/share";

const stored = new Map<string, string>();
vi.stubGlobal("localStorage", {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => stored.set(key, value),
});
vi.mock("socket.io-client", () => ({ io: () => ({}) }));

const { signal } = await import("@preact/signals");
const { fresh, problem, startChecking, verdict, learn, dialect } = await import("../src/program/check");
const { arch, language, setArch, setLanguage, elf } = await import("../src/program/choice");
const { argumentsIn, describeElf, open } = await import("../src/program/files");
const { ARCHES, isArch, MACHINES } = await import("../src/program/machines");
const { suggestionsFor } = await import("../src/program/suggest");
const { libraryText, libraryWork, unavailable } = await import("../src/program/toolchain");
const { toolchain } = await import("../src/protocol/client");
const { linkFor, programIn } = await import("../src/ui/share");
const { shortBytes } = await import("../src/editor/codeGutter");

const error = (hint = ""): Mistake => ({ line: 1, column: 1, end_column: 2, message: "no", hint, severity: "error" });

const answer = (change: Partial<Checked> = {}): Checked => ({
  check: "1",
  ok: true,
  language: "nasm",
  mistakes: [],
  lines: [],
  assembly: [],
  problem: null,
  ...change,
});

describe("suggestions", () => {
  it("follow the hints of the assembler", () => {
    expect(suggestionsFor("x", "gas", "x86_64", [error("choose NASM as the language")])).toEqual([
      { text: "This looks like NASM.", language: "nasm" },
    ]);
    expect(suggestionsFor("x", "nasm", "x86_64", [error("write `byte [a]`, or choose GNU as")])[0]?.language).toBe("gas");
  });

  it.each([
    ["#include <stdio.h>\nint main(void) {\n", "c"],
    ["int main(void)\n{\n}\n", "c"],
    ["fn main() {\n}\n", "rust"],
  ])("know a language by its looks: %j", (source, found) => {
    expect(suggestionsFor(source, "auto", "x86_64", [error()])[0]?.language).toBe(found);
    expect(suggestionsFor(source, found as "c", "x86_64", [error()])).toEqual([]);
  });

  it.each([
    ["_start:\n li a7, 93\n ecall\n", "riscv64"],
    ["_start:\n mov x8, #93\n svc #0\n", "aarch64"],
    ["_start:\n mov r7, #1\n svc #0\n", "arm"],
    ["_start:\n mov rax, 60\n syscall\n", "x86_64"],
  ])("know an architecture by its instructions: %j", (source, found) => {
    const other = found === "riscv64" ? "arm" : "riscv64";
    expect(suggestionsFor(source, "auto", other, [error()])).toMatchObject([{ arch: found }]);
    expect(suggestionsFor(source, "auto", found as "arm", [error()])).toEqual([]);
  });

  it("do not send NASM to the other assembler, only because it is for another architecture", () => {
    const mistake = error("choose GNU as as the language");
    expect(suggestionsFor(" mov rax, 60\n syscall\n", "auto", "riscv64", [mistake])).toEqual([
      { text: "This looks like x86-64 assembly.", arch: "x86_64" },
    ]);
  });

  it("keep quiet about a program that is in order, and about plain mistakes", () => {
    expect(suggestionsFor("fn main() {}", "auto", "x86_64", [])).toEqual([]);
    expect(suggestionsFor(" mvo eax, 1\n", "auto", "x86_64", [error("did you mean `mov`?")])).toEqual([]);
    expect(suggestionsFor(" int 0x80\n", "auto", "x86_64", [error()])).toEqual([]);
  });
});

describe("the toolchain", () => {
  beforeEach(() => {
    toolchain.value = {
      languages: [
        { name: "gas", arches: [...ARCHES], reason: "" },
        { name: "nasm", arches: ["x86_64", "i386"], reason: "" },
        { name: "rust", arches: [], reason: "There is no rustc." },
      ],
      libraries: [{ arch: "arm", state: "building", done: 3, total: 10 }],
    };
  });

  it("says why a language does not work", () => {
    expect(unavailable("auto", "riscv64")).toBeNull();
    expect(unavailable("nasm", "i386")).toBeNull();
    expect(unavailable("nasm", "arm")).toBe("NASM is not available for ARM on this server.");
    expect(unavailable("rust", "x86_64")).toBe("There is no rustc.");
    toolchain.value = null;
    expect(unavailable("rust", "x86_64")).toBeNull();
  });

  it("says how far the C library is", () => {
    const library = libraryWork("c", "arm");
    expect(library && libraryText(library)).toBe("The C library for ARM is being built: 3 of 10 files.");
    expect(libraryWork("c", "x86_64")).toBeNull();
    expect(libraryWork("gas", "arm")).toBeNull();
  });
});

describe("the live check", () => {
  const text = signal("");
  const busy = signal(false);
  const ready = signal(true);
  let asked: CheckRequest[];
  let replies: ((value: Checked | null) => void)[];
  let end: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    [asked, replies] = [[], []];
    verdict.value = null;
    problem.value = "";
    text.value = "";
    busy.value = false;
    ready.value = true;
    setLanguage("auto");
    setArch("x86_64");
    end = startChecking({
      ask: (request) => {
        asked.push(request);
        return new Promise((resolve) => replies.push(resolve));
      },
      busy: () => busy.value,
      ready: () => ready.value,
      text: () => text.value,
    });
    return () => {
      end();
      vi.useRealTimers();
    };
  });

  it("waits until the author rests, and asks about the last text only", async () => {
    for (const typed of ["m", "mo", "mov"]) {
      text.value = typed;
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(60);
    expect(asked).toEqual([{ source: "mov", language: "auto", arch: "x86_64", optimize: 0 }]);
  });

  it("takes the answer for what it was about", async () => {
    text.value = "nop";
    await vi.advanceTimersByTimeAsync(300);
    replies[0]?.(answer());
    await vi.advanceTimersByTimeAsync(0);
    expect(fresh.value).toBe(true);
    expect(dialect.value).toBe("nasm");
    text.value = "nop;";
    expect(fresh.value).toBe(false);
    expect(dialect.value).toBeNull();
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(2);
  });

  it("drops an answer that comes too late", async () => {
    text.value = "nop";
    await vi.advanceTimersByTimeAsync(300);
    text.value = "ret";
    replies[0]?.(answer());
    await vi.advanceTimersByTimeAsync(0);
    expect(verdict.value).toBeNull();
  });

  it("asks again for another language, architecture or level", async () => {
    text.value = "nop";
    await vi.advanceTimersByTimeAsync(300);
    replies[0]?.(answer());
    await vi.advanceTimersByTimeAsync(300);
    setArch("arm");
    await vi.advanceTimersByTimeAsync(300);
    expect(asked.map((request) => request.arch)).toEqual(["x86_64", "arm"]);
  });

  it("does not ask while a run starts, without a connection, or about nothing", async () => {
    busy.value = true;
    text.value = "nop";
    await vi.advanceTimersByTimeAsync(1000);
    busy.value = false;
    ready.value = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([]);
    ready.value = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(1);
    text.value = "  \n";
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(1);
  });

  it("says why there is no answer, and keeps the old one", async () => {
    text.value = "nop";
    await vi.advanceTimersByTimeAsync(300);
    replies[0]?.(answer({ ok: false, language: null, problem: "It took too long." }));
    await vi.advanceTimersByTimeAsync(1000);
    expect(problem.value).toBe("It took too long.");
    expect(fresh.value).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it("learns from a run what it would have asked", async () => {
    text.value = "nop";
    learn({ source: "nop", language: "auto", arch: "x86_64", optimize: 0 }, false, { mistakes: [error()] });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([]);
    expect(verdict.value?.built.mistakes).toHaveLength(1);
  });

  it("leaves the text alone while a file is to run", async () => {
    elf.value = { name: "a.out", data: new ArrayBuffer(0) };
    text.value = "nop";
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([]);
    elf.value = null;
  });
});

describe("opening files", () => {
  const elfBytes = (machine: number, bits: 1 | 2) => {
    const bytes = new Uint8Array(64);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, bits, 1, 1]);
    bytes[18] = machine;
    return bytes;
  };

  it("know an ELF file by its first bytes", async () => {
    const opened = await open(new File([elfBytes(243, 2)], "hello.txt"));
    expect(opened).toMatchObject({ kind: "elf", name: "hello.txt" });
    expect(opened.kind === "elf" && describeElf(opened.data)).toBe("64-bit ELF for RISC-V");
    expect(describeElf(elfBytes(40, 1).buffer)).toBe("32-bit ELF for ARM");
    expect(describeElf(elfBytes(8, 1).buffer)).toBe("32-bit ELF for machine 8");
    expect(describeElf(new ArrayBuffer(4))).toBe("ELF file, cut short");
  });

  it.each([
    ["a.c", "c"],
    ["a.rs", "rust"],
    ["a.asm", "auto"],
    ["a.nasm", "nasm"],
    ["A.S", "auto"],
    ["notes", "auto"],
  ])("know the language of %s", async (name, language) => {
    expect(await open(new File(["text\n"], name))).toEqual({ kind: "source", name, text: "text\n", language });
  });

  it("say what is wrong with a file", async () => {
    const big = await open(new File([new Uint8Array(config.max_elf_bytes + 1)], "big"));
    expect(big).toMatchObject({ kind: "refused", text: "big has 4194305 bytes; the limit is 4194304." });
    expect(await open(new File(["a\0b"], "b.bin"))).toMatchObject({
      kind: "refused",
      text: "b.bin is neither an ELF file nor text.",
    });
    expect(await open(new File([new Uint8Array([0xff, 0xfe])], "latin"))).toMatchObject({ kind: "refused" });
    const long = await open(new File(["x".repeat(config.max_source_bytes + 1)], "long.s"));
    expect(long).toMatchObject({ kind: "refused", text: "long.s has 65537 bytes; a source may have 65536." });
  });

  it("take arguments apart", () => {
    expect(argumentsIn(` ls  -l "two words" '' 'x "y"' `)).toEqual(["ls", "-l", "two words", "", 'x "y"']);
    expect(argumentsIn("")).toEqual([]);
  });
});

describe("links", () => {
  vi.stubGlobal("location", { origin: "http://host", pathname: "/", hash: "" });

  it("carry source, language, architecture, level and comparison", async () => {
    const program: Shared = { source: "int main;\n", language: "c", arch: "riscv64", optimize: 2, compare: "arm" };
    const link = await linkFor(program);
    expect(await programIn(new URL(link).hash)).toEqual(program);
  });

  it("made before there was a choice still open", async () => {
    const old = { source: "nop", language: "nasm" };
    const link = await linkFor(old as Shared);
    expect(await programIn(new URL(link).hash)).toEqual({ ...old, arch: "x86_64", optimize: 0, compare: null });
  });

  it("with nonsense in them open all the same", async () => {
    const odd = { source: "nop", language: "cobol", arch: "toString", optimize: 7, compare: "constructor" };
    const link = await linkFor(odd as unknown as Shared);
    const plain = { source: "nop", language: "auto", arch: "x86_64", optimize: 0, compare: null };
    expect(await programIn(new URL(link).hash)).toEqual(plain);
  });

  it("compare no architecture with itself", async () => {
    const link = await linkFor({ source: "nop", language: "c", arch: "arm", optimize: 0, compare: "arm" });
    expect(await programIn(new URL(link).hash)).toMatchObject({ arch: "arm", compare: null });
  });
});

describe("choices", () => {
  it("are remembered", () => {
    setLanguage("c");
    setArch("aarch64");
    expect([language.value, arch.value]).toEqual(["c", "aarch64"]);
    expect([stored.get("trapgate.language"), stored.get("trapgate.arch")]).toEqual(["c", "aarch64"]);
  });

  it("know the architectures, and nothing else", () => {
    expect(ARCHES).toEqual(["x86_64", "i386", "arm", "aarch64", "riscv64"]);
    expect(isArch("arm")).toBe(true);
    expect(isArch("toString")).toBe(false);
    expect(MACHINES.riscv64.abi.traps).toEqual(["ecall"]);
  });
});

describe("the gutter", () => {
  const line = (size: number, data: string) => ({ line: 1, address: 0x401000, size, data: btoa(data) });

  it("shows the first bytes in short", () => {
    expect(shortBytes(line(2, "\x0f\x05"))).toBe("0f05");
    expect(shortBytes(line(7, "1234567"))).toBe("3132333435…");
    expect(shortBytes(line(4096, ""))).toBe("4096 bytes");
  });
});

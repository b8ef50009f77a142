import { describe, expect, it } from "vitest";
import { sentenceOf } from "../src/fold/sentences";
import { bytesOf, listed, parametersOf, readable, signed, sizeText, timeText, visible } from "../src/fold/words";
import { recorded } from "./fixtures";

describe("words", () => {
  it("reads small values in decimal and addresses in hexadecimal", () => {
    expect(readable("0x3")).toBe("3");
    expect(readable("0xfffffffffffffff7")).toBe("-9");
    expect(readable("0x402000")).toBe("0x402000");
    expect(readable("0xffffffff", 4)).toBe("-1");
  });

  it("keeps all 64 bits", () => {
    expect(signed("0x7fffffffffffffff")).toBe(9223372036854775807n);
    expect(signed("0x8000000000000000")).toBe(-9223372036854775808n);
  });

  it("decodes base64 to bytes", () => {
    expect([...bytesOf("aGkK/w==")]).toEqual([104, 105, 10, 255]);
    expect([...bytesOf("")]).toEqual([]);
  });

  it("shows control characters", () => {
    expect(visible("hi\r\n\u0007")).toBe("hi\\r\\n\\x07");
    expect(visible("x".repeat(50))).toHaveLength(41);
  });

  it("finds parameter names", () => {
    expect(parametersOf("write(fd, buf, count)")).toEqual(["fd", "buf", "count"]);
    expect(parametersOf("getpid()")).toEqual([]);
    expect(parametersOf(null)).toEqual([]);
  });

  it("writes sizes and times", () => {
    expect([1, 64, 4096, 1536, 1 << 20].map(sizeText)).toEqual(["1 byte", "64 bytes", "4 KiB", "1.5 KiB", "1 MiB"]);
    expect([850, 1500, 3e6, 1.2e9].map(timeText)).toEqual(["850 ns", "1.5 µs", "3 ms", "1.2 s"]);
  });
});

describe("lists", () => {
  it("are words and one last and", () => {
    expect(["", "a", "a and b", "a, b and c"]).toEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed));
  });
});

describe("sentences", () => {
  it("exist for every event", () => {
    for (const name of ["hello", "bad-fd", "fault", "input"]) {
      for (const event of recorded(name)) {
        expect(sentenceOf(event, null), `${name} ${event.seq} ${event.type}`).toMatch(/[.”]$/);
      }
    }
  });
});

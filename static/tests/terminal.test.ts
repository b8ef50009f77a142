import { describe, expect, it } from "vitest";
import { plain } from "../src/terminal/plain";

describe("terminal text", () => {
  it("leaves out control sequences", () => {
    expect(plain("\u001b[31mred\u001b[0m\u001b]0;title\u0007 end\r\n")).toBe("red end\n");
  });

  it("applies carriage return and backspace", () => {
    expect(plain("50%\r100%\n")).toBe("100%\n");
    expect(plain("catt\b \bs\n")).toBe("cats\n");
  });

  it("keeps what a carriage return at the end of a line leaves standing", () => {
    expect(plain("a\rb\rcc\r")).toBe("cc");
    expect(plain("\r\n\r\r\nx\r\r\n")).toBe("\n\nx\n");
  });

  it("takes a line of any length", () => {
    const long = "0123456789".repeat(100_000);
    expect(plain(long)).toBe(long);
  });

  it("keeps text of any language, drops bells", () => {
    expect(plain("žluťoučký\u0007 kůň\t1")).toBe("žluťoučký kůň\t1");
  });
});

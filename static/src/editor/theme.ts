import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "var(--code-size)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { padding: "12px 0", caretColor: "var(--user-text)" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-3)", border: "none", paddingLeft: "4px" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "24px", padding: "0 2px 0 0" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 1px" },
  ".cm-lint-marker": { width: "12px", height: "12px", marginTop: "4px" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ink) 4%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  "&.cm-focused .cm-cursor": { borderLeftColor: "var(--user-text)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-running": {
    backgroundColor: "var(--running)",
    boxShadow: "inset 3px 0 0 var(--user-mark)",
  },
  ".cm-running-kernel": {
    backgroundColor: "var(--running-kernel)",
    boxShadow: "inset 3px 0 0 var(--kernel-mark)",
  },
  ".cm-gutter-code": {
    marginRight: "4px",
    paddingRight: "4px",
    borderRight: "1px solid var(--line)",
    fontSize: "11px",
    fontFamily: "var(--mono)",
  },
  ".cm-gutter-code .cm-gutterElement": { display: "flex", alignItems: "center", padding: "0 6px 0 4px", whiteSpace: "pre" },
  ".code-bytes": { display: "inline-block", color: "var(--code-value)" },
  ".code-address": { color: "var(--ink-3)" },
  "&.cm-stale-code .code-bytes": { opacity: "0.45", filter: "grayscale(1)" },
  ".cm-linked": { backgroundColor: "var(--linked)" },
  ".cm-changed": { backgroundColor: "var(--changed)" },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "8px",
    boxShadow: "var(--shadow)",
    overflow: "hidden",
    fontFamily: "var(--sans)",
  },
  ".cm-diagnostic": { padding: "8px 12px", maxWidth: "340px" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--refusal-mark)" },
  ".cm-diagnostic-warning": { borderLeft: "4px solid var(--waiting-mark)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--refusal-mark) 1.5px",
    textUnderlineOffset: "4px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--waiting-mark) 1.5px",
    textUnderlineOffset: "4px",
  },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", borderColor: "var(--line)" },
});

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--code-comment)" },
  { tag: tags.keyword, color: "var(--ink)", fontWeight: "700" },
  { tag: tags.number, color: "var(--code-value)" },
  { tag: tags.string, color: "var(--code-value)" },
  { tag: tags.special(tags.variableName), color: "var(--code-register)" },
  { tag: tags.typeName, color: "var(--code-register)" },
  { tag: tags.labelName, color: "var(--code-label)", fontWeight: "600" },
  { tag: tags.meta, color: "var(--ink-2)" },
  { tag: tags.modifier, color: "var(--ink-2)" },
  { tag: tags.punctuation, color: "var(--ink-2)" },
  { tag: tags.variableName, color: "var(--code-label)" },
]);

export const theme = [look, syntaxHighlighting(colours)];

import assert from "node:assert/strict";
import { test } from "node:test";
import { re2Problem } from "../../src/config/re2-problem";

test("what Go can compile has no problem", () => {
  for (const regex of [
    "",
    "(.*)",
    "(?i)a|b",
    "(?P<name>a)(?<other>b)",
    "(?:a)*?",
    "[]a]",
    "[^]a]",
    "[(]",
    "[\\]]",
    "[[:alpha:]_]",
    "\\(",
    "\\Q(\\E",
    "\\Q(",
    "^*",
    "[$-/]",
    "\\pL\\x{10FFFF}\\0",
    "a{name}",
    "]",
  ])
    assert.equal(re2Problem(regex), undefined, regex);
});

test("what Go certainly can't compile is named", () => {
  const problems: Readonly<Record<string, string>> = {
    "(": "a `)` is missing",
    "(a))": "a `(` is missing",
    "a(?=b)": "it has a lookahead, a lookbehind, or an atomic group",
    "(?!a)": "it has a lookahead, a lookbehind, or an atomic group",
    "(?<=a)b": "it has a lookahead, a lookbehind, or an atomic group",
    "[a": "a `]` is missing",
    "[]": "a `]` is missing",
    "(a)\\1": "it has a backreference",
    "a\\": "it ends with a backslash",
  };
  for (const [regex, problem] of Object.entries(problems)) assert.equal(re2Problem(regex), problem, regex);
});

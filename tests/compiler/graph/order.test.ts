/** Names in the order of what they need, and the circles among them. */
import { orderByNeeds } from "../../../compiler/graph/order.js";

function order(needs: { readonly [name: string]: readonly string[] }) {
  return orderByNeeds(new Map(Object.entries(needs)));
}

test("what is needed stands first, whatever the order of the text", () => {
  expect(order({ c: ["b", "a"], b: ["a"], a: ["input"] })).toEqual({ sorted: ["a", "b", "c"], cycles: [] });
});

test("a circle is told once, from the member that was met first", () => {
  expect(order({ a: ["c"], b: ["a"], c: ["b"], d: ["a"] }).cycles).toEqual([["a", "c", "b"]]);
});

test("a member that needs itself is a circle of one", () => {
  expect(order({ a: ["a"] }).cycles).toEqual([["a"]]);
});

test("circles that share a member are told as one", () => {
  expect(order({ a: ["b", "c"], b: ["a"], c: ["a"] }).cycles).toEqual([["a", "b"]]);
});

test("a chain of a hundred thousand is no deeper than one of two", () => {
  const needs = new Map(Array.from({ length: 100_000 }, (_, i) => [`s${i}`, [`s${i + 1}`]] as const));
  const { sorted, cycles } = orderByNeeds(needs);
  expect([sorted.length, sorted[0], sorted.at(-1), cycles.length]).toEqual([100_000, "s99999", "s0", 0]);
});

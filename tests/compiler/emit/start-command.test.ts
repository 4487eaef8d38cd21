import { readFileSync } from "node:fs";
import { nodeOptions } from "../../../compiler/emit/start-command.js";
import { inRepository } from "../../support/paths.js";

test("the command ekiben starts Node.js as a compiled server does", () => {
  const [firstLine] = readFileSync(inRepository("cli", "main.ts"), "utf8").split("\n");
  expect(firstLine).toBe(`#!/usr/bin/env -S node ${nodeOptions.join(" ")}`);
});

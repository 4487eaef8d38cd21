/** The page of `dev` in a real browser: forms that answer, reloads that it follows by itself, words that stay words. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { describeInBrowser, launch } from "../support/browser.js";
import { type Command, listening, startCommand } from "../support/command.js";
import { inRepository } from "../support/paths.js";
import { folderOf } from "../support/service.js";

const evil = "<img src=x onerror=\"document.title='broken'\">";

const spec = `service: pictures
description: ${JSON.stringify(evil)}
models:
  reader: { source: cnn.onnx, batching: { max_batch_size: 8 } }
graphs:
  read:
    inputs:
      image: { type: image, description: ${JSON.stringify(evil)} }
    steps:
      - { id: small, use: image.resize, with: { image: $image, size: [8, 8] } }
      - { id: pixels, use: image.to_tensor, with: { image: $small, channels: gray, scale: 0.0627451 } }
      - { id: logits, use: reader, with: { pixels: $pixels } }
      - { id: guess, use: classify.top_k, with: { logits: $logits.logits, labels: ["0","1","2","3","4","5","6","7","8","9"], k: 3 } }
    outputs: { digit: "$guess[0].label" }
  echo:
    inputs:
      text: { type: string, examples: [hello] }
      level: { type: string, enum: [low, high], default: low }
      count: { type: integer, minimum: 1, maximum: 9, default: 2 }
      loud: { type: boolean, default: false }
      list: { type: list<string>, default: [a] }
    outputs: { text: $text, level: $level, count: $count, loud: $loud, list: $list }
endpoints:
  - { path: /echo, graph: echo }
  - { path: /read, graph: read, examples: [{ name: a three, inputs: { image: { file: three.png } } }] }
`;

describeInBrowser("the dev page", () => {
  const digits = inRepository("tests", "fixtures", "models", "digits");
  const folder = folderOf({
    "bentofile.yaml": spec,
    "cnn.onnx": join(digits, "cnn.onnx"),
    "three.png": join(digits, "digit_3.png"),
  });
  const file = join(folder, "bentofile.yaml");
  let browser: Browser;
  let command: Command;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    command = startCommand(["dev", folder, "--port", "0", "--host", "127.0.0.1"]);
    browser = await launch();
    page = await browser.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(await listening(command));
    await page.getByRole("heading", { name: "pictures" }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    command.process.kill("SIGTERM");
    await command.ended;
  });

  const card = (name: string) => page.getByRole("article", { name });

  test("a form is filled, and its answer is shown with status, id and times", async () => {
    await card("POST /echo").getByRole("button", { name: "Send" }).click();
    const answer = card("POST /echo").locator(".answer");
    await answer.locator("pre").waitFor();
    expect(JSON.parse((await answer.locator("pre").textContent()) ?? "")).toEqual({
      text: "hello",
      level: "low",
      count: 2,
      loud: false,
      list: ["a"],
    });
    const words = await answer.textContent();
    expect(words).toMatch(/200 OK/);
    expect(words).toMatch(/[0-9a-f-]{36}/);
    expect(words).toMatch(/total\s*[\d.]+ ms/);
  });

  test("a picture is sent from its example", async () => {
    await card("POST /read").getByText("three.png will be sent").waitFor();
    await card("POST /read").getByRole("button", { name: "Send" }).click();
    await card("POST /read").locator(".answer pre").waitFor();
    expect(JSON.parse((await card("POST /read").locator(".answer pre").textContent()) ?? "")).toEqual({ digit: "3" });
  });

  test("every control has a label, and the keyboard sends", async () => {
    const text = card("POST /echo").getByLabel("text");
    await text.fill("typed");
    await card("POST /echo").getByLabel("level").selectOption({ label: "high" });
    await card("POST /echo").getByLabel("loud").check();
    await card("POST /echo").getByLabel("count").fill("5");
    await card("POST /echo").getByLabel("count").press("Enter");
    await card("POST /echo").getByText('"count": 5').waitFor();
    expect(JSON.parse((await card("POST /echo").locator(".answer pre").textContent()) ?? "")).toEqual({
      text: "typed",
      level: "high",
      count: 5,
      loud: true,
      list: ["a"],
    });
  });

  test("a reload is followed by itself, and what was typed stays", async () => {
    writeFileSync(file, spec.replace("max_batch_size: 8", "max_batch_size: 4"));
    await page.getByText("up to 4, 0 ms").waitFor();
    expect(await card("POST /echo").getByLabel("text").inputValue()).toBe("typed");
    expect(await page.locator("#facts").textContent()).toMatch(/generation\s*2/i);
  });

  test("diagnostics appear with their frames, and go once they are mended", async () => {
    writeFileSync(file, spec.replace("use: reader", "use: raeder"));
    await page.getByText('there is no step, model or graph "raeder"').waitFor();
    expect(await page.locator("#problems-text").textContent()).toContain("^^^^^^");
    writeFileSync(file, spec);
    await page.locator("#problems").waitFor({ state: "hidden" });
  });

  test("what a spec says is text", async () => {
    expect(await page.locator("#description").textContent()).toBe(evil);
    expect(await page.title()).toBe("pictures · ekiben");
    expect(await page.locator("img").count()).toBe(0);
    expect(errors).toEqual([]);
  });
});

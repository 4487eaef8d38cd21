/** The documentation in a real browser: "Try it out" answers at once. */
import type { Browser } from "playwright-core";
import type { Service } from "../../runtime/server/service.js";
import { describeInBrowser, launch } from "../support/browser.js";
import { inRepository } from "../support/paths.js";
import { serveFolder } from "../support/service.js";

describeInBrowser("Swagger UI", () => {
  let browser: Browser;
  let service: Service;
  beforeAll(async () => {
    [browser, service] = await Promise.all([launch(), serveFolder(inRepository("examples", "summarization"))]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), service?.close()]);
  });

  test("executes the example that it is filled with, from our own assets alone", async () => {
    const page = await browser.newPage();
    const elsewhere: string[] = [];
    const errors: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(service.url) && !request.url().startsWith("data:")) elsewhere.push(request.url());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${service.url}/docs`);
    await page.locator(".opblock-summary", { hasText: "/summarize" }).click();
    await page.getByRole("button", { name: "Execute" }).click();
    const answer = page.locator(".live-responses-table .response").first();
    await answer.waitFor();
    expect(await answer.locator(".response-col_status").textContent()).toMatch(/^200/);
    expect(await answer.locator(".highlight-code").first().textContent()).toContain('"summary":');
    expect({ elsewhere, errors }).toEqual({ elsewhere: [], errors: [] });
    await page.close();
  });
});

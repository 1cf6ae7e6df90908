// A run of Playwright Test with the fixtures of clients/js, in the Chromium that the tests of pages use.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testMatch: "*.spec.mjs",
  workers: 2,
  fullyParallel: true,
  reporter: [["json", { outputFile: process.env.REPORT }]],
  outputDir: process.env.OUTPUT,
  timeout: 120_000,
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--no-first-run"] },
  },
});

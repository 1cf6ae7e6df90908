// Fixtures for Playwright Test: `export const test = base.extend(fixtures)`, then `async ({ page, mailbox }) => …`.
import { Catcher } from "./index.js";

const MAX_ATTACHED = 5; // maximum number of messages attached to the report of a failed test

export const fixtures = {
  /** URL of the catcher; set it in `use`, or by CATCHER_URL. */
  catcherUrl: [process.env.CATCHER_URL || "http://127.0.0.1:8025", { option: true, scope: "worker" }],

  /** The catcher, one client for each worker. */
  catcher: [async ({ catcherUrl }, use) => use(new Catcher(catcherUrl)), { scope: "worker" }],

  /** An inbox for each test. If the test fails, its messages are attached to the report. */
  mailbox: async ({ catcher }, use, testInfo) => {
    const inbox = await catcher.inbox();
    await use(inbox);
    if (testInfo.status !== testInfo.expectedStatus) {
      for (const [number, message] of (await inbox.messages()).slice(-MAX_ATTACHED).entries()) {
        const body = Buffer.from(await message.raw());
        await testInfo.attach(`mail-${number + 1}.eml`, { body, contentType: "message/rfc822" });
      }
    }
    await inbox.delete();
  },
};

import type { Catcher, Inbox } from "./index.js";

export interface MailWorkerFixtures {
  /** Where the catcher is; the default is CATCHER_URL. */
  catcherUrl: string;
  /** The catcher, one client for each worker. */
  catcher: Catcher;
}
export interface MailFixtures {
  /** An inbox of this test's own. When the test fails, what came is attached to its report. */
  mailbox: Inbox;
}

/** For `base.extend<MailFixtures, MailWorkerFixtures>(fixtures)` of @playwright/test. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Playwright's type of fixtures is Playwright's alone
export const fixtures: any;

// What the types promise, checked by the compiler alone.
import { test as base } from "@playwright/test";
import { Catcher, NotArrived, type MessageDetail } from "../../../clients/js/index.js";
import { fixtures, type MailFixtures, type MailWorkerFixtures } from "../../../clients/js/playwright.js";
import { tasks } from "../../../clients/js/cypress.js";

const test = base.extend<MailFixtures, MailWorkerFixtures>(fixtures);

test("types", async ({ mailbox, catcher }) => {
  const message = await mailbox.waitFor({ subject: "x", timeout: 10 });
  const code: string = message.code;
  const detail: MessageDetail = await catcher.getMessageId({ id: message.id });
  await message.assert({ assert: "attachment", name: code, type: detail.Attachments[0].ContentType });
  // @ts-expect-error - an assertion of this kind has no host
  await message.assert({ assert: "subject", host: "x" });
  // @ts-expect-error - the id is needed
  await catcher.getMessageId({});
  await new Catcher("http://127.0.0.1:8025").wait({ since: 1 }).catch((error: NotArrived) => error.nearMisses[0].failed);
  tasks();
});

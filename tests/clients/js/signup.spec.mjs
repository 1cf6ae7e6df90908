// What users of Playwright write; the last test fails on purpose, for its report.
import { expect, test as base } from "@playwright/test";
import nodemailer from "nodemailer";
import { fixtures } from "../../../clients/js/playwright.js";

const test = base.extend(fixtures);
const send = (mailbox, code) =>
  nodemailer
    .createTransport(mailbox.smtpUrl)
    .sendMail({ from: "app@example.com", to: "ann@example.com", subject: "Your code", text: `Your code is ${code}` });

test("a page takes the code of the mail", async ({ page, mailbox }) => {
  await page.setContent('<input id="code"><output></output><script>code.oninput = () => (document.querySelector("output").value = code.value)</script>');
  await send(mailbox, "482913");
  const mail = await mailbox.waitFor({ subject: "Your code" });
  await page.fill("#code", mail.code);
  await expect(page.locator("output")).toHaveText("482913");
});

test("another test beside it has an inbox of its own", async ({ mailbox }) => {
  await mailbox.assertEmpty();
  await send(mailbox, "107755");
  expect((await mailbox.waitFor()).code).toBe("107755");
  expect(await mailbox.messages()).toHaveLength(1);
});

test("a failed test keeps its mail", async ({ mailbox }) => {
  await send(mailbox, "999999");
  await mailbox.waitFor();
  expect(1).toBe(2);
});

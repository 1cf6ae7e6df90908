// Tests with a mailbox of their own each; a catcher runs at CATCHER_URL, or at http://127.0.0.1:8025.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Catcher } from "catcher-mail";
import { Shop } from "./shop.js";

let mailbox;
let shop;

beforeEach(async () => {
  mailbox = await new Catcher().inbox();
  shop = new Shop(mailbox.smtpUrl);
});
afterEach(() => mailbox.delete());

test("who has the code is a customer", async () => {
  shop.signUp("ann@example.com");
  const mail = await mailbox.waitFor({ subject: "Welcome", to: "ann@example.com" });
  shop.confirm("ann@example.com", mail.code);
  assert.ok(shop.isCustomer("ann@example.com"));
});

test("the mail is as it should be", async () => {
  shop.signUp("ann@example.com");
  const mail = await mailbox.waitFor();
  await mail.assert(
    { assert: "recipients", exactly: ["ann@example.com"] },
    { assert: "link", host: "shop.example", contains: `code=${mail.code}` },
    { assert: "no-template-variables" },
  );
});

test("nobody gets mail who has not signed up", () => mailbox.assertEmpty());

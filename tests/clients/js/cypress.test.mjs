// The commands in clients/js/cypress.js, on a queue that keeps the part of Cypress' contract which they use: `task` calls
// what is set up in Node and hands over values only. Cypress itself is a program of its own that is not on the index.
import assert from "node:assert/strict";
import { test } from "node:test";
import nodemailer from "nodemailer";
import { addCommands, tasks } from "../../../clients/js/cypress.js";

const inNode = tasks();
const commands = {};
const cy = {
  async task(name, argument, { timeout }) {
    assert.ok(timeout > 0);
    const answer = await inNode[name](JSON.parse(JSON.stringify(argument)));
    assert.notEqual(answer, undefined, "a task must not give undefined");
    return JSON.parse(JSON.stringify(answer));
  },
};
addCommands({ Commands: { add: (name, ...rest) => (commands[name] = rest.at(-1)) } }, cy);

test("a test has an inbox, waits for mail, and meets faults", async () => {
  const mailbox = await commands.mailbox();
  const transport = nodemailer.createTransport(mailbox.smtpUrl);
  const mail = { from: "app@example.com", to: "ann@example.com", subject: "Welcome", text: "Your code is 482913" };
  assert.equal(await commands.assertNoMail(mailbox), null);
  const waiting = commands.waitForMail(mailbox, { subject: "Welcome", timeout: 20_000 });
  await transport.sendMail(mail);
  const { code, link, to } = await waiting;
  assert.deepEqual([code, link, to], ["482913", null, ["ann@example.com"]]);
  assert.equal((await commands.mails(mailbox)).length, 1);
  await assert.rejects(commands.assertNoMail(mailbox), /Welcome/);
  await commands.mailFault(mailbox, { stage: "mail", code: 550 });
  await assert.rejects(transport.sendMail(mail), (error) => error.responseCode === 550);
  assert.equal(await commands.deleteMailbox(mailbox), null);
  await assert.rejects(commands.mails(mailbox), /no inbox/);
});

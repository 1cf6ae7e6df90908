// The client in clients/js against the catcher at CATCHER_URL, with mail sent by nodemailer as an application sends it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import nodemailer from "nodemailer";
import { Arrived, AssertionFailed, Catcher, NotArrived, Refused, Unreachable, queryOf } from "../../../clients/js/index.js";

const catcher = new Catcher();
const HTML = '<p>Your code is <b>482913</b></p><p><a href="https://app.example/confirm?token=Xk29dLq81mVt">Confirm</a></p>';
let inbox;

const send = (more = {}, to = inbox) =>
  nodemailer
    .createTransport(to.smtpUrl)
    .sendMail({ from: "app@example.com", to: "ann@example.com", subject: "Welcome", text: "Your code is 482913", html: HTML, ...more });

before(async () => (inbox = await catcher.inbox()));
after(() => inbox.delete());

test("a mail is waited for, with its code and its link", async () => {
  const waiting = inbox.waitFor({ subject: "welcome", to: "ann@example.com", timeout: 20_000 });
  await send({ bcc: "hidden@example.com", attachments: [{ filename: "a.txt", content: "file" }] });
  const message = await waiting;
  assert.equal(message.code, "482913");
  assert.equal(message.link, "https://app.example/confirm?token=Xk29dLq81mVt");
  assert.equal(message.from, "app@example.com");
  assert.deepEqual(message.to, ["ann@example.com"]);
  assert.deepEqual(message.recipients, ["ann@example.com", "hidden@example.com"]);
  assert.match(Buffer.from(await message.raw()).toString(), /^From: app@example.com/m);
  assert.equal(Buffer.from(await message.attachment(message.attachments[0])).toString(), "file");
});

test("no message is given twice, and all that are there can be listed", async () => {
  await send({ subject: "first (1) \"quoted\" a\\b" });
  await send({ subject: "-second: =2" });
  const first = await inbox.waitFor({ subject: "first (1) \"quoted\" a\\b" });
  const second = await inbox.waitFor({ subject: "-second: =2" });
  assert.notEqual(first.id, second.id);
  await assert.rejects(inbox.waitFor({ subject: "first", timeout: 0 }), NotArrived);
  assert.equal((await inbox.messages()).length, 3);
});

test("a deadline tells what came instead", async () => {
  await assert.rejects(inbox.waitFor({ subject: "goodbye", timeout: 50 }), (error) => {
    assert.ok(error instanceof NotArrived);
    assert.equal(error.status, 408);
    assert.equal(error.nearMisses.length, 3);
    assert.match(error.message, /-second: =2 — from app@example.com to ann@example.com\n.*subject/);
    return true;
  });
});

test("inboxes see their own mail alone, and can be asserted to be empty", async () => {
  const other = await catcher.inbox();
  await other.assertEmpty();
  await send({ subject: "for the other", to: other.address("bob") }, { smtpUrl: `smtp://${inbox.host}:${inbox.port}` });
  const message = await other.waitFor();
  assert.equal(message.to[0], other.address("bob"));
  await assert.rejects(other.assertEmpty({ within: 1000 }), (error) => {
    assert.ok(error instanceof Arrived);
    assert.match(error.message, /for the other/);
    return true;
  });
  await other.delete();
  await assert.rejects(other.waitFor(), (error) => error instanceof Refused && error.status === 404);
});

test("assertions show the mail when they fail", async () => {
  await send({ subject: "asserted" });
  const message = await inbox.waitFor({ subject: "asserted" });
  await message.assert({ assert: "link", host: "app.example" }, { assert: "recipients", exactly: ["ann@example.com"] });
  await assert.rejects(message.assert({ assert: "subject", equals: "other" }), (error) => {
    assert.ok(error instanceof AssertionFailed);
    assert.match(error.message, /^the subject is 'asserted', expected 'other'\n\n {2}\| asserted — from app@example.com/);
    return true;
  });
});

test("a message without a code is an error", async () => {
  await send({ subject: "nothing", text: "Hello", html: "" });
  const message = await inbox.waitFor({ subject: "nothing" });
  assert.throws(() => message.code, /there is no code in this message\n {2}\| nothing/);
});

test("faults strike senders into this inbox alone", async () => {
  const fault = await inbox.fault({ stage: "rcpt", code: 450, times: 1 });
  assert.equal(fault.code, 450);
  const other = await catcher.inbox();
  await send({}, other);
  await assert.rejects(send(), (error) => error.responseCode === 450);
  await send({ subject: "at the second try" });
  await inbox.waitFor({ subject: "at the second try" });
  await other.delete();
});

test("a catcher that is not there, and a query that cannot be read, are told apart", async () => {
  await assert.rejects(new Catcher("http://127.0.0.1:1").getInfo(), Unreachable);
  await assert.rejects(inbox.waitFor({ query: "larger:huge" }), (error) => error instanceof Refused && error.status === 400);
  const stop = AbortSignal.abort();
  await assert.rejects(inbox.waitFor({ signal: stop }), { name: "AbortError" });
});

test("every route is a method, with its parameters", async () => {
  const [{ id }] = await inbox.messages();
  assert.equal((await catcher.getMessageId({ id, peek: "1" })).ID, id);
  assert.ok((await catcher.getMessageIdChecks({ id })).reports.length > 3);
  assert.equal(await catcher.putTags({ body: { IDs: [id], Tags: ["a tag"] } }), "ok");
  assert.deepEqual(await catcher.getTags(), ["a tag"]);
  assert.equal((await catcher.getSearch({ query: 'tag:"a tag"' })).messages[0].ID, id);
  assert.equal(await catcher.deleteTagsTag({ tag: "a tag" }), "ok");
  const { messages } = await catcher.getSearch({ query: "subject:nothing" });
  assert.deepEqual(await catcher.getMessageIdChecksLinks({ id: messages[0].ID }), []);
});

test("conditions are written in the search language", () => {
  assert.equal(queryOf({}), "");
  assert.equal(queryOf({ query: "a OR b", text: "-c" }), '(a OR b) "\\-c"');
});

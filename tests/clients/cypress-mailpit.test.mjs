// Every command of npm's cypress-mailpit, on a command queue that keeps the part of Cypress' contract which it uses:
// `cy.request`, `wrap`, `wait` and `env` give thenables, `Cypress.config` and `expose` give settings. Cypress itself is a
// program of its own that is not on the package index.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { beforeEach, test } from "node:test";

const root = process.env.CATCHER_URL.replace(/\/$/, "");
globalThis.Cypress = {
  expose: (name) => ({ MAILPIT_URL: root })[name],
  config: (name) => ({ defaultCommandTimeout: 10000 })[name],
};
globalThis.cy = {
  env: () => Promise.resolve({}),
  wrap: (value) => Promise.resolve(value),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  async request({ method, url, body, qs }) {
    const address = new URL(url);
    for (const [name, value] of Object.entries(qs ?? {})) address.searchParams.set(name, value);
    const headers = body ? { "Content-Type": "application/json" } : {};
    const answer = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(answer.status < 400, `${method} ${url}: ${answer.status}`);
    const text = await answer.text();
    return { status: answer.status, body: /json/.test(answer.headers.get("content-type")) ? JSON.parse(text) : text };
  },
};
const source = await readFile("node_modules/cypress-mailpit/dist/src/MailpitCommands.js", "utf8");
const { MailpitCommands } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
const commands = new MailpitCommands();
const used = new Set();
const mail = new Proxy(commands, {
  get(target, name) {
    used.add(name);
    return target[name].bind(target);
  },
});

beforeEach(() => mail.mailpitDeleteAllEmails());

test("mail is sent, found and read", async () => {
  const { ID } = await mail.mailpitSendMail({ subject: "Hello there", attachments: [{ Content: "aGk=", Filename: "a.txt" }] });
  assert.equal((await mail.mailpitGetAllMails()).messages[0].ID, ID);
  const message = await mail.mailpitGetMail();
  assert.equal(message.ID, ID);
  assert.equal((await mail.mailpitGetMail(ID)).ID, ID);
  assert.equal(await mail.mailpitGetSubject(message), "Hello there");
  assert.deepEqual(await mail.mailpitGetRecipientAddress(message), ["jane@example.com"]);
  assert.equal(await mail.mailpitGetFromAddress(message), "from@example.com");
  assert.deepEqual(await mail.mailpitGetAttachments(message), ["a.txt"]);
  assert.match(await mail.mailpitGetMailHTMlBody(message), /<p>hello from mailpit<\/p>/);
  assert.match(await mail.mailpitGetMailTextBody(message), /hello from mailpit/);
  assert.equal((await mail.mailpitGetMailSpamAssassinSummary(message)).IsSpam, false);
  assert.equal((await mail.mailpitGetMailSpamAssainSummary(message)).IsSpam, false);
});

test("searches and waits", async () => {
  await mail.mailpitSendMail({ subject: "one" });
  assert.equal((await mail.mailpitSearchEmails("one")).messages_count, 1);
  assert.equal((await mail.mailpitGetEmailsBySubject("one")).messages_count, 1);
  assert.equal((await mail.mailpitGetEmailsByTo("jane@example.com")).messages_count, 1);
  const quick = [0, 50, { interval: 50 }];
  const later = mail.mailpitHasEmailsBySubject("two", ...quick);
  await mail.mailpitSendMail({ subject: "two" });
  assert.equal((await later).messages_count, 1);
  await mail.mailpitHasEmailsBySearch("subject:two", ...quick);
  await mail.mailpitHasEmailsByTo("jane@example.com", ...quick);
  await mail.mailpitNotHasEmailsBySearch("subject:three", ...quick);
  await mail.mailpitNotHasEmailsBySubject("three", ...quick);
  await mail.mailpitNotHasEmailsByTo("nobody@example.com", ...quick);
  await mail.mailpitDeleteEmailsBySearch("subject:one");
  assert.equal((await mail.mailpitGetAllMails()).total, 1);
});

test("read marks", async () => {
  await mail.mailpitSendMail({ subject: "one" });
  await mail.mailpitSendMail({ subject: "two" });
  const unread = async () => (await mail.mailpitGetAllMails()).unread;
  const { messages } = await mail.mailpitGetAllMails();
  await mail.mailpitSetStatusAsRead(messages[0]);
  assert.equal(await unread(), 1);
  await mail.mailpitSetAllEmailStatusAsRead();
  assert.equal(await unread(), 0);
  await mail.mailpitSetStatusAsUnRead(messages);
  assert.equal(await unread(), 2);
  await mail.mailpitSetAllEmailStatusAsUnRead();
  assert.equal(await unread(), 2);
});

test("no command was left out", () => {
  const all = [...MailpitCommands.parentCypressCommands, ...MailpitCommands.childCypressCommands];
  assert.deepEqual(all.filter((name) => !used.has(name)), []);
});

// Every method of npm's mailpit-api, in the version that PACKAGE names, against the catcher at CATCHER_URL.
import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";

const { MailpitClient } = await import(process.env.PACKAGE);
const mailpit = new MailpitClient(process.env.CATCHER_URL);
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const MAIL = {
  From: { Name: "Ann", Email: "ann@example.com" },
  To: [{ Name: "Bob", Email: "bob@example.com" }],
  Subject: "Grüße",
  Text: "hello text https://example.invalid/x",
  HTML: '<html lang="en"><body><p style="display:grid">hello html</p><img src="cid:pic"></body></html>',
  Tags: ["first", "second"],
  Attachments: [{ Content: PNG, Filename: "dot.png", ContentType: "image/png" }],
};

/** @param {object} [more] */
const send = async (more = {}) => (await mailpit.sendMessage({ ...MAIL, ...more })).ID;
const octets = async (given) => Buffer.from(given instanceof Blob ? await given.arrayBuffer() : given.data);

before(() => assert.ok(process.env.CATCHER_URL));
beforeEach(() => mailpit.deleteMessages());

test("getInfo and getConfiguration tell of the server", async () => {
  await send();
  const info = await mailpit.getInfo();
  assert.equal(info.Messages, 1);
  assert.deepEqual(info.Tags, { first: 1, second: 1 });
  const configuration = await mailpit.getConfiguration();
  assert.equal(configuration.ChaosEnabled, true);
  assert.equal(configuration.MessageRelay.Enabled, true);
});

test("getMessageSummary, headers, source and bodies, by id and latest", async () => {
  const id = await send();
  for (const name of [id, undefined]) {
    const message = await mailpit.getMessageSummary(name);
    assert.equal(message.ID, id);
    assert.equal(message.Subject, "Grüße");
    assert.deepEqual(message.Tags, ["first", "second"]);
    assert.equal(message.Attachments.length, 1);
    const headers = await mailpit.getMessageHeaders(name);
    assert.equal(headers.Subject.length, 1);
    assert.ok(headers["Message-Id"][0]);
    assert.match(await mailpit.getMessageSource(name), /^From: Ann/);
    assert.match(await mailpit.renderMessageHTML(name), /hello html/);
    assert.match(await mailpit.renderMessageHTML(name, 1), /hello html/);
    assert.match(await mailpit.renderMessageText(name), /hello text/);
  }
});

test("attachments and their thumbnails are octets", async () => {
  const id = await send();
  const [{ PartID: part }] = (await mailpit.getMessageSummary(id)).Attachments;
  assert.deepEqual(await octets(await mailpit.getMessageAttachment(id, part)), Buffer.from(PNG, "base64"));
  const thumbnail = await octets(await mailpit.getAttachmentThumbnail(id, part));
  assert.equal(thumbnail.subarray(0, 2).toString("hex"), "ffd8");
});

test("releaseMessage goes through the relay", async () => {
  assert.equal(await mailpit.releaseMessage(await send(), { To: ["someone@example.org"] }), "ok");
});

test("lists, search, read marks and deletion", async () => {
  const [one, two, three] = [await send({ Subject: "one" }), await send({ Subject: "two" }), await send({ Subject: "three" })];
  assert.deepEqual((await mailpit.listMessages(1, 1)).messages.map((each) => each.ID), [two]);
  assert.deepEqual((await mailpit.searchMessages({ query: "subject:three" })).messages.map((each) => each.ID), [three]);
  assert.equal(await mailpit.setReadStatus({ IDs: [one], Read: true }), "ok");
  assert.equal((await mailpit.listMessages()).unread, 2);
  assert.equal(await mailpit.setReadStatus({ Search: "subject:two", Read: true }, { tz: "Europe/Berlin" }), "ok");
  assert.equal((await mailpit.listMessages()).unread, 1);
  assert.equal(await mailpit.setReadStatus({ Read: false }), "ok");
  assert.equal((await mailpit.listMessages()).unread, 3);
  assert.equal(await mailpit.deleteMessagesBySearch({ query: "subject:three" }), "ok");
  assert.equal(await mailpit.deleteMessages({ IDs: [two] }), "ok");
  assert.deepEqual((await mailpit.listMessages()).messages.map((each) => each.ID), [one]);
  assert.equal(await mailpit.deleteMessages(), "ok");
  assert.equal((await mailpit.listMessages()).total, 0);
});

test("waiting finds what comes later", async () => {
  const waiting = mailpit.waitForMessage({ query: "subject:later" }, { timeout: 20000, interval: 50 });
  await send({ Subject: "later" });
  assert.equal((await waiting).Subject, "later");
  assert.equal((await mailpit.waitForMessages({ timeout: 20000, interval: 50 })).messages.length, 1);
});

test("the three checks answer in their shapes", async () => {
  const id = await send();
  const html = await mailpit.htmlCheck(id);
  assert.ok(html.Total.Tests > 0);
  assert.ok(html.Warnings.some((each) => each.Slug === "css-display-grid"));
  const links = await mailpit.linkCheck(id, true);
  assert.equal(links.Links.length, 1);
  assert.equal((await mailpit.spamAssassinCheck(id)).IsSpam, false);
});

test("tags are listed, set, renamed and deleted", async () => {
  const id = await send();
  assert.deepEqual(await mailpit.getTags(), ["first", "second"]);
  assert.equal(await mailpit.setTags({ IDs: [id], Tags: ["third"] }), "ok");
  assert.equal(await mailpit.renameTag("third", "fourth"), "ok");
  assert.deepEqual((await mailpit.getMessageSummary(id)).Tags, ["fourth"]);
  assert.equal(await mailpit.deleteTag("fourth"), "ok");
  assert.deepEqual(await mailpit.getTags(), []);
});

test("chaos triggers are read and set", async () => {
  const resting = await mailpit.getChaosTriggers();
  assert.deepEqual(resting.Sender, { ErrorCode: 451, Probability: 0 });
  const set = await mailpit.setChaosTriggers({ Recipient: { ErrorCode: 452, Probability: 5 } });
  assert.deepEqual(set.Recipient, { ErrorCode: 452, Probability: 5 });
  assert.deepEqual(await mailpit.setChaosTriggers(), resting);
});

// Version 2 has no events.
if ("onEvent" in mailpit) test("events come over the socket", async () => {
  const awake = setInterval(() => {}, 1000); // the client's socket alone does not keep Node running
  const arrived = new Promise((resolve) => mailpit.onEvent("new", resolve));
  await mailpit.waitForEvent("stats", 20000);
  const id = await send({ Subject: "live" });
  assert.equal((await arrived).Data.ID, id);
  mailpit.disconnect();
  clearInterval(awake);
});

// Every method of npm's mailhog but release, whose server the client names: this one sends nowhere it was not set up for.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import mailhogs from "mailhog";

const root = process.env.CATCHER_URL.replace(/\/$/, "");
const { hostname: host, port } = new URL(root);
const mailhog = mailhogs({ host, port });
const send = (subject, to = "bob@example.com", more = { HTML: "<p>hello html</p>" }) =>
  fetch(`${root}/api/v1/send`, {
    method: "POST",
    body: JSON.stringify({
      From: { Name: "Ann", Email: "ann@example.com" },
      To: [{ Email: to }],
      Subject: subject,
      Text: "hello täxt",
      ...more,
    }),
  }).then((answer) => answer.json());

beforeEach(() => mailhog.deleteAll());

test("messages, with what the client reads out of them", async () => {
  const { ID } = await send("Grüße");
  const found = await mailhog.messages(0, 10);
  assert.deepEqual([found.total, found.count, found.start], [1, 1, 0]);
  const [mail] = found.items;
  assert.equal(mail.ID, ID);
  assert.equal(mail.subject, "Grüße");
  assert.match(mail.from, /ann@example\.com/);
  assert.match(mail.to, /bob@example\.com/);
  assert.equal(mail.text.trim(), "hello täxt");
  assert.equal(mail.html.trim(), "<p>hello html</p>");
  assert.ok(mail.date instanceof Date);
});

test("attachments are read out of the parts", async () => {
  await send("files", "bob@example.com", {
    Attachments: [{ Content: "aGk=", Filename: "hi.pdf", ContentType: "application/pdf" }],
  });
  const [{ attachments }] = (await mailhog.messages()).items;
  assert.deepEqual(attachments.map((each) => [each.name, each.type]), [["hi.pdf", "application/pdf"]]);
});

test("search and the latest of each kind", async () => {
  await send("one");
  await send("two", "carol@example.com");
  assert.equal((await mailhog.search("carol@example.com", "to")).total, 1);
  assert.equal((await mailhog.search("ann@example.com", "from")).total, 2);
  assert.equal((await mailhog.latestTo("bob@example.com")).subject, "one");
  assert.equal((await mailhog.latestFrom("ann@example.com")).subject, "two");
  assert.equal((await mailhog.latestContaining("hello")).subject, "two");
});

test("one message is deleted, then all", async () => {
  const { ID } = await send("one");
  await send("two");
  await mailhog.deleteMessage(ID);
  assert.equal((await mailhog.messages()).total, 1);
  await mailhog.deleteAll();
  assert.equal((await mailhog.messages()).total, 0);
});

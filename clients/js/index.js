// The client of catcher for test suites: `new Catcher().inbox()` creates an inbox for one test.
import { Operations } from "./operations.js";

const GRACE = 10_000; // milliseconds for a response, besides those that the server waits

/** Base of all errors of this module. */
export class CatcherError extends Error {
  name = this.constructor.name;
}

/** The catcher did not respond, or not in time. */
export class Unreachable extends CatcherError {}

/** The catcher returned an error. status: of HTTP. code: stable, "" if there is none. body: of the response. */
export class Refused extends CatcherError {
  constructor(message, { status, code = "", body = undefined }) {
    super(message);
    this.status = status;
    this.code = code;
    this.body = body;
  }
}

/** A wait timed out. messages: those that matched. nearMisses: those that did not, with the failed conditions. */
export class NotArrived extends Refused {
  constructor(message, given) {
    super(message + shownMisses(given.body), given);
    this.messages = given.body.messages;
    this.nearMisses = given.body.near_misses;
  }
}

/** Messages arrived that should not have. */
export class Arrived extends Refused {
  constructor(message, given) {
    super([message, ...given.body.messages.map((each) => `  ${shown(each)}`)].join("\n"), given);
    this.messages = given.body.messages;
  }
}

/** A client for a catcher. Every route is a method (see operations.d.ts); these are the ones that tests use. */
export class Catcher extends Operations {
  /** url: of its pages; the default is CATCHER_URL, then http://127.0.0.1:8025. timeout: milliseconds for a response. */
  constructor(url = globalThis.process?.env.CATCHER_URL || "http://127.0.0.1:8025", { token = "", timeout = 30_000 } = {}) {
    super();
    this.url = url.replace(/\/+$/, "");
    this.token = token;
    this.timeout = timeout;
  }

  /** Create an inbox, with a random name unless one is given; `delete()` deletes it with its mail. */
  async inbox({ name = "", ttl = 3600, ...more } = {}) {
    return new Inbox(this, await this.postInboxes({ body: { name, ttl, ...more } }));
  }

  /** Wait for `count` messages that match and return them, oldest first. Throws NotArrived at the timeout. */
  async wait({ count = 1, since, inbox, timeout = 30_000, signal, ...conditions } = {}) {
    const parameters = { query: queryOf(conditions), inbox, since, count, timeout: timeout / 1000 };
    return this.getWait(parameters, { signal, timeout: timeout + GRACE });
  }

  /** Send a request; the generated methods call it. */
  async call(method, path, { body, ...parameters }, kind, { signal, timeout = this.timeout } = {}) {
    const answer = await this.#fetch(method, this.#address(path, parameters), body, signal, timeout);
    if (!answer.ok) throw await refusal(answer, `${method} ${path}`);
    const isJson = (answer.headers.get("content-type") ?? "").includes("json");
    if (kind === "json" || (kind === "either" && isJson)) return answer.json();
    if (kind === "lines") return (await answer.text()).split("\n").filter(Boolean).map((line) => JSON.parse(line));
    if (kind === "bytes") return new Uint8Array(await answer.arrayBuffer());
    return answer.text();
  }

  #address(path, parameters) {
    const query = new URLSearchParams();
    const rest = { ...parameters };
    const place = path.replace(/{(\w+)}/g, (_, name) => {
      const value = encodeURIComponent(String(rest[name]));
      delete rest[name];
      return value;
    });
    for (const [name, value] of Object.entries(rest)) if (value !== undefined && value !== "") query.set(name, String(value));
    return `${this.url}${place}${query.size ? `?${query}` : ""}`;
  }

  async #fetch(method, address, body, signal, timeout) {
    const headers = this.token ? { Authorization: `Bearer ${this.token}` } : {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const late = AbortSignal.timeout(timeout);
    try {
      const either = signal ? AbortSignal.any([signal, late]) : late;
      return await fetch(address, { method, headers, body: body && JSON.stringify(body), signal: either });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Unreachable(`${method} ${address}: ${error.cause?.message ?? error.message}`, { cause: error });
    }
  }
}

/** An inbox, created for one test. */
export class Inbox {
  #taken = new Set();

  constructor(catcher, made) {
    this.catcher = catcher;
    this.name = made.name;
    this.username = made.username;
    this.password = made.password;
    this.addresses = made.addresses;
    this.cursor = made.cursor;
    const [host, port] = splitAddress(made.smtp[0] ?? "");
    this.host = ["0.0.0.0", "::", ""].includes(host) ? new URL(catcher.url).hostname : host;
    this.port = port;
  }

  /** smtp://user:password@host:port, as many mail libraries expect it. */
  get smtpUrl() {
    const login = `${encodeURIComponent(this.username)}:${encodeURIComponent(this.password)}`;
    return `smtp://${login}@${this.host.includes(":") ? `[${this.host}]` : this.host}:${this.port}`;
  }

  /** Return an address whose mail is routed here without logging in. */
  address(localPart = "anyone") {
    const pattern = this.addresses[0];
    if (!pattern) throw new CatcherError(`mail is routed to the inbox ${this.name} only by logging in to SMTP as ${this.username}`);
    return pattern.replace("*", localPart).replace("*", "example.com");
  }

  /**
   * Wait for the first message that matches and was not returned before. Conditions: subject, to, from, text (contained),
   * query. timeout: milliseconds. Throws NotArrived, which shows the messages that did arrive.
   */
  async waitFor({ timeout, signal, ...conditions } = {}) {
    const taken = [...this.#taken].map((id) => `-id:${id}`).join(" ");
    const query = [queryOf(conditions), taken].filter(Boolean).join(" ");
    const { messages } = await this.catcher.wait({ query, inbox: this.name, since: this.cursor, timeout, signal });
    this.#taken.add(messages[0].ID);
    return new Message(this.catcher, messages[0]);
  }

  /** Return all messages, oldest first, at most 100; does not wait. */
  async messages() {
    const wanted = { count: 100, inbox: this.name, since: this.cursor, timeout: 0 };
    const { messages } = await this.catcher.wait(wanted).catch((error) => {
      if (error instanceof NotArrived) return error;
      throw error;
    });
    return messages.map((each) => new Message(this.catcher, each));
  }

  /** Throw Arrived if there is any message, or one arrives within that many milliseconds. */
  async assertEmpty({ within = 0 } = {}) {
    const wanted = { inbox: this.name, since: this.cursor, count: 1, timeout: within / 1000, absent: "true" };
    await this.catcher.getWait(wanted, { timeout: within + GRACE });
  }

  /** Inject a fault for mail to this inbox only, such as { stage: "rcpt", code: 450, times: 1 }. */
  async fault(fault) {
    return this.catcher.postFaults({ body: { ...fault, query: `inbox:${quoted(this.name)}` } });
  }

  /** Delete it with its mail and faults. */
  async delete() {
    await this.catcher.deleteInboxesInbox({ inbox: this.name });
  }

  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    await this.delete();
  }
}

/** A message, without the octets of its attachments. */
export class Message {
  constructor(catcher, detail) {
    this.catcher = catcher;
    this.detail = detail;
    this.id = detail.ID;
    this.subject = detail.Subject;
    this.from = detail.From.Address;
    this.to = detail.To.map((each) => each.Address);
    this.recipients = detail.Envelope.Recipients.map((each) => each.Address);
    this.text = detail.Text;
    this.html = detail.HTML;
    this.attachments = detail.Attachments;
    this.codes = detail.extract.codes;
    this.links = detail.extract.links;
  }

  /** The one-time code that the message was sent for. Throws if there is none. */
  get code() {
    return primary(this.detail.extract.code, "code", this).value;
  }

  /** The URL of the link that the message was sent for. Throws if there is none. */
  get link() {
    return primary(this.detail.extract.link, "link", this).url;
  }

  /** Return the octets as received. */
  async raw() {
    return this.catcher.getMessageIdRaw({ id: this.id });
  }

  /** Return the octets of one of `attachments`. */
  async attachment({ PartID }) {
    return this.catcher.getMessageIdPartPartId({ id: this.id, part_id: PartID });
  }

  /** Throw AssertionFailed unless all of these pass, such as { assert: "link", host: "example.com" }. */
  async assert(...assertions) {
    const { outcomes } = await this.catcher.postMessageIdAssert({ id: this.id, body: { assertions } });
    const faults = outcomes.filter((each) => !each.passed).map((each) => each.message);
    if (faults.length) throw new AssertionFailed([...faults, "", this.toString()].join("\n"));
  }

  toString() {
    return `${shown(this.detail)}\n${this.text.trim()}`.split("\n").slice(0, 30).map((line) => `  | ${line}`).join("\n");
  }
}

/** An assertion about a message failed. */
export class AssertionFailed extends CatcherError {}

/** Return a query in the search language, made from conditions. Throws TypeError for an unknown condition. */
export function queryOf({ query = "", subject, to, from, text, ...unknown }) {
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new TypeError(`unknown condition ${name}: expected some of query, subject, to, from, text`);
  const written = [];
  if (subject !== undefined) written.push(`subject:${quoted(subject)}`);
  if (from !== undefined) written.push(`from:${quoted(from)}`);
  if (to !== undefined) written.push(`(to:${quoted(to)} OR cc:${quoted(to)} OR bcc:${quoted(to)})`);
  if (text !== undefined) written.push(quoted(text));
  return [query && `(${query})`, ...written].filter(Boolean).join(" ");
}

function quoted(text) {
  return `"${String(text).replace(/["\\\-!:=()]/g, "\\$&")}"`;
}

function splitAddress(address) {
  const at = address.lastIndexOf(":");
  return [address.slice(0, at).replace(/^\[|\]$/g, ""), Number(address.slice(at + 1))];
}

function primary(found, kind, message) {
  if (!found) throw new CatcherError(`there is no ${kind} in this message\n${message}`);
  return found;
}

function shown(detail) {
  return `${detail.Subject || "(no subject)"} — from ${detail.From?.Address ?? ""} to ${detail.To.map((each) => each.Address).join(", ")}`;
}

function shownMisses({ near_misses: misses = [] }) {
  return misses.map(({ message, failed }) => `\n  ${shown(message)}\n    ${failed.join("\n    ")}`).join("");
}

async function refusal(answer, what) {
  const text = await answer.text();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const { code = "", message = text.trim() } = body?.error ?? {};
  const given = { status: answer.status, code, body };
  if (code === "timeout" && body.messages) return new NotArrived(message, given);
  if (code === "came" && body.messages) return new Arrived(message, given);
  return new Refused(`${what}: ${answer.status} ${message}`, given);
}

import type {
  AttachmentInfo,
  FullMessage,
  Code,
  Link,
  FaultRequest,
  Fault,
  HasAttachment,
  ChecksPass,
  HtmlContains,
  InboxRequest,
  LinksTo,
  NearMiss,
  CreatedInbox,
  NoTemplateVariables,
  Options,
  RecipientsAre,
  SubjectIs,
  TextContains,
  TextIsHtml,
  UnsubscribeIsValid,
  WaitSuccess,
  WaitFailure,
} from "./operations.js";
import { Operations } from "./operations.js";

export * from "./operations.js";

/** Base of all errors of this module. */
export class CatcherError extends Error {}
/** The catcher did not respond, or not in time. */
export class Unreachable extends CatcherError {}
/** The catcher returned an error. */
export class Refused extends CatcherError {
  status: number;
  code: string;
  body: unknown;
}
/** A wait timed out. */
export class NotArrived extends Refused {
  body: WaitFailure;
  messages: FullMessage[];
  nearMisses: NearMiss[];
}
/** Messages arrived that should not have. */
export class Arrived extends Refused {
  body: WaitFailure;
  messages: FullMessage[];
}
/** An assertion about a message failed. */
export class AssertionFailed extends CatcherError {}

/** Conditions of a message; texts are contained, in any letter case. query: in the search language. */
export interface Conditions {
  subject?: string;
  to?: string;
  from?: string;
  text?: string;
  query?: string;
}

export type Assertion =
  | RecipientsAre
  | SubjectIs
  | TextContains
  | HtmlContains
  | LinksTo
  | HasAttachment
  | NoTemplateVariables
  | TextIsHtml
  | UnsubscribeIsValid
  | ChecksPass;

/** A client for a catcher. Every route is a method; these are the ones that tests use. */
export class Catcher extends Operations {
  constructor(url?: string, options?: { token?: string; timeout?: number });
  readonly url: string;
  /** Create an inbox, with a random name unless one is given. */
  inbox(wanted?: InboxRequest): Promise<Inbox>;
  /** Wait for `count` messages that match and return them, oldest first. timeout: in milliseconds. */
  wait(wanted?: Conditions & Options & { count?: number; since?: number; inbox?: string }): Promise<WaitSuccess>;
}

/** An inbox, created for one test. */
export class Inbox implements AsyncDisposable {
  constructor(catcher: Catcher, made: CreatedInbox);
  readonly catcher: Catcher;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly addresses: string[];
  readonly cursor: number;
  readonly smtpUrl: string;
  /** Return an address whose mail is routed here without logging in. */
  address(localPart?: string): string;
  /** Wait for the first message that matches and was not returned before. Rejects with NotArrived. */
  waitFor(conditions?: Conditions & Options): Promise<Message>;
  /** Return all messages, oldest first, at most 100; does not wait. */
  messages(): Promise<Message[]>;
  /** Reject with Arrived if there is any message, or one arrives within that many milliseconds. */
  assertEmpty(options?: { within?: number }): Promise<void>;
  /** Inject a fault for mail to this inbox only. */
  fault(fault: Omit<FaultRequest, "query">): Promise<Fault>;
  /** Delete it with its mail and faults. */
  delete(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A message, without the octets of its attachments. */
export class Message {
  constructor(catcher: Catcher, detail: FullMessage);
  readonly detail: FullMessage;
  readonly id: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string[];
  /** The addresses of the envelope, hidden recipients included. */
  readonly recipients: string[];
  readonly text: string;
  readonly html: string;
  readonly attachments: AttachmentInfo[];
  readonly codes: Code[];
  readonly links: Link[];
  /** The one-time code that the message was sent for. Throws if there is none. */
  readonly code: string;
  /** The URL of the link that the message was sent for. Throws if there is none. */
  readonly link: string;
  raw(): Promise<Uint8Array>;
  attachment(file: Pick<AttachmentInfo, "PartID">): Promise<Uint8Array>;
  /** Reject with AssertionFailed, which shows the message, unless all of these pass. */
  assert(...assertions: Assertion[]): Promise<void>;
  toString(): string;
}

/** Return a query in the search language, made from conditions. */
export function queryOf(conditions: Conditions): string;

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
/** The catcher could not be asked, or did not answer in time. */
export class Unreachable extends CatcherError {}
/** The catcher refused a request. */
export class Refused extends CatcherError {
  status: number;
  code: string;
  body: unknown;
}
/** No mail came that was waited for. */
export class NotArrived extends Refused {
  body: WaitFailure;
  messages: FullMessage[];
  nearMisses: NearMiss[];
}
/** Mail came that should not have come. */
export class Arrived extends Refused {
  body: WaitFailure;
  messages: FullMessage[];
}
/** Something is not as it was asserted of a message. */
export class AssertionFailed extends CatcherError {}

/** What a message must have, all of it; texts are contained, in any letter case. query: in the search language. */
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

/** A catcher. Every route is a method; these are the ones that tests use. */
export class Catcher extends Operations {
  constructor(url?: string, options?: { token?: string; timeout?: number });
  readonly url: string;
  /** Make an inbox of its own, with a random name unless one is given. */
  inbox(wanted?: InboxRequest): Promise<Inbox>;
  /** The first messages that match, oldest first, as soon as there are `count`. timeout: in milliseconds. */
  wait(asked?: Conditions & Options & { count?: number; since?: number; inbox?: string }): Promise<WaitSuccess>;
}

/** A mailbox within the mailbox, made for one test. */
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
  /** An address whose mail comes here even when it is sent without logging in. */
  address(localPart?: string): string;
  /** The first message that matches and was not given before. Rejects with NotArrived, which shows what did come. */
  waitFor(conditions?: Conditions & Options): Promise<Message>;
  /** All messages that are here, oldest first, 100 at most; does not wait. */
  messages(): Promise<Message[]>;
  /** Rejects with Arrived when there is any mail, or when some comes within so many milliseconds. */
  assertEmpty(options?: { within?: number }): Promise<void>;
  /** Set up a fault that only senders into this inbox meet. */
  fault(fault: Omit<FaultRequest, "query">): Promise<Fault>;
  /** Drop it with its mail and its faults. */
  delete(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A message that came, whole but for its files. */
export class Message {
  constructor(catcher: Catcher, detail: FullMessage);
  readonly detail: FullMessage;
  readonly id: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string[];
  /** Those of the envelope, hidden ones included. */
  readonly recipients: string[];
  readonly text: string;
  readonly html: string;
  readonly attachments: AttachmentInfo[];
  readonly codes: Code[];
  readonly links: Link[];
  /** The one-time code that a person would type. Throws when there is none that is likely. */
  readonly code: string;
  /** The address that the mail asks to follow. Throws when there is none that is likely. */
  readonly link: string;
  raw(): Promise<Uint8Array>;
  attachment(file: Pick<AttachmentInfo, "PartID">): Promise<Uint8Array>;
  /** Rejects with AssertionFailed, which shows the mail, unless all of these hold. */
  assert(...assertions: Assertion[]): Promise<void>;
  toString(): string;
}

/** A query in the search language from conditions. */
export function queryOf(conditions: Conditions): string;

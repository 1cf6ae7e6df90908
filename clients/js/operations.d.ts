// Made by generate.py from the OpenAPI document; do not edit.

/** A page of a list or of search results; `cursor` and `next_cursor` serve paging and events without gaps. total, unread: the whole mailbox. messages_count, messages_unread: what the query matches. count: in this page. cursor: the last number of the store at the moment of reading. next_cursor: the `cursor_before` of the next page. */
export interface MessageList {
  total: number;
  unread: number;
  messages_count: number;
  messages_unread: number;
  start: number;
  tags: string[];
  messages: MessageSummary[];
  count: number;
  cursor: number;
  next_cursor: number | null;
}

/** One message in a list. */
export interface MessageSummary {
  ID: string;
  MessageID: string;
  Read: boolean;
  From: Mailbox;
  To: Mailbox[];
  Cc: Mailbox[];
  Bcc: Mailbox[];
  ReplyTo: Mailbox[];
  Subject: string;
  Created: string;
  Username: string;
  Tags: string[];
  Size: number;
  Attachments: number;
  Snippet: string;
}

/** A display name and an addr-spec; both "" when the message has none. */
export interface Mailbox {
  Name?: string;
  Address?: string;
}

/** Which messages to mark: those of `IDs`, or those that `Search` matches, or all when neither is given. */
export interface ReadMark {
  Read?: boolean;
  IDs?: string[];
  Search?: string;
}

/** Which messages to delete; none named means all. */
export interface Deletion {
  IDs?: string[];
}

/** Every error of our own routes. */
export interface ProblemAnswer {
  error: Problem;
}

/** What went wrong: a stable code, a sentence for people, and for queries the place counted in characters from 0. */
export interface Problem {
  code: string;
  message: string;
  position?: number | null;
}

/** One message whole, but for the octets of its attachments. cursor: its arrival number. */
export interface MessageDetail {
  ID: string;
  cursor: number;
  MessageID: string;
  Read: boolean;
  From: Mailbox;
  To: Mailbox[];
  Cc: Mailbox[];
  Bcc: Mailbox[];
  ReplyTo: Mailbox[];
  ReturnPath: string;
  Subject: string;
  ListUnsubscribe: Unsubscribe;
  Date: string;
  Created: string;
  Tags: string[];
  Username: string;
  Text: string;
  HTML: string;
  Size: number;
  Inline: Attachment[];
  Attachments: Attachment[];
  Parts: TreePart[];
  Envelope: SmtpEnvelope;
  Defects: MessageDefect[];
}

/** What List-Unsubscribe and List-Unsubscribe-Post say, and what is wrong with them. RFC 2369, RFC 8058. */
export interface Unsubscribe {
  Header: string;
  Links: string[];
  Errors: string;
  HeaderPost: string;
}

/** A part that is not shown as the body. file_name falls back to the content id. */
export interface Attachment {
  PartID: string;
  FileName: string;
  ContentType: string;
  ContentID: string;
  Size: number;
  Checksums: Checksums;
}

/** Digests of a part's decoded octets, lower-case hex. */
export interface Checksums {
  MD5: string;
  SHA1: string;
  SHA256: string;
}

/** One entity of the tree, in document order, parents before children. parent: its part id, "" for the root. */
export interface TreePart {
  PartID: string;
  Parent: string;
  ContentType: string;
  Charset: string;
  TransferEncoding: string;
  Disposition: string;
  FileName: string;
  ContentID: string;
  Size: number;
}

/** The mail transaction as the client stated it. reverse_path: "" is the null reverse-path. */
export interface SmtpEnvelope {
  ReversePath: string;
  Recipients: Recipient[];
  Parameters: Record<string, string | null>;
  Client: string;
  Helo: string;
  Protocol: string;
  Username: string;
  Tls: string;
  Notes: string[];
}

/** A forward-path with the parameters that RCPT gave it. */
export interface Recipient {
  Address: string;
  Parameters: Record<string, string | null>;
}

/** Something that is not as the RFCs want it. code is stable; part_id is "" for the header section. */
export interface MessageDefect {
  Code: string;
  PartID: string;
  Text: string;
}

/** All outcomes, in the order of the assertions. passed: whether all hold. */
export interface OutcomesAnswer {
  id: string;
  passed: boolean;
  outcomes: Outcome[];
}

/** What came of one assertion. message: in one sentence what is not as it was asserted, "" when it holds. */
export interface Outcome {
  assert: string;
  passed: boolean;
  message: string;
}

/** What is asserted, at most 100 things. */
export interface AssertionsBody {
  assertions: (RecipientsAre | SubjectIs | TextContains | HtmlContains | LinksTo | HasAttachment | NoTemplateVariables | TextIsHtml | UnsubscribeIsValid | ChecksPass)[];
}

/** It went to exactly these addresses, in any order, hidden copies included. Domains: in any letter case. */
export interface RecipientsAre {
  assert: "recipients";
  exactly: string[];
}

/** Its subject is this one, or contains this text. A text that is left out is not asked for. */
export interface SubjectIs {
  assert: "subject";
  equals?: string | null;
  contains?: string;
}

/** Its plain text contains this; of a message without one, what is seen of its HTML. White space is all alike. */
export interface TextContains {
  assert: "text";
  contains: string;
}

/** What a reader sees of its HTML contains this. White space is all alike. */
export interface HtmlContains {
  assert: "html";
  contains: string;
}

/** It links to this host, or below it when it begins with a dot, at an address that contains this text. */
export interface LinksTo {
  assert: "link";
  host?: string;
  contains?: string;
}

/** It has a file with all of these that are given. type: such as application/pdf. sha256: of its content, in hex. */
export interface HasAttachment {
  assert: "attachment";
  name?: string;
  type?: string;
  sha256?: string;
}

/** No variable is left unfilled and no value missing ({{ name }}, %s, None, …). ignore: texts that are meant so. */
export interface NoTemplateVariables {
  assert: "no-template-variables";
  ignore?: string[];
}

/** Text and HTML say the same: both are there, and share at least this part of their words. */
export interface TextIsHtml {
  assert: "text-is-html";
  alike?: number;
}

/** List-Unsubscribe is there and valid (RFC 2369). one_click: with what RFC 8058 wants for one click. */
export interface UnsubscribeIsValid {
  assert: "list-unsubscribe";
  one_click?: boolean;
}

/** The checks that ask nobody find nothing as bad as `fail_on`, and give at least `min_score`. Neither given: no error. ignore: rules that count neither as findings nor in the score, such as text-missing. What the checks found is judged in `checking.checks_fault`. */
export interface ChecksPass {
  assert: "checks";
  min_score?: number | null;
  fail_on?: "error" | "info" | "warning" | null;
  ignore?: string[];
}

/** All reports on a message. score: the lowest, null when no check gave one. */
export interface ChecksAnswer {
  id: string;
  score: number | null;
  reports: ReportShape[];
}

/** What one check says. score: 0 to 100, null when it gives none. error: why it could not be made, else "". is_cut: a limit ended the examination early. facts: what it found out besides findings; its keys are the check's. */
export interface ReportShape {
  check: string;
  title: string;
  score: number | null;
  error: string;
  is_cut: boolean;
  findings: FindingShape[];
  facts: Record<string, unknown> | null;
}

/** One thing a check has to say. count: how often it is so. clients: names of the mail programs concerned. */
export interface FindingShape {
  rule: string;
  severity: "error" | "info" | "warning";
  text: string;
  advice: string;
  source: string;
  place: PlaceShape | null;
  others: PlaceShape[];
  count: number;
  clients: string[];
}

/** Where a finding points. part_id: "" for the header section. line, column: from 1, 0 for the whole part. element: number of the HTML element in document order, -1 for none. sent_line: the line of the message as sent, of a whole part that of the field concerned or of its beginning; 0 when it is not known. */
export interface PlaceShape {
  part_id: string;
  line: number;
  column: number;
  element: number;
  tag: string;
  sent_line: number;
  excerpt: string;
}

/** What a link answered. status: 0 without an answer; `reason` then says why. is_refused: it leads to an internal address. is_skipped: it looks as if it worked once only. */
export interface LinkAnswerShape {
  url: string;
  status: number;
  reason: string;
  media_type: string;
  hops: HopShape[];
  is_refused: boolean;
  is_skipped: boolean;
}

/** One answer on the way of a link: what was asked, what it said, where it sends to. */
export interface HopShape {
  url: string;
  method: string;
  status: number;
  reason: string;
  location: string;
  address: string;
}

/** What mail programs do not support of a message's HTML. */
export interface HtmlCheckResponse {
  Warnings: HtmlCheckWarning[];
  Platforms: Record<string, string[]>;
  Total: HtmlCheckTotal;
}

/** One feature that some program does not support fully. */
export interface HtmlCheckWarning {
  Slug: string;
  Title: string;
  Description: string;
  URL: string;
  Category: string;
  Tags: string[];
  Keywords: string;
  Results: HtmlCheckResult[];
  NotesByNumber: Record<string, string>;
  Score: HtmlCheckScore;
}

/** One version of a mail program. */
export interface HtmlCheckResult {
  Name: string;
  Platform: string;
  Family: string;
  Version: string;
  Support: string;
  NoteNumber: string;
}

/** found: uses in the mail. The others are shares of the versions that were tested, 0 to 100. */
export interface HtmlCheckScore {
  Found: number;
  Supported: number;
  Partial: number;
  Unsupported: number;
}

/** The mail as a whole; the shares add up to 100. */
export interface HtmlCheckTotal {
  Tests: number;
  Nodes: number;
  Supported: number;
  Partial: number;
  Unsupported: number;
}

/** Every link. errors: those without an answer or with a status from 400. */
export interface LinkCheckResponse {
  Errors: number;
  Links: LinkCheckLink[];
}

/** One link. status_code: 0 without an answer, 451 for an internal address. */
export interface LinkCheckLink {
  URL: string;
  StatusCode: number;
  Status: string;
}

/** The verdict. error: why there is none; rules are null then. */
export interface SpamCheckResponse {
  IsSpam: boolean;
  Error: string;
  Score: number;
  Rules: SpamCheckRule[] | null;
}

/** One rule that matched. */
export interface SpamCheckRule {
  Score: number;
  Name: string;
  Description: string;
}

/** Codes and links of a message, most confident first. code, link: the primary one, null when none is likely. is_cut: the message was too large to be read as a whole. */
export interface ExtractAnswer {
  codes: ExtractCode[];
  links: ExtractLink[];
  code: ExtractCode | null;
  link: ExtractLink | null;
  is_cut: boolean;
}

/** One code. value: as it is typed. shown: as the message shows it. confidence: that a person is to type it in. */
export interface ExtractCode {
  value: string;
  shown: string;
  kind: "confirmation" | "coupon" | "invitation" | "other" | "reset" | "sign-in" | "two-factor";
  confidence: number;
  place: ExtractPlace;
}

/** Where something stands. line: from 1, 0 outside of texts. element: number of the HTML element, -1 for none. part_id: "" for subject and header section. */
export interface ExtractPlace {
  source: "header" | "html" | "subject" | "text";
  part_id: string;
  line: number;
  element: number;
}

/** One link. text: what the reader sees of it. confidence: that the message was sent for it to be followed. */
export interface ExtractLink {
  url: string;
  text: string;
  kind: "action" | "confirmation" | "help" | "image" | "invitation" | "legal" | "mailto" | "other" | "phone" | "reset" | "sign-in" | "social" | "tracking" | "unsubscribe" | "view-in-browser";
  confidence: number;
  is_button: boolean;
  place: ExtractPlace;
}

/** All faults, in the order they are asked; the first that fits strikes. */
export interface FaultsAnswer {
  faults: FaultShape[];
}

/** A fault that is set up. id: to delete it by. hits: how often it has struck. is_spent: as often as it may. */
export interface FaultShape {
  stage: "auth" | "connect" | "content" | "data" | "helo" | "mail" | "quit" | "rcpt";
  query?: string;
  code?: number;
  text?: string;
  delay?: number;
  drop?: boolean;
  times?: number;
  probability?: number;
  name?: string;
  inbox?: string;
  id: number;
  hits: number;
  is_spent: boolean;
}

/** All faults, in the order they are asked. seed: starts chance anew, so that a run can be repeated. */
export interface FaultsBody {
  faults?: FaultBody[];
  seed?: number | null;
}

/** A fault. stage: where in the dialogue. query: search terms on the envelope (`from:`, `to:`, `user:`, `ip:`). code: reply code 400–599, 0 for no reply; text: its words. delay: seconds to wait before. drop: hang up. times: how often at most, 0 for ever. probability: in percent. name: for people. inbox: only for mail to this inbox. */
export interface FaultBody {
  stage: "auth" | "connect" | "content" | "data" | "helo" | "mail" | "quit" | "rcpt";
  query?: string;
  code?: number;
  text?: string;
  delay?: number;
  drop?: boolean;
  times?: number;
  probability?: number;
  name?: string;
  inbox?: string;
}

/** Mailpit's three triggers; one that is left out rests. */
export interface ChaosTriggers {
  Sender?: ChaosTrigger;
  Recipient?: ChaosTrigger;
  Authentication?: ChaosTrigger;
}

/** One of Mailpit's triggers. probability: 0 to 100. */
export interface ChaosTrigger {
  ErrorCode?: number;
  Probability?: number;
}

/** A relay. server: "host:port", or the path of its backend. The patterns are regular expressions, "" for none. */
export interface WayOut {
  Name: string;
  Server: string;
  ReturnPath: string;
  OverrideFrom: string;
  AllowedRecipients: string;
  BlockedRecipients: string;
  PreserveMessageIDs: boolean;
}

/** What became of each recipient, in the order given. */
export interface ReleaseReport {
  Recipients: RecipientOutcome[];
}

/** What became of one recipient. code, text: the server's reply; 250 and "" when it was accepted. */
export interface RecipientOutcome {
  Address: string;
  Accepted: boolean;
  Code: number;
  Text: string;
}

/** Who is to get the message. relay: name of a relay, the default one when it is empty. */
export interface Release {
  To?: string[];
  Relay?: string;
}

/** Jobs, newest first; of those that are over the newest thousand are kept. */
export interface JobsAnswer {
  jobs: JobShape[];
}

/** One message on its way to one relay or webhook. relay: the relay's name, or "webhook:" and the webhook's. recipients: who lacks it still, or who was tried last. state: "waiting", "sent" or "failed". due_at: when it is tried (again), null when it is over. text: what was said. */
export interface JobShape {
  id: number;
  message_id: string;
  relay: string;
  recipients: string[];
  attempts: number;
  created_at: string;
  due_at: string | null;
  state: string;
  text: string;
}

/** All webhooks, in the order of the settings. */
export interface WebhooksAnswer {
  webhooks: WebhookShape[];
}

/** A webhook. url: without credentials and query. every, delay: seconds. inbox: "" for all mail. */
export interface WebhookShape {
  name: string;
  url: string;
  query: string;
  inbox: string;
  is_signed: boolean;
  every: number;
  delay: number;
}

/** What came of calling a webhook. text: the answer's status, or why there is none. */
export interface TestAnswer {
  ok: boolean;
  text: string;
}

/** The tags that the messages of `IDs` shall have instead of those they have; none takes all away. */
export interface Tagging {
  IDs?: string[];
  Tags?: string[];
}

/** A tag's new name. */
export interface TagName {
  Name?: string;
}

/** All inboxes, sorted by name. */
export interface InboxesAnswer {
  inboxes: InboxShape[];
  cursor: number;
}

/** An inbox. is_made: on purpose; it stays when it is empty. The bounds are as they were asked for. username: log in to SMTP by this name and the mail goes here. addresses: mail to these goes here too, when its sender logs in as nobody; "*" stands for anything. cursor: `since` for a wait that misses nothing that comes from now on. */
export interface InboxShape {
  name: string;
  messages: number;
  created_at: string;
  is_made: boolean;
  expires_at: string | null;
  max_messages: number;
  max_age: number | null;
  username: string;
  addresses: string[];
  cursor: number;
}

/** An inbox just made. smtp, pop3: where they listen. password: of SMTP and POP3; the API tells it this once, the pages to who sets up an application for the inbox. */
export interface NewInboxShape {
  name: string;
  messages: number;
  created_at: string;
  is_made: boolean;
  expires_at: string | null;
  max_messages: number;
  max_age: number | null;
  username: string;
  addresses: string[];
  cursor: number;
  password: string;
  smtp: string[];
  pop3: string[];
}

/** An inbox that is wanted. name: "" for a random one. ttl: seconds until it goes with its mail, null for never. max_messages: how many it keeps, 0 for no bound of its own. max_age: seconds that it keeps a message, null for ever. */
export interface InboxBody {
  name?: string;
  ttl?: number | null;
  max_messages?: number;
  max_age?: number | null;
}

/** An inbox that was deleted. deleted: how many messages went with it; those in another one too stay. */
export interface InboxGone {
  deleted: number;
  cursor: number;
}

/** What came, in the order of arrival. cursor: give it as `since` to wait for what comes after these. */
export interface WaitAnswer {
  messages: AwaitedMessage[];
  cursor: number;
}

/** A message whole, with its codes and links. */
export interface AwaitedMessage {
  ID: string;
  cursor: number;
  MessageID: string;
  Read: boolean;
  From: Mailbox;
  To: Mailbox[];
  Cc: Mailbox[];
  Bcc: Mailbox[];
  ReplyTo: Mailbox[];
  ReturnPath: string;
  Subject: string;
  ListUnsubscribe: Unsubscribe;
  Date: string;
  Created: string;
  Tags: string[];
  Username: string;
  Text: string;
  HTML: string;
  Size: number;
  Inline: Attachment[];
  Attachments: Attachment[];
  Parts: TreePart[];
  Envelope: SmtpEnvelope;
  Defects: MessageDefect[];
  extract: ExtractAnswer;
}

/** What came instead. messages: those that matched. near_misses: the newest others, fewest failed conditions first. cursor: the store's last number at the end of the wait. */
export interface WaitProblem {
  error: Problem;
  messages: AwaitedMessage[];
  near_misses: NearMiss[];
  cursor: number;
}

/** A message that arrived and was not what was waited for. failed: a sentence for each condition it failed. */
export interface NearMiss {
  message: MessageSummary;
  failed: string[];
}

/** The store id of a message that was sent in. relayed: what became of each recipient, when that was asked for. cursor: the message's arrival number; what arrives after it has a greater one. */
export interface Sent {
  ID: string;
  cursor: number;
  Relayed?: RecipientOutcome[];
}

/** Why a message was not taken. */
export interface SendError {
  Error: string;
}

/** A message to send in. */
export interface Sending {
  From?: Correspondent;
  To?: Correspondent[];
  Cc?: Correspondent[];
  Bcc?: string[];
  ReplyTo?: Correspondent[];
  Subject?: string;
  Text?: string;
  HTML?: string;
  Attachments?: SentFile[];
  Tags?: string[];
  Headers?: Record<string, string>;
}

/** A display name and an address. */
export interface Correspondent {
  Name?: string;
  Email?: string;
}

/** A file. content: base64, or a data URL. With a content id it is inline, for the HTML to refer to. */
export interface SentFile {
  Content?: string;
  Filename?: string;
  ContentType?: string;
  ContentID?: string;
}

/** The running program and its mailbox. latest_version is always "disabled": nothing is asked on the network. */
export interface AppInformation {
  Version: string;
  LatestVersion: string;
  Database: string;
  DatabaseSize: number;
  Messages: number;
  Unread: number;
  Tags: Record<string, number>;
  RuntimeStats: RuntimeStats;
}

/** Since the start. Uptime in seconds, memory and sizes in octets. */
export interface RuntimeStats {
  Uptime: number;
  Memory: number;
  MessagesDeleted: number;
  SMTPAccepted: number;
  SMTPAcceptedSize: number;
  SMTPRejected: number;
  SMTPIgnored: number;
}

/** What a user interface needs to know of the set-up. */
export interface WebConfiguration {
  Label: string;
  MessageRelay: MessageRelay;
  SpamAssassin: boolean;
  ChaosEnabled: boolean;
  DuplicatesIgnored: boolean;
  HideDeleteAllButton: boolean;
}

/** Whether and where caught mail can be released to. */
export interface MessageRelay {
  Enabled: boolean;
  SMTPServer: string;
  ReturnPath: string;
  AllowedRecipients: string;
  BlockedRecipients: string;
  OverrideFrom: string;
  PreserveMessageIDs: boolean;
  RecipientAllowlist: string;
}

/** All tokens, oldest first. */
export interface TokensAnswer {
  tokens: TokenShape[];
}

/** A token. expires_at: null for never. inbox: the one inbox it opens, "" for all. */
export interface TokenShape {
  id: number;
  name: string;
  scope: "admin" | "read" | "write";
  created_at: string;
  expires_at: string | null;
  inbox: string;
}

/** A token just made. secret: what its holder sends as Bearer; it is told this once. */
export interface NewTokenShape {
  id: number;
  name: string;
  scope: "admin" | "read" | "write";
  created_at: string;
  expires_at: string | null;
  inbox: string;
  secret: string;
}

/** A token that is wanted. days: how long it shall be good, null for ever. inbox: the one it opens, "" for all. */
export interface TokenBody {
  name?: string;
  scope?: "admin" | "read" | "write";
  days?: number | null;
  inbox?: string;
}

/** Connections, newest first; the newest thousand are kept. */
export interface SessionsAnswer {
  sessions: SessionShape[];
}

/** One connection. address: of the client, "" on a Unix socket. helo, user, tls: what it said of itself, "" when it did not. ended: "quit", "lost", "timeout", "refused" or "stopped". transcript: the dialogue, secrets masked, a line each, "C: " before what the client said and "S: " before the answers. */
export interface SessionShape {
  address: string;
  helo: string;
  user: string;
  tls: string;
  opened_at: string;
  closed_at: string;
  ended: string;
  transcript: string;
}

/** What any request may be given besides its parameters. timeout: in milliseconds. */
export interface Options {
  signal?: AbortSignal;
  timeout?: number;
}

/** Every route, as a method; a body is the parameter `body`. */
export class Operations {
  /** List messages. GET /api/v1/messages */
  getMessages(parameters?: { start?: number | string; limit?: number | string; before?: string; cursor_before?: number | string; tz?: string; inbox?: string }, options?: Options): Promise<MessageList>;
  /** Set the read mark. PUT /api/v1/messages */
  putMessages(parameters: { tz?: string; inbox?: string; body: ReadMark }, options?: Options): Promise<string>;
  /** Delete messages. Those of `IDs`; without a body, with `{}` or an empty list all. Unknown ids are ignored. DELETE /api/v1/messages */
  deleteMessages(parameters?: { inbox?: string; body?: Deletion }, options?: Options): Promise<string>;
  /** Search messages. GET /api/v1/search */
  getSearch(parameters: { query: string; start?: number | string; limit?: number | string; before?: string; cursor_before?: number | string; tz?: string; strict?: string; inbox?: string }, options?: Options): Promise<MessageList>;
  /** Delete what a search finds. DELETE /api/v1/search */
  deleteSearch(parameters: { query: string; tz?: string; inbox?: string }, options?: Options): Promise<string>;
  /** Read a message. Marks it read. GET /api/v1/message/{id} */
  getMessageId(parameters: { id: string; query?: string; tz?: string; inbox?: string; peek?: string }, options?: Options): Promise<MessageDetail>;
  /** Read a message's header section. GET /api/v1/message/{id}/headers */
  getMessageIdHeaders(parameters: { id: string; query?: string; tz?: string; inbox?: string }, options?: Options): Promise<Record<string, string[]>>;
  /** The message's octets as received. GET /api/v1/message/{id}/raw */
  getMessageIdRaw(parameters: { id: string; query?: string; tz?: string; inbox?: string; dl?: string; trace?: string }, options?: Options): Promise<Uint8Array>;
  /** A part's octets, its transfer encoding taken off. GET /api/v1/message/{id}/part/{part_id} */
  getMessageIdPartPartId(parameters: { id: string; query?: string; tz?: string; inbox?: string; part_id: string }, options?: Options): Promise<Uint8Array>;
  /** A thumbnail of an image. 180×120 pixels; blank for what is no image or cannot be shown. GET /api/v1/message/{id}/part/{part_id}/thumb */
  getMessageIdPartPartIdthumb(parameters: { id: string; query?: string; tz?: string; inbox?: string; part_id: string }, options?: Options): Promise<Uint8Array>;
  /** Assert things of a message. Answers 200 whether they hold or not; `passed` tells. POST /api/v1/message/{id}/assert */
  postMessageIdAssert(parameters: { id: string; query?: string; tz?: string; inbox?: string; body: AssertionsBody }, options?: Options): Promise<OutcomesAnswer>;
  /** Check a message. Structure, header, HTML in mail programs, accessibility, links, size, and on request (`only=linkcheck,authentication`) what needs the network. A check that fails says so in `error`. GET /api/v1/message/{id}/checks */
  getMessageIdChecks(parameters: { id: string; query?: string; tz?: string; inbox?: string; only?: string; ignore?: string; facts?: "0" | "1"; linked_sheets?: "0" | "1"; one_time_links?: "0" | "1"; follow?: string }, options?: Options): Promise<ChecksAnswer>;
  /** Ask every link of a message whether it answers. A line of JSON for each, as soon as it has answered. GET /api/v1/message/{id}/checks/links */
  getMessageIdChecksLinks(parameters: { id: string; query?: string; tz?: string; inbox?: string; one_time_links?: "0" | "1"; follow?: string }, options?: Options): Promise<LinkAnswerShape[]>;
  /** How mail programs treat the HTML. GET /api/v1/message/{id}/html-check */
  getMessageIdHtmlCheck(parameters: { id: string; query?: string; tz?: string; inbox?: string }, options?: Options): Promise<HtmlCheckResponse>;
  /** Whether the links answer. Marks the message read. Links that look as if they worked once only are left alone. GET /api/v1/message/{id}/link-check */
  getMessageIdLinkCheck(parameters: { id: string; query?: string; tz?: string; inbox?: string; follow?: string }, options?: Options): Promise<LinkCheckResponse>;
  /** What the spam filter thinks. GET /api/v1/message/{id}/sa-check */
  getMessageIdSaCheck(parameters: { id: string; query?: string; tz?: string; inbox?: string }, options?: Options): Promise<SpamCheckResponse>;
  /** Find one-time codes and links in a message. Every code and link with its kind and a confidence from 0 to 1, most confident first; `code` and `link` are those that the message was sent for. Does not mark the message read. GET /api/v1/message/{id}/extract */
  getMessageIdExtract(parameters: { id: string; query?: string; tz?: string; inbox?: string }, options?: Options): Promise<ExtractAnswer>;
  /** Faults on purpose. GET /api/v1/faults */
  getFaults(parameters?: { inbox?: string }, options?: Options): Promise<FaultsAnswer>;
  /** Have these faults and no others. PUT /api/v1/faults */
  putFaults(parameters?: { body?: FaultsBody }, options?: Options): Promise<FaultsAnswer>;
  /** Have one more fault. POST /api/v1/faults */
  postFaults(parameters: { inbox?: string; body: FaultBody }, options?: Options): Promise<FaultShape>;
  /** Have no faults. DELETE /api/v1/faults */
  deleteFaults(parameters?: { inbox?: string }, options?: Options): Promise<FaultsAnswer>;
  /** Forget one fault. DELETE /api/v1/faults/{number} */
  deleteFaultsNumber(parameters: { number: string }, options?: Options): Promise<FaultsAnswer>;
  /** Mailpit's chaos triggers. GET /api/v1/chaos */
  getChaos(options?: Options): Promise<ChaosTriggers>;
  /** Set Mailpit's chaos triggers. PUT /api/v1/chaos */
  putChaos(parameters?: { body?: ChaosTriggers }, options?: Options): Promise<ChaosTriggers>;
  /** The relays that messages can be released through. The first one is the default. Passwords are never told. GET /api/v1/relays */
  getRelays(options?: Options): Promise<WayOut[]>;
  /** Send a message onward. To the given addresses, through a relay of the settings. Bcc is taken out; Date and, unless the relay keeps it, Message-ID are new. POST /api/v1/message/{id}/release */
  postMessageIdRelease(parameters: { id: string; query?: string; tz?: string; inbox?: string; report?: string; body: Release }, options?: Options): Promise<ReleaseReport>;
  /** What is sent onward, by relays and webhooks. GET /api/v1/outgoing */
  getOutgoing(parameters?: { relay?: string; message?: string; limit?: number }, options?: Options): Promise<JobsAnswer>;
  /** Who is told of new mail. GET /api/v1/webhooks */
  getWebhooks(options?: Options): Promise<WebhooksAnswer>;
  /** Call a webhook about the newest message. POST /api/v1/webhooks/{name}/test */
  postWebhooksNameTest(parameters: { name: string }, options?: Options): Promise<TestAnswer>;
  /** List tags. GET /api/v1/tags */
  getTags(parameters?: { inbox?: string }, options?: Options): Promise<string[]>;
  /** Set messages' tags. PUT /api/v1/tags */
  putTags(parameters: { inbox?: string; body: Tagging }, options?: Options): Promise<string>;
  /** Rename a tag. PUT /api/v1/tags/{tag} */
  putTagsTag(parameters: { tag: string; body: TagName }, options?: Options): Promise<string>;
  /** Delete a tag. The messages stay. DELETE /api/v1/tags/{tag} */
  deleteTagsTag(parameters: { tag: string }, options?: Options): Promise<string>;
  /** List inboxes. GET /api/v1/inboxes */
  getInboxes(parameters?: { inbox?: string }, options?: Options): Promise<InboxesAnswer>;
  /** Make an inbox. With a random name unless one is given. From then on its name and password are asked for when somebody logs in to SMTP or POP3 by that name; an inbox that mail had made keeps its mail. POST /api/v1/inboxes */
  postInboxes(parameters?: { body?: InboxBody }, options?: Options): Promise<NewInboxShape>;
  /** Look at an inbox. GET /api/v1/inboxes/{inbox} */
  getInboxesInbox(parameters: { inbox: string }, options?: Options): Promise<InboxShape>;
  /** Delete an inbox with its mail. Mail that is in another inbox too stays there. Faults set up for the inbox go. DELETE /api/v1/inboxes/{inbox} */
  deleteInboxesInbox(parameters: { inbox: string }, options?: Options): Promise<InboxGone>;
  /** Wait for messages. Answers as soon as `count` messages match, without marking them read. Messages are judged when they arrive, and once more when the time is over. GET /api/v1/wait */
  getWait(parameters?: { query?: string; inbox?: string; since?: number; count?: number; timeout?: number; absent?: boolean; tz?: string }, options?: Options): Promise<WaitAnswer>;
  /** Hear of news as server-sent events. The frames of the WebSocket but for `stats`, each as the data of an event named by its type. GET /api/v1/events */
  getEvents(parameters?: { after?: string; inbox?: string }, options?: Options): Promise<string>;
  /** Send a message in. POST /api/v1/send */
  postSend(parameters: { from?: string; inbox?: string; relay?: string; to?: string; body: Sending }, options?: Options): Promise<Sent>;
  /** The program and its mailbox. GET /api/v1/info */
  getInfo(options?: Options): Promise<AppInformation>;
  /** What a user interface needs to know. GET /api/v1/webui */
  getWebui(options?: Options): Promise<WebConfiguration>;
  /** The CA of a generated certificate. GET /api/v1/ca.pem */
  getCaPem(options?: Options): Promise<Uint8Array>;
  /** Whether the server runs. GET /livez */
  getLivez(options?: Options): Promise<string>;
  /** Whether the server can take and give mail. GET /readyz */
  getReadyz(options?: Options): Promise<string>;
  /** Tokens of the API. GET /api/v1/tokens */
  getTokens(options?: Options): Promise<TokensAnswer>;
  /** Make a token. POST /api/v1/tokens */
  postTokens(parameters?: { body?: TokenBody }, options?: Options): Promise<NewTokenShape>;
  /** Revoke a token. DELETE /api/v1/tokens/{number} */
  deleteTokensNumber(parameters: { number: string }, options?: Options): Promise<TokensAnswer>;
  /** List SMTP connections that brought no message. GET /api/v1/sessions */
  getSessions(parameters?: { limit?: string }, options?: Options): Promise<SessionsAnswer>;
  /** This document. GET /api/v1/openapi.json */
  getOpenapiJson(options?: Options): Promise<Record<string, unknown>>;
}

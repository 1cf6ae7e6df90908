// Made by generate.py from the OpenAPI document; do not edit.

/** A page of a list or of search results, newest first. total, unread: of the whole mailbox. messages_count, messages_unread: of what the query matches. count: of this page. cursor: the store's last arrival number at the time of reading. next_cursor: `cursor_before` of the next page, null on the last page. */
export interface MessageList {
  total: number;
  unread: number;
  messages_count: number;
  messages_unread: number;
  start: number;
  tags: string[];
  messages: Summary[];
  count: number;
  cursor: number;
  next_cursor: number | null;
}

/** A message in a list. size: in octets. attachments: their number. */
export interface Summary {
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

/** A display name and an address; both empty when the message has none. */
export interface Mailbox {
  Name?: string;
  Address?: string;
}

/** The body of every error of our own routes. */
export interface ProblemResponse {
  error: Problem;
}

/** An error. code: stable. message: a sentence for people. position: of a query's fault, in characters from 0. */
export interface Problem {
  code: string;
  message: string;
  position?: number | null;
}

/** Messages to mark as read or unread: those in `IDs`, or those matching `Search`, or all if neither is given. */
export interface MarkRequest {
  Read?: boolean;
  IDs?: string[];
  Search?: string;
}

/** Messages to delete; without ids, all of them. */
export interface DeleteRequest {
  IDs?: string[];
}

/** A whole message, except the octets of its attachments. cursor: its arrival number. */
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
  Inline: AttachmentInfo[];
  Attachments: AttachmentInfo[];
  Parts: TreePart[];
  Envelope: SmtpEnvelope;
  Defects: MessageDefect[];
}

/** List-Unsubscribe and List-Unsubscribe-Post, with their errors. RFC 2369, RFC 8058. */
export interface Unsubscribe {
  Header: string;
  Links: string[];
  Errors: string;
  HeaderPost: string;
}

/** An attachment or inline part, without its octets. file_name: the content id if the part has no name. */
export interface AttachmentInfo {
  PartID: string;
  FileName: string;
  ContentType: string;
  ContentID: string;
  Size: number;
  Checksums: Checksums;
}

/** Digests of a part's decoded octets, in lower-case hex. */
export interface Checksums {
  MD5: string;
  SHA1: string;
  SHA256: string;
}

/** An entity of the MIME tree, in document order, parents first. parent: a part id, empty for the root. */
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

/** The mail transaction as the client stated it. reverse_path: empty for the null reverse-path. */
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

/** A forward-path and the parameters of its RCPT command. */
export interface Recipient {
  Address: string;
  Parameters: Record<string, string | null>;
}

/** A deviation from the RFCs. code: stable. part_id: empty for the header section. */
export interface MessageDefect {
  Code: string;
  PartID: string;
  Text: string;
}

/** All outcomes, in the order of the assertions. passed: whether all of them passed. */
export interface AssertionsResponse {
  id: string;
  passed: boolean;
  outcomes: AssertionOutcome[];
}

/** The outcome of one assertion. message: a sentence that says why it failed, empty if it passed. */
export interface AssertionOutcome {
  assert: string;
  passed: boolean;
  message: string;
}

/** Assertions, at most 100. */
export interface AssertionsRequest {
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

/** All reports on a message. score: the lowest of them, null if no check gave one. */
export interface ChecksResponse {
  id: string;
  score: number | null;
  reports: CheckReport[];
}

/** The report of one check. score: 0 to 100, or null. error: why the check failed, empty if it did not. is_cut: whether a limit ended the examination early. facts: results besides the findings, with keys of the check's own; null unless requested. */
export interface CheckReport {
  check: string;
  title: string;
  score: number | null;
  error: string;
  is_cut: boolean;
  findings: CheckFinding[];
  facts: Record<string, unknown> | null;
}

/** A finding of a check. count: number of occurrences. clients: names of the mail programs affected. */
export interface CheckFinding {
  rule: string;
  severity: "error" | "info" | "warning";
  text: string;
  advice: string;
  source: string;
  place: FindingPosition | null;
  others: FindingPosition[];
  count: number;
  clients: string[];
}

/** Where a finding points. part_id: empty for the header section. line, column: from 1, 0 for the whole part. element: number of the HTML element in document order, -1 for none. sent_line: line of the message as sent; for a whole part the line of the field concerned or of its beginning; 0 if unknown. */
export interface FindingPosition {
  part_id: string;
  line: number;
  column: number;
  element: number;
  tag: string;
  sent_line: number;
  excerpt: string;
}

/** The response of a link. status: 0 without a response, for the reason in `reason`. is_refused: not requested, because it leads to an internal address. is_skipped: not requested, because it looks like a link that works only once. */
export interface LinkResult {
  url: string;
  status: number;
  reason: string;
  media_type: string;
  hops: LinkHop[];
  is_refused: boolean;
  is_skipped: boolean;
}

/** One request on the way to a link's target, and its response. */
export interface LinkHop {
  url: string;
  method: string;
  status: number;
  reason: string;
  location: string;
  address: string;
}

/** What mail programs do not support of a message's HTML. platforms: program families of each platform. */
export interface HtmlCheckResponse {
  Warnings: HtmlCheckWarning[];
  Platforms: Record<string, string[]>;
  Total: HtmlCheckTotal;
}

/** A feature that some mail program does not support fully. description, notes_by_number: HTML. */
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

/** A version of a mail program. support: "yes", "no", "partial" or "unknown". note_number: empty without a note. */
export interface HtmlCheckResult {
  Name: string;
  Platform: string;
  Family: string;
  Version: string;
  Support: string;
  NoteNumber: string;
}

/** found: number of uses in the message. The others: shares of the tested versions, 0 to 100. */
export interface HtmlCheckScore {
  Found: number;
  Supported: number;
  Partial: number;
  Unsupported: number;
}

/** The whole message. tests: number of features found. nodes: number of elements. The shares add up to 100. */
export interface HtmlCheckTotal {
  Tests: number;
  Nodes: number;
  Supported: number;
  Partial: number;
  Unsupported: number;
}

/** The links of a message. errors: number of links without a response or with a status of 400 or above. */
export interface LinkCheckResponse {
  Errors: number;
  Links: LinkCheckLink[];
}

/** A link. status_code: 0 without a response, 451 for an internal address. */
export interface LinkCheckLink {
  URL: string;
  StatusCode: number;
  Status: string;
}

/** The verdict of the spam filter. error: why there is none; `Rules` is null then. */
export interface SpamCheckResponse {
  IsSpam: boolean;
  Error: string;
  Score: number;
  Rules: SpamCheckRule[] | null;
}

/** A rule that matched. */
export interface SpamCheckRule {
  Score: number;
  Name: string;
  Description: string;
}

/** Codes and links of a message, the most confident first. code, link: the primary ones, null if none is likely. is_cut: whether the message was too large to be read completely. */
export interface Extraction {
  codes: Code[];
  links: Link[];
  code: Code | null;
  link: Link | null;
  is_cut: boolean;
}

/** A code. value: as a user types it. shown: as the message shows it. confidence: that a user is to type it. */
export interface Code {
  value: string;
  shown: string;
  kind: "confirmation" | "coupon" | "invitation" | "other" | "reset" | "sign-in" | "two-factor";
  confidence: number;
  place: ExtractPosition;
}

/** Where a code or link was found. part_id: empty for subject and header section. line: from 1, 0 outside texts. element: number of the HTML element in document order, -1 for none. */
export interface ExtractPosition {
  source: "header" | "html" | "subject" | "text";
  part_id: string;
  line: number;
  element: number;
}

/** A link. text: its visible text. confidence: that the message was sent for this link to be followed. */
export interface Link {
  url: string;
  text: string;
  kind: "action" | "confirmation" | "help" | "image" | "invitation" | "legal" | "mailto" | "other" | "phone" | "reset" | "sign-in" | "social" | "tracking" | "unsubscribe" | "view-in-browser";
  confidence: number;
  is_button: boolean;
  place: ExtractPosition;
}

/** All faults, in the order they are tried; the first that matches is injected. */
export interface FaultList {
  faults: Fault[];
}

/** An active fault. hits: how often it was injected. is_spent: whether `times` is reached. */
export interface Fault {
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

/** All faults, in the order they are tried. seed: of the random numbers, to make a run repeatable. */
export interface FaultsRequest {
  faults?: FaultRequest[];
  seed?: number | null;
}

/** A fault to inject. stage: of the SMTP dialogue. query: search terms on the envelope (`from:`, `to:`, `user:`, `ip:`). code: reply code 400–599, 0 for no reply. text: of the reply. delay: seconds before the reply. drop: close the connection. times: how often at most, 0 for no limit. probability: in percent. name: a label. inbox: only mail to this inbox. */
export interface FaultRequest {
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

/** Mailpit's three triggers; an omitted one is off. */
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

/** A relay. server: "host:port", or the path of its backend. Recipient patterns: regular expressions. */
export interface RelayInfo {
  Name: string;
  Server: string;
  ReturnPath: string;
  OverrideFrom: string;
  AllowedRecipients: string;
  BlockedRecipients: string;
  PreserveMessageIDs: boolean;
}

/** The outcome for each recipient, in the order given. */
export interface ReleaseReport {
  Recipients: RecipientOutcome[];
}

/** The outcome for one recipient. code, text: the server's reply; 250 and empty if it was accepted. */
export interface RecipientOutcome {
  Address: string;
  Accepted: boolean;
  Code: number;
  Text: string;
}

/** The recipients of a release. relay: name of a relay, empty for the default one. */
export interface ReleaseRequest {
  To?: string[];
  Relay?: string;
}

/** Jobs, newest first; only the newest thousand of the finished ones are kept. */
export interface JobList {
  jobs: JobInfo[];
}

/** The delivery of one message to one relay or webhook. relay: its name, or "webhook:" and the webhook's name. recipients: those still to be delivered to, or the last ones tried. state: "waiting", "sent" or "failed". due_at: time of the next attempt, null if there is none. text: of the last response. */
export interface JobInfo {
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
export interface WebhookList {
  webhooks: WebhookInfo[];
}

/** A webhook. url: without credentials and query. every, delay: in seconds. inbox: empty for all mail. */
export interface WebhookInfo {
  name: string;
  url: string;
  query: string;
  inbox: string;
  is_signed: boolean;
  every: number;
  delay: number;
}

/** The result of a test call of a webhook. text: the status of the response, or why there is none. */
export interface WebhookTest {
  ok: boolean;
  text: string;
}

/** The new tags of the messages in `IDs`, in place of their present ones; an empty list removes all tags. */
export interface SetTagsRequest {
  IDs?: string[];
  Tags?: string[];
}

/** The new name of a tag. */
export interface RenameTagRequest {
  Name?: string;
}

/** All inboxes, sorted by name. */
export interface InboxList {
  inboxes: InboxInfo[];
  cursor: number;
}

/** An inbox. messages: their number. is_made: created explicitly, so that it stays when it is empty. username: the SMTP user whose mail is routed to it. addresses: patterns of recipients whose mail is routed to it when the sender does not log in; "*" stands for anything. cursor: `since` of a wait for mail that is yet to arrive. */
export interface InboxInfo {
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

/** An inbox just created. password: of SMTP and POP3; the API returns it only once. smtp, pop3: listeners. */
export interface CreatedInbox {
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

/** An inbox to create. name: empty for a random one. ttl: seconds until it is deleted with its mail, null for never. max_messages: how many it keeps, 0 for no limit. max_age: seconds it keeps a message, null for no limit. */
export interface InboxRequest {
  name?: string;
  ttl?: number | null;
  max_messages?: number;
  max_age?: number | null;
}

/** A deleted inbox. deleted: number of messages deleted with it; messages that are also in another inbox stay. */
export interface DeletedInbox {
  deleted: number;
  cursor: number;
}

/** The messages that matched, in the order of arrival. cursor: `since` of a wait for later messages. */
export interface WaitSuccess {
  messages: FullMessage[];
  cursor: number;
}

/** A whole message with its codes and links. */
export interface FullMessage {
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
  Inline: AttachmentInfo[];
  Attachments: AttachmentInfo[];
  Parts: TreePart[];
  Envelope: SmtpEnvelope;
  Defects: MessageDefect[];
  extract: Extraction;
}

/** A wait that failed. messages: those that matched. near_misses: the newest others, fewest failed conditions first. cursor: the store's last arrival number at the end of the wait. */
export interface WaitFailure {
  error: Problem;
  messages: FullMessage[];
  near_misses: NearMiss[];
  cursor: number;
}

/** A message that arrived but did not match. failed: a sentence for each condition that it failed. */
export interface NearMiss {
  message: Summary;
  failed: string[];
}

/** The stored message. cursor: its arrival number. relayed: the outcome for each recipient, if a relay was named. */
export interface SentMessage {
  ID: string;
  cursor: number;
  Relayed?: RecipientOutcome[];
}

/** Why a message was refused. */
export interface SendError {
  Error: string;
}

/** A message to store. */
export interface SendRequest {
  From?: SendAddress;
  To?: SendAddress[];
  Cc?: SendAddress[];
  Bcc?: string[];
  ReplyTo?: SendAddress[];
  Subject?: string;
  Text?: string;
  HTML?: string;
  Attachments?: SendAttachment[];
  Tags?: string[];
  Headers?: Record<string, string>;
}

/** A display name and an address. */
export interface SendAddress {
  Name?: string;
  Email?: string;
}

/** A file. content: base64, or a data URL. With a content id it is an inline part that the HTML can refer to. */
export interface SendAttachment {
  Content?: string;
  Filename?: string;
  ContentType?: string;
  ContentID?: string;
}

/** The running program and its mailbox. latest_version: always "disabled", since no network request is made. */
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

/** Numbers since the start. uptime: in seconds. memory, smtp_accepted_size: in octets. */
export interface RuntimeStats {
  Uptime: number;
  Memory: number;
  MessagesDeleted: number;
  SMTPAccepted: number;
  SMTPAcceptedSize: number;
  SMTPRejected: number;
  SMTPIgnored: number;
}

/** The configuration that a user interface needs. */
export interface WebConfiguration {
  Label: string;
  MessageRelay: MessageRelay;
  SpamAssassin: boolean;
  ChaosEnabled: boolean;
  DuplicatesIgnored: boolean;
  HideDeleteAllButton: boolean;
}

/** Whether caught messages can be released, and through which server. */
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
export interface TokenList {
  tokens: TokenInfo[];
}

/** A token. expires_at: null for never. inbox: the only one it opens, empty for all. */
export interface TokenInfo {
  id: number;
  name: string;
  scope: "admin" | "read" | "write";
  created_at: string;
  expires_at: string | null;
  inbox: string;
}

/** A token just created. secret: its bearer token; the API returns it only once. */
export interface CreatedToken {
  id: number;
  name: string;
  scope: "admin" | "read" | "write";
  created_at: string;
  expires_at: string | null;
  inbox: string;
  secret: string;
}

/** A token to create. days: how long it is valid, null for no limit. inbox: the only one it opens, empty for all. */
export interface TokenRequest {
  name?: string;
  scope?: "admin" | "read" | "write";
  days?: number | null;
  inbox?: string;
}

/** Sessions, newest first; the newest thousand are kept. */
export interface SessionList {
  sessions: SessionInfo[];
}

/** A session. address: of the client, empty for a Unix socket. helo, user, tls: empty if not given. ended: "quit", "lost", "timeout", "refused" or "stopped". transcript: the dialogue with secrets masked; lines of the client begin with "C: ", replies with "S: ". */
export interface SessionInfo {
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
  /** Mark messages as read or unread. PUT /api/v1/messages */
  putMessages(parameters: { tz?: string; inbox?: string; body: MarkRequest }, options?: Options): Promise<string>;
  /** Delete messages. Deletes the messages in `IDs`; without a body, with `{}` or with an empty list, all messages. Unknown ids are ignored. DELETE /api/v1/messages */
  deleteMessages(parameters?: { inbox?: string; body?: DeleteRequest }, options?: Options): Promise<string>;
  /** Search messages. GET /api/v1/search */
  getSearch(parameters: { query: string; start?: number | string; limit?: number | string; before?: string; cursor_before?: number | string; tz?: string; strict?: string; inbox?: string }, options?: Options): Promise<MessageList>;
  /** Delete the messages that a search finds. A query without a condition, or with an invalid term, is refused. DELETE /api/v1/search */
  deleteSearch(parameters: { query: string; tz?: string; inbox?: string }, options?: Options): Promise<string>;
  /** Get a message. Marks it as read. GET /api/v1/message/{id} */
  getMessageId(parameters: { id: string; query?: string; tz?: string; inbox?: string; peek?: string }, options?: Options): Promise<MessageDetail>;
  /** Get the header section of a message. GET /api/v1/message/{id}/headers */
  getMessageIdHeaders(parameters: { id: string; query?: string; tz?: string; inbox?: string }, options?: Options): Promise<Record<string, string[]>>;
  /** Get the octets of a message as received. GET /api/v1/message/{id}/raw */
  getMessageIdRaw(parameters: { id: string; query?: string; tz?: string; inbox?: string; dl?: string; trace?: string }, options?: Options): Promise<Uint8Array>;
  /** Get the decoded octets of a part. GET /api/v1/message/{id}/part/{part_id} */
  getMessageIdPartPartId(parameters: { id: string; query?: string; tz?: string; inbox?: string; part_id: string }, options?: Options): Promise<Uint8Array>;
  /** Get a thumbnail of an image. 180×120 pixels; blank if the part is no image or cannot be decoded. GET /api/v1/message/{id}/part/{part_id}/thumb */
  getMessageIdPartPartIdthumb(parameters: { id: string; query?: string; tz?: string; inbox?: string; part_id: string }, options?: Options): Promise<Uint8Array>;
  /** Evaluate assertions about a message. The status is 200 whether they pass or not; see `passed`. POST /api/v1/message/{id}/assert */
  postMessageIdAssert(parameters: { id: string; query?: string; tz?: string; inbox?: string; body: AssertionsRequest }, options?: Options): Promise<AssertionsResponse>;
  /** Check a message. Checks structure, header, HTML in mail programs, accessibility, links, size and, on request (`only=linkcheck,authentication`), what needs the network. The report of a failed check has the reason in `error`. GET /api/v1/message/{id}/checks */
  getMessageIdChecks(parameters: { id: string; query?: string; tz?: string; inbox?: string; only?: string; ignore?: string; facts?: "0" | "1"; linked_sheets?: "0" | "1"; one_time_links?: "0" | "1"; follow?: string }, options?: Options): Promise<ChecksResponse>;
  /** Request every link of a message. The result of each link is a line of JSON, sent as soon as it is known. GET /api/v1/message/{id}/checks/links */
  getMessageIdChecksLinks(parameters: { id: string; query?: string; tz?: string; inbox?: string; one_time_links?: "0" | "1"; follow?: string }, options?: Options): Promise<LinkResult[]>;
  /** Check the HTML against the features that mail programs support. GET /api/v1/message/{id}/html-check */
  getMessageIdHtmlCheck(parameters: { id: string; query?: string; tz?: string; inbox?: string }, options?: Options): Promise<HtmlCheckResponse>;
  /** Check the links. Marks the message as read. Links that look as if they work only once are not requested. GET /api/v1/message/{id}/link-check */
  getMessageIdLinkCheck(parameters: { id: string; query?: string; tz?: string; inbox?: string; follow?: string }, options?: Options): Promise<LinkCheckResponse>;
  /** Get the verdict of the spam filter. GET /api/v1/message/{id}/sa-check */
  getMessageIdSaCheck(parameters: { id: string; query?: string; tz?: string; inbox?: string }, options?: Options): Promise<SpamCheckResponse>;
  /** Find one-time codes and links in a message. Every code and link has a kind and a confidence from 0 to 1; the most confident come first. `code` and `link` are those that the message was sent for. The message is not marked as read. GET /api/v1/message/{id}/extract */
  getMessageIdExtract(parameters: { id: string; query?: string; tz?: string; inbox?: string }, options?: Options): Promise<Extraction>;
  /** List the active faults. GET /api/v1/faults */
  getFaults(parameters?: { inbox?: string }, options?: Options): Promise<FaultList>;
  /** Replace all faults. PUT /api/v1/faults */
  putFaults(parameters?: { body?: FaultsRequest }, options?: Options): Promise<FaultList>;
  /** Add a fault. POST /api/v1/faults */
  postFaults(parameters: { inbox?: string; body: FaultRequest }, options?: Options): Promise<Fault>;
  /** Remove all faults. DELETE /api/v1/faults */
  deleteFaults(parameters?: { inbox?: string }, options?: Options): Promise<FaultList>;
  /** Remove a fault. DELETE /api/v1/faults/{number} */
  deleteFaultsNumber(parameters: { number: string }, options?: Options): Promise<FaultList>;
  /** Get Mailpit's chaos triggers. GET /api/v1/chaos */
  getChaos(options?: Options): Promise<ChaosTriggers>;
  /** Set Mailpit's chaos triggers. PUT /api/v1/chaos */
  putChaos(parameters?: { body?: ChaosTriggers }, options?: Options): Promise<ChaosTriggers>;
  /** List the relays that messages can be released through. The first one is the default. Passwords are never returned. GET /api/v1/relays */
  getRelays(options?: Options): Promise<RelayInfo[]>;
  /** Release a message. Sends it to the given addresses through a relay. Bcc is removed; Date and, unless the relay preserves it, Message-ID are replaced. If an address is not allowed, nothing is sent to any. POST /api/v1/message/{id}/release */
  postMessageIdRelease(parameters: { id: string; query?: string; tz?: string; inbox?: string; report?: string; body: ReleaseRequest }, options?: Options): Promise<ReleaseReport>;
  /** List the deliveries to relays and webhooks. GET /api/v1/outgoing */
  getOutgoing(parameters?: { relay?: string; message?: string; limit?: number }, options?: Options): Promise<JobList>;
  /** List the webhooks. GET /api/v1/webhooks */
  getWebhooks(options?: Options): Promise<WebhookList>;
  /** Call a webhook with the newest message. POST /api/v1/webhooks/{name}/test */
  postWebhooksNameTest(parameters: { name: string }, options?: Options): Promise<WebhookTest>;
  /** List tags. GET /api/v1/tags */
  getTags(parameters?: { inbox?: string }, options?: Options): Promise<string[]>;
  /** Set the tags of messages. Invalid tags and unknown ids are ignored. PUT /api/v1/tags */
  putTags(parameters: { inbox?: string; body: SetTagsRequest }, options?: Options): Promise<string>;
  /** Rename a tag. PUT /api/v1/tags/{tag} */
  putTagsTag(parameters: { tag: string; body: RenameTagRequest }, options?: Options): Promise<string>;
  /** Delete a tag. Messages that have it are kept. DELETE /api/v1/tags/{tag} */
  deleteTagsTag(parameters: { tag: string }, options?: Options): Promise<string>;
  /** List inboxes. GET /api/v1/inboxes */
  getInboxes(parameters?: { inbox?: string }, options?: Options): Promise<InboxList>;
  /** Create an inbox. With a random name unless one is given. From then on its password is required to log in to SMTP or POP3 with its name. An inbox that arriving mail had created keeps its mail. POST /api/v1/inboxes */
  postInboxes(parameters?: { body?: InboxRequest }, options?: Options): Promise<CreatedInbox>;
  /** Get an inbox. GET /api/v1/inboxes/{inbox} */
  getInboxesInbox(parameters: { inbox: string }, options?: Options): Promise<InboxInfo>;
  /** Delete an inbox with its mail. Messages that are also in another inbox stay there. The faults of the inbox are removed. DELETE /api/v1/inboxes/{inbox} */
  deleteInboxesInbox(parameters: { inbox: string }, options?: Options): Promise<DeletedInbox>;
  /** Wait for messages. Responds as soon as `count` messages match, without marking them as read. Messages are matched when they arrive, and once more at the end of the timeout. GET /api/v1/wait */
  getWait(parameters?: { query?: string; inbox?: string; since?: number; count?: number; timeout?: number; absent?: boolean; tz?: string }, options?: Options): Promise<WaitSuccess>;
  /** Receive events as server-sent events. The data of each event is a frame of the WebSocket, except for `stats`, and its name the frame's type. GET /api/v1/events */
  getEvents(parameters?: { after?: string; inbox?: string }, options?: Options): Promise<string>;
  /** Store a message. It is stored like a message received over SMTP. POST /api/v1/send */
  postSend(parameters: { from?: string; inbox?: string; relay?: string; to?: string; body: SendRequest }, options?: Options): Promise<SentMessage>;
  /** Get information about the program and its mailbox. GET /api/v1/info */
  getInfo(options?: Options): Promise<AppInformation>;
  /** Get the CA certificate behind a generated certificate. GET /api/v1/ca.pem */
  getCaPem(options?: Options): Promise<Uint8Array>;
  /** Check whether the server runs. GET /livez */
  getLivez(options?: Options): Promise<string>;
  /** Check whether the server is ready to accept and return mail. GET /readyz */
  getReadyz(options?: Options): Promise<string>;
  /** Get the configuration that a user interface needs. GET /api/v1/webui */
  getWebui(options?: Options): Promise<WebConfiguration>;
  /** List the tokens of the API. GET /api/v1/tokens */
  getTokens(options?: Options): Promise<TokenList>;
  /** Create a token. POST /api/v1/tokens */
  postTokens(parameters?: { body?: TokenRequest }, options?: Options): Promise<CreatedToken>;
  /** Revoke a token. DELETE /api/v1/tokens/{number} */
  deleteTokensNumber(parameters: { number: string }, options?: Options): Promise<TokenList>;
  /** List SMTP sessions that delivered no message. GET /api/v1/sessions */
  getSessions(parameters?: { limit?: string }, options?: Options): Promise<SessionList>;
  /** Get this document. GET /api/v1/openapi.json */
  getOpenapiJson(options?: Options): Promise<Record<string, unknown>>;
}

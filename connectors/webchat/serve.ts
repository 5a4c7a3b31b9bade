import type { IncomingMessage, ServerResponse } from 'node:http';
import { SECOND } from '../../src/sdk/index.js';
import type { Account, Context, Doors, Emit, ServeHandler } from '../../src/sdk/index.js';
import { answerJson, answerNothing, answerProblem } from './answer.js';
import type { Problem } from './answer.js';
import { readBody } from './body.js';
import { openBuckets } from './buckets.js';
import type { Buckets } from './buckets.js';
import { NewMessage, openMessages } from './messages.js';
import type { Messages } from './messages.js';
import { admitOrigin, answerPreflight } from './origins.js';
import type { Pages } from './pages.js';
import { openReceipts, ReadUpTo } from './receipts.js';
import type { Receipts } from './receipts.js';
import { settingsOf } from './settings.js';
import type { Settings } from './settings.js';
import type { Streams } from './stream.js';
import { admitVisitor, visitorOf } from './visitor.js';

/** New visitors of one network address a minute; a chat page needs one. */
const SESSIONS_PER_MINUTE = 20;
/** The longest number that is exact in every language. */
const SEQUENCE = /^\d{1,15}$/;

export interface ServeParts {
  readonly context: Context;
  readonly emit: Emit;
  readonly doors: Doors;
  readonly streams: Streams;
  readonly pages: Pages;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly account: Account;
  readonly settings: Settings;
  /** Network address the request is counted under. */
  readonly address: string;
  readonly query: URLSearchParams;
}

interface Room {
  readonly context: Context;
  readonly buckets: Buckets;
  readonly messages: Messages;
  readonly receipts: Receipts;
  readonly streams: Streams;
}

type Route = (room: Room, exchange: Exchange) => Promise<void>;

const ROUTES: Readonly<Record<string, { readonly method: 'GET' | 'POST'; readonly run: Route }>> = {
  '/session': { method: 'POST', run: session },
  '/messages': { method: 'POST', run: message },
  '/stream': { method: 'GET', run: stream },
  '/read': { method: 'POST', run: read },
};

/** The protocol under `/c/{connectionId}/…`; see README.md. The route decides how a body is read. */
export function createHandler({ context, emit, doors, streams, pages }: ServeParts): ServeHandler {
  const room: Room = {
    context,
    streams,
    buckets: openBuckets(context.clock),
    messages: openMessages(emit, doors, context.clock),
    receipts: openReceipts(emit, doors, context.clock),
  };
  return async (request, response, path, address) => {
    const question = path.indexOf('?');
    const name = question === -1 ? path : path.slice(0, question);
    if (request.method === 'GET' && name === '/widget.js') return pages.widget(response);
    if (request.method === 'GET' && name === '/demo') return pages.demo(response);
    const query = new URLSearchParams(question === -1 ? '' : path.slice(question));
    await handle(room, name, exchangeOf(context, { request, response, query, address }));
  };
}

function exchangeOf(
  context: Context,
  asked: Pick<Exchange, 'request' | 'response' | 'query' | 'address'>,
): Exchange {
  const account = context.account();
  return { ...asked, account, settings: settingsOf(account) };
}

async function handle(room: Room, name: string, exchange: Exchange): Promise<void> {
  const { request, response, settings, address } = exchange;
  const route = ROUTES[name];
  if (route === undefined) return answerProblem(response, unknownRoute);
  if (!admitOrigin(request, response, exchange)) return answerProblem(response, foreignOrigin);
  if (request.method === 'OPTIONS') return answerPreflight(response);
  if (request.method !== route.method) return answerProblem(response, wrongMethod(route.method));
  const wait = room.buckets.take(`address ${address}`, settings.requestsPerMinute);
  if (wait > 0) return answerProblem(response, tooMany(wait));
  try {
    await route.run(room, exchange);
  } catch (error) {
    room.context.log.warn('a chat request could not be kept', { why: String(error).slice(0, 200) });
    answerProblem(response, notNow);
  }
}

/** A token for a new visitor; a valid one is renewed, so that a chat that is used never ends. */
async function session(room: Room, exchange: Exchange): Promise<void> {
  const { response, account, settings, address } = exchange;
  exchange.request.resume();
  const known = visitorIn(room, exchange);
  const wait = known === null ? room.buckets.take(`session ${address}`, SESSIONS_PER_MINUTE) : 0;
  if (wait > 0) return answerProblem(response, tooMany(wait));
  const { token, expiresAt } = admitVisitor(account.macKeys, room.context.clock.now(), known);
  const { title, greeting } = settings;
  answerJson(response, 200, { visitor: token, expiresAt, title, greeting });
}

async function message(room: Room, exchange: Exchange): Promise<void> {
  const { request, response, settings } = exchange;
  const visitor = visitorIn(room, exchange);
  if (visitor === null) return answerProblem(response, noVisitor);
  const wait = room.buckets.take(`visitor ${visitor}`, settings.messagesPerMinute);
  if (wait > 0) return answerProblem(response, tooMany(wait));
  const body = await readBody(request, NewMessage);
  if (!body.ok) return answerProblem(response, body.problem);
  const posted = await room.messages.post(visitor, body.value);
  if (posted.kind === 'conflict') return answerProblem(response, idTaken);
  answerJson(response, posted.kind === 'new' ? 201 : 200, posted.answer);
}

async function read(room: Room, exchange: Exchange): Promise<void> {
  const visitor = visitorIn(room, exchange);
  if (visitor === null) return answerProblem(exchange.response, noVisitor);
  const body = await readBody(exchange.request, ReadUpTo);
  if (!body.ok) return answerProblem(exchange.response, body.problem);
  await room.receipts.acknowledge(visitor, body.value.state, body.value.upTo);
  answerNothing(exchange.response);
}

/** Resumes after `Last-Event-ID` (or `?after=`); coming back with one acknowledges it as delivered. */
async function stream(room: Room, exchange: Exchange): Promise<void> {
  const { request, response, query } = exchange;
  const visitor = visitorIn(room, exchange);
  if (visitor === null) return answerProblem(response, noVisitor);
  if (!room.streams.hasRoom(visitor)) return answerProblem(response, tooMany(5 * SECOND));
  const last = String(request.headers['last-event-id'] ?? query.get('after') ?? '');
  const after = SEQUENCE.test(last) ? Number(last) : 0;
  room.streams.open(response, visitor, after);
  if (after > 0) await room.receipts.acknowledge(visitor, 'delivered', after);
}

function visitorIn({ context }: Room, { request, account }: Exchange): string | null {
  return visitorOf(request.headers.authorization, account.macKeys, context.clock.now());
}

const unknownRoute: Problem = {
  status: 404,
  title: 'No such route',
  detail: 'Known are /session, /messages, /stream, /read, /widget.js and /demo.',
};
const foreignOrigin: Problem = {
  status: 403,
  title: 'This page may not use the chat',
  detail: 'Add the page’s origin to “Pages that may show the chat” of the connection.',
};
const noVisitor: Problem = {
  status: 401,
  title: 'No valid visitor token',
  detail: 'POST /session gives one; send it as Authorization: Bearer.',
};
const idTaken: Problem = {
  status: 409,
  title: 'This clientMessageId was used for another text',
  detail: 'Make a new UUID of version 7 for every message.',
};
const notNow: Problem = {
  status: 503,
  title: 'Not kept',
  detail: 'Nothing was stored. Send the same message with the same clientMessageId again.',
  headers: { 'retry-after': '2' },
};

function wrongMethod(method: string): Problem {
  const headers = { allow: `${method}, OPTIONS` };
  return { status: 405, title: 'Not with this method', detail: `Use ${method}.`, headers };
}

function tooMany(wait: number): Problem {
  const seconds = Math.ceil(wait / SECOND);
  return {
    status: 429,
    title: 'Too many requests',
    detail: `Try again in ${seconds} seconds.`,
    headers: { 'retry-after': String(seconds) },
  };
}

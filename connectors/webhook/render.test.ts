import fc from 'fast-check';
import { newRun } from '../../src/sdk/index.js';
import type { Account, Reply } from '../../src/sdk/index.js';
import { callOf, render } from './render.js';
import type { Call, Payload } from './render.js';
import { planSend } from './send-plan.js';
import { compileJson, fillJson } from './template.js';

const SEND_URL =
  'https://shop.example/chats/{{conversation.key}}/messages?lang={{settings.mapping}}';

function account(settings: Record<string, unknown>): Account {
  return { id: 'shop', settings, credentials: {}, hookUrl: '', macKeys: [] };
}

function replyOf(change: Partial<Reply> = {}): Reply {
  return {
    id: 'r-1',
    text: '您好 "quoted" \\ {{reply.id}}',
    html: null,
    attachments: [],
    composedAt: Date.UTC(2026, 10, 20),
    agent: 'Mei',
    conversation: {
      key: 'a/b?c&d#{{x}}',
      handle: 'C-42',
      name: '张伟',
      subject: null,
      ticket: 12,
      context: { messageId: 'm-1' },
    },
    ...change,
  };
}

const file = { sha256: 'a'.repeat(64), name: 'photo.jpg', type: 'image/jpeg', size: 7 };

function callOfReply(settings: Record<string, unknown>, reply = replyOf()): Call {
  const given = account({ sendUrl: SEND_URL, ...settings });
  const rendered = render(reply, given);
  const planned = planSend(given);
  if (rendered.kind !== 'parts') throw new Error(rendered.why.en);
  const payload = rendered.parts[0]?.payload as Payload;
  const call = planned.ok ? callOf(payload, given, planned.plan) : null;
  if (call === null) throw new Error('no call');
  return call;
}

describe('a send template', () => {
  test('left alone gives the body that the docs describe', () => {
    expect(callOfReply({}).body).toEqual({
      type: 'reply.created',
      timestamp: '2026-11-20T00:00:00.000Z',
      data: {
        id: 'r-1',
        ticket: 12,
        conversation: 'a/b?c&d#{{x}}',
        customer: { id: 'C-42', name: '张伟' },
        inReplyTo: 'm-1',
        subject: null,
        text: '您好 "quoted" \\ {{reply.id}}',
        attachments: [],
      },
    });
  });

  test('escapes by construction: values in the URL stay one segment', () => {
    expect(callOfReply({}).url).toBe(
      'https://shop.example/chats/a%2Fb%3Fc%26d%23%7B%7Bx%7D%7D/messages?lang=',
    );
  });

  test('never reads placeholders in what a customer or an agent wrote', () => {
    const body = callOfReply({ sendBody: { text: 'Re: {{reply.text}}' } }).body;
    expect(body).toEqual({ text: 'Re: 您好 "quoted" \\ {{reply.id}}' });
  });

  test('lets no line break into a header', () => {
    const { headers } = callOfReply(
      { sendHeaders: { 'X-Text': 'a {{reply.text}}' } },
      replyOf({
        text: 'x\r\nBcc: y\u2028',
      }),
    );
    expect(headers).toEqual({ 'x-text': 'a x%0D%0ABcc: y%E2%80%A8' });
  });

  test('carries any value through JSON unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const body = callOfReply({ sendBody: { a: [{ b: '{{reply.text}}' }] } }, replyOf({ text }));
        expect(JSON.parse(JSON.stringify(body.body))).toEqual({ a: [{ b: text }] });
      }),
    );
  });

  test('names attachments where it says so, and puts links into the text where it does not', () => {
    const reply = replyOf({
      text: 'See',
      attachments: [{ ...file, url: 'https://hub.example/f/1' }],
    });
    expect(callOfReply({}, reply).body).toMatchObject({
      data: {
        text: 'See',
        attachments: [
          { url: 'https://hub.example/f/1', name: 'photo.jpg', type: 'image/jpeg', size: 7 },
        ],
      },
    });
    expect(callOfReply({ sendBody: { text: '{{reply.text}}' } }, reply).body).toEqual({
      text: 'See\nphoto.jpg: https://hub.example/f/1',
    });
  });

  test('refuses what cannot travel, in both languages', () => {
    const hidden = replyOf({ attachments: [{ ...file, url: null }] });
    expect(render(hidden, account({ sendUrl: SEND_URL }))).toMatchObject({
      kind: 'refused',
      cause: 'content',
    });
    expect(render(replyOf(), account({}))).toMatchObject({
      kind: 'refused',
      cause: 'permission',
      why: { en: expect.stringContaining('sendUrl') as unknown },
    });
  });

  test.each([
    [{ sendUrl: 'https://{{reply.text}}/x' }, 'sendUrl'],
    [{ sendUrl: 'https://shop.example{{reply.text}}' }, 'sendUrl'],
    [{ sendUrl: 'ftp://shop.example/' }, 'sendUrl'],
    [{ sendBody: { a: '{{reply.' } }, 'sendBody'],
    [{ sendBody: { a: '{{reply[}}' } }, 'sendBody'],
    [{ sendHeaders: { 'bad name': 'x' } }, 'sendHeaders'],
  ])('that is wrong is refused with the name of its setting: %j', (settings, name) => {
    const rendered = render(replyOf(), account({ sendUrl: SEND_URL, ...settings }));
    expect(rendered).toMatchObject({
      kind: 'refused',
      why: { en: expect.stringContaining(name) as unknown },
    });
  });

  test('reads nothing that a record only inherited', () => {
    const read = compileJson({ a: '{{reply.constructor}}', b: '{{reply.__proto__.x}}' });
    if (!read.ok) throw new Error(read.why);
    const input = { reply: {}, conversation: {}, settings: {} };
    expect(fillJson(read.template, input, newRun(input))).toEqual({ a: null, b: null });
  });
});

import type { Account, Rendered, Reply, ReplyAttachment } from '../../src/sdk/index.js';
import { addressOf, render } from './render.js';
import type { Payload } from './render.js';
import type { Settings } from './settings.js';

const ACCOUNT: Account = {
  id: 'sms',
  settings: { accountSid: `AC${'0'.repeat(32)}`, from: '+15550002222' },
  credentials: { authToken: 'x' },
  hookUrl: 'https://hub.example.com/hooks/sms',
  macKeys: [],
};

function reply(text: string, attachments: readonly ReplyAttachment[] = [], context = {}): Reply {
  return {
    id: 'r1',
    text,
    html: null,
    attachments,
    composedAt: 1_000,
    agent: 'Li',
    conversation: {
      key: '+15550003333#+15550001111',
      handle: '+15550001111',
      name: null,
      subject: null,
      ticket: 1,
      context: { our: '+15550003333', ...context },
    },
  };
}

function file(name: string, change: Partial<ReplyAttachment> = {}): ReplyAttachment {
  const url = `https://hub.example.com/files/${name}`;
  return { sha256: 'a'.repeat(64), name, type: 'image/png', size: 1_000, url, ...change };
}

function payloads(rendered: Rendered): readonly Payload[] {
  if (rendered.kind !== 'parts') throw new Error(`refused: ${rendered.why.en}`);
  return rendered.parts.map((part) => part.payload as Payload);
}

describe('a reply by SMS', () => {
  test('leaves by the number the customer wrote to', () => {
    expect(payloads(render(reply('Sorry.'), ACCOUNT))).toEqual([
      {
        to: '+15550001111',
        our: '+15550003333',
        text: 'Sorry.',
        media: [],
        composedAt: 1_000,
      },
    ]);
  });

  test('leaves by the messaging service, or by the configured number, where no number is known', () => {
    const service = `MG${'0'.repeat(32)}`;
    const numbered = { ...ACCOUNT.settings, apiBase: 'https://api.example' } as unknown as Settings;
    const addresses = (our: string | undefined, settings: Settings) =>
      payloads(render(reply('Hi', [], { our }), ACCOUNT)).map((one) => addressOf(one, settings));
    const serviced = { ...numbered, messagingServiceSid: service };
    expect(addresses(undefined, serviced)).toEqual([{ from: null, service }]);
    expect(addresses(service, numbered)).toEqual([{ from: null, service }]);
    expect(addresses(undefined, numbered)).toEqual([{ from: '+15550002222', service: null }]);
    expect(addresses('+15550003333', numbered)).toEqual([{ from: '+15550003333', service: null }]);
  });

  test('becomes several messages when it is long, the files with the last', () => {
    const rendered = render(reply('坏'.repeat(1_000), [file('a.png')]), ACCOUNT);
    expect(payloads(rendered).map(({ text, media }) => [text.length, media.length])).toEqual([
      [670, 0],
      [330, 1],
    ]);
  });

  test('keeps to the configured segments', () => {
    const settings = { ...ACCOUNT.settings, maxSegments: 1 };
    expect(payloads(render(reply('a'.repeat(200)), { ...ACCOUNT, settings }))).toHaveLength(2);
  });

  test('of files only is one message per ten', () => {
    const files = Array.from({ length: 11 }, (_, i) => file(`${i}.png`));
    const rendered = render(reply('', files), ACCOUNT);
    expect(payloads(rendered).map(({ text, media }) => [text, media.length])).toEqual([
      ['', 10],
      ['', 1],
    ]);
    expect(rendered).toMatchObject({ parts: [{}, { preview: '[10.png]' }] });
  });

  test.each([
    ['without text and files', reply('  ')],
    ['with a file over 5 MB', reply('x', [file('big.png', { size: 5 * 1024 * 1024 + 1 })])],
    ['with a file that has no public link', reply('x', [file('a.png', { url: null })])],
  ])('%s is refused, with the reason', (_name, given) => {
    expect(render(given, ACCOUNT)).toMatchObject({ kind: 'refused', cause: 'content' });
  });
});

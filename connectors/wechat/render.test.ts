import type { Reply, ReplyAttachment } from '../../src/sdk/index.js';
import { renderWith } from './render.js';

const FILE: ReplyAttachment = {
  sha256: 'a'.repeat(64),
  name: 'photo.PNG',
  type: 'IMAGE/PNG',
  size: 10 * 1024 * 1024,
  url: null,
};

const reply = (text: string, attachments: readonly ReplyAttachment[] = []): Reply => ({
  id: 'r1',
  text,
  html: null,
  attachments,
  composedAt: 0,
  agent: null,
  conversation: { key: 'o1', handle: 'o1', name: null, subject: null, ticket: 1, context: {} },
});

const sizes = (text: string): readonly number[] => {
  const rendered = renderWith(['image'], reply(text));
  const parts = rendered.kind === 'parts' ? rendered.parts : [];
  return parts.map(({ preview }) => Buffer.byteLength(preview));
};

test('a text is split by bytes, not by characters', () => {
  expect(sizes('x'.repeat(2_048))).toEqual([2_048]);
  expect(sizes('x'.repeat(2_049))).toEqual([2_048, 1]);
  expect(sizes('诉'.repeat(683))).toEqual([2_046, 3]);
  expect(sizes('😡'.repeat(513))).toEqual([2_048, 4]);
});

test('it is cut after a sentence where there is one', () => {
  const sentence = `${'请先断电'.repeat(160)}。`;
  expect(sizes(sentence + sentence)).toEqual([1_923, 1_923]);
});

test('what WeChat cannot take inside a text is left out', () => {
  const written = 'one\u0007 two\u001B\r\nthree\tfour 😡 \uD83D!';
  const text = 'one two\nthree\tfour 😡 !';
  expect(renderWith(['image'], reply(written))).toMatchObject({
    parts: [{ payload: { kind: 'text', text }, preview: text }],
  });
  expect(renderWith(['image'], reply('\u0007\uDC00'))).toMatchObject({ kind: 'refused' });
});

test('files follow the text, each a message of its own', () => {
  const rendered = renderWith(['image'], reply('See these.', [FILE, FILE]));
  expect(rendered).toMatchObject({
    kind: 'parts',
    parts: [
      { payload: { to: 'o1', kind: 'text', text: 'See these.' }, attachments: [] },
      { payload: { kind: 'image', type: 'IMAGE/PNG' }, preview: '[photo.PNG]' },
      { payload: { kind: 'image' } },
    ],
  });
});

test('a byte beyond what WeChat takes is refused, and so is nothing at all', () => {
  const large = { ...FILE, size: FILE.size + 1 };
  expect(renderWith(['image'], reply('', [large]))).toMatchObject({
    kind: 'refused',
    why: { en: '“photo.PNG” is larger than the 10 MB WeChat takes' },
  });
  expect(renderWith(['image'], reply(' \n'))).toMatchObject({ kind: 'refused', cause: 'content' });
});

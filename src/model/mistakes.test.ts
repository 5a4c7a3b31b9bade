import { z } from 'zod';
import { mistakeOf, type Issue } from './mistakes.js';

const shape = z.strictObject({
  text: z.string().min(1).max(5),
  number: z.int().positive(),
  least: z.int().min(3),
  state: z.enum(['open', 'solved']),
  at: z.iso.datetime(),
  list: z.array(z.int()).min(2),
  url: z.url(),
  sure: z.boolean(),
  fields: z.record(z.string(), z.string()),
  code: z.string().regex(/^x$/),
  own: z.string().refine(() => false, 'is none of ours'),
});
const GOOD = {
  ...{ text: 'a', number: 1, least: 3, state: 'open', at: '2026-11-20T08:15:00Z', list: [1, 2] },
  ...{ url: 'https://a.example', sure: true, fields: {}, code: 'x', own: 'x' },
};

const of = (wrong: object): readonly string[] =>
  (shape.safeParse({ ...GOOD, own: 'x', ...wrong }).error?.issues ?? [])
    .filter(({ path }) => path[0] !== 'own' || 'own' in wrong)
    .map((issue) => mistakeOf(issue as Issue).en);

test.each<[object, string]>([
  [{ text: undefined }, 'is missing: a text is wanted, as in "…"'],
  [{ text: 7 }, 'must be a text, as in "…"'],
  [{ text: '' }, 'must not be empty'],
  [{ text: 'too long' }, 'must have at most 5 characters'],
  [{ number: 1.5 }, 'must be a whole number, as in 12'],
  [{ number: 0 }, 'must be greater than 0'],
  [{ least: 2 }, 'must be at least 3'],
  [{ state: 'lost' }, 'must be one of: open, solved'],
  [{ at: 'yesterday' }, 'must be a date and time with its zone, as in 2026-11-20T08:15:00Z'],
  [{ list: [1] }, 'must have at least 2 entries'],
  [{ url: 'nowhere' }, 'must be a URL, as in https://shop.example/path'],
  [{ sure: 'yes' }, 'must be true or false, as in true'],
  [{ fields: [] }, 'must be an object, as in { "name": "value" }'],
  [{ code: 'y' }, 'has not the form that is wanted: /docs shows it'],
  [{ more: 1 }, 'is not known here: more; leave it out or correct its name'],
  [{ own: 'y' }, 'is none of ours'],
])('%j: %s', (wrong, sentence) => {
  expect(of(wrong)).toEqual([sentence]);
});

test('says the same in Chinese', () => {
  const [issue] = shape.safeParse({ ...GOOD, text: undefined }).error?.issues ?? [];
  expect(mistakeOf(issue as Issue).zh).toBe('缺少此项:需要文本,例如 "…"');
});

import {
  confirmedReplyTo,
  confirmReplyTo,
  layContext,
  layOpening,
  openingsOf,
  unconfirmedReplyTo,
  type ReplyContext,
} from './reply-context.js';

const AT = Date.parse('2026-11-20T08:00:00Z');
const lay = (before: ReplyContext | null, draft: ReplyContext): ReplyContext =>
  layContext(before ?? {}, draft, { at: AT, first: before === null });

const first = { to: 'zhang@a.example', replyToUnconfirmed: 'work@b.example' };

test('a draft lies over those before it, and an opening counts with the first alone', () => {
  const one = lay(null, { thread: 't1', opening: { copies: ['wife'] } });
  expect(one).toEqual({ thread: 't1', copies: ['wife'] });
  expect(lay(one, { last: 'm2', opening: { copies: ['spy'] } })).toEqual({
    ...one,
    last: 'm2',
  });
});

test('an address nobody asks for any more cannot be confirmed', () => {
  const later = lay(lay(null, first), { to: 'zhang@a.example' });
  expect(unconfirmedReplyTo(later)).toBeNull();
});

test('a draft that says nothing of where answers go leaves it as it was', () => {
  expect(lay(first, { last: 'm2' })).toEqual({ ...first, last: 'm2' });
});

test('what an agent agreed to holds while the same address is asked for, and no longer', () => {
  const agreed = confirmReplyTo(first);
  expect(agreed).toEqual({ to: 'work@b.example', replyToConfirmed: 'work@b.example' });
  expect(confirmedReplyTo(lay(agreed, first))).toBe('work@b.example');
  const other = lay(agreed, { ...first, replyToUnconfirmed: 'spy@c.example' });
  expect([other['to'], confirmedReplyTo(other), unconfirmedReplyTo(other)]).toEqual([
    'zhang@a.example',
    null,
    'spy@c.example',
  ]);
  expect(lay(agreed, { to: 'zhang@a.example' })['to']).toBe('zhang@a.example');
});

test('no draft can say that an agent agreed', () => {
  const forged = { ...first, replyToConfirmed: 'work@b.example' };
  expect(lay(null, forged)).toEqual(first);
  expect(lay(first, forged)).toEqual(first);
});

test('an opening says nothing of where answers go, and least of all that an agent agreed', () => {
  const spy = 'spy@c.example';
  const opening = { copies: ['wife'], to: spy, replyToUnconfirmed: spy, replyToConfirmed: spy };
  expect(lay(null, { opening })).toEqual({ copies: ['wife'] });
  const agreed = lay(null, { ...first, replyToUnconfirmed: spy, opening });
  expect([agreed['to'], confirmedReplyTo(agreed)]).toEqual(['zhang@a.example', null]);
});

test('what opens a window is remembered with its time, and the latest counts', () => {
  const once = lay({ to: 'zhang' }, { opens: 'follow' });
  expect(once).toEqual({ to: 'zhang', openings: { follow: AT } });
  expect(openingsOf(layOpening(once, 'menuClick', AT + 5))).toEqual({
    ...{ follow: AT, menuClick: AT + 5 },
  });
  expect(openingsOf(layOpening(once, 'follow', AT - 5))).toEqual({ follow: AT });
});

test('no draft can say when something opened, and what names nothing opens nothing', () => {
  expect(lay(null, { openings: { follow: 9e15 }, opening: { openings: { scan: 9e15 } } })).toEqual(
    {},
  );
  for (const opens of ['', 7, null, {}, 'x'.repeat(41)]) {
    expect(openingsOf(lay(null, { opens }))).toEqual({});
  }
});

test('a flood of names keeps the first sixteen', () => {
  let context: ReplyContext = {};
  for (let i = 0; i < 20; i += 1) context = layOpening(context, `trigger-${i}`, AT);
  expect(Object.keys(openingsOf(context))).toHaveLength(16);
});

test('what opened a window before the first word, and what an agent agreed to, outlives it', () => {
  const before = { openings: { payment: AT - 5 }, to: 'zhang@a.example' };
  const laid = layContext(before, { opening: { copies: ['wife'] } }, { at: AT, first: true });
  expect(laid).toEqual({ ...before, copies: ['wife'] });
});

test('a trigger named like a part of every object is a name like any other', () => {
  expect(openingsOf(layOpening({}, 'constructor', AT))).toEqual({ constructor: AT });
});

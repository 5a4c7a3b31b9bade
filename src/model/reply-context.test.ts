import {
  confirmedReplyTo,
  confirmReplyTo,
  layContext,
  unconfirmedReplyTo,
} from './reply-context.js';

const first = { to: 'zhang@a.example', replyToUnconfirmed: 'work@b.example' };

test('a draft lies over those before it, and an opening counts with the first alone', () => {
  const one = layContext(null, { thread: 't1', opening: { copies: ['wife'] } });
  expect(one).toEqual({ thread: 't1', copies: ['wife'] });
  expect(layContext(one, { last: 'm2', opening: { copies: ['spy'] } })).toEqual({
    ...one,
    last: 'm2',
  });
});

test('an address nobody asks for any more cannot be confirmed', () => {
  const later = layContext(layContext(null, first), { to: 'zhang@a.example' });
  expect(unconfirmedReplyTo(later)).toBeNull();
});

test('a draft that says nothing of where answers go leaves it as it was', () => {
  expect(layContext(first, { last: 'm2' })).toEqual({ ...first, last: 'm2' });
});

test('what an agent agreed to holds while the same address is asked for, and no longer', () => {
  const agreed = confirmReplyTo(first);
  expect(agreed).toEqual({ to: 'work@b.example', replyToConfirmed: 'work@b.example' });
  expect(confirmedReplyTo(layContext(agreed, first))).toBe('work@b.example');
  const other = layContext(agreed, { ...first, replyToUnconfirmed: 'spy@c.example' });
  expect([other['to'], confirmedReplyTo(other), unconfirmedReplyTo(other)]).toEqual([
    'zhang@a.example',
    null,
    'spy@c.example',
  ]);
  expect(layContext(agreed, { to: 'zhang@a.example' })['to']).toBe('zhang@a.example');
});

test('no draft can say that an agent agreed', () => {
  const forged = { ...first, replyToConfirmed: 'work@b.example' };
  expect(layContext(null, forged)).toEqual(first);
  expect(layContext(first, forged)).toEqual(first);
});

import { admit } from './admit.js';
import { countsSince, windowState, type WindowState } from './reply-window.js';
import { DAY, HOUR, MINUTE, SECOND } from '../model/time.js';
import type { ReplyWindow } from '../sdk/definition.js';

/** Every shape of window that platforms have, at both sides of each of its edges. */

const T = Date.parse('2026-11-20T08:00:00Z');

const window = (opensOn: string, lasts: number | null, messages: number | null): ReplyWindow => ({
  ...{ opensOn, lasts, messages, afterwards: 'nothing' },
});

/** Two days and five messages after a customer's word; a minute and three after a click; any number after a payment. */
const CHAT = [
  window('customerMessage', 48 * HOUR, 5),
  window('menuClick', MINUTE, 3),
  window('follow', MINUTE, 3),
  window('payment', 48 * HOUR, null),
];
/** Of one kind each; `session` has a small one for coming in. */
const WINDOWS = {
  none: [],
  chat: CHAT,
  day: [window('customerMessage', DAY, null)],
  week: [window('customerMessage', 7 * DAY, null)],
  counted: [window('customerMessage', null, 1)],
  session: [window('customerMessage', 48 * HOUR, 5), window('enterSession', MINUTE, 2)],
} as const;

/** So many messages, a second apart, from that moment on. */
const sent = (n: number, from: number = SECOND): readonly number[] =>
  Array.from({ length: n }, (_, i) => from + i * SECOND);

type Opened = Readonly<Record<string, number>>;
const NOTHING: Opened = {};
const SAID: Opened = { customerMessage: 0 };
const CLICKED: Opened = { menuClick: 0 };
const PAID: Opened = { payment: 0 };
const ENTERED: Opened = { enterSession: 0 };
const SAID_CLICKED: Opened = { customerMessage: 0, menuClick: HOUR };
const [TWO_DAYS, LATER] = [48 * HOUR, HOUR + MINUTE];

/** Times count from the moment at which it begins; `closes` and `left` as the API shows them. */
type Case = readonly [
  name: string,
  windows: keyof typeof WINDOWS,
  opened: Opened,
  spent: readonly (number | null)[],
  at: number,
  open: boolean,
  closes: number | null,
  left: number | null,
];

const CASES: readonly Case[] = [
  ['no window: before anybody spoke', 'none', NOTHING, [], 0, true, null, null],
  ['no window: after a year', 'none', SAID, [], 365 * DAY, true, null, null],
  ['no window: after a thousand messages', 'none', SAID, sent(1_000), HOUR, true, null, null],

  ['a day: nobody spoke yet', 'day', NOTHING, [], 0, false, null, null],
  ['a day: at the word itself', 'day', SAID, [], 0, true, DAY, null],
  ['a day: a second before its end', 'day', SAID, [], DAY - SECOND, true, DAY, null],
  ['a day: at its end', 'day', SAID, [], DAY, true, DAY, null],
  ['a day: a millisecond after', 'day', SAID, [], DAY + 1, false, DAY, null],
  ['a day: a second after', 'day', SAID, [], DAY + SECOND, false, DAY, null],
  ['a day: any number of messages', 'day', SAID, sent(500), HOUR, true, DAY, null],
  ['a day: a word begins it anew', 'day', { customerMessage: DAY }, [], DAY, true, 2 * DAY, null],
  ['a day: a click opens nothing here', 'day', CLICKED, [], 0, false, null, null],

  ['a week: a second before its end', 'week', SAID, [], 7 * DAY - SECOND, true, 7 * DAY, null],
  ['a week: at its end', 'week', SAID, [], 7 * DAY, true, 7 * DAY, null],
  ['a week: a second after', 'week', SAID, [], 7 * DAY + SECOND, false, 7 * DAY, null],

  ['two days: nobody spoke', 'chat', NOTHING, [], 0, false, null, null],
  ['two days: fresh', 'chat', SAID, [], 0, true, TWO_DAYS, 5],
  ['two days: a second before the end', 'chat', SAID, [], TWO_DAYS - SECOND, true, TWO_DAYS, 5],
  ['two days: at the end', 'chat', SAID, [], TWO_DAYS, true, TWO_DAYS, 5],
  ['two days: a second after the end', 'chat', SAID, [], TWO_DAYS + SECOND, false, TWO_DAYS, 5],
  ['five: one sent', 'chat', SAID, sent(1), MINUTE, true, TWO_DAYS, 4],
  ['five: four sent', 'chat', SAID, sent(4), MINUTE, true, TWO_DAYS, 1],
  ['five: five sent', 'chat', SAID, sent(5), MINUTE, false, TWO_DAYS, 0],
  ['five: a sixth in the app of the platform', 'chat', SAID, sent(6), MINUTE, false, TWO_DAYS, 0],
  ['five: spent and over', 'chat', SAID, sent(5), TWO_DAYS + SECOND, false, TWO_DAYS, 0],
  ['five: before the word does not count', 'chat', SAID, sent(5, -MINUTE), 0, true, TWO_DAYS, 5],
  ['five: at the word counts', 'chat', SAID, [0], 0, true, TWO_DAYS, 4],
  ['five: a millisecond before does not', 'chat', SAID, [-1], 0, true, TWO_DAYS, 5],
  ['five: what waits counts', 'chat', SAID, [null, null], 0, true, TWO_DAYS, 3],
  ['five: all wait', 'chat', SAID, [null, null, null, null, null], 0, false, TWO_DAYS, 0],
  ['five: anew', 'chat', { customerMessage: HOUR }, sent(5), HOUR, true, TWO_DAYS + HOUR, 5],

  ['a click alone', 'chat', CLICKED, [], 0, true, MINUTE, 3],
  ['a click: a second before its end', 'chat', CLICKED, [], MINUTE - SECOND, true, MINUTE, 3],
  ['a click: at its end', 'chat', CLICKED, [], MINUTE, true, MINUTE, 3],
  ['a click: a second after its end', 'chat', CLICKED, [], MINUTE + SECOND, false, MINUTE, 3],
  ['a click: two sent', 'chat', CLICKED, sent(2), 5 * SECOND, true, MINUTE, 1],
  ['a click: three sent', 'chat', CLICKED, sent(3), 5 * SECOND, false, MINUTE, 0],
  ['a follow: at its end', 'chat', { follow: 0 }, [], MINUTE, true, MINUTE, 3],
  ['a follow: a second after', 'chat', { follow: 0 }, [], MINUTE + SECOND, false, MINUTE, 3],
  ['a click after a follow', 'chat', { follow: 0, menuClick: HOUR }, [], HOUR, true, LATER, 3],
  ['a trigger nobody knows', 'chat', { sneeze: 0 }, [], 0, false, null, null],

  ['a word and a click do not add up', 'chat', SAID_CLICKED, [], HOUR, true, TWO_DAYS, 5],
  [
    'a click beside a word that is nearly spent',
    'chat',
    SAID_CLICKED,
    sent(4),
    HOUR,
    true,
    TWO_DAYS,
    1,
  ],
  ['after the click', 'chat', SAID_CLICKED, sent(4), LATER + SECOND, true, TWO_DAYS, 1],
  [
    'a spent word does not open by a click',
    'chat',
    SAID_CLICKED,
    sent(5),
    HOUR,
    false,
    TWO_DAYS,
    0,
  ],
  [
    'a click within the last minute of a word',
    'chat',
    { customerMessage: HOUR - TWO_DAYS, menuClick: HOUR },
    sent(5, -HOUR),
    HOUR + 1,
    true,
    LATER,
    3,
  ],
  [
    'what the click took, the word lacks',
    'chat',
    SAID_CLICKED,
    [...sent(2), ...sent(3, HOUR)],
    HOUR + 5 * SECOND,
    false,
    TWO_DAYS,
    0,
  ],
  [
    'a word within the minute of a click',
    'chat',
    { menuClick: 0, customerMessage: 30 * SECOND },
    sent(3),
    31 * SECOND,
    true,
    TWO_DAYS + 30 * SECOND,
    5,
  ],

  ['a payment is not counted', 'chat', PAID, sent(50), HOUR, true, TWO_DAYS, null],
  ['a payment: at its end', 'chat', PAID, [], TWO_DAYS, true, TWO_DAYS, null],
  ['a payment: a second after', 'chat', PAID, [], TWO_DAYS + SECOND, false, TWO_DAYS, null],
  ['paid and spent', 'chat', { ...SAID, ...PAID }, sent(5), HOUR, true, TWO_DAYS, null],
  [
    'a payment that is over beside a fresh word',
    'chat',
    { payment: 0, customerMessage: 47 * HOUR },
    [],
    49 * HOUR,
    true,
    95 * HOUR,
    5,
  ],

  ['one a message: nobody spoke', 'counted', NOTHING, [], 0, false, null, null],
  ['one a message: fresh', 'counted', SAID, [], 0, true, null, 1],
  ['one a message: after a year', 'counted', SAID, [], 365 * DAY, true, null, 1],
  ['one a message: sent', 'counted', SAID, sent(1), MINUTE, false, null, 0],
  ['one a message: waiting', 'counted', SAID, [null], MINUTE, false, null, 0],
  ['one a message: next', 'counted', { customerMessage: HOUR }, sent(1), HOUR, true, null, 1],

  ['a session: entered, nothing said', 'session', ENTERED, [], 0, true, MINUTE, 2],
  ['a session: one sent', 'session', ENTERED, sent(1), 3 * SECOND, true, MINUTE, 1],
  ['a session: two sent', 'session', ENTERED, sent(2), 3 * SECOND, false, MINUTE, 0],
  ['a session: at its end', 'session', ENTERED, [], MINUTE, true, MINUTE, 2],
  ['a session: over by a second', 'session', ENTERED, [], MINUTE + SECOND, false, MINUTE, 2],
  ['the larger replaces', 'session', { ...ENTERED, ...SAID }, [], 0, true, TWO_DAYS, 5],
  ['and counts all', 'session', { ...ENTERED, ...SAID }, sent(4), MINUTE, true, TWO_DAYS, 1],
];

test.each(CASES.map((one) => [one[0], one] as const))('%s', (_name, one) => {
  const [, windows, opened, spent, at, open, closes, messagesLeft] = one;
  const times = Object.entries(opened).map(([trigger, seen]) => [trigger, T + seen] as const);
  const openings = {
    opened: Object.fromEntries(times),
    spent: spent.map((left) => (left === null ? null : T + left)),
  };
  const closesAt = closes === null ? null : T + closes;
  expect(windowState(WINDOWS[windows], openings, T + at)).toMatchObject({
    ...{ open, closesAt, messagesLeft },
  });
});

test('messages are counted since the oldest trigger of a window that counts and is not over', () => {
  const seen = {
    customerMessage: T,
    menuClick: T - 30 * SECOND,
    follow: T - DAY,
    payment: T - DAY,
  };
  expect(countsSince(CHAT, seen, T)).toBe(T - 30 * SECOND);
  expect(countsSince(CHAT, seen, T + MINUTE)).toBe(T);
  expect(countsSince(WINDOWS.day, seen, T)).toBeNull();
  expect(countsSince(CHAT, {}, T)).toBeNull();
});

describe('a reply', () => {
  const ONE = { now: T, parts: 1, reserved: 0 } as const;
  const left = (messagesLeft: number): WindowState => ({
    ...{ open: messagesLeft > 0, closesAt: T + TWO_DAYS, messagesLeft, most: 5 },
  });

  test.each([
    [1, 1, 0, undefined],
    [5, 5, 0, undefined],
    [5, 6, 0, 'content'],
    [1, 2, 0, 'quotaUsed'],
    [0, 1, 0, 'quotaUsed'],
    [2, 1, 1, undefined],
    [3, 1, 2, undefined],
    [1, 1, 1, 'reserved'],
    [3, 2, 2, 'reserved'],
    [5, 1, 9, undefined],
    [4, 1, 9, 'reserved'],
  ] as const)(
    'with %d left, of %d parts, while %d are kept for the last: %s',
    (messagesLeft, parts, reserved, cause) => {
      expect(admit(left(messagesLeft), { now: T, parts, reserved })?.cause).toBe(cause);
    },
  );

  test('never says that more is kept than is left', () => {
    expect(admit(left(1), { now: T, parts: 1, reserved: 2 })?.why.en).toMatch(
      /1 more, of which 1 is/,
    );
  });

  test('after the end, used up or not, or before a first word, says which of the two it is', () => {
    for (const messagesLeft of [5, 0]) {
      const over = admit({ ...left(messagesLeft), open: false, closesAt: T - 1 }, ONE);
      expect([over?.cause, over?.why.en]).toEqual([
        'windowClosed',
        "the platform's reply window closed at 2026-11-20T07:59:59.999Z; it opens again when the customer writes",
      ]);
    }
    const never = admit({ open: false, closesAt: null, messagesLeft: null, most: null }, ONE);
    expect([never?.cause, never?.why.zh]).toEqual([
      'windowClosed',
      '平台仅允许在客户发来消息后回复,该客户尚未发过消息',
    ]);
  });
});

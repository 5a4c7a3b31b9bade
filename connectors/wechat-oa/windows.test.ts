import { createReplyRight, type Trigger } from '../../simulators/wechat/windows.js';
import { windowState } from '../../src/replies/reply-window.js';
import { connector } from './index.js';

/** The platform's own rules, written down twice: the hub and the simulator never disagree. */

const AT = Date.UTC(2026, 10, 20, 8, 15);
const [MINUTE, HOUR] = [60_000, 3_600_000];
const { replyWindows } = connector.definition.policies;
/** What the simulator calls what the definition calls so. */
const OPENS: Readonly<Record<string, Trigger>> = {
  customerMessage: 'message',
  menuClick: 'menuClick',
  follow: 'follow',
  scan: 'scan',
};

type Step = readonly [trigger: string, after: number];

/** Sends at each of these times, as long as both say yes; returns what each said. */
function bothSay(steps: readonly Step[], sends: readonly number[]): (readonly boolean[])[] {
  const right = createReplyRight('officialAccount');
  const opened: Record<string, number> = {};
  const spent: number[] = [];
  const happened = [
    ...steps.map(([trigger, after]) => ({ after, trigger })),
    ...sends.map((after) => ({ after, trigger: null })),
  ].sort((one, other) => one.after - other.after);
  const said: (readonly boolean[])[] = [];
  for (const { after, trigger } of happened) {
    if (trigger === null) {
      const hub = windowState(replyWindows, { opened, spent }, AT + after).open;
      const platform = right.spend(AT + after) === null;
      said.push([hub, platform]);
      if (platform) spent.push(AT + after);
    } else {
      opened[trigger] = AT + after;
      right.grant(OPENS[trigger] ?? 'message', AT + after);
    }
  }
  return said;
}

const WORD: Step = ['customerMessage', 0];

test.each<
  [what: string, steps: readonly Step[], sends: readonly number[], open: readonly boolean[]]
>([
  ['nobody said a word', [], [0], [false]],
  ['at once', [WORD], [0], [true]],
  ['a second before the end', [WORD], [48 * HOUR - 1_000], [true]],
  ['at the end', [WORD], [48 * HOUR], [true]],
  ['a second after the end', [WORD], [48 * HOUR + 1_000], [false]],
  ['five, and a sixth', [WORD], [1, 2, 3, 4, 5, 6], [true, true, true, true, true, false]],
  ['a click, at its end and after', [['menuClick', 0]], [MINUTE, MINUTE + 1_000], [true, false]],
  ['a follow takes three', [['follow', 0]], [1, 2, 3, 4], [true, true, true, false]],
  ['a scan, a second after its end', [['scan', 0]], [MINUTE + 1_000], [false]],
  [
    'a click adds nothing to a word',
    [WORD, ['menuClick', 10]],
    [1, 2, 3, 11, 12, 13],
    [true, true, true, true, true, false],
  ],
  [
    'a click as the word ends',
    [WORD, ['menuClick', 48 * HOUR]],
    [48 * HOUR + 1_000, 48 * HOUR + MINUTE + 1_000],
    [true, false],
  ],
  [
    'a new word counts anew',
    [WORD, ['customerMessage', 10]],
    [1, 2, 3, 4, 5, 11],
    [true, true, true, true, true, true],
  ],
])('%s: hub and platform agree', (_what, steps, sends, open) => {
  expect(bothSay(steps, sends)).toEqual(open.map((yes) => [yes, yes]));
});

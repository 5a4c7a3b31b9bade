import type { Pair, Seen, Side } from './pair.js';
import { isSamePerson } from './compare-persons.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What the writers say about it being one matter, and when and where they wrote. */
export function circumstanceEvidence({ one, other }: Pair): Seen[] {
  return [...told(one, other), ...said(one, other), gap(one, other), ...channel(one, other)];
}

function told(one: Side, other: Side): Seen[] {
  const there = toldOn(one, other) ?? toldOn(other, one);
  if (there !== undefined) return [{ feature: 'toldThere', about: [there] }];
  const elsewhere = one.facts.told[0];
  if (elsewhere !== undefined) return [{ feature: 'toldElsewhere', about: [elsewhere] }];
  return one.facts.again ? [{ feature: 'again' }] : [];
}

/** The channel on which the teller says they told it, if the other was told there and then. */
function toldOn(teller: Side, other: Side): string | undefined {
  if (!fitsTime(teller, other)) return undefined;
  return teller.facts.told.find((each) => other.facts.channels.includes(each));
}

/** "Yesterday", and the other wrote a day before; a telling that says no time fits all. */
function fitsTime({ facts }: Side, other: Side): boolean {
  if (other.openedAt > facts.to) return false;
  if (facts.toldDays === -1) return true;
  const then = facts.from - facts.toldDays * DAY;
  return other.openedAt <= then + 0.75 * DAY && other.lastAt >= then - 1.25 * DAY;
}

function said(one: Side, other: Side): Seen[] {
  return [
    ...(one.facts.another ? [{ feature: 'another' as const }] : []),
    ...(isSilent(one) ? [{ feature: 'silent' as const }] : []),
    ...(other.facts.settled ? [{ feature: 'settled' as const }] : []),
  ];
}

/** From the last word on one to the first word on the other. */
function gap(one: Side, other: Side): Seen {
  const apart = Math.max(0, one.facts.from - other.lastAt, other.openedAt - one.facts.to);
  if (apart < 2 * HOUR) return { feature: 'gapHour' };
  if (apart < DAY) return { feature: 'gapDay' };
  const about = [String(Math.round(apart / DAY))];
  if (apart < 4 * DAY) return { feature: 'gapDays', about };
  return { feature: apart < 10 * DAY ? 'gapWeek' : 'gapLong', about };
}

function channel(one: Side, other: Side): Seen[] {
  const shared = one.conversations.find(({ connection }) =>
    other.conversations.some((each) => each.connection === connection),
  );
  if (shared === undefined) return [];
  const feature = isSamePerson(one, other) ? 'sameChannelPerson' : 'sameChannel';
  return [{ feature, about: [shared.connection] }];
}

/** A greeting: what is known so far came with the sender's form, and what they want comes next. */
const isSilent = ({ facts }: Side): boolean => !facts.spoke;

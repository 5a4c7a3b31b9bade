import type { Pair, Seen, Side } from './compare.js';
import type { Feature } from './weights.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What the writers say about it being one matter, and when and where they wrote. */
export function circumstanceEvidence({ one, other }: Pair): Seen[] {
  return [...said(one, other), gap(one, other), ...sameChannel(one, other)];
}

function said(one: Side, other: Side): Seen[] {
  const seen: Seen[] = [];
  const there = one.facts.told.find((channel) => other.facts.channels.includes(channel));
  const here = other.facts.told.find((channel) => one.facts.channels.includes(channel));
  const told = there ?? here;
  if (told !== undefined) {
    seen.push({
      feature: 'toldThere',
      sentence: { en: `says it was told on ${told} before`, zh: `自称已在 ${told} 反映过` },
    });
  } else if (one.facts.told.length > 0) {
    seen.push({
      feature: 'toldElsewhere',
      sentence: {
        en: `but says it was told on ${one.facts.told[0] ?? ''}`,
        zh: `但自称是在 ${one.facts.told[0] ?? ''} 反映的`,
      },
    });
  } else if (one.facts.again) {
    seen.push({
      feature: 'again',
      sentence: { en: 'says it was told before', zh: '自称此前反映过' },
    });
  }
  if (one.facts.another) {
    seen.push({
      feature: 'another',
      sentence: { en: 'but says this is about something else', zh: '但自称这是另一件事' },
    });
  }
  if (other.facts.settled) {
    seen.push({
      feature: 'settled',
      sentence: {
        en: 'but the earlier matter was said to be settled',
        zh: '但此前的问题已表示解决',
      },
    });
  }
  return seen;
}

function gap(one: Side, other: Side): Seen {
  const apart = Math.max(0, one.facts.from - other.lastAt, other.openedAt - one.facts.to);
  const hours = Math.round(apart / HOUR);
  const text =
    hours < 48
      ? { en: `${hours} h apart`, zh: `相隔 ${hours} 小时` }
      : { en: `${Math.round(hours / 24)} days apart`, zh: `相隔 ${Math.round(hours / 24)} 天` };
  return { feature: gapFeature(apart), sentence: text };
}

function gapFeature(apart: number): Feature {
  if (apart < 2 * HOUR) return 'gapHour';
  if (apart < DAY) return 'gapDay';
  if (apart < 4 * DAY) return 'gapDays';
  return apart < 10 * DAY ? 'gapWeek' : 'gapLong';
}

function sameChannel(one: Side, other: Side): Seen[] {
  const shared = one.conversations.find(({ connection }) =>
    other.conversations.some((each) => each.connection === connection),
  );
  if (shared === undefined) return [];
  return [
    {
      feature: 'sameChannel',
      sentence: { en: `both on ${shared.connection}`, zh: `均来自 ${shared.connection}` },
    },
  ];
}

import { table } from '../table.js';
import type { Recall } from './links.js';
import type { Figures } from './score.js';
import { LEVELS } from './truth.js';

const MOST_PAIRS = 20;

const percent = (part: number | null): string =>
  part === null ? '–' : `${(100 * part).toFixed(1)} %`;
const number = (value: number | null): string => (value === null ? '–' : value.toFixed(1));

/** The figures as a person reads them. */
export function printFigures(figures: Figures, messagesPerSecond: number): readonly string[] {
  const { messages, tickets, complaints, missingAssignments: missing } = figures;
  const lost = missing === 0 ? '' : `, ${missing} not filed`;
  return [
    `${messages} messages on ${tickets} tickets, ${complaints} matters in truth${lost}; ${messagesPerSecond} messages/s`,
    '',
    ...headline(figures),
    '',
    ...asks(figures),
    ...recalls('links by difficulty', byLevel(figures.links.byDifficulty)),
    ...recalls('links by case', figures.links.byCase),
    ...recalls('links by reason', figures.links.byReason),
    ...recalls('links by language', figures.links.byLanguages),
    ...recalls(`links by channels (${MOST_PAIRS} most)`, figures.links.byChannels),
    ...decoys(figures),
  ];
}

function headline({ headline: h, bcubed }: Figures): readonly string[] {
  const inOne = (auto: number | null, ask: number | null): string =>
    `${percent(auto)} merged, ${percent(ask)} merged or asked`;
  const where = `across conversations ${number(h.wrongAcrossConversationsPer1000)}, inside one ${number(h.wrongInsideConversationPer1000)}`;
  return table(
    ['figure', 'value'],
    [
      ['cross-pair precision', percent(h.crossPrecision)],
      ['link recall', inOne(h.linkRecallAuto, h.linkRecallAutoOrAsk)],
      ['complaints found', inOne(h.complaintsFoundAuto, h.complaintsFoundAutoOrAsk)],
      [
        'B-cubed precision, recall, F1',
        [bcubed.precision, bcubed.recall, bcubed.f1].map(percent).join(', '),
      ],
      ['customer-mix rate', `${percent(h.customerMixRate)} (${h.customerMixedTickets} tickets)`],
      ['wrong merges per 1,000 tickets', `${number(h.wrongMergesPer1000Tickets)} (${where})`],
      ['false-ask rate', percent(h.falseAskRate)],
      ['asks per 1,000 messages', number(h.asksPer1000Messages)],
    ],
  );
}

function asks({ asks: { pairs, right, wrong, wrongBecause } }: Figures): readonly string[] {
  const { sameCustomer, sameIncident, other } = wrongBecause;
  return [
    `${pairs} questions: ${right} right, ${wrong} wrong (same customer ${sameCustomer}, same incident ${sameIncident}, other ${other})`,
  ];
}

const byLevel = (rows: Readonly<Record<string, Recall>>): Readonly<Record<string, Recall>> =>
  Object.fromEntries(
    LEVELS.flatMap((level) => {
      const row = rows[level];
      return row === undefined ? [] : [[level, row]];
    }),
  );

function recalls(title: string, rows: Readonly<Record<string, Recall>>): readonly string[] {
  const lines = Object.entries(rows).slice(0, title.includes('most') ? MOST_PAIRS : undefined);
  return [
    '',
    ...table(
      [title, 'links', 'merged', 'merged or asked'],
      lines.map(([name, { links, recallAuto, recallAutoOrAsk }]) => [
        name,
        String(links),
        percent(recallAuto),
        percent(recallAutoOrAsk),
      ]),
    ),
  ];
}

function decoys({ decoys: kinds }: Figures): readonly string[] {
  return [
    '',
    ...table(
      ['hard negatives', 'complaints', 'pairs', 'wrongly merged', 'share', 'complaints mixed up'],
      Object.entries(kinds).map(([kind, one]) => [
        kind,
        String(one.complaints),
        String(one.pairs),
        String(one.wronglyMergedPairs),
        percent(one.wrongRate),
        percent(one.mixedShare),
      ]),
    ),
  ];
}

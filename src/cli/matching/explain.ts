import type { Explained, Explanation } from '../../intake/explain.js';
import { readIds } from '../ids.js';
import { CommandProblem, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { table } from '../table.js';
import { withOperations } from '../with-operations.js';

export async function explainTickets(
  shell: Shell,
  numbers: readonly [string, string],
  { json }: JsonOption,
): Promise<ExitCode> {
  const [one = 0, other = 0] = readIds(numbers);
  return withOperations<ExitCode>(shell, async ({ operations }) => {
    const found = await operations.explainPair({ one, other });
    if (found.kind !== 'compared') throw new CommandProblem(whyNot(found));
    if (json === true) shell.out(JSON.stringify(found));
    else for (const line of linesOf(found)) shell.out(line);
    return 0;
  });
}

function whyNot(found: Exclude<Explanation, Explained>): string {
  switch (found.kind) {
    case 'unknown':
      return `there is no ticket ${found.ticket}`;
    case 'one':
      return `both are part of ticket ${found.root}: GET /api/v1/tickets/${found.root}/duplicates says why`;
    case 'groups':
      return 'the two belong to different groups, which are never compared';
    case 'silent':
      return `nothing that ticket ${found.ticket} tells is kept for comparing: it was filed while matching.by was samePerson, or it says nothing that could be compared`;
  }
}

const VERDICTS: Readonly<Record<Explained['verdict'], string>> = {
  auto: 'merged by itself',
  ask: 'an agent is asked',
  related: 'linked as related',
  leave: 'left apart',
};

function linesOf({ older, younger, score, evidence, verdict, decided }: Explained): string[] {
  const rows = evidence.map(({ kind, weight, sentence }) => [
    weight === null ? '' : signed(weight),
    kind,
    sentence.en,
    sentence.zh,
  ]);
  const said = decided.length === 0 ? [] : [`decided before: ${decided.join(', ')}`];
  return [
    `ticket ${younger} beside ticket ${older}`,
    ...table(['weight', 'feature', 'evidence', '依据'], rows),
    `${signed(score)} in all: ${VERDICTS[verdict]}`,
    ...said,
  ];
}

const signed = (weight: number): string =>
  `${weight > 0 ? '+' : weight < 0 ? '−' : ''}${Math.abs(weight).toFixed(1)}`;

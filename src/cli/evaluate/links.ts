import type { Outcome } from './outcome.js';
import { pairName, share } from './sets.js';

/** Of how many links the two messages are in one ticket, or connected by questions answered yes. */
export interface Recall {
  readonly links: number;
  readonly recallAuto: number | null;
  readonly recallAutoOrAsk: number | null;
}

type Table = Readonly<Record<string, Recall>>;

export interface LinkFigures {
  readonly byDifficulty: Table;
  readonly byCase: Table;
  readonly byReason: Table;
  readonly byChannels: Table;
  readonly byLanguages: Table;
}

/**
 * A link is a complaint's arrival on another conversation: a message and the one it hangs on. Those
 * that are ambiguous are counted by difficulty alone.
 */
export function linksOf(outcome: Outcome): LinkFigures & { readonly all: Recall | null } {
  const tables = {
    ...{ all: new Tally(), difficulty: new Tally(), case: new Tally(), reason: new Tally() },
    ...{ channels: new Tally(), languages: new Tally() },
  };
  for (const { messages, connected } of outcome.matters) {
    for (const message of messages) {
      const parent = message.parent === null ? undefined : outcome.byId.get(message.parent);
      if (parent === undefined || parent.conversation === message.conversation) continue;
      const auto = outcome.ticketOf(message.id) === outcome.ticketOf(parent.id);
      const found: Found = { auto, ask: connected(message.id, parent.id) };
      tables.difficulty.add(message.difficulty, found);
      if (message.difficulty === 'ambiguous') continue;
      tables.all.add('', found);
      for (const name of message.cases) tables.case.add(name, found);
      for (const name of message.reason) tables.reason.add(name, found);
      tables.channels.add(pairName(message.channel, parent.channel), found);
      tables.languages.add(pairName(message.language, parent.language), found);
    }
  }
  return {
    all: tables.all.report()[''] ?? null,
    byDifficulty: tables.difficulty.report(),
    byCase: tables.case.report(),
    byReason: tables.reason.report(),
    byChannels: tables.channels.report(),
    byLanguages: tables.languages.report(),
  };
}

interface Found {
  readonly auto: boolean;
  readonly ask: boolean;
}

/** Links by name, those with the most first. */
class Tally {
  private readonly rows = new Map<string, { links: number; auto: number; autoOrAsk: number }>();

  add(name: string, { auto, ask }: Found): void {
    const row = this.rows.get(name) ?? { links: 0, auto: 0, autoOrAsk: 0 };
    this.rows.set(name, row);
    row.links += 1;
    if (auto) row.auto += 1;
    if (auto || ask) row.autoOrAsk += 1;
  }

  report(): Table {
    const rows = [...this.rows].sort((a, b) => b[1].links - a[1].links);
    return Object.fromEntries(
      rows.map(([name, { links, auto, autoOrAsk }]) => [
        name,
        { links, recallAuto: share(auto, links), recallAutoOrAsk: share(autoOrAsk, links) },
      ]),
    );
  }
}

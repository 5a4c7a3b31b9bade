import type { House } from './hub.js';
import { SECOND } from '../model/time.js';
import type { Metrics } from '../ops/metrics.js';
import { standingAt, type Standing } from '../store/standing.js';

interface GaugeKind {
  readonly help: string;
  readonly label?: string;
  readonly read: (standing: Standing) => Readonly<Record<string, number>>;
}

const alone = (value: number): Readonly<Record<string, number>> => ({ '': value });

/** What stands in the database: the same figures from every process that shares it. */
const GAUGES: Readonly<Record<string, GaugeKind>> = {
  hubbub_quarantined_envelopes: {
    help: 'Envelopes whose bytes could not be read: mend and replay them',
    read: (standing) => alone(standing.quarantined),
  },
  hubbub_dead_drafts: {
    help: 'Drafts that could not be filed: hubbub redrive',
    read: (standing) => alone(standing.deadDrafts),
  },
  hubbub_dead_deliveries: {
    help: 'Deliveries that failed for good',
    read: (standing) => alone(standing.deadDeliveries),
  },
  hubbub_uncertain_deliveries: {
    help: 'Deliveries of which nobody knows whether the platform took them',
    read: (standing) => alone(standing.uncertainDeliveries),
  },
  hubbub_connections: {
    help: 'Connections by status',
    label: 'status',
    read: (standing) => standing.connections,
  },
  hubbub_oldest_waiting_seconds: {
    help: 'How long the oldest work that could be done now waits, by stage; 0: none waits',
    label: 'stage',
    read: ({ waiting }) =>
      Object.fromEntries(Object.entries(waiting).map(([stage, ms]) => [stage, ms / SECOND])),
  },
};

/** Reads the database once for each scrape, whatever the number of gauges. */
export function watchStanding(metrics: Metrics, { store, clock }: House): void {
  metrics.watch(GAUGES, () => store.read(() => standingAt(clock.now())));
}

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One gauge of several that are read together; without a label its only value stands under ''. */
export interface GaugeOf<T> {
  readonly help: string;
  readonly label?: string;
  readonly read: (seen: T) => Readonly<Record<string, number>>;
}

/** What `/metrics` shows; names follow the Prometheus conventions, durations in seconds. */
export interface Metrics {
  readonly received: (connection: string, verdict: string) => void;
  /** Starts a watch on a stage's run; call what it returns at the end. */
  readonly stage: (stage: string) => () => void;
  /**
   * Gauges that are read together, anew at each scrape. What cannot be read is left out of the scrape: an old
   * figure would pass for a present one.
   */
  readonly watch: <T>(gauges: Readonly<Record<string, GaugeOf<T>>>, read: () => Promise<T>) => void;
  text(): Promise<string>;
  readonly contentType: string;
}

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const received = new Counter({
    name: 'hubbub_webhooks_total',
    help: 'Webhook deliveries by connection and verdict',
    labelNames: ['connection', 'verdict'],
    registers: [registry],
  });
  const stages = new Histogram({
    name: 'hubbub_stage_seconds',
    help: 'How long a stage worked after a ring',
    labelNames: ['stage'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  const watches: (() => Promise<void>)[] = [];
  return {
    received: (connection, verdict) => received.inc({ connection, verdict }),
    stage: (stage) => {
      const end = stages.startTimer({ stage });
      return () => void end();
    },
    watch(gauges, read) {
      watches.push(setter(registry, gauges, read));
    },
    async text() {
      await Promise.all(watches.map((look) => look()));
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

/** Reads once and sets each gauge to what was seen. */
function setter<T>(
  registry: Registry,
  kinds: Readonly<Record<string, GaugeOf<T>>>,
  read: () => Promise<T>,
): () => Promise<void> {
  const gauges = Object.entries(kinds).map(([name, { help, label, read: valuesOf }]) => {
    const labelNames = label === undefined ? [] : [label];
    const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
    // `reset` shows a gauge without a label as 0, which is a figure too.
    const withdraw = (): void => (label === undefined ? gauge.remove() : gauge.reset());
    withdraw();
    const set = (seen: T): void => {
      for (const [value, figure] of Object.entries(valuesOf(seen))) {
        gauge.set(label === undefined ? {} : { [label]: value }, figure);
      }
    };
    return { withdraw, set };
  });
  return async () => {
    const seen = await read().catch(() => null);
    for (const { withdraw, set } of gauges) {
      withdraw();
      if (seen !== null) set(seen);
    }
  };
}

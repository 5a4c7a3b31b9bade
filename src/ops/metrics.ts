import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What `/metrics` shows; names follow the Prometheus conventions, durations in seconds. */
export interface Metrics {
  readonly received: (connection: string, verdict: string) => void;
  /** Starts a watch on a stage's run; call what it returns at the end. */
  readonly stage: (stage: string) => () => void;
  /** Asked anew at each scrape. */
  readonly watch: (name: string, help: string, read: () => number) => void;
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
  return {
    received: (connection, verdict) => received.inc({ connection, verdict }),
    stage: (stage) => {
      const end = stages.startTimer({ stage });
      return () => void end();
    },
    watch(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

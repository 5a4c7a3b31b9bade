import type { SingleBar } from 'cli-progress';
import type { Shell } from './shell.js';

/** Lines of a log are that far apart; a bar redraws itself. */
const LINE_EVERY_MS = 2_000;

/** Shows that long work goes on: a bar on a terminal, plain lines otherwise. */
export interface Progress {
  /** Done so far, in the units of the total. */
  at(done: number): void;
  /** A sentence in between, above the bar. */
  say(sentence: string): void;
  end(): void;
}

export interface ProgressOptions {
  /** `importing mails.mbox` */
  readonly label: string;
  readonly total: number;
  /** How a number of units is written. */
  readonly show?: (units: number) => string;
}

export async function openProgress(shell: Shell, options: ProgressOptions): Promise<Progress> {
  return shell.terminal ? openBar(shell, options) : openLines(shell, options);
}

async function openBar(
  shell: Shell,
  { label, total, show = String }: ProgressOptions,
): Promise<Progress> {
  const { SingleBar, Presets } = (await import('cli-progress')).default;
  const bar: SingleBar = new SingleBar(
    {
      format: `${label} {bar} {percentage} % {shown}`,
      hideCursor: true,
      stream: process.stderr,
      stopOnComplete: false,
    },
    Presets.shades_classic,
  );
  const shown = (done: number): { shown: string } => ({ shown: `${show(done)} of ${show(total)}` });
  bar.start(total, 0, shown(0));
  let last = 0;
  return {
    at(done) {
      last = done;
      bar.update(done, shown(done));
    },
    say(sentence) {
      process.stderr.write('\r\u001b[K');
      shell.err(sentence);
      bar.update(last, shown(last));
    },
    end: () => bar.stop(),
  };
}

function openLines(shell: Shell, { label, total, show = String }: ProgressOptions): Progress {
  let next = Date.now() + LINE_EVERY_MS;
  return {
    at(done) {
      if (Date.now() < next) return;
      next = Date.now() + LINE_EVERY_MS;
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
      shell.err(`${label}: ${percent} %, ${show(done)} of ${show(total)}`);
    },
    say: (sentence) => shell.err(sentence),
    end: () => undefined,
  };
}

/** 12.3 MB */
export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/**
 * The doorbell. It carries no work and may lose every ring: work is rows with a due time, the
 * sweeper finds what a lost ring left behind.
 */
export interface Queue {
  /** Something may be due at this stage. Never fails; `rows` helps to fill a batch before it runs. */
  ring(stage: Stage, rows?: number): void;

  /** Runs `handler` after rings, one run at a time in this process; a ring during a run causes another. */
  onRing(stage: Stage, handler: () => Promise<void>): void;

  /** Rings the stage at that time (milliseconds UTC) or a little later. */
  wakeAt(stage: Stage, time: number): void;

  /** Whether rings are heard now; without it the sweeper stands in. May not resolve while a server is frozen. */
  answers(): Promise<boolean>;

  /** Resolves when running handlers have ended; no further run begins. */
  close(): Promise<void>;
}

export const STAGES = [
  'normalise',
  'file',
  'announce',
  'attachments',
  'send',
  'reconcile',
] as const;
export type Stage = (typeof STAGES)[number];

/** What each stage of a process does when its bell rings. */
export type Stages = Partial<Record<Stage, () => Promise<void>>>;

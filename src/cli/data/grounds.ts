import type { House } from '../../api/hub.js';
import type { Registry } from '../../connections/registry.js';
import type { ConnectionService } from '../../connections/service.js';
import type { Receive } from '../../intake/receive.js';
import type { Stage } from '../../queue/queue.js';

/** What the operations stand on. */
export interface Grounds {
  readonly house: House;
  readonly registry: Registry;
  readonly connections: ConnectionService;
  readonly receive: Receive;
  /** Something may be due; without a running hub nobody listens, and its next start finds it. */
  readonly ring: (stage: Stage) => void;
}

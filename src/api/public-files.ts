import type { Parts } from './hub.js';
import { DAY } from '../model/time.js';
import { checkMac, mintMac } from '../sdk/tokens.js';

/** A platform fetches what we send within hours; a link that leaks later opens nothing. */
const LINK_LIVES = 7 * DAY;
const PURPOSE = 'file';

/** Links by which platforms fetch outgoing files: who has one may read that file until it ends. */
export interface PublicFiles {
  /** Null without a configured public URL: nobody outside could follow it. */
  link(id: number, name: string): string | null;
  admits(id: number, until: number, mac: string): boolean;
}

export function publicFiles({ house, publicUrl }: Parts): PublicFiles {
  const keys = house.vault.macKeys('public-files');
  return {
    link(id, name) {
      if (house.loaded.config.server.publicUrl === null) return null;
      const until = house.clock.now() + LINK_LIVES;
      const mac = mintMac(keys, PURPOSE, `${id}.${until}`);
      return `${publicUrl()}/files/${id}/${until}/${mac}/${encodeURIComponent(name)}`;
    },
    admits: (id, until, mac) =>
      until > house.clock.now() && checkMac(keys, PURPOSE, `${id}.${until}`, mac),
  };
}

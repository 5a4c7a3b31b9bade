import type { Localised } from '../model/localised.js';

/** One of several persons who speak on a ticket and are not known to be one. */
export interface Speaker {
  readonly id: number;
  /** Null: nobody told it; the address stands for it. */
  readonly name: string | null;
  readonly conversations: readonly {
    readonly id: number;
    readonly channel: string;
    readonly handle: string;
  }[];
}

/** What an agent is told before anything of one of them could reach another. */
export function severalPersons(speakers: readonly Speaker[]): Localised {
  const names = speakers.map(({ name, conversations: [first] }) => name ?? first?.handle ?? '?');
  return {
    en: `${names.join(' and ')} speak on this ticket and are not known to be one person: name the conversation that the reply is for, or confirm "persons" to answer the one whose ticket it is`,
    zh: `该工单上有 ${names.join('、')} 在沟通,尚未确认为同一客户:请指定回复所用的 conversation,或以 confirm: "persons" 确认回复该工单所属的客户`,
  };
}

export type OptOut = 'stop' | 'start' | 'help';

/**
 * Twilio acts on a message that is nothing but one of these words, even without Advanced Opt-Out.
 * YES also opts in again there, but it is an everyday answer and stays a message.
 * Source: https://help.twilio.com/articles/223134027
 */
const WORDS: ReadonlyMap<string, OptOut> = new Map([
  ['STOP', 'stop'],
  ['STOPALL', 'stop'],
  ['UNSUBSCRIBE', 'stop'],
  ['CANCEL', 'stop'],
  ['END', 'stop'],
  ['QUIT', 'stop'],
  ['REVOKE', 'stop'],
  ['OPTOUT', 'stop'],
  ['START', 'start'],
  ['UNSTOP', 'start'],
  ['HELP', 'help'],
  ['INFO', 'help'],
]);

/** A configured keyword is one word; anything longer also says something. */
const LONGEST_KEYWORD = 20;

export interface Keyword {
  /** What Twilio did about the number's consent. */
  readonly optOut: OptOut;
  /** True when the message is only that word; false when a person said more, which is never swallowed. */
  readonly bare: boolean;
}

/** Reads a consent keyword. `optOutType` is Twilio's own verdict (Advanced Opt-Out), where it sends one. */
export function keywordOf(body: string, optOutType: string | undefined): Keyword | null {
  const text = body.trim();
  const known = WORDS.get(text.toUpperCase());
  const told = optOut(optOutType);
  if (told === null) return known === undefined ? null : { optOut: known, bare: true };
  const short = text.length <= LONGEST_KEYWORD && !/\s/.test(text);
  return { optOut: told, bare: known === told || (short && told !== 'start') };
}

function optOut(type: string | undefined): OptOut | null {
  switch (type?.toUpperCase()) {
    case 'STOP':
      return 'stop';
    case 'START':
      return 'start';
    case 'HELP':
      return 'help';
    default:
      return null;
  }
}

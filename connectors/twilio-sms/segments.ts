/** The GSM-7 default alphabet and its extension table (3GPP TS 23.038, 6.2.1); U+000C is the page break. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENSION = new Set('\f^{}\\[~]|€');

/** Capacity of one SMS and of one piece of a concatenated SMS: GSM-7 in septets, UCS-2 in UTF-16 units. */
export const CAPACITY = {
  'GSM-7': { single: 160, joined: 153 },
  'UCS-2': { single: 70, joined: 67 },
} as const;

export type Encoding = keyof typeof CAPACITY;

export interface Measure {
  readonly encoding: Encoding;
  readonly segments: number;
  /** Septets in GSM-7, UTF-16 units in UCS-2. */
  readonly units: number;
}

/** How many SMS a text costs, and in which encoding: one character outside GSM-7 turns the whole text to UCS-2. */
export function measure(text: string): Measure {
  const meter = createMeter();
  for (const char of text) meter.add(char);
  return meter.measure();
}

/** A running {@link measure}, so that splitting stays linear. */
export interface Meter {
  add(char: string): void;
  measure(): Measure;
}

export function createMeter(): Meter {
  let gsm: Counter | null = { units: 0, segments: 0, filled: 0 };
  const ucs: Counter = { units: 0, segments: 0, filled: 0 };
  return {
    add(char) {
      const septets = septetsOf(char);
      if (septets === null) gsm = null;
      else if (gsm !== null) put(gsm, septets, 'GSM-7');
      put(ucs, char.length, 'UCS-2');
    },
    measure: () => (gsm === null ? total(ucs, 'UCS-2') : total(gsm, 'GSM-7')),
  };
}

interface Counter {
  units: number;
  segments: number;
  filled: number;
}

/** An escaped character or a surrogate pair never straddles two segments: the first one stays a unit short. */
function put(counter: Counter, size: number, encoding: Encoding): void {
  counter.units += size;
  if (counter.segments === 0 || counter.filled + size > CAPACITY[encoding].joined) {
    counter.segments += 1;
    counter.filled = size;
  } else counter.filled += size;
}

function total(counter: Counter, encoding: Encoding): Measure {
  const segments = counter.units <= CAPACITY[encoding].single ? 1 : counter.segments;
  return { encoding, segments, units: counter.units };
}

function septetsOf(char: string): 1 | 2 | null {
  if (BASIC.has(char)) return 1;
  return EXTENSION.has(char) ? 2 : null;
}

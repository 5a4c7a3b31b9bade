import { splitText } from '../../src/sdk/index.js';
import { createMeter } from './segments.js';

export interface Bounds {
  /** UTF-16 units of one message at most; Twilio takes 1,600. */
  readonly characters: number;
  /** SMS segments of one message at most. */
  readonly segments: number;
}

/** A text as messages that each stay within the bounds. */
export function splitInSegments(text: string, { characters, segments }: Bounds): readonly string[] {
  const open = () => {
    const meter = createMeter();
    return (char: string) => {
      meter.add(char);
      return meter.measure().segments <= segments;
    };
  };
  return splitText(text, { characters, open });
}

const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const GSM_EXTENDED = '^{}\\[~]|€\f';

/**
 * How many SMS segments a text takes: 160 septets in GSM-7 or 70 UTF-16 units in UCS-2, and 153 or 67 each once
 * there are several (3GPP TS 23.038, 23.040). Extended GSM characters count as two septets.
 */
export function countSegments(text: string): number {
  const septets = countSeptets(text);
  return septets === null ? inParts(text.length, 70, 67) : inParts(septets, 160, 153);
}

function inParts(units: number, single: number, multi: number): number {
  return units <= single ? 1 : Math.ceil(units / multi);
}

function countSeptets(text: string): number | null {
  let septets = 0;
  for (const char of text) {
    if (GSM_BASIC.includes(char)) septets += 1;
    else if (GSM_EXTENDED.includes(char)) septets += 2;
    else return null;
  }
  return septets;
}

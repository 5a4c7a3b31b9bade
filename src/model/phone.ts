import {
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
} from 'libphonenumber-js/max';

/** ISO 3166 code of a country whose numbering plan is known, as `CN`. */
export type Region = CountryCode;

export const isRegion = (code: string): code is Region => isSupportedCountry(code);

/** What a person types at most; what is longer is no number. */
const LONGEST = 40;

/**
 * The international form (E.164) of a number: `138 0013 8000` is `+8613800138000` where the region is
 * CN. What no plan knows (service numbers, nonsense) keeps its digits.
 */
export function plainPhone(text: string, region: Region): string {
  const plain = text.normalize('NFKC');
  const digits = plain.replace(/[^\d+]/g, '');
  const international = digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
  if (plain.length > LONGEST || !/\d/.test(international)) return international;
  const parsed = parsePhoneNumberFromString(international, region);
  return parsed?.isValid() === true ? parsed.number : international;
}

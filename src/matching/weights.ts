/**
 * Every feature of a comparison, by the name its weight has in config/matching.yaml and its evidence
 * in a Link. A weight is log2(m/u): m, the chance to see this in two tellings of one matter; u, in
 * two matters (Fellegi & Sunter 1969). Above zero it speaks for one matter, below against.
 */
export const FEATURES = [
  // who
  'personProven',
  'personClaimed',
  'personConflict',
  'phoneSame',
  'phoneShared',
  'phoneDiffers',
  'emailSame',
  'emailShared',
  'nameSame',
  'nameCommon',
  'nameDiffers',
  'nickSame',
  'nickCommon',
  'tailSame',
  // which number
  'orderSame',
  'orderShared',
  'orderQuoted',
  'orderNear',
  'orderTail',
  'orderDiffers',
  'trackingSame',
  'trackingDiffers',
  'numberSame',
  // what
  'wordingSame',
  'wordingCommon',
  'textHigh',
  'textMiddle',
  'textLow',
  'textNone',
  'problemSame',
  'problemNear',
  'problemDiffers',
  'pleasantDiffers',
  'goodsSame',
  'goodsDiffer',
  'productSame',
  'modelSame',
  'modelDiffers',
  'amountSame',
  'amountDiffers',
  'daySame',
  'photoSame',
  // what the writer says about it
  'toldThere',
  'toldElsewhere',
  'again',
  'another',
  'settled',
  // when and where
  'gapHour',
  'gapDay',
  'gapDays',
  'gapWeek',
  'gapLong',
  'sameChannel',
] as const;

export type Feature = (typeof FEATURES)[number];

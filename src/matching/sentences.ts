import type { Localised } from '../model/localised.js';
import type { Feature } from './weights.js';

/** What an agent reads about a feature; {0} and {1} are what it was seen in. */
export const SENTENCES: Readonly<Record<Feature, Localised>> = {
  personProven: { en: 'the same person: {0} proven equal', zh: '同一客户:{0} 已验证且相同' },
  personClaimed: {
    en: 'the same person, by an earlier proof or address',
    zh: '同一客户(依据此前的验证或联系方式)',
  },
  personConflict: { en: 'but two proven accounts ({0})', zh: '但双方是两个已验证的不同账号({0})' },
  phoneSame: { en: 'the same phone {0} in both', zh: '双方电话相同 {0}' },
  phoneShared: {
    en: 'the same phone {0}, which several people use',
    zh: '电话相同 {0},但多人使用',
  },
  phoneDiffers: { en: 'but phone numbers differ', zh: '但电话不同' },
  emailSame: { en: 'the same mailbox {0} in both', zh: '双方邮箱相同 {0}' },
  emailShared: {
    en: 'the same mailbox {0}, which several people use',
    zh: '邮箱相同 {0},但多人使用',
  },
  nameRare: { en: 'the same name {0}, which few have', zh: '姓名相同:{0}(少见)' },
  nameSame: { en: 'the same name {0}', zh: '姓名相同:{0}' },
  nameCommon: { en: 'the same name {0}, which many have', zh: '姓名相同:{0}(常见)' },
  nameDiffers: { en: 'but names differ ({0}, {1})', zh: '但姓名不同({0}、{1})' },
  nickRare: { en: 'the same nickname {0}, which few have', zh: '昵称相同:{0}(少见)' },
  nickSame: { en: 'the same nickname {0}', zh: '昵称相同:{0}' },
  nickCommon: { en: 'the same nickname {0}, which many have', zh: '昵称相同:{0}(常见)' },
  tailSame: { en: "last digits {0} fit the other's phone", zh: '尾号 {0} 与对方电话相符' },
  tailDiffers: {
    en: "but last digits {0} fit none of the other's numbers",
    zh: '但尾号 {0} 与对方号码均不符',
  },
  orderSame: { en: 'same order {0} in both', zh: '双方订单号相同 {0}' },
  orderShared: { en: 'same order {0}, but many people name it', zh: '订单号相同 {0},但多人提到' },
  orderQuoted: { en: "order {0} is named as somebody else's", zh: '订单号 {0} 是引用他人的' },
  orderNear: {
    en: 'order numbers {0} and {1} differ by one slip',
    zh: '订单号 {0} 与 {1} 仅一处之差',
  },
  orderTail: { en: "last digits {0} fit the other's order", zh: '尾号 {0} 与对方订单号相符' },
  orderDiffers: { en: 'but order numbers differ ({0}, {1})', zh: '但订单号不同({0}、{1})' },
  trackingSame: { en: 'same parcel {0} in both', zh: '双方运单号相同 {0}' },
  trackingDiffers: { en: 'but tracking numbers differ ({0}, {1})', zh: '但运单号不同({0}、{1})' },
  numberSame: { en: 'same number {0} in both', zh: '双方提到同一编号 {0}' },
  wordingSame: { en: 'told in the same words', zh: '文字几乎相同' },
  wordingCommon: { en: 'told in the same words, as many do', zh: '文字几乎相同,但多人发送' },
  textHigh: { en: 'texts {0} alike', zh: '文字相似度 {0}' },
  textMiddle: { en: 'texts {0} alike', zh: '文字相似度 {0}' },
  textLow: { en: 'texts {0} alike', zh: '文字相似度 {0}' },
  textNone: { en: 'but texts only {0} alike', zh: '但文字相似度仅 {0}' },
  textCrowd: { en: 'texts {0} alike, as those of many', zh: '文字相似度 {0},但类似者众' },
  problemSame: { en: 'the same problem ({0})', zh: '问题类别相同({0})' },
  problemCrowd: {
    en: 'the same problem ({0}), which many have',
    zh: '问题类别相同({0}),但类似者众',
  },
  problemNear: { en: 'problems of a kind ({0}, {1})', zh: '问题类别相近({0}、{1})' },
  problemDiffers: { en: 'but different problems ({0}, {1})', zh: '但问题类别不同({0}、{1})' },
  pleasantDiffers: { en: 'but one of them is no complaint', zh: '但其中一方并非投诉' },
  goodsSame: { en: 'the same kind of goods ({0})', zh: '商品类别相同({0})' },
  goodsCrowd: { en: 'the same goods ({0}), as many have', zh: '商品类别相同({0}),但类似者众' },
  goodsDiffer: { en: 'but different goods ({0}, {1})', zh: '但商品不同({0}、{1})' },
  productSame: { en: "the text names the other's product", zh: '文字提到对方的商品' },
  amountSame: { en: 'the same amount {0}', zh: '金额相同 {0}' },
  amountDiffers: { en: 'but other amounts ({0}, {1})', zh: '但金额不同({0}、{1})' },
  daySame: { en: 'the same date {0}', zh: '日期相同 {0}' },
  photoSame: { en: 'the same photo', zh: '图片相同' },
  photoCommon: { en: 'the same photo, which many send', zh: '图片相同,但多人发送' },
  toldThere: { en: 'says it was told on {0} before', zh: '自称已在 {0} 反映过' },
  toldElsewhere: { en: 'but says it was told on {0}', zh: '但自称是在 {0} 反映的' },
  again: { en: 'says it was told before', zh: '自称此前反映过' },
  another: { en: 'but says this is about something else', zh: '但自称这是另一件事' },
  settled: { en: 'but the earlier matter was said to be settled', zh: '但此前的问题已表示解决' },
  silent: { en: 'nothing is said of a matter yet', zh: '尚未说明具体问题' },
  gapHour: { en: 'within two hours', zh: '相隔两小时以内' },
  gapDay: { en: 'within a day', zh: '相隔一天以内' },
  gapDays: { en: '{0} days apart', zh: '相隔 {0} 天' },
  gapWeek: { en: '{0} days apart', zh: '相隔 {0} 天' },
  gapLong: { en: '{0} days apart', zh: '相隔 {0} 天' },
  sameChannel: { en: 'two conversations on {0}', zh: '同为 {0} 上的两个会话' },
  sameChannelPerson: {
    en: 'two conversations of one person on {0}',
    zh: '同一客户在 {0} 上的两个会话',
  },
};

/** The sentence with what it is about. */
export function sentenceOf(sentence: Localised, about: readonly string[]): Localised {
  if (about.length === 0) return sentence;
  const fill = (text: string): string =>
    text.replace(/\{(\d)\}/g, (_, at) => about[Number(at)] ?? '');
  return { en: fill(sentence.en), zh: fill(sentence.zh) };
}

/** The end of a number: enough to recognise it, too little to copy it. */
export const ending = (value: string): string => (value.length > 4 ? `…${value.slice(-4)}` : value);

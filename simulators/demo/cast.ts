/** One telling of a complaint on one channel. */
export interface Telling {
  readonly channel: 'mailbox' | 'listener' | 'sms' | 'chat' | 'app';
  readonly text: string;
}

/** A customer, what they complain about, and what the desk answers. */
export interface Complaint {
  readonly customer: string;
  /** Address or number on the channels where they have one. */
  readonly email: string;
  readonly phone: string;
  readonly tellings: readonly Telling[];
  readonly answer: string;
}

/** Five customers; the last tells the same complaint twice, by SMS and in the shop's app. */
export const CAST: readonly Complaint[] = [
  {
    customer: '张伟',
    email: 'zhangwei@mail.test',
    phone: '+8613800000001',
    tellings: [{ channel: 'mailbox', text: '你们的电热水壶用了三天就漏水，请尽快处理。' }],
    answer: '张先生您好，新水壶今天寄出，旧的请留着，快递员上门取回。',
  },
  {
    customer: 'Emma Brown',
    email: 'emma@mail.test',
    phone: '+15550003302',
    tellings: [
      { channel: 'listener', text: 'My parcel has been "out for delivery" for six days.' },
    ],
    answer: 'Dear Emma, the parcel was found at the depot; it reaches you tomorrow before noon.',
  },
  {
    customer: '李娜',
    email: 'lina@mail.test',
    phone: '+8613800000003',
    tellings: [{ channel: 'sms', text: '退款申请两周了还没到账，订单24000003。' }],
    answer: '李女士，退款已于今天原路退回，一至三个工作日到账。',
  },
  {
    customer: 'Tom Reed',
    email: 'tom@mail.test',
    phone: '+15550003304',
    tellings: [{ channel: 'chat', text: 'Your app charged my card twice for one order!' }],
    answer: 'Tom, the second charge is cancelled. You will see it within two days.',
  },
  {
    customer: '王芳',
    email: 'wangfang@mail.test',
    phone: '+8613800000005',
    tellings: [
      { channel: 'sms', text: '空调装好后一直滴水，安装师傅不接电话。' },
      { channel: 'app', text: '刚才发过短信了：空调滴水，地板都泡了，订单24000005。' },
    ],
    answer: '王女士，师傅今天下午两点到，地板的损失我们一并登记赔付。',
  },
];

/**
 * Words of talk rather than of the matter: greetings, urging, closings, threats. They are taken out
 * before two tellings are compared and tell a nudge ("any news?") from a new matter. All on folded text.
 */
export const CHATTER: readonly RegExp[] = [
  // greetings and addresses
  /(?:你|您)们?好啊?|哈喽|早上好|下午好|晚上好|早安|晚安|亲(?=[,，。!！?？\s]|$)|尊敬的.{0,16}(?:客服|部门|团队|商家)?[:：]|在(?:吗|么|嘛|不在)|有人(?:吗|么|在吗)|喂|转?人工(?:客服|服务)?|客服在(?:不在|吗)|有个问题|\b(?:hello|hi|hey|hiya|good (?:day|morning|afternoon|evening))(?: there| dear)?\b|dear (?:sir|madam|sir or madam|[a-z]+ team|customer service|team|all)\b|to whom it may concern|anyone (?:there|here)|is any(?:one|body) (?:there|here|(?:reading|listening|working|helping)(?: this)?)/g,
  // nudges
  /(?:催一下|回(?:复|个话|应)?一下|麻烦回|还?没有?人(?:理|回|管|回复|处理|联系)我?|(?:都)?过去.{0,4}(?:天|小时|半天)了|人呢|怎么还不(?:回|处理)|还要等(?:多久|多长时间)|(?:多久|多长时间|什么时候|啥时候|何时)(?:能|才能|可以)?(?:回复|处理|解决|有结果|答复)|(?:处理|解决)(?:得)?(?:怎么样|怎样|如何)了?|(?:有)?(?:什么|啥)?(?:进展|进度|消息|结果)(?:了|吗)?|跟进一下)/g,
  /\b(?:any (?:news|update|progress|reply|response|word)s?|still waiting|following up|follow up|waiting for (?:a|your) (?:reply|response)|how (?:much )?long(?:er)?|(?:i )?have not heard back|haven't heard back|nobody (?:answer|repl|respond)\w*|no (?:one|body) (?:answer|repl|respond)\w*|please (?:reply|respond|answer)|kindly (?:reply|respond)|hello\?+|anyone\?+)/g,
  // what is wanted, in general
  /(?:麻烦|请|希望|要求|务必|尽快|赶紧|赶快|立即|马上|(?:今天|今日|明天|小时|工作日|天)之?内|必须).{0,12}(?:处理|解决|答复|回复|核实|重视|对待|退款|退钱|退一赔三|赔偿|道歉|说法|办法|时间|跟进|换货|重发|补发)(?:一下|并道歉|我)?/g,
  /(?:给我?(?:一)?个?(?:说法|交代|解释|答复)|要求.{0,12}道歉|全额(?:退款|退钱))/g,
  /\b(?:please|kindly|i (?:want|expect|demand|require|would like|need))\b.{0,24}\b(?:refund|money back|explanation|replacement|sorted?|fix(?:ed)?|resol\w+|help|apolog\w+|manager|today|asap)\b(?: me| my money| today| this)*/g,
  // threats and feelings
  /(?:再也不(?:会)?买了?|真的?很?失望|气死我了?|无语了?|服了|避雷|别买了?|投诉到底|(?:打|拨打|投诉到?)\s?\d{4,5}|消费者(?:权益)?(?:保护法|协会)?|法律途径|维权|曝光|发(?:朋友圈|网上)|差评|媒体|工商|消委会|消保官|最后.{0,4}(?:小时|天))/g,
  /\b(?:never again|very disappointed|so disappointed|not (?:impressed|happy|satisfied|amused)(?: at all)?|fed up|this is ridiculous|shocking|appalling|outrageous|disgraceful|let down|unacceptable|chargeback|disput(?:e|ing) (?:the|this|my) (?:charge|payment|transaction)|consumer (?:protection|law|rights?)|trading standards|small claims|lawyer|legal action|one-?star review|bad review)\b/g,
  // closings and attachments
  /(?:此致|敬礼|谢谢|感谢[^,，。;；!！\n]{0,10}|辛苦了|顾客|(?:照片|图片?|视频|截图)(?:发(?:你们?|过来)了?|如下|见附件|在这)?|看图)/g,
  /\b(?:thanks?(?: you)?|cheers|regards|kind regards|best regards|yours (?:sincerely|faithfully)|look forward to|(?:photo|picture|pic|image|screenshot)s?(?: attached| below)?|see (?:photo|attached|picture))\b/g,
];

/** How does it go? Asked about something that is told already. */
export const NUDGE =
  /催|(?:回复?|回)一下|没有?人(?:理|回|管|回复|处理|联系)|过去.{0,4}(?:天|小时|半天)了|人呢|还要等|(?:多久|多长时间|什么时候|啥时候|何时)(?:能|才能|可以)?(?:回复|处理|解决|有结果|答复)|(?:处理|解决|跟进|查)(?:得)?(?:怎么样|怎样|如何|好没)|进展|进度|到底(?:处|解)|[?？]{2,}|\b(?:any (?:news|update|progress|reply|response)|still waiting|follow(?:ing)? up|how (?:much )?long|not heard back|n't heard|nobody|no one|no reply|anyone|anybody|please reply|kindly reply|waiting|update\??)\b/;

/** The matter is over, says the customer. */
export const SETTLED =
  /(?:解决|处理|搞定|退到|收到退款|弄好).{0,4}(?:了|好了|完了)|问题(?:已)?解决|(?:已经|都)(?:好|解决|处理好)了|all sorted|(?:got|received) (?:the|my) (?:refund|money|replacement)|(?:it is|it's|is|been|now|all) (?:solved|resolved|fixed|sorted)|problem solved|no longer (?:needed|an issue)/;

/** "This is about something else." */
export const ANOTHER =
  /另(?:外)?(?:的)?一?(?:个|单|件|笔)|(?:还有|还买了)(?:一|另)(?:单|个订单|件|笔)|别的(?:订单|事|问题|单)|另外(?:的)?(?:问题|订单|事|一)|(?:我)?另一(?:单|个)|(?:又|再)(?:买|下单|订|拍)(?:的|了)|(?:不是|并非|跟).{0,10}(?:上次|之前|那个|前面).{0,14}(?:事|问题|单|不同|无关)|是新的|新的(?:问题|订单|一单)|(?:上次|之前)的?.{0,14}(?:已经|都)?(?:处理|解决)(?:好)?了?.{0,6}(?:这次|现在)|这次是|除了(?:之前|上次|那)|\b(?:another|different|separate|second|other) (?:order|problem|issue|matter|item|thing|complaint|one|purchase)|(?:not|n't) about (?:the|my) (?:earlier|previous|last|other|first)|(?:also )?bought (?:another|a second|one more)|besides the (?:earlier|previous|first|other)|in addition to (?:the|my) (?:earlier|previous|first|other)|(?:something|matter|problem|issue) (?:else|new)|new (?:issue|problem|order|matter)|this time (?:it|the)|unrelated to/;

/** "You know about this already": the message itself says that it is a second telling. */
export const AGAIN =
  /(?:已经|之前|刚才?|昨天|今天|前天|上周|上次|早上|下午|前几天|\d{1,3}天前|也|都|先前|曾).{0,14}(?:说过|反映|反馈|投诉|留过?言|联系过|发过?|问过|打过|写过|说完|讲过|提过|沟通过|告诉过)|同样的(?:问题|事)|(?:那边|那里|那头).{0,6}(?:没|不|也)|(?:没|不)人?(?:回|理).{0,6}(?:所以|只好|又)|重复一下|再(?:发|说)一[遍次]|(?:之前|上次)投诉的?|(?:的|那).{0,6}(?:事|问题|投诉)(?:情)?(?:怎么样|到底|进展|进度|处理)|\balready\b|(?:wrote|written|contacted|messaged|told|called|sent|posted|reported|complained|emailed|reached out|spoke|submitted).{0,40}(?:before|earlier|yesterday|ago|today|this morning|last (?:week|night)|on|via|through|by)|same (?:issue|problem|thing|complaint).{0,30}(?:sent|posted|wrote|told|via|on)|(?:nobody|no one|noone).{0,20}(?:answer|repl|respond|got back).{0,24}(?:on|via)|(?:checking|following up|update|news|happening) (?:on|about|with).{0,40}|posting (?:this )?again|again:|sent this/;

/** A post that is threatened, not one that was made. */
export const THREAT =
  /准备发|要发|会发|去.{0,6}(?:曝光|发)|曝光|will post|going to (?:post|write)|gonna post/;

/** The number that follows is somebody else's. */
export const QUOTED =
  /(?:朋友|同事|同学|室友|邻居|亲戚|闺蜜|家人|别人|人家|网友|群友|群里|姐妹|哥们|妈妈?|爸爸?|老公|老婆|表[姐妹哥弟]|有人|其他(?:人|顾客|客户)|看到.{0,6}(?:帖|说)|参[考照]|比照|按照?|[像跟和同].{0,12}一样).{0,28}$|\b(?:friend|colleague|neighbou?r|sister|brother|mother|father|mum|mom|dad|wife|husband|cousin|roommate|flatmate|coworker|co-worker|someone(?: else)?|somebody|another customer|other (?:people|customer)s?|(?:his|her|their) (?:order|case|number|ref)|you (?:refunded|replaced|compensated|helped|fixed|handled|accepted)|same as|just like)\b.{0,44}$/;
/** …unless the clause has come back to the writer. */
export const OWN =
  /(?:我的|我自己|我是|我这|本人)[^,，。;；]{0,10}$|\b(?:mine|my (?:own|order|number|ref))\b[^,.;]{0,14}$/;

/** "The number is …": a number that is announced, if not as what. */
export const NUMBER_IS =
  /(?:编号|号码|单号|号)(?:是|为|[:：])?\s?$|(?:\b(?:no|number|number is|it is|it's)[.:]?|#)\s?$/;

/** What stands before a number says what it is; the nearest word wins. All on folded text, tested on the words before it. */
export const CUES: Readonly<
  Record<'order' | 'tracking' | 'phone' | 'tail' | 'batch' | 'clock', RegExp>
> = {
  order:
    /(?:订单|定单|单子|下单|交易号|(?<!快递|物流|运|单)单号|这单|那单)|\b(?:order|ref|reference|case|purchase|invoice|transaction)\b/g,
  tracking:
    /(?:快递|物流|运单|运输|包裹|货运)(?:单)?(?:号|编号)?|\b(?:tracking|waybill|parcel|package|shipment|consignment|awb|airway)\b/g,
  phone:
    /(?:电话|手机|联系方式|联系号|来电|号码是?1|致电|座机|打我)|\b(?:phone|mobile|cell|telephone|tel|call(?: me)?(?: on| at)?|reach(?: me)?(?: on| at)?|contact(?: me)?(?: on| at)?|ring(?: me)?|text me)\b/g,
  tail: /(?:尾号|后[四4三3五5六6]位|末[四4三3五5六6]位|结尾)|\b(?:ending(?: in| with)?|ends(?: in| with)?|last (?:four|4|three|3|five|5|six|6)(?: digits)?)\b/g,
  batch:
    /(?:批号|批次|生产批|货号|型号|款号|条码|条形码|税号|卡号|工号|房号|楼|邮编|章|法|热线|防伪码?)|\b(?:batch|lot|model|serial|barcode|sku|tax|vat|card|account|room|postcode|zip|agent|employee|section|article|hotline)\b/g,
  clock: /(?:保质期|日期|到期|生产于|截止)|\b(?:date|expiry|expires?|best before|until|dated)\b/g,
};

/** English words that carry no matter; Chinese ones fall out with CHATTER and by being frequent on both sides. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the this that these those it its is are was were be been being am i me my mine we us our you your he him his she her they them their ' +
    'and or but so if then than as of to in on at by for from with without into onto over under up down out off about after before since until while ' +
    'do does did done doing have has had having will would shall should can could may might must not no nor never ever very too just only also even ' +
    'what when where which who whom whose why how there here all any some each more most other another such own same again once now still yet already ' +
    'get got getting give gave given make made please kindly dear hello hi hey thanks thank regards sincerely like really quite much many lot uh um yeah you know mean think ' +
    'am pm im ive dont doesnt didnt cant wont isnt wasnt havent hasnt order number team shop store buy bought ordered purchase purchased customer service complaint issue problem help writing write'
  ).split(' '),
);

/** Common Chinese surnames (simplified): a name begins with one of them. */
export const SURNAMES: ReadonlySet<string> = new Set(
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝'.split(
    '',
  ),
);
export const DOUBLE_SURNAMES =
  /^(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|长孙)/;

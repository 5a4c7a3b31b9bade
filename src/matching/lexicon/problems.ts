/**
 * What people complain about, in the words people generally use for it, Chinese (simplified, as
 * `fold` leaves it) and English. A class is what a clerk would write on the folder; the words need
 * not be complete, they need to be specific. Patterns run on folded text.
 */
export type ProblemClass = string;

/** Classes close enough that one person calls the same matter now this, now that. */
export const NEAR: readonly (readonly ProblemClass[])[] = [
  ['refund', 'return', 'cancelled', 'compensation', 'unpaid', 'charge'],
  ['lost', 'stuck', 'unsent', 'misrouted', 'courier'],
  ['broken', 'faulty', 'danger', 'damaged', 'quality'],
  ['spoiled', 'expired', 'foreign', 'quality'],
  ['fake', 'described', 'quality', 'wrong'],
  ['price', 'coupon', 'charge', 'compensation'],
  ['allergy', 'smell', 'quality', 'fake', 'danger'],
  ['account', 'app'],
  ['staff', 'courier'],
  ['wrong', 'missing', 'described', 'size'],
];

export const PROBLEMS: Readonly<Record<ProblemClass, RegExp>> = {
  refund:
    /退款.{0,12}(?:没|未|还|不|迟|呢|失败)|(?:没|未|不).{0,6}(?:退款|退钱|到账|退给|原路返回)|(?:退货|寄回|退回去?).{0,24}(?:没|未|还).{0,8}(?:退|到账|收到)|显示.{0,4}退款(?:成功|完成)|refund.{0,40}(?:not|n't|never|nothing|still|missing|yet|where|nowhere|waiting|complete|days|week)|(?:not|never|n't|still|waiting|where).{0,30}(?:\brefund|money back|my money)|where is my (?:money|refund)/,
  return:
    /(?:不给|不让|拒绝|不能|不肯|驳回|拒).{0,8}退|退(?:货|换|回)?.{0,14}(?:被拒|驳回|拒绝|不通过|不同意|不给)|二次销售|(?:return|exchange).{0,40}(?:refus|reject|denied|declin|turned down|not accept)|(?:refus|reject|den(?:y|ied)|declin|won't|will not|not accept).{0,30}(?:\breturn|exchange|take (?:it|them) back)/,
  lost: /(?:没|未|没有)(?:有)?(?:收到|拿到|见到)|(?:显示|说|写).{0,6}(?:已?签收|已?送达|妥投|已到)|(?:代|虚假|被别?人)签收?|丢件|丢了|包裹.{0,6}(?:不见|丢)|(?:never|not|n't|haven't|nothing).{0,14}(?:received?|arrived?|turned up|showed up|got it|delivered|here)|(?:says?|marked|shows?|status).{0,12}delivered|lost (?:parcel|package)/,
  stuck:
    /物流.{0,10}(?:停|不动|没|卡|未|没有)|(?:卡|停|滞留|躺|压)在?.{0,12}(?:转运|中转|网点|分拣|仓|海关|站|中心|集散)|(?:几|\d{1,3}|[一二三四五六七八九十]{1,4})天(?:没|不|未)(?:更新|动)|(?:快递|包裹|件).{0,10}(?:不动|没动静|没更新|停了)|tracking.{0,30}(?:stuck|not (?:moved|chang|updat)|n't (?:moved?|chang|updat)|no(?:t| )updat|stopped|same)|(?:parcel|package|shipment|delivery).{0,24}(?:stuck|not moved|n't moved|sitting)|stuck (?:in|at)|still (?:sitting )?(?:in|at) the .{0,20}(?:depot|hub|warehouse|customs|facility|sorting)/,
  unsent:
    /(?:不|没|未|还没|迟迟不|何时|什么时候|几时|一直不).{0,5}(?:发货|发出|出库|寄出)|(?:备货中|待发货|未发货)|不发货|什么时候(?:能)?发|何时(?:能)?发|(?:not|n't|never|still|when).{0,24}(?:shipp?(?:ed|ing)?\b|dispatch|sent out|leave the warehouse)|preparing (?:to ship|for shipment)/,
  misrouted:
    /送(?:到|去)?错(?:了)?(?:地方|地址)|(?:送|寄|发)(?:到|去)了?.{0,16}(?:我人在|我在|不是我)|地址.{0,8}(?:写的|填的|明明).{0,20}(?:送|寄|发)|wrong (?:address|place|city|location|house)|(?:sent|delivered|went|shipped) to .{0,24}(?:instead|but i (?:live|am)|wrong)/,
  late: /(?:送|配送|到货|外卖).{0,6}(?:太慢|超时|迟到|晚了)|迟到.{0,6}(?:小时|分钟|天)|(?:arrived?|delivery|delivered|came).{0,24}(?:too late|late\b|delay)|\d{1,3} (?:days|hours) late/,
  wrong:
    /发错|寄错|送错(?!.{0,4}(?:地|址))|错发|不是我(?:买|订|要|拍)的|(?:买|订|要|拍|定购|订购)的?(?:是)?.{0,16}(?:发来|收到|寄来|到的|给我).{0,4}(?:却|的|是|成)?|(?:color|colour|颜色|尺码|型号|规格|数量)(?:不对|错)|wrong (?:item|product|size|colou?r|model|one|order|thing|version|goods)|(?:got|received|sent).{0,30}instead of|not what i (?:ordered|bought)|incorrect item|ordered .{0,40}(?:but|and) (?:got|received|you sent)/,
  missing:
    /(?:少|漏)(?:了|发|寄|装|给|件)|缺(?:少|了|件|货品|配件)|(?:没有?|未)(?:发|见|看到|附|送|给)?.{0,3}(?:赠品|配件|说明书|第二件|附件|另一件|螺丝|遥控|充电器)|(?:里面|里头|里|盒内|箱内|包裹里).{0,4}没有?.{0,14}(?:漏|啊|吧|$)|说好送|不齐|(?:missing|forgot|without|lack(?:s|ing)?|left out|no sign of|not (?:in|included)).{0,40}(?:box|part|piece|gift|item|manual|accessor|charger|screw|bag|cable|package|parcel|set|remote|second)|missing[:,]|(?:item|part|piece)s? (?:is |are |was |were )?missing|incomplete order|only (?:got|received) (?:one|half|part)/,
  damaged:
    /(?:外?包装|箱子?|盒子?|纸箱|外箱).{0,12}(?:破|烂|坏|压|踩|瘪|裂|变形|湿|碎|洞)|(?:运输|路上|快递).{0,6}(?:压|摔|撞|弄)(?:坏|碎|烂)|(?:收到|到手|拆开).{0,8}(?:碎|裂|破|磕|摔)|磕(?:坏|破|不能)|暴力(?:分拣|运输)|(?:box|package|packaging|carton|parcel).{0,36}(?:crush|smash|torn|damag|broken|dent|wet|squash)|(?:arrived|came|delivered).{0,24}(?:damaged|smashed|crushed|broken|cracked|in pieces)|damaged (?:in (?:transit|delivery)|box|parcel|package|on arrival)/,
  broken:
    /(?:用|穿|戴|骑|买|才|刚).{0,12}(?:天|次|周|月|小时).{0,14}(?:坏|断|裂|掉|破|开胶|脱|出问题|失灵)|(?:坏|断|裂|掉|破|脱胶|开胶|开线)了|用几(?:天|次)就?坏|断裂|(?:broke|snapped|fell apart|came off|cracked|stopped working|died|gave out|failed|tore|split).{0,30}|(?:after|in|within) (?:only |just )?(?:\d{1,3}|one|two|three|a few|a) (?:days?|weeks?|uses?|months?).{0,30}(?:broke|snap|fail|fell|crack|dead|died)/,
  faulty:
    /(?:开不了机|不能用|用不了|没反应|失灵|死机|黑屏|自动关机|重启|充不进|连不上|不工作|故障|坏的|不制冷|不加热|不通电|漏水|结块|卡顿|不转|打不着)|质量(?:问题|差|不好|太差)|次品|残次|劣质|有(?:问题|毛病|瑕疵)|(?:doesn't|does not|won't|will not|not|n't|never|stopped|can't).{0,14}(?:work|turn(?:ing)? on|charg|start|connect|power|heat|cool|function)|(?:keeps?|kept) (?:shut|turn|switch|restart|crash|disconnect|freez|dropp)|faulty|defect|malfunction|dead on arrival|out of the box|leak(?:s|ing|ed)?\b|clump/,
  quality:
    /掉色|褪色|起球|缩水|做工|线头|质感|太薄|变形|粗糙|一洗|poor quality|bad quality|cheap(?:ly)? made|fad(?:es|ed|ing)|shrunk|shrank|pilling|thin material/,
  described:
    /(?:跟|和|与|同).{0,10}(?:详情|图片?|页面|描述|宣传|照片|介绍).{0,10}(?:不|两个|完全|差)|货不对板|(?:实物|到手).{0,14}(?:不符|不一样|色差|更接近|完全不)|描述不符|与描述|虚假宣传|色差|图文不符|not (?:as|like|match).{0,16}(?:describ|advertis|picture|photo|listing|page|shown)|(?:looks?|is) (?:nothing|not (?:a thing|at all)|different).{0,16}(?:like|from).{0,20}(?:photo|picture|listing|page|description|website)|misleading|false advertis|different from the (?:photo|picture|listing)/,
  size: /尺码?(?:不合|不对|偏|太)|偏(?:大|小)|穿不(?:上|下|了)|太(?:大|小|紧|长|短)了|码数|(?:too|runs?) (?:small|big|large|tight|loose|short|long)|(?:doesn't|does not|not) fit|wrong size/,
  fake: /假(?:货|的|冒|吧)|是假|高仿|山寨|仿(?:品|冒)|正品|防伪|冒牌|盗版|counterfeit|fake|not (?:genuine|authentic|original|real)|knock ?-?off|replica|imitation/,
  smell:
    /(?:刺鼻|异味|气味|臭|甲醛|塑料味|怪味|味道太|有股味|还有味|一股.{0,4}味)|(?:strong|chemical|awful|terrible|plastic|bad|weird|strange|pungent).{0,12}(?:smell|odou?r)|stink|smells? (?:of|like|so|terribl|awful|bad|strong)|formaldehyde/,
  allergy:
    /过敏|红肿|又红又痒|发痒|起疹|皮疹|红疹|烂脸|刺痛|皮炎|灼烧|起痘|长痘|拉肚子|腹泻|呕吐|食物中毒|肠胃|allerg|rash|itch|swollen|swelling|dermatitis|irritat(?:ed|ion|es).{0,8}skin|skin.{0,24}(?:red|burn|irritat|react)|hives|food poison|diarrh|vomit|stomach/,
  foreign:
    /(?:吃|喝|里面?|看到|发现|有|混有|掺).{0,10}(?:头发|虫|异物|塑料片|金属|铁丝|玻璃|霉|石子|蟑螂|苍蝇|毛发|蛆|沙子)|发霉|长毛|生虫|(?:found|there (?:is|was|were|are)|saw|contain|bit into).{0,30}(?:hair|bug|insect|worm|plastic|metal|glass|mou?ld|fly|cockroach|stone|foreign)|foreign (?:object|body|matter)|mou?ldy/,
  expired:
    /过期|临期|保质期|到期(?!.{0,4}会员)|生产日期|expir|short[- ]dated|past (?:its|the|their) (?:date|best|sell)|best[- ]before|use[- ]by|out of date/,
  spoiled:
    /化(?:了|成水|冻)|解冻|变质|馊|坏掉了|臭了|烂了|不新鲜|腐|冰袋|酸了|(?:收到|到手).{0,6}(?:坏|烂|臭|不能(?:吃|用))|thaw|melted|spoil|rotten|went off|gone (?:off|bad)|ice packs?|not fresh|(?:unsafe|not safe) to (?:eat|drink)|stale/,
  danger:
    /漏电|触电|冒烟|起火|着火|烧(?:焦|坏|起来|了)|爆炸|自燃|烫伤|短路|发烫|电到|手都?麻|overheat|smok(?:e|ing)|caught fire|\bfire\b|electric(?:al)? shock|shocked me|sparks?\b|burn(?:t|ed|ing)? (?:my|me|out|smell|the)|explod|dangerous|melted plug|short[- ]circuit/,
  charge:
    /重复(?:扣|收|付|支付)|扣(?:了)?(?:我)?(?:两|二|2|三|3|双|多)(?:次|遍|笔|份|回)|多(?:扣|收|付)|被?(?:扣|收)了?两|乱扣|盗刷|自动续费|自动扣|免密|扣费|(?:charged?|billed?|debited|paid|took).{0,24}(?:twice|two times|double|again|more than|extra|too much)|double[- ]?(?:charge|bill|payment)|overcharg|duplicate (?:charge|payment)|unauthori[sz]ed (?:charge|payment)|auto(?:matic)?[- ]renew|charged for (?:something|a subscription)/,
  unpaid:
    /(?:付|扣|支付).{0,24}(?:显示|还是|仍|却|状态).{0,10}(?:未付|没付|待付|待支付|未支付|没支付)|(?:扣款|付款|付)(?:了|成功).{0,16}(?:取消|没付|未付|待付)|钱扣了.{0,14}(?:待|没|未|取消)|paid.{0,40}(?:unpaid|not paid|awaiting payment|pending|cancel)|(?:payment|money).{0,30}(?:taken|deducted|gone|left|went through).{0,40}(?:unpaid|not paid|awaiting|pending|cancel|no order)|shows? (?:as )?unpaid/,
  price:
    /降(?:价|了)|价保|差价|保价|买贵|退差|(?:price|cheaper|dropped?|lower).{0,24}(?:after|next day|drop|adjust|match|protect|differ|now)|price (?:drop|match|protect|adjust|guarantee|difference)/,
  coupon:
    /优惠券|券.{0,10}(?:没|未|不|用不|失效|抵)|满减|折扣.{0,8}(?:没|未|不)|(?:没|未)(?:给我)?(?:减|抵扣|优惠)|红包.{0,6}(?:没|用不)|积分|coupon|voucher|promo(?:tion)?(?:al)? ?code|discount.{0,30}(?:not|n't|never|didn't|missing)|(?:not|n't|never).{0,20}discount/,
  compensation:
    /(?:说好|答应|承诺|说).{0,10}(?:补|赔|返)|(?:补偿|赔偿|返现|补差|赔付).{0,10}(?:没|未|不|呢|到|还)|赔我|promised? .{0,40}(?:back|refund|compensat|credit|voucher|\d)|compensation.{0,30}(?:not|never|n't|where|still|promised)|promised.{0,30}(?:nothing|never|not)/,
  invoice:
    /发票|开票|税号|抬头|invoice|\bvat\b|tax receipt|receipt.{0,20}(?:wrong|missing|not|never|company)/,
  cancelled:
    /砍单|(?:订单|单子|定单).{0,14}(?:被|自己|莫名|自动|无故|强制|擅自).{0,8}取消|(?:被|无故|擅自|自动|强制|私自)取消|取消.{0,6}(?:我的?|了我)?(?:订单|单)|(?:order|it) (?:was |got |has been |is )?cancell?ed|cancell?ed (?:my|the|our).{0,30}order|order.{0,30}cancell?ed (?:by|without|for no)/,
  account:
    /(?:账号|账户|帐号|帐户|会员).{0,14}(?:冻结|封|被盗|异常|锁|登不|登录不|注销|停用|限制)|盗号|异地登录|(?:冻结|锁定|封).{0,6}(?:账号|账户|帐号)|登(?:录)?不(?:上|了|进)|验证码.{0,8}(?:收不到|没)|account.{0,30}(?:lock|froz|freez|hack|suspend|block|disabled|compromis|stolen)|(?:hack|lock|froz|suspend)\w*.{0,20}account|(?:can't|cannot|unable to) (?:log|sign) ?in|verification code/,
  app: /闪退|(?:页面?|app|软件|小程序|系统).{0,8}(?:白屏|打不开|崩溃|卡死|报错|刷不出|加载|进不去)|白屏|打不开|一直转圈|(?:app|page|site|website|form|checkout|screen).{0,36}(?:crash|clos(?:es|ing)|blank|freez|error|load|not open|won't open|bug|down)|keeps? (?:crash|load)/,
  courier:
    /(?:快递员?|配送员?|骑手|派件员?|宅配员?|小哥|送货(?:员|的)?|外卖员).{0,24}(?:态度|骂|吼|凶|扔|不送|挂电话|不打电话|威胁|素质|摔|不上)|(?:courier|driver|delivery (?:guy|man|person|driver)|rider).{0,40}(?:rude|abus|yell|shout|swore|threw|dump|refus|left it|aggressive|threat|curs)|courier (?:behavio|attitude)/,
  staff:
    /(?:客服|店员|员工|坐席|接线|服务员|导购|店长).{0,16}(?:态度|素质|骂|敷衍|挂(?:我|断)|阴阳|恶劣|踢皮球|机器人|不耐烦|冷漠|凶)|(?:agent|staff|representative|operator|clerk|support|assistant|employee|customer service|manager).{0,36}(?:rude|hung up|closed (?:my|the)|attitude|unhelpful|abus|ignored me|insult|disrespect|swore|mock)|rude (?:agent|staff|service|representative|operator)/,
  privacy:
    /(?:信息|隐私|电话|手机号|个人信息).{0,6}(?:泄露|泄漏|外泄|被卖|卖给)|骚扰(?:电话|短信)|诈骗电话|data (?:leak|breach)|leaked my|sold my (?:data|number|details)|spam calls|privacy/,
  repair:
    /维修|保修|返修|修了|寄修|安装(?!包).{0,8}(?:没|不|师傅|预约|费)|师傅.{0,10}(?:没来|不来|爽约)|warranty|repair(?:ed|s|ing)?\b|installation|technician|fitter/,
};

/** Not a complaint at all: praise, or a question before buying. */
export const PLEASANT: Readonly<Record<ProblemClass, RegExp>> = {
  praise:
    /(?:很|非常|特别|超|挺|十分|真|太)(?:好用|喜欢|满意|不错|棒|赞|给力|好看|好吃|贴心|用心|漂亮)|五星|好评|回购|推荐(?:给|大家|购买)|下次还(?:来|买|会)|表扬|点赞|love (?:it|this|my|the)|\bgreat (?:service|product|quality|shop|store|job)|excellent|amazing|awesome|perfect\b|highly recommend|well done|very (?:happy|pleased|satisfied|good)|fast (?:delivery|shipping)|works? (?:great|perfectly|well)|five stars|keep (?:it )?up/,
  inquiry:
    /(?:请问|想问|问一下|咨询|想了解|请教).{0,30}(?:吗|么|呢|多少|什么|怎么|几|哪|有没有)|(?:有没有|有|还有)(?:货|现货|库存|优惠|活动|折扣|小码|大码|其他颜色)吗?|会(?:降价|补货|上架|打折)吗|(?:什么时候|几时|何时)(?:有货|补货|上新|打折|活动)|怎么(?:联系|加盟|批发|代理|申请成为)|分销|加盟|批发|团购|支持.{0,12}吗|能(?:开|送|寄|发).{0,14}吗|(?:几天|多久)(?:能)?到|(?:is|are|do|does|can|could|will|would) (?:the|this|it|there|you|your|i) .{0,60}(?:in stock|available|restock|discount|compatible|ship to|deliver to|offer|on sale|come in|wholesale|support)|how (?:long|much) (?:does|do|is|are|will|would)|in stock\?|before (?:i )?(?:buy|order|purchas)ing?|size guide|what (?:size|colou?rs)/,
};

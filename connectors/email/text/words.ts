/**
 * What mail clients write around quoted history. Everything is compared lower-case and with single
 * spaces. Sources: replies written with the clients themselves and the public fixtures of the quote
 * parsers named in docs/mail.md.
 */

/** Between two runs of dashes: all below is the original mail. Other words with a stem below count too. */
export const ORIGINAL_MESSAGE: ReadonlySet<string> = new Set([
  'reply message',
  'message initial',
  'previous message',
  '原邮件',
  '原郵件',
  '原信',
  '回复的原邮件',
  '回复邮件',
  '回复的邮件',
  '原文',
]);

/** The word "original" in the languages the clients speak. */
export const ORIGINAL_STEMS: readonly string[] = [
  'origin',
  'ursprüng',
  'ursprung',
  'oorspronkelijk',
  'oprindelig',
  'opprinnelig',
  'alkuperäi',
  'oryginaln',
  'исходн',
  'оригинал',
  'původní',
  'orijinal',
  '原始',
  '元のメッセージ',
  '원본',
];

/** Begins the line that stands above a forwarded mail, which is content and stays. */
export const FORWARDED: readonly string[] = [
  'forwarded message',
  'forwarded by',
  'begin forwarded message',
  'forwarded email',
  'weitergeleitete nachricht',
  'anfang der weitergeleiteten',
  'message transféré',
  'message transmis',
  'début du message réexpédié',
  'début du message transféré',
  'mensaje reenviado',
  'inicio del mensaje reenviado',
  'messaggio inoltrato',
  'inizio messaggio inoltrato',
  'mensagem encaminhada',
  'doorgestuurd bericht',
  'begin doorgestuurd bericht',
  'videresendt meddelelse',
  'videresendt melding',
  'vidarebefordrat meddelande',
  'välitetty viesti',
  'przekazana wiadomość',
  'wiadomość przekazana',
  'пересланное сообщение',
  'перенаправленное сообщение',
  '转发邮件信息',
  '转发的邮件',
  '转发邮件',
  '轉寄郵件',
  '轉寄的郵件',
  '轉寄信件',
  '已转发的邮件',
  '以下是转发的邮件',
  '开始转发的邮件',
  '下面是被转发的邮件',
  '転送メッセージ',
];

/** Prefixes of the subject of a forwarded mail. */
export const FORWARD_SUBJECTS: readonly string[] = [
  'fwd:',
  'fw:',
  'wg:',
  'tr:',
  'rv:',
  'enc:',
  'i:',
  'doorst:',
  'vs:',
  'vb:',
  'pd:',
  '转发:',
  '转发：',
  '轉寄:',
  '轉寄：',
  '轉發:',
  '轉發：',
];

export type HeaderRole = 'from' | 'date' | 'to' | 'cc' | 'subject';

/** Labels of the header block that Outlook, Foxmail and others put above the original. */
export const HEADER_LABELS: ReadonlyMap<string, HeaderRole> = new Map<string, HeaderRole>([
  ...labels(
    'from',
    'from|de|von|da|van|fra|från|lähettäjä|od|nadawca|от|от кого|expéditeur|remitente|mittente|发件人|寄件者|寄件人|发信人|發件人|发送人|差出人|보낸 사람|보낸사람|kimden|odesílatel|message from',
  ),
  ...labels(
    'date',
    'sent|date|sent at|sent on|date sent|sent date|gesendet|datum|gesendet am|envoyé|envoyé le|le|enviado|enviado el|enviada em|enviado em|fecha|data|inviato|inviato il|verzonden|verzonden op|dato|sendt|skickat|skickat den|lähetetty|päivämäärä|päiväys|wysłano|wysłane|отправлено|дата|message du|发送时间|發送時間|发送日期|日期|寄件日期|傳送時間|时间|時間|发送|已发送|送信日時|日付|보낸 날짜|날짜|gönderildi|tarih|odesláno',
  ),
  ...labels(
    'to',
    'to|an|à|a|aan|til|till|vastaanottaja|do|adresat|кому|para|destinataire|destinatario|pour|收件人|收件者|收信人|宛先|받는 사람|받는사람|kime|komu',
  ),
  ...labels(
    'cc',
    'cc|copie à|copie|kopie|cópia|copia|kopi|kopia|kopio|dw|do wiadomości|копия|抄送|副本|抄送人|bcc|密送|참조',
  ),
  ...labels(
    'subject',
    'subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|тема|主题|主旨|主題|标题|標題|件名|제목|konu|předmět|sujet',
  ),
]);

function labels(role: HeaderRole, words: string): [string, HeaderRole][] {
  return words.split('|').map((word) => [word, role]);
}

/** Verbs that end an attribution line: `On …, X wrote:`. */
export const CLOSING_VERBS: readonly string[] = [
  'wrote',
  'writes',
  'a écrit',
  'écrit',
  'ha scritto',
  'scritto',
  'escribió',
  'escribio',
  'ha escrito',
  'escreveu',
  'schrieb',
  'geschrieben',
  'schreef',
  'geschreven',
  'skrev',
  'kirjoitti',
  'napisał(a)',
  'napisał/a',
  'napisał',
  'napisała',
  'pisze',
  'пишет',
  'написал(а)',
  'написал',
  'написала',
  'napsal(a)',
  'napsal',
  'yazdı',
  '写道',
  '寫道',
  '来信写道',
  '作成',
  '작성',
  '님이 작성',
];

/** Verbs with the name behind them: `Am … schrieb X <x@y>:`. */
export const INNER_VERBS: readonly string[] = [
  ' schrieb ',
  ' skrev ',
  ' schreef ',
  ' hat am ',
  ' schreef op ',
];

/** How an attribution line begins, besides a digit, a weekday or a mailbox. */
export const OPENERS: readonly string[] = [
  'on ',
  'at ',
  'le ',
  'am ',
  'el ',
  'il ',
  'in data ',
  'em ',
  'op ',
  'den ',
  'på ',
  'w dniu ',
  'dnia ',
  '在',
  '于',
  '於',
  'dne ',
];

/** First letters of weekday names, as clients shorten them, in the languages above. */
export const WEEKDAYS: readonly string[] =
  'mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mo.|di.|mi.|do.|fr.|sa.|so.|mån|tis|ons|tor|fre|lör|sön|man|tir|lør|søn|ma |ti |ke |to |pe |la |su |пн|вт|ср|чт|пт|сб|вс|lunes|martes|mié|jue|vie|sáb|dom|seg|ter|qua|qui|sex|pon|wto|śro|czw|pią|sob|nie|星期|周|週'.split(
    '|',
  );

/** The whole line is one of these closings, and only a few short lines follow: a signature. */
export const CLOSINGS: ReadonlySet<string> = new Set([
  'regards',
  'best regards',
  'kind regards',
  'warm regards',
  'kindest regards',
  'with kind regards',
  'with best regards',
]);

/** Begins the line a phone or an app adds; the rest of the line names the device. */
export const SENT_FROM: readonly string[] = [
  'sent from',
  'sent via',
  'sent by',
  'sent using',
  'sent with',
  'sent on my',
  'get outlook for',
  'download outlook for',
  'gesendet von',
  'von meinem',
  'gesendet mit',
  'diese nachricht wurde von mein',
  'outlook für',
  'envoyé de mon',
  'envoyé de',
  'envoyé depuis',
  'envoyé à partir de',
  'envoyé avec',
  'télécharger outlook pour',
  'enviado desde',
  'enviado do',
  'enviado de',
  'enviado a partir do',
  'obtener outlook para',
  'obter o outlook para',
  'inviato da',
  'scarica outlook per',
  'verzonden vanaf',
  'verstuurd vanaf',
  'verzonden met',
  'outlook voor',
  'sendt fra',
  'skickat från',
  'hämta outlook för',
  'lähetetty',
  'hanki outlook',
  'wysłane z',
  'pobierz outlook',
  'отправлено из',
  'отправлено с',
  'iphone から送信',
  'iphoneから送信',
  '发自我的',
  '发自',
  '從我的',
  '从我的',
  '寄自我的',
  '自我的',
  '發自我的',
  '發自',
  '由我的',
  '来自我的',
  '获取适用于',
  '获取 outlook',
  '取得 outlook',
  '取得適用於',
  '通过',
  '用我的',
  '나의 iphone에서 보냄',
];

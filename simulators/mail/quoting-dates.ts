// Dates as mail programs write them above a quotation, in Beijing time (UTC+8).

function shown(date: Date, locale: string, options: Intl.DateTimeFormatOptions): string {
  const parts = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'Asia/Shanghai' });
  // Newer ICU data puts a narrow no-break space before AM and PM; mail programs write a plain one.
  return parts.format(date).replaceAll('\u202f', ' ');
}

/** `Friday, November 20, 2026 8:15 AM` */
export function longDate(date: Date): string {
  const day = shown(date, 'en-US', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    year: 'numeric',
  });
  return `${day} ${enClock(date)}`;
}

/** `2026-11-20` */
export function isoDate(date: Date): string {
  return shown(date, 'sv-SE', { year: 'numeric', month: '2-digit', day: '2-digit' });
}

/** `2026年11月20日` */
export function zhDate(date: Date): string {
  return shown(date, 'zh-CN', { year: 'numeric', month: 'long', day: 'numeric' });
}

/** `星期五` */
export function zhWeekday(date: Date): string {
  return shown(date, 'zh-CN', { weekday: 'long' });
}

/** `08:15` */
export function clock(date: Date): string {
  return shown(date, 'en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** `8:15 AM` */
export function enClock(date: Date): string {
  return shown(date, 'en-US', { hour: 'numeric', minute: '2-digit' });
}

/** `上午8:15` */
export function zhClock(date: Date): string {
  const [hours = '0', minutes = '00'] = clock(date).split(':');
  const hour = Number(hours);
  return `${hour < 12 ? '上午' : '下午'}${hour % 12 === 0 ? 12 : hour % 12}:${minutes}`;
}

/** `Nov 20, 2026` */
export function shortDate(date: Date): string {
  return shown(date, 'en-US', { month: 'short', day: 'numeric', year: 'numeric' });
}

/** `Fri, Nov 20, 2026` */
export function mediumDate(date: Date): string {
  return shown(date, 'en-US', {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    year: 'numeric',
  });
}

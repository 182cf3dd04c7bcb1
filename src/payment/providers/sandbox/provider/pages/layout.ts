import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { escapeHtml } from '../../../../../platform/html.ts';
import { formatMoney } from '../../../../money.ts';
import type { SandboxReply } from '../exchange.ts';
import { type CheckoutStatus, timeOf } from '../tables.ts';

/** HTML that is safe to put into HTML. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | false | null | readonly Html[];

/** Whatever is put in is escaped, unless it is HTML already; false and null are nothing. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(texts.reduce((whole, text, index) => `${whole}${safe(parts[index - 1] ?? null)}${text}`));

function safe(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(one => one.text).join('');
  return escapeHtml(String(part));
}

export interface Page {
  readonly title: string;
  readonly content: Html;
  readonly status?: number;
  /** For a person who pays: a narrow sheet. */
  readonly narrow?: boolean;
  /** Looked at again by itself, at this address, after so many seconds. */
  readonly refresh?: { readonly seconds: number; readonly url: string };
}

/** Read at the first page: most processes show none. */
let sheet: { readonly css: string; readonly version: string } | null = null;

function styleSheet() {
  if (sheet) return sheet;
  const css = readFileSync(new URL('page.css', import.meta.url), 'utf8');
  sheet = { css, version: createHash('sha256').update(css).digest('hex').slice(0, 12) };
  return sheet;
}

export const CSS_PATH = '/sandbox/page.css';

export const cssReply = (): SandboxReply => ({
  status: 200,
  headers: { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'public, max-age=31536000, immutable' },
  body: styleSheet().css,
});

export function page({ title, content, status = 200, narrow = false, refresh }: Page): SandboxReply {
  const again = refresh && html`<meta http-equiv="refresh" content="${refresh.seconds}; url=${refresh.url}">`;
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title} · Sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${CSS_PATH}?v=${styleSheet().version}">
${again ?? null}
</head>
<body>
<p class="test">This is a test. No money moves.</p>
<main${narrow ? new Html(' class="narrow"') : null}>
${content}
</main>
</body>
</html>
`;
  return { status, headers: PAGE_HEADERS, body: text };
}

const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  // No form-action: where the payer goes after paying is another site, and browsers look at the redirect too.
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  // Without one, browsers post the pages' own forms as if they came from nowhere.
  'Referrer-Policy': 'same-origin',
} as const;

export const STATUS_NAMES: Readonly<
  Record<CheckoutStatus, readonly [name: string, tone: '' | 'good' | 'bad' | 'wait']>
> = {
  OPEN: ['Open', ''],
  AWAITING_APPROVAL: ['Waiting for the app', 'wait'],
  PROCESSING: ['Money on its way', 'wait'],
  PAID: ['Paid', 'good'],
  FAILED: ['Declined', 'bad'],
  CANCELED: ['Canceled', 'bad'],
  EXPIRED: ['Expired', 'bad'],
};

export const badge = (text: string, tone: string): Html => html`<span class="state ${tone}">${text}</span>`;

export const money = (amount: string, currency: string): string => formatMoney({ amount: BigInt(amount), currency });

const TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

export function time(text: string): Html {
  const at = timeOf(text);
  return html`<time datetime="${at.toISOString()}">${TIME.format(at)} UTC</time>`;
}

/** What cannot be shown or done, with a way on. */
export const messagePage = (status: number, title: string, text: string, back: string): SandboxReply =>
  page({
    title,
    status,
    narrow: true,
    content: html`<h1>${title}</h1><div class="sheet"><p>${text}</p><p><a href="${back}">Go on to the control page</a></p></div>`,
  });

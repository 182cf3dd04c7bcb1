import { escapeHtml } from '../html.ts';

/** What a mail says: without its address. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Letter {
  readonly subject: string;
  /** In their order; an address stands alone. */
  readonly paragraphs: readonly (string | URL)[];
}

/** The same as text and as HTML. Every word of it is escaped. */
export function layOut({ subject, paragraphs }: Letter): MailText {
  const parts = ['Hello,', ...paragraphs];
  const html = parts.map(part =>
    part instanceof URL
      ? `<p><a href="${escapeHtml(part.href)}">${escapeHtml(part.href)}</a></p>`
      : `<p>${escapeHtml(part)}</p>`,
  );
  return {
    subject,
    text: `${parts.map(part => (part instanceof URL ? part.href : part)).join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head><body>${html.join('')}</body></html>`,
  };
}

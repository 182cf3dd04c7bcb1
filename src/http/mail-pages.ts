import type { ServerResponse } from 'node:http';
import { escapeHtml } from '../platform/html.ts';
import type { KeptMail, Mailbox } from '../platform/mail/mailbox.ts';

/** For programs: `[{to, subject, text, html, at}]`, newest first. */
export function sendMailsAsJson(response: ServerResponse, { mails }: Mailbox): void {
  const body = mails.map(({ to, subject, text, html, at }) => ({ to, subject, text, html, at }));
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** For people: the same, its links to be clicked. Without styles or scripts, which the server's policy would refuse. */
export function sendMailPage(response: ServerResponse, { mails }: Mailbox): void {
  const list = mails.length > 0 ? mails.map(article).join('') : '<p>No mail yet.</p>';
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>Mailbox</title><h1>Mailbox</h1><p>The mails that would have been sent, newest first. ` +
      `<a href="/dev/mail.json">As JSON</a></p>${list}</html>`,
  );
}

const article = ({ to, subject, text, at }: KeptMail): string =>
  `<article><h2>${escapeHtml(subject)}</h2><p>To ${escapeHtml(to)}, ` +
  `<time datetime="${at.toISOString()}">${at.toISOString()}</time></p>${text.trimEnd().split('\n\n').map(paragraph).join('')}</article><hr>`;

const paragraph = (text: string): string =>
  `<p>${text
    .split(/(https?:\/\/\S+)/)
    .map(linked)
    .join('')}</p>`;

/** Every second part is an address. */
const linked = (part: string, index: number): string =>
  index % 2 === 0 ? escapeHtml(part).replaceAll('\n', '<br>') : `<a href="${escapeHtml(part)}">${escapeHtml(part)}</a>`;

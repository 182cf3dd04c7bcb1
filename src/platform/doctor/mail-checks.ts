import { createTransport } from 'nodemailer';
import { explainFault } from '../connection.ts';
import type { Check, Finding } from './check.ts';
import { isRemote } from './installation.ts';

const TIMEOUT_MS = 8_000;

const server: Check = {
  id: 'mail.server',
  ok: 'The server for mail takes the log-in.',
  look: async ({ settings: { SMTP_URL: url } }) => {
    if (!url) return null;
    if (url === 'off')
      return [
        {
          severity: 'warn',
          what: 'SMTP_URL is off: no mail is sent.',
          why: 'Nobody can reset a password, and no address is ever verified.',
          mend: 'SMTP_URL=smtp://user:password@smtp.example.com:587',
        },
      ];
    const transport = createTransport({
      url,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    });
    try {
      await transport.verify();
      return [];
    } catch (error) {
      return [
        {
          severity: 'stop',
          what: `The server for mail, ${new URL(url).host}, cannot be used: ${explainFault(error)}.`,
          why: 'Mails wait, and are given up in the end: nobody can reset a password.',
          mend: 'Put SMTP_URL right: its host, port, user and password',
        },
      ];
    } finally {
      transport.close();
    }
  },
};

const protection: Check = {
  id: 'mail.tls',
  ok: 'Mails leave by TLS, or to this machine.',
  look: ({ settings: { SMTP_URL: url } }) => {
    if (!url || url === 'off') return null;
    const isSafe = url.startsWith('smtps:') || new URL(url).searchParams.get('requireTLS') === 'true';
    if (isSafe || !isRemote(url)) return [];
    return [
      {
        severity: 'warn',
        what: 'SMTP_URL uses TLS only where the server for mail offers it.',
        why: 'Whoever is on the way can take the offer out, and reads the password and links that reset passwords.',
        mend: '?requireTLS=true at the end of SMTP_URL, or smtps://',
      },
    ];
  },
};

const sender: Check = {
  id: 'mail.sender',
  ok: 'MAIL_FROM is of the domain that people know.',
  look: ({ settings: { SMTP_URL: smtp, MAIL_FROM: from, PUBLIC_URL: url } }) => {
    if (!smtp || smtp === 'off' || !url) return null;
    const host = new URL(url).hostname;
    const domain = (from?.slice(from.lastIndexOf('@') + 1).replace(/>.*$/, '') ?? host).toLowerCase();
    const findings: Finding[] = [];
    if (/(^|\.)(example\.(com|org|net)|example|test|invalid|localhost)$/.test(domain))
      findings.push({
        severity: 'stop',
        what: `MAIL_FROM is of ${domain}, which is nobody's.`,
        why: 'Servers of mail refuse it, or put it with the junk.',
        mend: 'MAIL_FROM=Duely <no-reply@…>, of a domain of yours with SPF and DKIM',
      });
    else if (!areRelated(domain, host))
      findings.push({
        severity: 'info',
        what: `Mails come from ${domain}, and the server is at ${host}.`,
        why: 'People take a mail of another domain for forged.',
        mend: 'MAIL_FROM=Duely <no-reply@…>, of the same domain, unless this is meant',
      });
    return findings;
  },
};

/** Whether they share their last two labels, which is as near as one gets without the list of public suffixes. */
const areRelated = (one: string, other: string) =>
  one.split('.').slice(-2).join('.') === other.split('.').slice(-2).join('.');

export const mailChecks: readonly Check[] = [server, protection, sender];

import { once } from 'node:events';
import { connect } from 'node:tls';
import type { Check, Finding } from './check.ts';
import { isRemote } from './installation.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const CERTIFICATE_MIN_DAYS = 14;
const DAY_MS = 86_400_000;

const publicUrl: Check = {
  id: 'addresses.public-url',
  ok: 'PUBLIC_URL is an address by https that others reach.',
  look: ({ settings: { PUBLIC_URL: url } }) => {
    if (!url) return null;
    const findings: Finding[] = [];
    if (!isRemote(url))
      findings.push({
        severity: 'stop',
        what: 'PUBLIC_URL is an address of this machine.',
        why: 'Payment providers and payers come back to it, and reach their own machine.',
        mend: 'PUBLIC_URL=https://api.example.com, the address at which people reach this server',
      });
    else if (new URL(url).protocol === 'http:')
      findings.push({
        severity: 'stop',
        what: 'PUBLIC_URL begins with http://.',
        why: 'Passwords and tokens go through the network in the open, and browsers do not send the refresh cookie.',
        mend: 'PUBLIC_URL=https://…, with a proxy in front that has a certificate',
      });
    return findings;
  },
};

const appUrl: Check = {
  id: 'addresses.app-url',
  ok: 'Links in mails open pages of the front end.',
  look: ({ settings: { APP_URL: app, PUBLIC_URL: own, SMTP_URL: smtp } }) => {
    if (!own || smtp === undefined || smtp === 'off') return null;
    const mend = 'APP_URL=https://app.example.com, where the front end is';
    if (!app)
      return [
        {
          severity: 'warn',
          what: 'APP_URL is not set, so that links in mails open PUBLIC_URL.',
          why: 'This server has no page /reset-password or /verify-email: that is right only where the front end is at the same address.',
          mend,
        },
      ];
    if (!isRemote(app) || app.startsWith('http:'))
      return [
        {
          severity: 'stop',
          what: `APP_URL is ${isRemote(app) ? 'without https' : 'an address of this machine'}.`,
          why: 'The links in mails, which reset passwords, lead there.',
          mend,
        },
      ];
    return [];
  },
};

const certificate: Check = {
  id: 'addresses.certificate',
  ok: 'The certificate of PUBLIC_URL is trusted and good for some time.',
  look: async ({ settings: { PUBLIC_URL: url }, now }) => {
    if (!url?.startsWith('https:')) return null;
    const { hostname, port } = new URL(url);
    const seen = await certificateOf(hostname.replace(/^\[|\]$/g, ''), Number(port || 443));
    if (typeof seen === 'string')
      return [
        {
          severity: 'info',
          what: `PUBLIC_URL does not answer by TLS from here: ${seen}.`,
          why: 'Its certificate was not looked at. Before the first release, and from within some networks, that is as it has to be.',
          mend: 'npm run doctor -- --only addresses.certificate, from where people are',
        },
      ];
    const days = Math.floor((seen.validTo - now()) / DAY_MS);
    if (seen.fault)
      return [
        {
          severity: 'stop',
          what: `The certificate of PUBLIC_URL is not trusted: ${seen.fault}.`,
          why: 'Browsers and payment providers refuse to connect.',
          mend: 'Give the proxy a certificate for this name, with the whole chain.',
        },
      ];
    if (days < CERTIFICATE_MIN_DAYS)
      return [
        {
          severity: 'warn',
          what: `The certificate of PUBLIC_URL ends in ${days} days.`,
          why: 'It should have been renewed by itself by now.',
          mend: 'Look at what renews it, such as certbot renew --dry-run.',
        },
      ];
    return [];
  },
};

/** Why there is none to be seen, or what it is. */
async function certificateOf(host: string, port: number): Promise<string | { validTo: number; fault: string | null }> {
  const socket = connect({ host, port, servername: host, rejectUnauthorized: false, timeout: CONNECT_TIMEOUT_MS });
  socket.on('timeout', () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'secureConnect');
    const fault = socket.authorized ? null : String(socket.authorizationError);
    return { validTo: Date.parse(socket.getPeerCertificate().valid_to), fault };
  } catch (error) {
    return error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error);
  } finally {
    socket.destroy();
  }
}

const origins: Check = {
  id: 'addresses.origins',
  ok: 'ALLOWED_ORIGINS names front ends by https.',
  look: ({ settings: { ALLOWED_ORIGINS: allowed = [], APP_URL: app, PUBLIC_URL: own } }) => {
    const findings: Finding[] = [];
    const mend = 'ALLOWED_ORIGINS=https://app.example.com';
    for (const origin of allowed) {
      // The wildcard is a fault of the settings.
      if (origin === '*') continue;
      if (!isRemote(origin))
        findings.push({
          severity: 'stop',
          subject: origin,
          what: `ALLOWED_ORIGINS has ${origin}, an address of whoever opens it.`,
          why: 'Any program that serves pages on a person’s machine could use their refresh cookie.',
          mend,
        });
      else if (origin.startsWith('http:'))
        findings.push({
          severity: 'stop',
          subject: origin,
          what: `ALLOWED_ORIGINS has ${origin}, without https.`,
          why: 'Whoever is on the way can put a page of their own there, and use the refresh cookie.',
          mend,
        });
    }
    const front = app && new URL(app).origin;
    if (front && front !== (own && new URL(own).origin) && !allowed.includes(front))
      findings.push({
        severity: 'stop',
        subject: front,
        what: 'ALLOWED_ORIGINS lacks the front end of APP_URL.',
        why: 'Browsers do not let its pages call this server, and payers cannot be sent back to it.',
        mend: `ALLOWED_ORIGINS=${[...allowed, front].join(',')}`,
      });
    return findings;
  },
};

const proxies: Check = {
  id: 'addresses.proxies',
  ok: 'The proxies in front are counted.',
  look: ({ settings: { PUBLIC_URL: url, TRUST_PROXY: proxies } }) => {
    if (!url?.startsWith('https:') || proxies > 0) return [];
    return [
      {
        severity: 'stop',
        what: 'TRUST_PROXY is 0, and PUBLIC_URL is https, which this server does not speak: so there is a proxy.',
        why: 'All callers have the proxy’s address: they share one rate limit, and one of them locks out all others.',
        mend: 'TRUST_PROXY=1, or as many proxies as stand in front, each of which adds to X-Forwarded-For',
      },
    ];
  },
};

const developerPages: Check = {
  id: 'addresses.developer-pages',
  ok: 'GraphiQL and introspection are off.',
  look: ({ settings: { GRAPHIQL: graphiql, INTROSPECTION: introspection } }) => {
    const on = [
      ...(graphiql ? [['GRAPHIQL', 'a page to write queries on'] as const] : []),
      ...(introspection ? [['INTROSPECTION', 'questions about the schema'] as const] : []),
    ];
    return on.map(([setting, what]) => ({
      severity: 'warn',
      subject: setting,
      what: `${setting} is on: ${what}, for everybody.`,
      why: 'It shows strangers everything that there is to try. Limits and rights hold all the same.',
      mend: `${setting}=off`,
    }));
  },
};

const metrics: Check = {
  id: 'addresses.metrics',
  ok: 'The numbers have a port of their own.',
  look: ({ settings: { METRICS_PORT: port } }) =>
    port !== undefined
      ? []
      : [
          {
            severity: 'warn',
            what: 'METRICS_PORT is not set: /metrics is served with everything else.',
            why: 'Whoever asks sees how many people pay, and what goes wrong.',
            mend: 'METRICS_PORT=9464, or a proxy that does not let /metrics through',
          },
        ],
};

export const addressChecks: readonly Check[] = [
  publicUrl,
  appUrl,
  certificate,
  origins,
  proxies,
  developerPages,
  metrics,
];

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, Finding } from './check.ts';
import { secretsIn } from './known-secrets.ts';
import { secretWeakness } from './secret-strength.ts';

/** With which a stranger can be whoever they like. */
const SIGNING = ['JWT_SECRETS', 'BETTER_AUTH_SECRET'];
const MAKE = 'openssl rand -hex 32';
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
const PASSWORD_MIN_LENGTH = 12;

const strength: Check = {
  id: 'secrets.strength',
  ok: 'The secrets that sign tokens are long and random.',
  look: ({ given }) => {
    const signing = secretsIn(given).filter(({ setting }) => SIGNING.includes(setting));
    if (signing.length === 0) return null;
    return signing.flatMap(({ setting, value }, index): Finding[] => {
      const weakness = secretWeakness(value);
      if (weakness === null) return [];
      const which = setting === 'JWT_SECRETS' ? `Secret ${index + 1} of JWT_SECRETS` : setting;
      return [
        {
          severity: 'stop',
          subject: setting,
          what: `${which} ${weakness}.`,
          why: 'Whoever guesses it signs tokens for anybody, admins too.',
          mend: `${setting}=$(${MAKE})`,
        },
      ];
    });
  },
};

const development: Check = {
  id: 'secrets.development',
  ok: 'No secret was made for development.',
  look: async ({ given, settings }) => {
    const made = await readFile(join(settings.DATA_DIR, 'jwt-secret'), 'utf8').catch(() => null);
    if (made === null) return null;
    return secretsIn(given)
      .filter(({ value }) => value === made.trim())
      .map(({ setting }) => ({
        severity: 'stop',
        subject: setting,
        what: `${setting} has the secret that was made for development and lies in ${settings.DATA_DIR}.`,
        why: 'Copies of a folder for development are on many machines.',
        mend: `${setting}=$(${MAKE})`,
      }));
  },
};

const repeated: Check = {
  id: 'secrets.repeated',
  ok: 'Each secret is for one thing.',
  look: ({ given, known }) => {
    const secrets = secretsIn(given).filter(({ setting }) => known.includes(setting));
    // An address past a pooler has the same password on purpose.
    const places = (value: string) => [
      ...new Set(
        secrets
          .filter(secret => secret.value === value)
          .map(({ setting }) => (setting === 'DATABASE_DIRECT_URL' ? 'DATABASE_URL' : setting))
          .sort(),
      ),
    ];
    const twice = [...new Set(secrets.map(({ value }) => value))].map(places).filter(({ length }) => length > 1);
    return twice.map(settings => ({
      severity: settings.some(setting => SIGNING.includes(setting)) ? 'stop' : 'warn',
      subject: settings.join(', '),
      what: `One secret stands in ${settings.join(' and ')}.`,
      why: 'Whoever learns it in one place has the other too, and none can be changed alone.',
      mend: `Make one of its own for each: ${MAKE}`,
    }));
  },
};

const old: Check = {
  id: 'secrets.old',
  ok: 'No old secrets are kept.',
  look: ({ settings: { JWT_SECRETS: secrets, REFRESH_TOKEN_TTL_SECONDS: ttl } }) => {
    if (!secrets) return null;
    const findings: Finding[] = [];
    const days = Math.ceil(ttl / DAY_SECONDS);
    if (new Set(secrets).size < secrets.length)
      findings.push({
        severity: 'warn',
        what: 'JWT_SECRETS has one secret twice.',
        why: 'A secret that was to be exchanged is still the one that signs.',
        mend: `Put a new secret in front: ${MAKE}`,
      });
    if (secrets.length > 2)
      findings.push({
        severity: 'warn',
        what: `JWT_SECRETS has ${secrets.length} secrets.`,
        why: 'Each of them lets whoever has it sign tokens, the oldest too.',
        mend: `Leave the newest, and the one before it for ${days} days after the change.`,
      });
    return findings;
  },
};

const passwords: Check = {
  id: 'secrets.passwords',
  ok: 'The passwords of database and Redis are no words that are tried first.',
  look: ({ settings }) =>
    [
      ['DATABASE_URL', settings.DATABASE_URL],
      ['DATABASE_DIRECT_URL', settings.DATABASE_DIRECT_URL],
      ['REDIS_URL', settings.REDIS_URL],
    ].flatMap(([setting = '', text]): Finding[] => {
      const url = text === undefined ? null : new URL(text);
      const password = url ? decodeURIComponent(url.password) : '';
      // Without one the server may know the account otherwise: by its certificate, or its socket.
      if (!url || password === '') return [];
      const isGuessed = password === url.username || COMMON.test(password) || password.length < PASSWORD_MIN_LENGTH;
      return isGuessed
        ? [
            {
              severity: 'warn',
              subject: setting,
              what: `The password in ${setting} is short, the account's own name, or one that everybody tries first.`,
              why: 'Whoever reaches the server on the network gets in by it.',
              mend: `Give the account another one: ${MAKE}`,
            },
          ]
        : [];
    }),
};
const COMMON = /^(postgres|password|passwort|secret|duely|redis|admin|changeme|change-me|test|root|example)\W*\d*$/i;

const lifetimes: Check = {
  id: 'secrets.lifetimes',
  ok: 'Tokens end in time.',
  look: ({ settings: { ACCESS_TOKEN_TTL_SECONDS: access, REFRESH_TOKEN_TTL_SECONDS: refresh } }) => {
    const findings: Finding[] = [];
    if (access > HOUR_SECONDS)
      findings.push({
        severity: 'warn',
        subject: 'ACCESS_TOKEN_TTL_SECONDS',
        what: `Access tokens are good for ${access} seconds.`,
        why: 'One that is stolen is good until its end or that of its session.',
        mend: 'ACCESS_TOKEN_TTL_SECONDS=900',
      });
    if (refresh > 90 * DAY_SECONDS)
      findings.push({
        severity: 'warn',
        subject: 'REFRESH_TOKEN_TTL_SECONDS',
        what: `Sessions that nobody uses last ${Math.round(refresh / DAY_SECONDS)} days.`,
        why: 'A device that was lost stays signed in for so long.',
        mend: 'REFRESH_TOKEN_TTL_SECONDS=604800',
      });
    if (refresh <= access)
      findings.push({
        severity: 'stop',
        subject: 'REFRESH_TOKEN_TTL_SECONDS',
        what: 'REFRESH_TOKEN_TTL_SECONDS is not longer than ACCESS_TOKEN_TTL_SECONDS.',
        why: 'A session would be over before its access token: everybody is signed out again and again.',
        mend: 'ACCESS_TOKEN_TTL_SECONDS=900 and REFRESH_TOKEN_TTL_SECONDS=604800',
      });
    return findings;
  },
};

export const secretChecks: readonly Check[] = [strength, development, repeated, old, passwords, lifetimes];

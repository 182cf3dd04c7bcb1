import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Check, Finding } from './check.ts';
import { nearestName } from './nearest-name.ts';

const run = promisify(execFile);

const faults: Check = {
  id: 'settings.faults',
  ok: 'Production takes all settings as they are.',
  look: ({ faults }) =>
    faults.map(fault => {
      const subject = /^[A-Z][A-Z0-9_]*/.exec(fault)?.[0] ?? '';
      return {
        severity: 'stop',
        subject,
        what: fault.endsWith('.') ? fault : `${fault}.`,
        why: 'In production the server does not start with it.',
        mend: `Set ${subject}, as .env.example explains it.`,
      };
    }),
};

const environment: Check = {
  id: 'settings.environment',
  ok: 'NODE_ENV is production.',
  look: ({ settings: { NODE_ENV } }) =>
    NODE_ENV === 'production'
      ? []
      : [
          {
            severity: 'stop',
            subject: 'NODE_ENV',
            what: `NODE_ENV is ${NODE_ENV}: everything here is judged as if it were production.`,
            why: 'Outside of production anybody may pay without money, read the schema and use pages for developers.',
            mend: 'NODE_ENV=production',
          },
        ],
};

const unknown: Check = {
  id: 'settings.unknown',
  ok: 'No setting looks like one that was misspelt.',
  look: ({ given, known }) =>
    Object.keys(given).flatMap((name): Finding[] => {
      if (known.includes(name)) return [];
      const meant = nearestName(name, known);
      return meant === null || given[meant] !== undefined
        ? []
        : [
            {
              severity: 'warn',
              subject: name,
              what: `${name} is no setting; ${meant} is one, and is not set.`,
              why: 'What is misspelt is not read: the default holds.',
              mend: `Call it ${meant}.`,
            },
          ];
    }),
};

const logLevel: Check = {
  id: 'settings.log-level',
  ok: 'The log tells what an operator needs.',
  look: ({ settings: { LOG_LEVEL: level } }) => {
    const mend = 'LOG_LEVEL=info';
    if (level === 'trace' || level === 'debug')
      return [{ severity: 'warn', what: `LOG_LEVEL is ${level}.`, why: 'Each request costs lines of the log.', mend }];
    if (level === 'silent' || level === 'error')
      return [{ severity: 'warn', what: `LOG_LEVEL is ${level}.`, why: 'Warnings are not in the log.', mend }];
    return [];
  },
};

const fileRights: Check = {
  id: 'settings.file-rights',
  ok: '.env can be read by its owner alone.',
  look: async ({ folder }) => {
    const file = await stat(join(folder, '.env')).catch(() => null);
    if (!file) return null;
    if ((file.mode & 0o077) === 0) return [];
    return [
      {
        severity: 'warn',
        what: `.env can be read by other accounts of this machine (its mode is ${(file.mode & 0o777).toString(8)}).`,
        why: 'Whoever reads the secrets can sign tokens for anybody.',
        mend: 'chmod 600 .env',
      },
    ];
  },
};

const fileTracked: Check = {
  id: 'settings.file-tracked',
  ok: '.env is not in the repository.',
  look: async ({ folder }) => {
    const file = await stat(join(folder, '.env')).catch(() => null);
    if (!file) return null;
    // Where there is no git, or no repository, nothing is tracked.
    const tracked = await run('git', ['ls-files', '--', '.env'], { cwd: folder }).then(
      ({ stdout }) => stdout.trim() !== '',
      () => false,
    );
    if (!tracked) return [];
    return [
      {
        severity: 'stop',
        what: '.env is tracked by git.',
        why: 'Whoever can read the repository has the secrets, also those of its earlier commits.',
        mend: 'git rm --cached .env, then make every secret in it anew.',
      },
    ];
  },
};

export const settingChecks: readonly Check[] = [faults, environment, unknown, logLevel, fileRights, fileTracked];

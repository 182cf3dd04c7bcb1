import { styleText } from 'node:util';
import type { Told } from '../platform/doctor/check.ts';

const COLOURS = { stop: 'red', warn: 'yellow', info: 'cyan', ok: 'green' } as const;
const INDENT = '        ';
const TITLES: Readonly<Record<string, string>> = {
  settings: 'Settings',
  secrets: 'Secrets',
  addresses: 'Addresses',
  database: 'Database',
  accounts: 'Accounts',
  redis: 'Redis',
  mail: 'Mail',
  payments: 'Payments',
  machine: 'Machine',
};

export interface ReportOptions {
  /** What is well is told too. */
  readonly verbose: boolean;
  readonly colours: boolean;
}

/** For people, by groups. */
export function report(told: readonly Told[], { verbose, colours }: ReportOptions): string {
  const paint = (severity: Told['severity'], text: string) =>
    colours ? styleText(COLOURS[severity], text, { validateStream: false }) : text;
  const groups = Map.groupBy(
    told.filter(({ severity }) => verbose || severity !== 'ok'),
    ({ id }) => id.split('.')[0] ?? '',
  );
  const chapters = [...groups].map(([name, members]) => {
    const lines = members.map(({ id, severity, what, why, mend }) => {
      const head = `  ${paint(severity, severity.padEnd(4))}  ${indented(what)}`;
      return why === null || mend === null
        ? head
        : `${head}\n${INDENT}${indented(why)}\n${INDENT}Mend: ${indented(mend)}\n${INDENT}(${id})`;
    });
    return `${TITLES[name] ?? name}\n${lines.join('\n')}\n`;
  });
  return [...chapters, summary(told)].join('\n');
}

const indented = (text: string) => text.trim().replaceAll('\n', `\n${INDENT}`);

function summary(told: readonly Told[]): string {
  const count = (severity: Told['severity']) => told.filter(one => one.severity === severity).length;
  const well = `${count('ok')} ${count('ok') === 1 ? 'check' : 'checks'} found nothing wrong`;
  const others = `${count('warn')} to warn of, ${count('info')} to know; ${well}.`;
  return count('stop') > 0
    ? `${count('stop')} ${count('stop') === 1 ? 'thing stops' : 'things stop'} a release, ${others}\n`
    : `Nothing stops a release. ${others}\n`;
}

import type { TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';

export type Line = Readonly<Record<string, unknown>>;

/** What the server has logged under this message. */
export const linesOf = ({ log }: Pick<TestApp, 'log'>, message: string): Line[] =>
  log.map(line => JSON.parse(line) as Line).filter(({ msg }) => msg === message);

/** Waits for a line: it is written when the response has been sent. Throws where there is none. */
export async function lineOf(
  app: Pick<TestApp, 'log'>,
  message: string,
  matches: (line: Line) => boolean = () => true,
): Promise<Line> {
  const find = () => linesOf(app, message).find(matches);
  await until(`a line "${message}"`, () => find() !== undefined);
  return find() ?? {};
}

import { getNamedType, isInputObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createSchema } from '../../src/schema.ts';
import { openRaw, statusesOf } from '../hostile/raw.ts';
import { PASSWORD, startApp, type TestApp } from '../support/app.ts';
import { rootFields } from '../support/operations.ts';
import { FRONT_END, RESET, startMailApp, VERIFY } from '../support/smtp.ts';
import { until } from '../support/wait.ts';

const portOf = ({ url }: Pick<TestApp, 'url'>) => Number(new URL(url).port);

/** A request whose headers are written as they stand. */
async function post(app: Pick<TestApp, 'url'>, body: object, headers: readonly string[]): Promise<number[]> {
  const text = JSON.stringify(body);
  using raw = await openRaw(portOf(app));
  const head = [
    'POST /graphql HTTP/1.1',
    ...headers,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  raw.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(text)]));
  await raw.over();
  return statusesOf(raw);
}

test('links in mails lead to the front end that is set, whatever host the request names', async () => {
  await using app = await startMailApp();
  const ada = await app.createUser();
  const query = `mutation { requestPasswordReset(input: { email: "${ada.email}" }) { userErrors { code } } }`;

  const statuses = await post(app, { query }, [
    'Host: evil.example.com',
    'X-Forwarded-Host: evil.example.com',
    'X-Forwarded-Proto: http',
    'Forwarded: host=evil.example.com',
    'Origin: http://localhost:5173',
  ]);
  await app.tokenTo(ada.email, RESET);
  const mails = [...(await app.mailsTo(ada.email, VERIFY)), ...(await app.mailsTo(ada.email, RESET))];

  expect(statuses).toEqual([200]);
  expect(mails.length).toBeGreaterThan(1);
  for (const { text, html } of mails) {
    expect(`${text}${html}`).not.toContain('evil.example.com');
    expect(text).toContain(FRONT_END);
  }
});

describe('the log', () => {
  /** What begins a line, or speaks to a terminal: C0 and C1 controls, DEL, and the separators that some readers break at. */
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
  const FORGED = '\r\n{"level":"fatal","securityEvent":"FORGED"}\u001b[2J\u009b31m\u0085\u2028';

  test('has one line for each thing that is told, whatever names, agents, ids and addresses hold', async () => {
    await using app = await startApp({ settings: { TRUST_PROXY: '1' } });
    const ada = await app.createUser();
    const own = ['Host: localhost', `Authorization: Bearer ${ada.accessToken}`];

    await post(app, { query: '{ me { id } }', operationName: FORGED }, own);
    await post(app, { query: '{ me { id } }' }, [
      ...own,
      'User-Agent: \x9b31m\x85',
      'X-Request-Id: \x9b1',
      'X-Forwarded-For: \x9b31m{"a":1}',
    ]);
    await post(app, { query: '{ me { id } }' }, [
      ...own,
      'Idempotency-Key: \x9b31m',
      'traceparent: \x85',
      'Last-Event-ID: \x9b',
    ]);
    await app.execute('mutation ($i: LogInInput!) { logIn(input: $i) { userErrors { code } } }', {
      i: { login: FORGED, password: FORGED },
    });
    await app.execute(
      'mutation ($i: SignUpInput!) { signUp(input: $i) { userErrors { code } } }',
      { i: { email: 'eve@example.com', username: 'eve', password: PASSWORD, fullName: FORGED } },
      null,
      { headers: { 'x-forwarded-for': '\x9b31m' } },
    );
    await app.execute(
      'mutation ($i: UpdateMeInput!) { updateMe(input: $i) { userErrors { code } } }',
      { i: { fullName: FORGED } },
      ada,
    );
    using raw = await openRaw(portOf(app));
    raw.write(Buffer.from('GET /\x9b31m%0d%0a%1b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 'latin1'));
    await raw.over();
    await until('something was told', () => app.log.length > 5);

    for (const line of app.log) {
      expect(line.slice(0, -1)).not.toMatch(CONTROLS);
      expect(() => JSON.parse(line)).not.toThrow();
    }
    expect(app.log.join('')).not.toContain('"securityEvent":"FORGED"');
  });
});

test('no input of a field that is for everybody sets what is not the caller’s to set', () => {
  const OTHERS =
    /role|isactive|owner|user|price|amount|total|status|verified|plan|paid|deleted|createdat|updatedat|version|session/i;
  /** Each is only compared with what is there, or names whom to sign in. */
  const HARMLESS = ['expectedVersion', 'username'];
  const seen = new Set<string>();
  const places: string[] = [];
  const collect = (of: string, type: unknown) => {
    if (!isInputObjectType(type) || seen.has(type.name)) return;
    seen.add(type.name);
    for (const field of Object.values(type.getFields())) {
      if (OTHERS.test(field.name) && !HARMLESS.includes(field.name)) places.push(`${of}: ${type.name}.${field.name}`);
      collect(of, getNamedType(field.type));
    }
  };

  for (const { kind, field } of rootFields(createSchema())) {
    if (kind !== 'mutation' || field.astNode?.directives?.some(({ name }) => name.value === 'hasRole')) continue;
    for (const arg of field.args) collect(field.name, getNamedType(arg.type));
  }

  expect(seen.size).toBeGreaterThan(10);
  expect(places).toEqual([]);
});

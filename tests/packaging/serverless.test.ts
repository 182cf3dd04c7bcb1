import { afterEach, expect, test, vi } from 'vitest';
import { TEST_SECRET } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';

afterEach(() => void vi.unstubAllEnvs());

test('the function of the example answers with the settings of its environment', async () => {
  const database = await createTestDatabase();
  const settings = {
    NODE_ENV: 'production',
    DATABASE_URL: database.url,
    DATABASE_POOL_MAX: '1',
    JWT_SECRETS: TEST_SECRET,
    PUBLIC_URL: 'https://api.example.com',
    ALLOWED_ORIGINS: 'https://app.example.com',
    SMTP_URL: 'off',
    TRUST_PROXY: '1',
    LOG_LEVEL: 'silent',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const { GET, POST, OPTIONS } = await import('../../deploy/serverless/function.ts');
  const origin = 'https://app.example.com';
  const body = JSON.stringify({ query: '{ products { sku } }' });
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7', origin };

  const ready = await GET(new Request('https://api.example.com/ready'));
  const asked = await POST(new Request('https://api.example.com/graphql', { method: 'POST', headers, body }));
  const preflight = await OPTIONS(new Request('https://api.example.com/graphql', { method: 'OPTIONS', headers }));

  expect(await ready.json()).toMatchObject({ status: 'ready', dependencies: { jobs: 'off' } });
  expect(await asked.json()).toEqual({ data: { products: expect.any(Array) } });
  expect(asked.headers.get('strict-transport-security')).toContain('max-age');
  expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
  expect(preflight.status).toBe(204);
});

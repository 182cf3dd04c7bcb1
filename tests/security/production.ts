import { type StartOptions, startApp, type TestApp } from '../support/app.ts';

/** As an operator sets them who has set no more than has to be. */
export const PRODUCTION_SETTINGS = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://api.example.com',
  APP_URL: 'https://app.example.com',
  SMTP_URL: 'off',
  ALLOWED_ORIGINS: 'https://app.example.com',
};

/** A server in the configuration of production, with a database of its own. */
export async function startProduction({ settings = {}, ...options }: StartOptions = {}): Promise<TestApp> {
  const database = options.database;
  return startApp({
    ...options,
    settings: {
      ...PRODUCTION_SETTINGS,
      DATABASE_URL: database?.url ?? 'postgres://localhost/named-but-not-used',
      ...settings,
    },
  });
}

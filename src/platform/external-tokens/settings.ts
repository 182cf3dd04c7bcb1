import { readFileSync } from 'node:fs';
import type { ExternalTokenSettings } from './external-tokens.ts';
import { parseKeySet } from './key-source.ts';

/** The settings of the environment that are about tokens of other issuers. */
export interface ExternalTokenEnvironment {
  readonly NODE_ENV?: string | undefined;
  readonly JWT_SECRETS?: readonly string[] | undefined;
  readonly BETTER_AUTH_SECRET?: string | undefined;
  readonly EXTERNAL_JWKS_URL?: string | undefined;
  readonly EXTERNAL_JWKS_FILE?: string | undefined;
  readonly EXTERNAL_ISSUER?: string | undefined;
  readonly EXTERNAL_AUDIENCE?: string | undefined;
}

/** Null where no tokens but our own are taken. */
export function externalTokenSettings(env: ExternalTokenEnvironment): ExternalTokenSettings | null {
  const url = env.EXTERNAL_JWKS_URL;
  const file = env.EXTERNAL_JWKS_FILE;
  if (!env.BETTER_AUTH_SECRET && !url && !file) return null;
  return {
    secret: env.BETTER_AUTH_SECRET,
    keys: url ? { url } : file ? { file } : undefined,
    issuer: env.EXTERNAL_ISSUER,
    audience: env.EXTERNAL_AUDIENCE,
  };
}

/** What each of these settings cannot tell by itself, as sentences. */
export function externalTokenFaults(env: ExternalTokenEnvironment): string[] {
  const faults: string[] = [];
  const { BETTER_AUTH_SECRET: secret, EXTERNAL_JWKS_URL: url, EXTERNAL_JWKS_FILE: file } = env;
  // Whoever has one of our own secrets makes tokens for anybody, admins too.
  if (secret && env.JWT_SECRETS?.includes(secret))
    faults.push('BETTER_AUTH_SECRET must not be one of JWT_SECRETS: the other issuer could sign as this server.');
  if (url && file) faults.push('EXTERNAL_JWKS_URL and EXTERNAL_JWKS_FILE are both set: choose one.');
  if (url && env.NODE_ENV === 'production' && !isProtected(url))
    faults.push(
      'EXTERNAL_JWKS_URL has to begin with https:// in production, such as https://app.example.com/api/auth/jwks',
    );
  if (file && !isKeySetFile(file))
    faults.push('EXTERNAL_JWKS_FILE has to be a file with a JSON Web Key Set: {"keys": [{"kid": "…", "kty": "…"}]}');
  return faults;
}

/** Whoever can change the keys on their way can sign. */
function isProtected(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function isKeySetFile(file: string): boolean {
  try {
    parseKeySet(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

export interface StripeSettings {
  /** `sk_…`, or `rk_…` with the rights to write Checkout Sessions and refunds, and to read events and disputes. */
  readonly secretKey: string;
  /** Newest first: each of them verifies, so that a secret can be exchanged without losing a message. */
  readonly webhookSecrets: readonly string[];
  /** Another one only for a stand-in. */
  readonly apiBase: string;
}

/** The settings of the environment that are about Stripe. */
export interface StripeEnvironment {
  readonly NODE_ENV?: string | undefined;
  readonly STRIPE_SECRET_KEY?: string | undefined;
  /** `whsec_…`, newest first, with commas between. */
  readonly STRIPE_WEBHOOK_SECRETS?: string | undefined;
  /** Default: https://api.stripe.com */
  readonly STRIPE_API_BASE?: string | undefined;
}

export const STRIPE_API_BASE = 'https://api.stripe.com';

/** Null where Stripe is not set up. Read after stripeFaults, which finds whatever is wrong. */
export function stripeSettings(env: StripeEnvironment): StripeSettings | null {
  if (!env.STRIPE_SECRET_KEY) return null;
  return {
    secretKey: env.STRIPE_SECRET_KEY,
    webhookSecrets: secretsOf(env),
    apiBase: env.STRIPE_API_BASE ?? STRIPE_API_BASE,
  };
}

/** What is wrong with these settings, as sentences that say what to do and show no secret. */
export function stripeFaults(env: StripeEnvironment): string[] {
  const { STRIPE_SECRET_KEY: key, STRIPE_API_BASE: base } = env;
  const secrets = secretsOf(env);
  const faults: string[] = [];
  if (key?.startsWith('pk_'))
    faults.push('STRIPE_SECRET_KEY is a publishable key, which may do nothing here: it has to begin with sk_ or rk_.');
  else if (key && !/^(sk|rk)_\w{8,}$/.test(key))
    faults.push(
      'STRIPE_SECRET_KEY has to be a secret key as the Dashboard shows it under Developers, such as sk_live_…',
    );
  if (key && secrets.length === 0)
    faults.push(
      'STRIPE_WEBHOOK_SECRETS is missing: it has to be the signing secret of the webhook endpoint, such as whsec_…',
    );
  if (!key && secrets.length > 0)
    faults.push('STRIPE_WEBHOOK_SECRETS is set, but STRIPE_SECRET_KEY is not: set both, or neither.');
  if (secrets.some(secret => !/^whsec_\S{8,}$/.test(secret)))
    faults.push('STRIPE_WEBHOOK_SECRETS has to be signing secrets that begin with whsec_, with commas between.');
  if (base !== undefined && !isBase(base))
    faults.push(`STRIPE_API_BASE has to be an address without a path, such as ${STRIPE_API_BASE}`);
  // Whoever reads the requests has the secret key.
  else if (base !== undefined && env.NODE_ENV === 'production' && !isProtected(new URL(base)))
    faults.push(`STRIPE_API_BASE has to begin with https:// in production, such as ${STRIPE_API_BASE}`);
  return faults;
}

const secretsOf = (env: StripeEnvironment): string[] =>
  (env.STRIPE_WEBHOOK_SECRETS ?? '')
    .split(',')
    .map(secret => secret.trim())
    .filter(secret => secret !== '');

function isBase(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, username } = new URL(text);
  return /^https?:$/.test(protocol) && pathname === '/' && search === '' && username === '';
}

const isProtected = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

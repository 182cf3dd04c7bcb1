import { z } from 'zod';

/** What a good token of another issuer says. */
export interface ExternalClaims {
  /** Under which name this server knows the issuer. */
  readonly issuer: string;
  /** The person, to that issuer. */
  readonly subject: string;
  /** The issuer's session; null where the token names none. A secret of the issuer's, maybe. */
  readonly session: string | null;
  /** Seconds since 1970; null where the token does not say. */
  readonly issuedAt: number | null;
  readonly exp: number;
  readonly profile: ExternalProfile;
}

/** What the issuer says of the person: to begin an account with, and believed no further. */
export interface ExternalProfile {
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly username: string | null;
}

/** Lone surrogates and control characters would become the same in the database, or be refused by it. */
const name = z
  .string()
  .min(1)
  .max(255)
  .refine(text => text.isWellFormed() && !/\p{Cc}/u.test(text));
/** Until the year 9999, as far as dates go here and in the database. */
const seconds = z.number().min(0).max(253_402_300_799);
/** What is of no consequence is left out where it is not what it should be. */
const optional = <Type extends z.ZodType>(type: Type) => type.nullish().catch(null);

const Profile = z.object({
  email: optional(z.string()),
  // As OpenID Connect and as Better Auth have it.
  email_verified: optional(z.boolean()),
  emailVerified: optional(z.boolean()),
  name: optional(z.string()),
  preferred_username: optional(z.string()),
  username: optional(z.string()),
});

const Registered = z.object({
  iss: name.optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  exp: seconds,
  iat: seconds.optional(),
});

/** RFC 7519, with OpenID Connect's names for the rest. */
const SubjectClaims = Registered.extend({
  sub: name,
  sid: name.optional(),
  // Where Better Auth's key set signs its cookie.
  user: optional(Profile),
}).and(Profile);

/** What Better Auth writes into its session's cookie where `cookieCache.strategy` is `jwt`. It has no `sub`. */
const SessionCookieClaims = Registered.extend({
  sub: z.undefined().optional(),
  user: z.object({ id: name }).and(Profile),
  session: z.object({ id: name, userId: name, expiresAt: z.iso.datetime({ offset: true }) }),
});

/**
 * Claims by which one kind of token says that it is another than an access token: those of FastAPI's and Keycloak's
 * refresh tokens, of Cognito's and Keycloak's ID tokens, of links in mails.
 */
const KIND_CLAIMS = ['typ', 'type', 'token_type', 'token_use'];
const OTHER_KINDS = new Set([
  'refresh',
  'refresh_token',
  'offline',
  'id',
  'id_token',
  'logout',
  'reset',
  'password_reset',
  'verification',
  'email_verification',
]);

export interface ParsedClaims extends Omit<ExternalClaims, 'issuer'> {
  readonly iss: string | null;
  readonly aud: readonly string[];
  readonly isSessionCookie: boolean;
}

/** Null where they are not an access token's, or not those of a token that ends. */
export function parseClaims(payload: Readonly<Record<string, unknown>>): ParsedClaims | null {
  if (KIND_CLAIMS.some(claim => OTHER_KINDS.has(String(payload[claim]).toLowerCase()))) return null;
  // Security events (RFC 8417), such as OpenID Connect's logout tokens.
  if ('events' in payload) return null;

  const token = SubjectClaims.safeParse(payload);
  if (token.success) {
    const { sub, sid, user, ...rest } = token.data;
    return {
      ...registered(rest),
      subject: sub,
      session: sid ?? null,
      profile: profileOf(rest.email ? rest : (user ?? rest)),
      isSessionCookie: false,
    };
  }
  const cookie = SessionCookieClaims.safeParse(payload);
  if (!cookie.success || cookie.data.session.userId !== cookie.data.user.id) return null;
  const { user, session, ...rest } = cookie.data;
  return {
    ...registered(rest),
    // The cookie outlives its session by some minutes.
    exp: Math.min(rest.exp, Date.parse(session.expiresAt) / 1000),
    subject: user.id,
    session: session.id,
    profile: profileOf(user),
    isSessionCookie: true,
  };
}

const registered = ({ iss, aud, exp, iat }: z.infer<typeof Registered>) => ({
  iss: iss ?? null,
  aud: aud === undefined ? [] : [aud].flat(),
  exp,
  issuedAt: iat ?? null,
});

const profileOf = (profile: z.infer<typeof Profile>): ExternalProfile => ({
  email: profile.email ?? null,
  emailVerified: profile.email_verified === true || profile.emailVerified === true,
  name: profile.name ?? null,
  username: profile.preferred_username ?? profile.username ?? null,
});

import type { OperationContext } from '../graphql/context.ts';
import type { RefreshTokenPlace } from '../graphql/generated/resolvers.ts';
import { ApiError } from '../platform/errors.ts';
import { toGlobalId } from '../platform/ids.ts';
import type { IssuedSession } from './session.service.ts';

type SigningIn = Omit<OperationContext, 'viewer'>;

/** The resolvers of all that sign somebody in answer by it. Signs the operation in and gives the tokens, each to the place that was asked for. */
export function authPayload(
  context: SigningIn,
  { session, user, refreshToken }: IssuedSession,
  place: RefreshTokenPlace,
) {
  const { token, expiresAt } = context.services.tokens.sign({
    sub: toGlobalId('user', user.id),
    sid: toGlobalId('session', session.id),
    role: user.role ?? 'USER',
  });
  context.signIn({
    userId: user.id,
    sessionId: session.id,
    role: user.role ?? 'USER',
    tokenExpiresAt: expiresAt.getTime(),
  });
  if (place === 'COOKIE') cookieOf(context).set(refreshToken, session.expiresAt);
  return {
    accessToken: token,
    accessTokenExpiresAt: expiresAt,
    refreshToken: place === 'BODY' ? refreshToken : null,
    user,
  };
}

function cookieOf({ caller }: SigningIn) {
  if (!caller.refreshCookie)
    throw new ApiError(
      'BAD_REQUEST',
      'A cookie can be set over HTTP only: ask for the refresh token in the BODY, or send this over HTTP.',
    );
  return caller.refreshCookie;
}

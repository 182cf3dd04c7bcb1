import type { OperationContext } from '../graphql/context.ts';
import type { RefreshTokenPlace, Resolvers } from '../graphql/generated/resolvers.ts';
import { inPhases } from '../graphql/mutation.ts';
import { selectedFields } from '../graphql/selection.ts';
import { ApiError, UserInputError, unauthenticated } from '../platform/errors.ts';
import { toGlobalId } from '../platform/ids.ts';
import { createAccount, findByCredentials, prepareAccount } from './account.service.ts';
import { endOtherSessions, endSession, type IssuedSession, refreshSession, startSession } from './session.service.ts';
import { maySee } from './viewer.ts';

type SigningIn = Omit<OperationContext, 'viewer'>;

/** Signs the operation in and gives the tokens, each to the place that was asked for. */
function authPayload(context: SigningIn, { session, user, refreshToken }: IssuedSession, place: RefreshTokenPlace) {
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

export const identityResolvers = {
  Query: {
    me: async (_root, _args, { viewerOrNull, authenticationFailure, loaders }, info) => {
      if (viewerOrNull) return loaders.identity.userById.loadSelected(viewerOrNull.userId, selectedFields(info));
      if (authenticationFailure !== 'MISSING') throw unauthenticated(authenticationFailure);
      return null;
    },
  },
  Mutation: {
    signUp: inPhases({
      outside: ({ input }) => prepareAccount(input),
      finish: async ({ input }, context, account) => {
        const user = await createAccount(context.em, account);
        return authPayload(
          context,
          startSession(context.em, context.services.sessions, user, context.caller.device, context.now()),
          input.refreshTokenIn,
        );
      },
    }),
    logIn: inPhases({
      outside: ({ input }, { em }) => findByCredentials(em, input.login, input.password),
      finish: async ({ input }, context, user) => {
        if (!user) throw new UserInputError('WRONG_CREDENTIALS', [], 'The login or the password is wrong.');
        if (!user.isActive)
          throw new UserInputError('NOT_ALLOWED', [], 'This account is locked: ask an administrator.');
        return authPayload(
          context,
          startSession(context.em, context.services.sessions, user, context.caller.device, context.now()),
          input.refreshTokenIn,
        );
      },
    }),
    refreshSession: async (_root, { input }, context) => {
      const cookie = context.caller.refreshCookie;
      const token = input?.refreshToken ?? cookie?.token;
      if (!token)
        throw new UserInputError('INVALID', ['input', 'refreshToken'], 'Give the refresh token, or send its cookie.');
      const inCookie = !input?.refreshToken;
      const issued = await refreshSession(context.em, context.services.sessions, token, context.now());
      if (issued) return authPayload(context, issued, inCookie ? 'COOKIE' : 'BODY');
      if (inCookie) cookie?.clear();
      // Returned, not thrown: where the token was used twice, the end of its session has to stay.
      return {
        userErrors: [
          { code: 'EXPIRED', path: ['input', 'refreshToken'], message: 'This session is over: log in again.' },
        ],
      };
    },
    logOut: async (_root, _args, { em, viewer, now, caller }) => {
      await endSession(em, toGlobalId('session', viewer.sessionId), 'LOGGED_OUT', now());
      caller.refreshCookie?.clear();
      return {};
    },
    revokeSession: async (_root, { id }, { em, now }) => {
      await endSession(em, id, 'REVOKED', now());
      return { sessionId: id };
    },
    revokeOtherSessions: async (_root, _args, { em, viewer, now }) => ({
      revokedCount: await endOtherSessions(em, viewer, now()),
    }),
  },
  User: {
    id: user => toGlobalId('user', user.id),
    sessions: (user, _args, { viewer, loaders }) => {
      if (!maySee(viewer, user.id)) throw new Error('A user was shown to somebody who may not see them.');
      return loaders.identity.sessionsByUser.load(user.id);
    },
  },
  Session: {
    id: session => toGlobalId('session', session.id),
    isCurrent: (session, _args, { viewer }) => session.id === viewer.sessionId,
  },
  UserChange: {
    userId: ({ change }) => toGlobalId('user', change.entityId),
    user: ({ change }, _args, { loaders }, info) =>
      loaders.identity.userById.loadSelected(change.entityId, selectedFields(info)),
  },
} satisfies Resolvers;

/** A user by id: oneself, and anybody for an admin. */
export const findUserNode = async (context: OperationContext, uuid: string) =>
  maySee(context.viewer, uuid) ? context.loaders.identity.userById.loadAll(uuid) : null;

/** A session of the viewer's own. */
export async function findSessionNode(context: OperationContext, uuid: string) {
  const session = await context.loaders.identity.sessionById.load(uuid);
  return session?.userId === context.viewer.userId ? session : null;
}

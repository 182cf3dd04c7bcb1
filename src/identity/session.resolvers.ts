import type { OperationContext } from '../graphql/context.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { inPhases } from '../graphql/mutation.ts';
import { UserInputError } from '../platform/errors.ts';
import { toGlobalId } from '../platform/ids.ts';
import { createAccount, findByCredentials, prepareAccount } from './account.service.ts';
import { authPayload } from './auth-payload.resolvers.ts';
import { sendVerification } from './profile.service.ts';
import { endOtherSessions, endSession, refreshSession, startSession } from './session.service.ts';

export const sessionResolvers = {
  Mutation: {
    signUp: inPhases({
      outside: ({ input }) => prepareAccount(input),
      finish: async ({ input }, context, account) => {
        const user = await createAccount(context.em, account);
        await sendVerification(context.em, user, context.now(), context.services);
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
  Session: {
    id: session => toGlobalId('session', session.id),
    isCurrent: (session, _args, { viewer }) => session.id === viewer.sessionId,
  },
} satisfies Resolvers;

/** A session of the viewer's own. */
export async function findSessionNode(context: OperationContext, uuid: string) {
  const session = await context.loaders.identity.sessionById.load(uuid);
  return session?.userId === context.viewer.userId ? session : null;
}

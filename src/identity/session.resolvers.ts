import type { OperationContext } from '../graphql/context.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { inPhases } from '../graphql/mutation.ts';
import { UserInputError } from '../platform/errors.ts';
import { toGlobalId } from '../platform/ids.ts';
import { compareCredentials, createAccount, prepareAccount } from './account.service.ts';
import { authPayload } from './auth-payload.resolvers.ts';
import { replaceHash } from './password.service.ts';
import { sendVerification } from './profile.service.ts';
import type { SecurityEventKind } from './security-log.ts';
import { endOtherSessions, endSession, refreshSession, startSession } from './session.service.ts';

export const sessionResolvers = {
  Mutation: {
    signUp: inPhases({
      outside: ({ input }) => prepareAccount(input),
      finish: async ({ input }, context, account) => {
        const { em, services, caller, now } = context;
        const user = await createAccount(em, account);
        await sendVerification(em, user, now(), services);
        const issued = startSession(em, services.sessions, user, caller.device, now());
        // The event names the account, so it has to be there.
        await em.flush();
        await services.security.record(em, { kind: 'SIGNED_UP', userId: user.id, device: caller.device });
        return authPayload(context, issued, input.refreshTokenIn);
      },
    }),
    logIn: inPhases({
      outside: async ({ input }, { em, services, caller }) => {
        const { user, matches, newHash } = await services.logInLimits.guard(input.login, caller.device, () =>
          compareCredentials(em, input.login, input.password),
        );
        if (user?.isActive && matches) return { user, newHash };
        // One row whether or not there is such an account, so that neither takes longer.
        const failed = { kind: 'LOG_IN_FAILED', userId: user?.id ?? null, device: caller.device } as const;
        await services.security.recordAlone(failed);
        throw matches
          ? new UserInputError('NOT_ALLOWED', [], 'This account is locked: ask an administrator.')
          : new UserInputError('WRONG_CREDENTIALS', [], 'The login or the password is wrong.');
      },
      finish: async ({ input }, context, { user: compared, newHash }) => {
        const { em, services, caller, now } = context;
        const user = newHash ? await replaceHash(em, compared, newHash) : compared;
        await services.security.record(em, { kind: 'LOGGED_IN', userId: user.id, device: caller.device });
        const issued = startSession(em, services.sessions, user, caller.device, now());
        return authPayload(context, issued, input.refreshTokenIn);
      },
    }),
    refreshSession: async (_root, { input }, context) => {
      const { em, services, caller, now } = context;
      const cookie = caller.refreshCookie;
      const token = input?.refreshToken ?? cookie?.token;
      if (!token)
        throw new UserInputError('INVALID', ['input', 'refreshToken'], 'Give the refresh token, or send its cookie.');
      const inCookie = !input?.refreshToken;
      const issued = await refreshSession(em, services.sessions, token, now(), ({ id }) =>
        services.security.record(em, { kind: 'REFRESH_TOKEN_REUSED', userId: id, device: caller.device }),
      );
      if (issued) return authPayload(context, issued, inCookie ? 'COOKIE' : 'BODY');
      if (inCookie) cookie?.clear();
      // Returned, not thrown: where the token was used twice, the end of its session has to stay.
      return {
        userErrors: [
          { code: 'EXPIRED', path: ['input', 'refreshToken'], message: 'This session is over: log in again.' },
        ],
      };
    },
    logOut: async (_root, _args, context) => {
      const { em, viewer, now, caller } = context;
      if (await endSession(em, toGlobalId('session', viewer.sessionId), 'LOGGED_OUT', now()))
        await recordOfViewer(context, 'LOGGED_OUT');
      caller.refreshCookie?.clear();
      return {};
    },
    revokeSession: async (_root, { id }, context) => {
      if (await endSession(context.em, id, 'REVOKED', context.now())) await recordOfViewer(context, 'SESSION_REVOKED');
      return { sessionId: id };
    },
    revokeOtherSessions: async (_root, _args, context) => {
      const revokedCount = await endOtherSessions(context.em, context.viewer, context.now());
      if (revokedCount > 0) await recordOfViewer(context, 'SESSION_REVOKED');
      return { revokedCount };
    },
  },
  Session: {
    id: session => toGlobalId('session', session.id),
    isCurrent: (session, _args, { viewer }) => session.id === viewer.sessionId,
  },
} satisfies Resolvers;

const recordOfViewer = ({ em, viewer, services, caller }: OperationContext, kind: SecurityEventKind) =>
  services.security.record(em, { kind, userId: viewer.userId, device: caller.device });

/** A session of the viewer's own. */
export async function findSessionNode(context: OperationContext, uuid: string) {
  const session = await context.loaders.identity.sessionById.load(uuid);
  return session?.userId === context.viewer.userId ? session : null;
}

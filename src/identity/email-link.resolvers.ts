import { LockMode } from '@mikro-orm/core';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { inPhases } from '../graphql/mutation.ts';
import { UserInputError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { hashPassword } from '../platform/passwords.ts';
import { checkAccount, checkNewPassword, normalizeEmail } from './account.validation.ts';
import { authPayload } from './auth-payload.resolvers.ts';
import { findEmailLink } from './email-link.service.ts';
import { setPassword } from './password.service.ts';
import { passwordResetRequest } from './password-reset.job.ts';
import { sendVerification } from './profile.service.ts';
import { endAllSessions, startSession } from './session.service.ts';
import { User } from './user.entity.ts';
import { maySee } from './viewer.ts';

/** What goes by links in mails. */
export const emailLinkResolvers = {
  Mutation: {
    requestPasswordReset: async (_root, { input }, { em, now, services, caller }) => {
      const email = normalizeEmail(input.email);
      checkAccount({ email });
      const { userAgent, ipAddress } = caller.device;
      const request = { linkId: newId(), email, device: { userAgent, ipAddress }, at: now().getTime() };
      await services.jobs.enqueue(em, passwordResetRequest, request);
      return {};
    },
    resetPassword: inPhases({
      outside: async ({ input }, { em, now }) => {
        checkNewPassword(input.newPassword, 'newPassword');
        // Before the slow part: a token that is made up costs nothing more.
        await findEmailLink(em, 'PASSWORD_RESET', input.token, now());
        return hashPassword(input.newPassword);
      },
      finish: async ({ input }, context, newHash) => {
        const { em, now, services, caller } = context;
        const { link, user } = await findEmailLink(em, 'PASSWORD_RESET', input.token, now());
        if (!user.isActive)
          throw new UserInputError('NOT_ALLOWED', [], 'This account is locked: ask an administrator.');
        link.end(now());
        await setPassword(em, user, newHash, now(), services.jobs);
        // Whoever has the link reads the mails of the address, which is still the account's.
        user.emailVerifiedAt ??= now();
        await endAllSessions(em, user, now());
        await services.security.record(em, { kind: 'PASSWORD_RESET', userId: user.id, device: caller.device });
        return authPayload(
          context,
          startSession(em, services.sessions, user, caller.device, now()),
          input.refreshTokenIn,
        );
      },
    }),
    requestEmailVerification: async (_root, _args, { em, viewer, now, services }) => {
      const user = await em.findOneOrFail(User, { id: viewer.userId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (user.emailVerifiedAt) throw new UserInputError('NOT_ALLOWED', [], 'Your email address is verified already.');
      await sendVerification(em, user, now(), services);
      return {};
    },
    verifyEmail: async (_root, { input }, { em, viewerOrNull, now, services, caller }) => {
      const { link, user } = await findEmailLink(em, 'EMAIL_VERIFICATION', input.token, now());
      link.end(now());
      user.emailVerifiedAt ??= now();
      await services.security.record(em, { kind: 'EMAIL_VERIFIED', userId: user.id, device: caller.device });
      return { user: viewerOrNull && maySee(viewerOrNull, user.id) ? user : null };
    },
  },
} satisfies Resolvers;

import { LockMode } from '@mikro-orm/core';
import type { OperationContext } from '../graphql/context.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { inPhases } from '../graphql/mutation.ts';
import { unauthenticated } from '../platform/errors.ts';
import { toGlobalId } from '../platform/ids.ts';
import { hashPassword } from '../platform/passwords.ts';
import { checkNewPassword } from './account.validation.ts';
import { endEmailLinks } from './email-link.service.ts';
import { requireAnotherAdmin } from './last-admin.ts';
import { comparePassword, requirePassword, setPassword } from './password.service.ts';
import { editProfile } from './profile.service.ts';
import { endAllSessions, endOtherSessions } from './session.service.ts';
import { User } from './user.entity.ts';

/** What a viewer does with their own account. */
export const accountResolvers = {
  Mutation: {
    updateMe: async (_root, { input }, context) => {
      const { em, now, services, caller } = context;
      const user = await lockViewer(context);
      if (await editProfile(em, user, input, now(), services))
        await services.security.record(em, { kind: 'EMAIL_CHANGED', userId: user.id, device: caller.device });
      return { user };
    },
    changePassword: inPhases({
      outside: async ({ input }, { em, viewer }) => {
        checkNewPassword(input.newPassword, 'newPassword');
        const compared = await comparePassword(em, viewer.userId, input.currentPassword);
        return { compared, newHash: await hashPassword(input.newPassword) };
      },
      finish: async (_args, context, { compared, newHash }) => {
        const { em, viewer, now, services, caller } = context;
        const user = await lockViewer(context);
        requirePassword(user, compared, 'currentPassword');
        await setPassword(em, user, newHash, now(), services.jobs);
        await endOtherSessions(em, viewer, now());
        await services.security.record(em, { kind: 'PASSWORD_CHANGED', userId: user.id, device: caller.device });
        return { user };
      },
    }),
    deleteMe: inPhases({
      outside: ({ input }, { em, viewer }) => comparePassword(em, viewer.userId, input.password),
      finish: async (_args, context, compared) => {
        const { em, viewer, now, services, caller } = context;
        await requireAnotherAdmin(em, viewer.userId, []);
        const user = await lockViewer(context);
        requirePassword(user, compared, 'password');
        user.close(now());
        await endAllSessions(em, user, now());
        await endEmailLinks(em, user, ['PASSWORD_RESET', 'EMAIL_VERIFICATION'], now());
        await services.security.record(em, { kind: 'ACCOUNT_CLOSED', userId: user.id, device: caller.device });
        caller.refreshCookie?.clear();
        return { userId: toGlobalId('user', user.id) };
      },
    }),
  },
} satisfies Resolvers;

/** Locked, so that of two changes at once the later one sees what the earlier one did. */
async function lockViewer({ em, viewer }: OperationContext): Promise<User> {
  const user = await em.findOne(
    User,
    { id: viewer.userId, isActive: true },
    { populate: ['passwordHash'], lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  // Closed or locked since the request came.
  if (!user) throw unauthenticated('REVOKED');
  return user;
}

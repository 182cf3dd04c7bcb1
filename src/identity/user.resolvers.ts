import type { OperationContext } from '../graphql/context.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { selectedFields } from '../graphql/selection.ts';
import { unauthenticated } from '../platform/errors.ts';
import { toGlobalId } from '../platform/ids.ts';
import { maySee, requireMaySee } from './viewer.ts';

export const userResolvers = {
  Query: {
    me: async (_root, _args, { viewerOrNull, authenticationFailure, loaders }, info) => {
      if (viewerOrNull) return loaders.identity.userById.loadSelected(viewerOrNull.userId, selectedFields(info));
      if (authenticationFailure !== 'MISSING') throw unauthenticated(authenticationFailure);
      return null;
    },
  },
  User: {
    id: user => toGlobalId('user', user.id),
    sessions: (user, _args, { viewer, loaders }) => {
      requireMaySee(viewer, user.id);
      return loaders.identity.sessionsByUser.load(user.id);
    },
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

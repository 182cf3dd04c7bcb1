import { connectionResolvers, edgeResolvers, selectedOfRows } from '../graphql/connection.ts';
import type { OperationContext } from '../graphql/context.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { selectedFields } from '../graphql/selection.ts';
import { fromGlobalId } from '../platform/ids.ts';
import { readWholeList } from '../platform/whole-list.ts';
import { type Administration, deleteUser, restoreUser, updateUser } from './admin.service.ts';
import { userPropertiesFor } from './identity.reads.ts';
import { conditionsOf, type ListedUser, userList } from './user-list.reads.ts';

const byViewer = ({ em, services, viewer, caller, now }: OperationContext): Administration => ({
  em,
  security: services.security,
  byUserId: viewer.userId,
  device: caller.device,
  now: now(),
});

/** What an admin does: each field has its role in the SDL. */
export const adminResolvers = {
  Query: {
    user: (_root, { id }, { loaders }, info) => {
      const uuid = fromGlobalId('user', id);
      return uuid ? loaders.identity.userById.loadAnySelected(uuid, selectedFields(info)) : null;
    },
    users: (_root, args, { em }, info) =>
      readWholeList<ListedUser>(
        em,
        userList(userPropertiesFor(selectedOfRows(info))),
        conditionsOf(args.filter ?? {}),
        args,
      ),
  },
  Mutation: {
    updateUser: async (_root, { id, input }, context) => ({
      user: await updateUser(byViewer(context), context.services, id, input),
    }),
    deleteUser: async (_root, { id }, context) => {
      await deleteUser(byViewer(context), id);
      return { userId: id };
    },
    restoreUser: async (_root, { id }, context) => ({ user: await restoreUser(byViewer(context), id) }),
  },
  UserConnection: connectionResolvers,
  UserEdge: edgeResolvers,
} satisfies Resolvers;

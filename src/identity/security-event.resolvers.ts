import { connectionResolvers, edgeResolvers } from '../graphql/connection.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { readPageArgs } from '../platform/page.ts';
import { NEWEST_EVENTS_FIRST, type SecurityEventRow } from './security-event.reads.ts';
import { maySee, type Viewer } from './viewer.ts';

/** Where an admin works is not for everybody whose account they look after. */
const maySeeDevice = ({ byAdmin }: SecurityEventRow, viewer: Viewer) => !byAdmin || viewer.role === 'ADMIN';

export const securityEventResolvers = {
  User: {
    securityEvents: async (user, args, { viewer, loaders }) => {
      if (!maySee(viewer, user.id)) throw new Error('A user was shown to somebody who may not see them.');
      const request = readPageArgs(args, NEWEST_EVENTS_FIRST);
      const events = loaders.identity.securityEvents;
      const found = await events.page(request).load(user.id);
      return {
        order: NEWEST_EVENTS_FIRST,
        request,
        rows: found?.page.rows ?? [],
        hasMore: found?.page.hasMore ?? false,
        hasOutside: async side => (await events.outside({ page: request, side }).load(user.id)) !== null,
        countAll: async () => (await events.count.load(user.id))?.count ?? 0,
      };
    },
  },
  SecurityEvent: {
    ipAddress: (event, _args, { viewer }) => (maySeeDevice(event, viewer) ? event.ipAddress : null),
    userAgent: (event, _args, { viewer }) => (maySeeDevice(event, viewer) ? event.userAgent : null),
  },
  SecurityEventConnection: connectionResolvers,
  SecurityEventEdge: edgeResolvers,
} satisfies Resolvers;

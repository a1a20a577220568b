# syntax=docker/dockerfile:1

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package that the build or the service needs has an install script; the image brings its own Node.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.ts scripts/build.ts
COPY src src
RUN PATH="$PATH:/app/node_modules/.bin" node scripts/build.ts

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM node:24-slim
LABEL org.opencontainers.image.title="HishamOS Workflows" \
      org.opencontainers.image.description="Durable workflows for GitHub: one run from issue to pull request to deployment to close." \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    HISHAMOS_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/build build
COPY package.json LICENSE app.yml ./
COPY bin bin
COPY schema schema
COPY workflows-library workflows-library
# Only /data is written to: the rest may be read-only.
RUN groupadd --gid 10001 hishamos \
 && useradd --uid 10001 --gid hishamos --no-create-home --shell /usr/sbin/nologin hishamos \
 && install --directory --owner=hishamos --group=hishamos --mode=0700 /data
USER 10001:10001
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=40s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/hishamos.js"]
CMD ["serve"]

# hushfork in a container: built in one stage, run in another that holds no compiler, no tests and no root.
#
#   docker build -t hushfork .
#   docker run --read-only --tmpfs /tmp -p 8080:8080 -p 127.0.0.1:9464:9464 --env-file hushfork.env \
#     -v ./hushfork.yaml:/etc/hushfork/hushfork.yaml:ro -v recordings:/var/lib/hushfork hushfork
#
# For `listen.engine: uws`, begin both stages with node:22-trixie-slim: uWebSockets.js needs glibc 2.38, and Debian 12 has 2.36. The
# vendor's own release instead of the package that npm ci installs: git, and behind npm ci
#   RUN npm install --no-save uWebSockets.js@github:uNetworking/uWebSockets.js#v20.57.0
#
# The root file system may be read-only: the proxy writes to the folders of recordings and ledger and nowhere else.

FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY proxy proxy
COPY bench bench
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production \
    HUSHFORK_LISTEN_HOST=0.0.0.0 \
    HUSHFORK_ADMIN_HOST=0.0.0.0 \
    HUSHFORK_RECORDINGS_DIRECTORY=/var/lib/hushfork \
    HUSHFORK_LEDGER_DIRECTORY=/var/lib/hushfork/ledger
WORKDIR /opt/hushfork
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist/proxy dist/proxy
COPY proto proto
COPY public public
COPY model model
COPY LICENSE README.md ./
RUN mkdir -p /var/lib/hushfork && chown node:node /var/lib/hushfork
VOLUME /var/lib/hushfork
USER node
EXPOSE 8080 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.HUSHFORK_ADMIN_PORT || 9464) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/proxy/main.js"]
CMD ["serve", "--config", "/etc/hushfork/hushfork.yaml"]

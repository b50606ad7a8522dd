# The server on its own. Settings: .env.example. Without DATABASE_URL and CHAIN_RPC_URL it brings both, in /data.
FROM node:24-bookworm-slim AS build
WORKDIR /halisi
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
WORKDIR /halisi
ENV NODE_ENV=production HOST=0.0.0.0 HALISI_HOME=/data
COPY --from=build /halisi /halisi
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=64", "--enable-source-maps", "--disable-warning=ExperimentalWarning", "dist/src/main.js"]

# syntax=docker/dockerfile:1

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY demo ./demo
COPY models ./models
# Pipelines, the measurements of the online trainer and the jobs of the offline trainer; /tmp has the estimator's sockets.
RUN mkdir -p /mnt/models /mnt/history /mnt/jobs && chown node:node /mnt/models /mnt/history /mnt/jobs \
  && for name in kepler-model model-server estimator offline-trainer online-trainer power-meter; do \
       chmod +x dist/bin/$name.js && ln -s /app/dist/bin/$name.js /usr/local/bin/$name; \
     done
USER node
VOLUME ["/mnt/models", "/mnt/history", "/mnt/jobs"]
EXPOSE 8100 8101 8102 8103 28283
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.MODEL_SERVER_PORT||8100)+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["kepler-model", "serve"]

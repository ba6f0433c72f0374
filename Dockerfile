# The relay as an image: Node, the locked packages, the source as it stands. No build step, no secret, no data.
FROM node:24-slim

WORKDIR /opt/hearken
ENV NODE_ENV=production

# The packages first: they change seldom, the source often. Node itself is in the image, so the optional one stays out.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force

COPY config ./config
COPY src ./src
COPY workers ./workers

# An ordinary user that comes with the image (1000).
USER node

# The settings, with their secrets and data beside them, are mounted at /hearken.
# V8 would let its young generation grow to 128 MB on a machine with much memory (docs/performance.md).
CMD ["node", "--max-semi-space-size=8", "workers/all.ts", "--config", "/hearken/hearken.yaml"]

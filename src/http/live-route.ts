import type { FastifyInstance } from 'fastify'
import type { LiveAnswer, LiveJson } from '../api/live-answers.js'
import { ModelError } from '../core/errors.js'

/** Readings of the power meter of this machine. */
export interface LiveReadings {
  /** @throws ModelError `UNAVAILABLE` when no meter answers */
  latest(): Promise<LiveJson>
}

/** `GET /api/v1/live`: watts of this machine now. */
export function addLiveRoute(app: FastifyInstance, live: LiveReadings): void {
  app.get('/api/v1/live', { config: { parameters: [] } }, async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    return answer(live)
  })
}

async function answer(live: LiveReadings): Promise<LiveAnswer> {
  try {
    return { reading: await live.latest(), reason: null }
  } catch (error) {
    if (error instanceof ModelError && error.code === 'UNAVAILABLE') return { reading: null, reason: error.message }
    throw error
  }
}

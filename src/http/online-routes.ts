import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { OnlineStatus } from '../online/status.js'
import { releasePin, rollBack } from '../online/versions/change-version.js'
import type { Versions } from '../online/versions/versions.js'
import { invalidRequest } from '../selection/request-fields.js'
import { requireToken } from './bearer-token.js'
import { bodyOf } from './http-app.js'
import { parseJsonBody } from './json-body.js'
import { onlineJson } from './online-json.js'

/** What a model server answers of an online trainer beside it. */
export interface OnlineRoutes {
  /** For `/status`. */
  readonly status: () => OnlineStatus
  /** More lines for `/metrics`, of metrics with other names. */
  readonly metrics: () => Promise<string>
  readonly versions: Versions
}

export interface OnlineRoutesOptions extends OnlineRoutes {
  /** Who has it may change versions; without one nobody may. */
  readonly token: string | undefined
  /** Looks for the version that is served from now on. */
  readonly onChange: () => void
}

/** No version is older than the first. */
export const rollbackSchema = z.object(
  { version: z.number({ error: 'expected the number of a version' }).int().positive().max(999_999_999) },
  { error: 'expected a JSON object' },
)

/** `/status`, and below `/api/v1/online` what was done and why, and the way back to an earlier version. */
export function addOnlineRoutes(app: FastifyInstance, options: OnlineRoutesOptions): void {
  const { status, versions, token, onChange } = options
  const answer = () => onlineJson(status(), versions, token !== undefined)
  const changes = { config: { parameters: [] }, onRequest: [refuseWithout(token), requireToken(token, 'model-server')] }

  app.get('/status', () => status())

  app.get('/api/v1/online', { config: { parameters: [] } }, answer)

  app.post('/api/v1/online/rollback', changes, async (request) => {
    const { version } = readRollback(parseJsonBody(bodyOf(request)))
    await rollBack(versions, version, { by: 'by HTTP', now: Date.now() })
    onChange()
    return answer()
  })

  app.post('/api/v1/online/unpin', changes, async () => {
    await releasePin(versions, { by: 'by HTTP', now: Date.now() })
    return answer()
  })
}

function readRollback(body: unknown): z.output<typeof rollbackSchema> {
  const parsed = rollbackSchema.safeParse(body)
  if (parsed.success) return parsed.data
  throw invalidRequest(parsed.error, body)
}

/** Changes are for who has a token: a server without one is open to all that reach it. */
function refuseWithout(token: string | undefined) {
  return async (_request: FastifyRequest, reply: FastifyReply) => {
    if (token !== undefined) return
    const message = 'versions cannot be changed here: set MODEL_SERVER_TOKEN, or use `kepler-model versions`'
    return reply.code(403).send({ error: { code: 'INVALID_REQUEST', field: 'authorization', message } })
  }
}

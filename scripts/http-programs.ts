import { loadConfig } from '../src/config/config.js'
import { curveQuerySchema } from '../src/http/curve-query.js'
import { estimatorDocument } from '../src/http/openapi/estimator.js'
import { modelServerDocument } from '../src/http/openapi/model-server.js'
import { offlineTrainerDocument } from '../src/http/openapi/offline-trainer.js'
import { onlineTrainerDocument } from '../src/http/openapi/online-trainer.js'
import { powerMeterDocument } from '../src/http/openapi/power-meter.js'
import { bestModelsQuerySchema } from '../src/selection/best-models-query.js'
import { modelRequestSchema } from '../src/selection/model-request.js'

export interface Program {
  readonly name: string
  readonly document: object
  /** Where it listens, in words. */
  readonly port: string
  /** What its secured routes want, in words. */
  readonly secured?: string
  /** Documents of the program without one of its parts: routes that these lack are there only with the part. */
  readonly without?: Readonly<Record<string, object>>
}

const version = ''
const { MODEL_SERVER_PORT, METER_HTTP_PORT, OFFLINE_TRAINER_PORT, ONLINE_TRAINER_PORT } = loadConfig({
  environment: { CONFIG_PATH: '/nonexistent' },
})
const schemas = { version, modelRequest: modelRequestSchema, bestModels: bestModelsQuerySchema }
const all = { ...schemas, curve: curveQuerySchema, online: true, live: true, token: true }

/** Every program that answers HTTP, with all its parts. */
export const programs: readonly Program[] = [
  {
    name: 'Model server',
    document: modelServerDocument(all),
    port: `${MODEL_SERVER_PORT} (\`MODEL_SERVER_PORT\`)`,
    secured: 'Wants `Authorization: Bearer <token>` with the token of `MODEL_SERVER_TOKEN`.',
    without: {
      '`UNIVERSAL` is on, as by default': modelServerDocument({ ...schemas, online: true, live: true, token: true }),
      'the online trainer runs in the same process (`serve --online`)': modelServerDocument({
        ...all,
        online: false,
      }),
      '`PAGE` is on, as by default': modelServerDocument({ ...all, live: false }),
    },
  },
  {
    name: 'Estimator',
    document: estimatorDocument(version),
    port: 'only where `ESTIMATOR_HTTP_PORT` is set',
  },
  {
    name: 'Offline trainer',
    document: offlineTrainerDocument(version, true),
    port: `${OFFLINE_TRAINER_PORT} (\`OFFLINE_TRAINER_PORT\`)`,
    secured: 'Wants `Authorization: Bearer <token>` where `OFFLINE_TRAINER_TOKEN` is set.',
  },
  {
    name: 'Online trainer',
    document: onlineTrainerDocument(version),
    port: `${ONLINE_TRAINER_PORT} (\`ONLINE_TRAINER_PORT\`)`,
  },
  {
    name: 'Power meter',
    document: powerMeterDocument(version),
    port: `${METER_HTTP_PORT} (\`METER_HTTP_PORT\`)`,
  },
]

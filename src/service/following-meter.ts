import type { Config } from '../config/config.js'
import { messageOf } from '../core/errors.js'
import type { PowerSource } from '../meter/power-source.js'
import type { Logger } from '../runtime/ports.js'
import { throttledLog } from '../runtime/throttled-log.js'
import { chosenSource, modelsOf, universalPowerSource } from './meter-source.js'
import { type RunningPowerMeter, startPowerMeter } from './power-meter.js'
import type { Running } from './running.js'
import type { TrainedModels } from './trained-models.js'

export interface FollowingMeterDeps {
  readonly logger: Logger
  readonly version: string
  /** @default that of the settings */
  readonly models?: TrainedModels | undefined
}

export interface FollowingMeter extends Running {
  /** The meter as it runs now. */
  readonly current: RunningPowerMeter
}

/** Milliseconds: while a model is missing it is asked for this often, at the latest. */
const retryAfter = 30_000

/**
 * A power meter that takes its watts from the best source there is: a model that was trained for this machine, else the
 * universal one. Where trained models come from is asked again and again: when there is one at last, or another one, the
 * meter starts again with it, and the counters of its tree go on. When nobody answers, the model that it has stays.
 *
 * @throws ModelError as `startPowerMeter`
 */
export async function startFollowingMeter(config: Config, deps: FollowingMeterDeps): Promise<FollowingMeter> {
  const { logger } = deps
  const models = deps.models ?? (await modelsOf(config))
  const stopping = new AbortController()
  let meter: RunningPowerMeter
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  /** Not while it could not start again with another source: that is tried with each look. */
  let runs = true
  const log = throttledLog()
  try {
    const source = models ? await chosenSource(config, models) : await universalPowerSource(config)
    if (models) said(source, models)
    meter = await startPowerMeter(config, { ...deps, source })
  } catch (error) {
    await models?.close()
    throw error
  }

  function said({ provenance: { kind, model, assumptions } }: PowerSource, { name: from }: TrainedModels): void {
    if (kind === 'trained') logger.info({ model, from }, 'watts come from a trained model')
    else logger.warn({ model, from }, `watts come from the ${kind} model: ${assumptions[0] ?? ''}`)
  }

  /** The source to use from now on; none while nobody answers. */
  async function latest(from: TrainedModels): Promise<PowerSource | undefined> {
    try {
      return await from.load(stopping.signal)
    } catch (error) {
      const { kind, model } = meter.source.provenance
      if (!stopping.signal.aborted)
        log('models', (more) => logger.warn({ model, kind, more }, `trained models: ${messageOf(error)}`))
      return undefined
    }
  }

  async function look(from: TrainedModels): Promise<void> {
    const source = await latest(from)
    if (stopping.signal.aborted) return
    if (source && isOther(source, meter.source)) await replace(source, from)
    else if (!runs) await replace(meter.source, from)
  }

  async function replace(source: PowerSource, from: TrainedModels): Promise<void> {
    // With port 0 it stays where it is.
    const port = Number(new URL(meter.url).port)
    runs = false
    // What cannot be stopped, such as a tree on a full disk, is in the log and has let go.
    await meter.stop().catch(() => undefined)
    meter = await startPowerMeter({ ...config, METER_HTTP_PORT: port }, { ...deps, source })
    runs = true
    said(source, from)
  }

  function lookLater(from: TrainedModels): void {
    const usual = config.MODEL_REFRESH_INTERVAL * 1000
    const trained = meter.source.provenance.kind === 'trained'
    timer = setTimeout(
      () => {
        looking = look(from)
          .catch((error: unknown) =>
            logger.error({ cause: error }, `the meter could not start again: ${messageOf(error)}`),
          )
          .then(() => {
            if (!stopping.signal.aborted) lookLater(from)
          })
      },
      trained ? usual : Math.min(usual, retryAfter),
    )
    timer.unref()
  }

  if (models && meter.realMeter !== 'aside') lookLater(models)
  return {
    name: 'power meter',
    get current() {
      return meter
    },
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await looking
      try {
        await meter.stop()
      } finally {
        await models?.close()
      }
    },
  }
}

/** Another model, or the same one trained anew. */
function isOther(a: PowerSource, b: PowerSource): boolean {
  return JSON.stringify([a.zones, a.provenance]) !== JSON.stringify([b.zones, b.provenance])
}

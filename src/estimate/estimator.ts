import { ModelError, messageOf } from '../core/errors.js'
import type { Clock, Logger } from '../runtime/ports.js'
import { throttledLog } from '../runtime/throttled-log.js'
import type { Powers } from '../predictor/power-model.js'
import { encodeAnswer, encodeFailure, keplerReadBytes } from './encode-answer.js'
import type { ModelCache } from './model-cache.js'
import type { LoadedModel, Provenance } from './model-source.js'
import { type PowerRequest, parsePowerRequestText } from './power-request.js'
import { usableMetrics, withSystemValues } from './system-features.js'

export interface Estimate {
  /** Watts per component, one per row of the request. */
  readonly powers: Powers
  /** Cores of this machine per core of the model's machine, 1 where one is not known. Kepler applies it to idle power. */
  readonly coreRatio: number
  readonly provenance: Provenance
}

/** Called for each request, for metrics. */
export interface EstimateObserver {
  estimated(estimate: Estimate, rows: number): void
  failed(error: ModelError): void
  /** An answer that Kepler's one read cannot take. */
  oversized(bytes: number): void
  /** An answer without some of its components, so that Kepler's one read takes it. */
  shortened(): void
}

/** Turns power requests into watts. It knows no transport and never throws through `answer`. */
export interface Estimator {
  /** @throws ModelError `INVALID_REQUEST`, or why there is no model */
  estimate(request: PowerRequest): Estimate | Promise<Estimate>
  /** The text of a request to the text of its answer; a failure is an answer too. */
  answer(text: string): string | Promise<string>
  refuse(error: ModelError): string
}

export interface EstimatorOptions {
  readonly models: ModelCache
  /** Logical cores of this machine, where they are known. */
  readonly machineCores: number | undefined
  readonly observer: EstimateObserver
  readonly log: Logger
  readonly clock?: Clock
}

export function createEstimator(options: EstimatorOptions): Estimator {
  const { models, machineCores, observer, log, clock = Date.now } = options
  // Kepler repeats a request every few seconds for each source and container, so a failure repeats too.
  const say = throttledLog({ clock })

  function predict(request: PowerRequest, model: LoadedModel): Estimate {
    const { metrics, rows } = withSystemValues(request, model.archive.model.features)
    const powers = model.archive.predict(metrics, rows)
    const { modelCores, provenance } = model
    const estimate = { powers, coreRatio: machineCores && modelCores ? machineCores / modelCores : 1, provenance }
    observer.estimated(estimate, rows.length)
    return estimate
  }

  function estimate(request: PowerRequest): Estimate | Promise<Estimate> {
    const model = models.get({
      source: request.source,
      outputType: request.outputType,
      metrics: usableMetrics(request),
      trainerName: request.trainerName,
      filter: request.filter,
    })
    return model instanceof Promise ? model.then((loaded) => predict(request, loaded)) : predict(request, model)
  }

  function encode({ powers, coreRatio, provenance }: Estimate): string {
    const { text, fits, omitted } = encodeAnswer(powers, coreRatio)
    if (omitted.length > 0) {
      observer.shortened()
      const fields = { omitted, model: provenance.model_name }
      say('shortened', (more) =>
        log.warn({ ...fields, more }, 'components are left out of an answer, so that Kepler can read it'),
      )
    }
    if (!fits) {
      observer.oversized(text.length)
      const fields = { bytes: text.length, limit: keplerReadBytes, model: provenance.model_name }
      say('oversized', (more) =>
        log.warn({ ...fields, more }, 'an answer is longer than what Kepler reads at once; its client will fail on it'),
      )
    }
    return text
  }

  function refuse(error: unknown): string {
    const described =
      error instanceof ModelError ? error : new ModelError('INVALID_DATA', messageOf(error), { cause: error })
    observer.failed(described)
    const fields = { code: described.code, field: described.field, error: described.message }
    say(described.code, (more) => log.info({ ...fields, more }, 'request refused'))
    return encodeFailure(described.message)
  }

  return {
    estimate,
    refuse,
    answer(text) {
      try {
        const result = estimate(parsePowerRequestText(text))
        return result instanceof Promise ? result.then(encode).catch(refuse) : encode(result)
      } catch (error) {
        return refuse(error)
      }
    },
  }
}

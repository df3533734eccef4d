import { ModelError, messageOf } from '../core/errors.js'
import type { Logger, MonotonicClock } from '../runtime/ports.js'
import { throttledLog } from '../runtime/throttled-log.js'
import type { Component } from '../core/energy-source.js'
import type { OutsideInput } from '../predictor/input-range.js'
import type { Powers } from '../predictor/power-model.js'
import type { IntervalMethod, PowerInterval } from '../predictor/uncertainty.js'
import { encodeAnswer, encodeFailure, keplerReadBytes } from './encode-answer.js'
import type { ModelCache } from './model-cache.js'
import type { LoadedModel, Provenance } from './model-source.js'
import { outsideAnswer, outsideGroups, refuseImpossible } from './outside-inputs.js'
import { type PowerRequest, parsePowerRequestText } from './power-request.js'
import { usableMetrics, withSystemValues } from './system-features.js'

export interface Estimate {
  /** Watts per component, one per row of the request. */
  readonly powers: Powers
  /** Cores of this machine per core of the model's machine, 1 where one is not known. Kepler applies it to idle power. */
  readonly coreRatio: number
  readonly provenance: Provenance
  /** Inputs outside the range that the model was trained on. */
  readonly outside: readonly OutsideInput[]
  /** How sure the watts are, where that was asked for. */
  readonly interval?: EstimateInterval
}

/** Watts between which a measurement lies with probability `coverage`. */
export interface EstimateInterval {
  readonly coverage: number
  readonly method: IntervalMethod
  /** One of each per row; a component whose error is not known has none. */
  readonly powers: Readonly<Partial<Record<Component, PowerInterval>>>
}

export interface EstimateOptions {
  /** Also say how sure the watts are. @default false */
  readonly interval?: boolean
  /** Refuse inputs that cannot be, instead of taking the nearest that can. @default false */
  readonly strict?: boolean
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
  estimate(request: PowerRequest, options?: EstimateOptions): Estimate | Promise<Estimate>
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
  /** @default that of the process */
  readonly clock?: MonotonicClock | undefined
}

export function createEstimator(options: EstimatorOptions): Estimator {
  const { models, machineCores, observer, log, clock } = options
  // Kepler repeats a request every few seconds for each source and container, so a failure repeats too.
  const throttled = throttledLog({ ...(clock && { clock }) })

  function predict(request: PowerRequest, model: LoadedModel, options: EstimateOptions): Estimate {
    const { metrics, rows } = withSystemValues(request, model.archive.model.features)
    const { interval = false, strict = false } = options
    const estimated = model.archive.estimate(metrics, rows, { intervals: interval })
    const { powers, intervals, coverage, method, outside } = estimated
    if (outside.length > 0) {
      if (strict) refuseImpossible(outside, metrics)
      warnOfOutside(outside, model.provenance)
    }
    const { modelCores, provenance } = model
    const estimate: Estimate = {
      powers,
      coreRatio: machineCores && modelCores ? machineCores / modelCores : 1,
      provenance,
      outside,
      ...(interval && { interval: { coverage, method, powers: intervals } }),
    }
    observer.estimated(estimate, rows.length)
    return estimate
  }

  function warnOfOutside(outside: readonly OutsideInput[], { model_name, pipeline }: Provenance): void {
    for (const { first, kind, rows } of outsideGroups(outside)) {
      throttled(`${kind} ${model_name} ${first.feature}`, (more) =>
        log.warn(
          { model: model_name, pipeline, ...outsideAnswer(first), rows, more },
          kind === 'impossible'
            ? 'an input cannot be: the nearest that can is used'
            : 'an input is outside the range that the model was trained on',
        ),
      )
    }
  }

  function estimate(request: PowerRequest, options: EstimateOptions = {}): Estimate | Promise<Estimate> {
    const model = models.get({
      source: request.source,
      outputType: request.outputType,
      metrics: usableMetrics(request),
      trainerName: request.trainerName,
      filter: request.filter,
    })
    return model instanceof Promise
      ? model.then((loaded) => predict(request, loaded, options))
      : predict(request, model, options)
  }

  function encode({ powers, coreRatio, provenance }: Estimate): string {
    const { text, fits, omitted } = encodeAnswer(powers, coreRatio)
    if (omitted.length > 0) {
      observer.shortened()
      const fields = { omitted, model: provenance.model_name }
      throttled('shortened', (more) =>
        log.warn({ ...fields, more }, 'components are left out of an answer, so that Kepler can read it'),
      )
    }
    if (!fits) {
      observer.oversized(text.length)
      const fields = { bytes: text.length, limit: keplerReadBytes, model: provenance.model_name }
      throttled('oversized', (more) =>
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
    throttled(described.code, (more) => log.info({ ...fields, more }, 'request refused'))
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

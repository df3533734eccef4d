import { dirname } from 'node:path'
import { allMeasurements } from '../../src/extract/measurements.js'
import type { AssessRequest } from '../../src/online/round/assess.js'

/** A request for a round with the settings' defaults, and fewer trainers than they have. */
export function assessRequest(
  wanted: Pick<AssessRequest, 'paths' | 'candidatePath'> & Partial<AssessRequest>,
): AssessRequest {
  return {
    measurements: allMeasurements,
    nodeOs: 'off',
    name: 'std',
    served: undefined,
    specs: new Map(),
    errorKey: 'mae',
    trainers: ['SGDRegressorTrainer', 'LinearRegressionTrainer'],
    margin: 0.1,
    minRows: 30,
    maxRows: 10_000,
    maxError: 30,
    recentSeconds: 300,
    threads: 0,
    scratch: dirname(wanted.candidatePath),
    profile: undefined,
    learned: undefined,
    nextVersion: 1,
    lastPublished: undefined,
    publishInterval: 600_000,
    now: 0,
    ...wanted,
  }
}

import { ModelError, messageOf } from '../core/errors.js'
import { machineNames } from '../extract/machine-names.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { type BuiltTrainingSets, buildTrainingSets, type TrainingSetOptions } from './build-training-sets.js'

export interface MachineSets {
  /** One a machine. */
  readonly parts: readonly BuiltTrainingSets[]
  /** Machines that cannot be used, and why. */
  readonly failures: readonly { readonly what: string; readonly why: string }[]
}

/**
 * The training sets of every machine in a response. All rows of a machine are labelled with its name without a number at
 * the end: machines that differ in their number alone (`web-1`, `web-2`) run the same, and cross-validation leaves them
 * out together. Where all are numbered alike, each is left out by itself.
 *
 * @throws ModelError `INVALID_DATA` when no machine can be used
 */
export function buildMachineSets(
  response: PrometheusResponse,
  options: Omit<TrainingSetOptions, 'instance'>,
): MachineSets {
  if ((options.meters ?? []).length > 0) {
    throw new ModelError('INVALID_REQUEST', 'all machines are found by the energy of a Kepler, not by other meters', {
      field: 'all-machines',
    })
  }
  const parts: BuiltTrainingSets[] = []
  const failures: { what: string; why: string }[] = []
  const names = machineNames(response, options)
  const workloadOf = new Set(names.map(withoutNumber)).size > 1 ? withoutNumber : (name: string) => name
  for (const instance of names) {
    try {
      parts.push(labelled(buildTrainingSets(response, { ...options, instance }), workloadOf(instance)))
    } catch (error) {
      failures.push({ what: instance, why: messageOf(error) })
    }
  }
  if (parts.length > 0) return { parts, failures }
  const [first] = failures
  throw new ModelError(
    'INVALID_DATA',
    first ? `no machine can be trained: ${first.what}: ${first.why}` : 'no machine has energy of the sources asked for',
  )
}

/** `web-12` and `web-12:9100` without `-12`. */
function withoutNumber(machine: string): string {
  const [name = machine] = machine.split(':')
  return name.replace(/[-_.]?\d+$/, '') || machine
}

function labelled(built: BuiltTrainingSets, workload: string): BuiltTrainingSets {
  const sets = built.sets.map((set) => ({
    ...set,
    workloads: { names: [workload], ofRow: new Int32Array(set.x.rows) },
  }))
  // The other machines are no news: each has its turn.
  return { ...built, sets, findings: built.findings.filter(({ kind }) => kind !== 'other exporter') }
}

import type { EnergySource } from '../core/energy-source.js'
import { expectKnownOptions } from '../core/known-options.js'
import { extractorNamed } from '../extract/extractors.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import type { WorkloadAt } from '../train/training-set.js'
import { workloadsOf } from '../train/workloads.js'

export interface WorkloadOptions {
  /** Only containers with one of these texts in their names are workload. */
  readonly targetHints?: readonly string[]
  /** Containers with one of these texts in their names are background. */
  readonly bgHints?: readonly string[]
  /** Whose clock. @default 'rapl-sysfs' */
  readonly source?: EnergySource
  /** Processes of a virtual machine instead of containers of a node. @default false */
  readonly vm?: boolean
  /** The `job` label of the Kepler inside the virtual machine. @default 'vm' */
  readonly vmJob?: string
  /** Which Kepler to take where the response has several. */
  readonly instance?: string
}

const names = ['targetHints', 'bgHints', 'source', 'vm', 'vmJob', 'instance'] as const

/**
 * Which workload a node ran at each time: the container (or pod) that used more than half. `undefined` when there are fewer
 * than two, so that none can be left out.
 *
 * @throws ModelError `INVALID_DATA` when the response has no usage
 */
export function workloadsIn(response: PrometheusResponse, options: WorkloadOptions = {}): WorkloadAt | undefined {
  expectKnownOptions('workloadsIn', options, names)
  const { targetHints = [], bgHints = [], source = 'rapl-sysfs', ...request } = options
  return workloadsOf(response, extractorNamed('default'), { ...request, source }, { targetHints, bgHints })
}

import { expectKnownOptions } from '../core/known-options.js'
import type { Finding } from '../extract/findings.js'
import type { IdleProfile } from '../isolate/idle-profile.js'
import { profileIdle as profileOf } from '../isolate/profiler.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'

export interface ProfileOptions {
  /** Which Kepler to take where the response has several. */
  readonly instance?: string
  /** The node type, instead of what the response says. */
  readonly nodeType?: number
  /** What metrics are called: `kepler-0.7` or `kepler-0.10`. @default found from their names */
  readonly vocabulary?: string
}

const names = ['instance', 'nodeType', 'vocabulary'] as const

/**
 * What an idle node draws per energy source, component and node type, and which containers run on it, from a response that
 * was recorded while it was idle. As JSON it is a file that `kepler-model isolate --profile` takes.
 *
 * @throws ModelError `INVALID_DATA` when the response has no energy of any source
 */
export function profileIdle(
  response: PrometheusResponse,
  options: ProfileOptions = {},
): { readonly profile: IdleProfile; readonly findings: readonly Finding[] } {
  expectKnownOptions('profileIdle', options, names)
  const { vocabulary, ...rest } = options
  return profileOf(response, {
    ...rest,
    ...(vocabulary !== undefined && { vocabulary: vocabularyNamed(vocabulary) }),
  })
}

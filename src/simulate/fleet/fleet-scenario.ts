import { ModelError, quote } from '../../core/errors.js'
import type { Pattern } from '../pattern.js'
import { guestProfileNames, type GuestProfileName } from './guest-profile.js'

/** What the virtual machines of a fleet do. */
export interface FleetScenario {
  readonly name: FleetScenarioName
  readonly summary: string
  /** The kinds of work, given to the virtual machines in turn. */
  readonly work: readonly GuestProfileName[]
  /** How the load of the virtual machine with this number moves. */
  pattern(index: number): Pattern
}

export const fleetScenarioNames = ['services', 'batch', 'vector'] as const
export type FleetScenarioName = (typeof fleetScenarioNames)[number]

/** Wide vector instructions are left out: an operating system does not see them. */
const everything = guestProfileNames.filter((name) => name !== 'vector')

const scenarios: Readonly<Record<FleetScenarioName, FleetScenario>> = {
  services: {
    name: 'services',
    summary: 'services of every kind whose load moves slowly: neighbours together are about as busy at any time',
    work: everything,
    pattern: (index) => ({ kind: 'wave', low: 0.25, high: 0.9, seconds: 190 + 47 * (index % 7) }),
  },
  batch: {
    name: 'batch',
    summary: 'jobs of every kind that begin and end at any time: what a guest draws depends on its neighbours',
    work: everything,
    pattern: () => ({ kind: 'steps', low: 0.05, high: 1, seconds: 45 }),
  },
  vector: {
    name: 'vector',
    summary: 'computing, in some guests with wide vector instructions, which an operating system does not see',
    work: ['compute', 'vector', 'compile', 'stream', 'analytics'],
    pattern: (index) => ({ kind: 'wave', low: 0.25, high: 0.9, seconds: 190 + 47 * (index % 7) }),
  },
}

/** @throws ModelError `INVALID_REQUEST` for a scenario that does not exist */
export function fleetScenarioNamed(name: string): FleetScenario {
  const known = fleetScenarioNames.find((candidate) => candidate === name)
  if (known) return scenarios[known]
  const there = fleetScenarioNames.join(', ')
  throw new ModelError('INVALID_REQUEST', `unknown scenario ${quote(name)} of virtual machines; there are ${there}`, {
    field: 'scenario',
  })
}

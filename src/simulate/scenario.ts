import { ModelError, quote } from '../core/errors.js'
import type { Pattern } from './pattern.js'
import type { ProfileName, UsageProfile } from './usage.js'

/** A container of a scenario. */
export interface Workload {
  readonly name: string
  readonly pod: string
  readonly namespace: string
  /** Part of the machine's own running: what profile and trainer isolators should take away. */
  readonly background: boolean
  readonly profile: ProfileName | UsageProfile
  readonly pattern: Pattern
  /** Share of the machine's cores that it uses at level 1. */
  readonly share: number
  /** Seconds from the start at which it comes for the first time. @default 0 */
  readonly start?: number
  /** It comes and goes: runs so long, then stays away so long, each time as a new container. @default it stays */
  readonly runs?: number
  readonly pauses?: number
}

export interface Scenario {
  readonly name: string
  readonly summary: string
  readonly workloads: readonly Workload[]
  /** Seconds between restarts of the exporter, at which every counter begins at 0 again. @default never */
  readonly resetEvery?: number
}

export const scenarioNames = [
  'idle',
  'steady',
  'staircase',
  'mixed',
  'bursty',
  'background-heavy',
  'churn',
  'resets',
] as const
export type ScenarioName = (typeof scenarioNames)[number]

/** @throws ModelError `INVALID_REQUEST` for a scenario that does not exist */
export function scenarioNamed(name: string): Scenario {
  const known = scenarioNames.find((candidate) => candidate === name)
  if (known) return scenarios[known]
  throw new ModelError('INVALID_REQUEST', `unknown scenario ${quote(name)}; there are ${scenarioNames.join(', ')}`, {
    field: 'scenario',
  })
}

/** What every node runs: steady, small, and named as on a real cluster. */
const system: readonly Workload[] = [
  background('kube-apiserver', { kind: 'wave', low: 0.6, high: 1, seconds: 170 }, 0.008),
  background('etcd', { kind: 'steps', low: 0.5, high: 1, seconds: 20 }, 0.006, 'storage'),
  background('kube-controller-manager', { kind: 'constant', level: 1 }, 0.003),
  background('coredns', { kind: 'steps', low: 0.3, high: 1, seconds: 30 }, 0.002, 'network'),
  background('kube-proxy', { kind: 'constant', level: 1 }, 0.001),
]

const cpu = workload('coremark', 'cpu', { kind: 'steps', low: 0, high: 1, seconds: 40 }, 0.45)
const memory = workload('stream', 'memory', { kind: 'steps', low: 0, high: 1, seconds: 55 }, 0.25)
const network = workload('nginx', 'network', { kind: 'wave', low: 0, high: 1, seconds: 230 }, 0.2)
const storage = workload('fio', 'storage', { kind: 'bursts', on: 40, off: 80, level: 1 }, 0.12)

const scenarios: Readonly<Record<ScenarioName, Scenario>> = Object.freeze({
  idle: { name: 'idle', summary: 'nothing but the system', workloads: system },
  steady: {
    name: 'steady',
    summary: 'three services under a load that hardly moves, never idle',
    workloads: [
      ...system,
      workload('web', 'network', { kind: 'wave', low: 0.7, high: 1, seconds: 300 }, 0.15),
      workload('worker', 'cpu', { kind: 'steps', low: 0.6, high: 1, seconds: 45 }, 0.3),
      workload('cache', 'memory', { kind: 'wave', low: 0.8, high: 1, seconds: 200 }, 0.1),
    ],
  },
  staircase: {
    name: 'staircase',
    summary: 'one benchmark from idle to full load in steps, again and again',
    workloads: [...system, workload('coremark', 'cpu', { kind: 'staircase', steps: 8, seconds: 30 }, 0.95)],
  },
  mixed: {
    name: 'mixed',
    summary: 'CPU, memory, network and storage work at changing levels',
    workloads: [...system, cpu, memory, network, storage],
  },
  bursty: {
    name: 'bursty',
    summary: 'idle times and bursts of full load',
    workloads: [
      ...system,
      workload('batch', 'cpu', { kind: 'bursts', on: 25, off: 45, level: 1 }, 0.6),
      workload('report', 'memory', { kind: 'bursts', on: 15, off: 60, level: 1 }, 0.3),
    ],
  },
  'background-heavy': {
    name: 'background-heavy',
    summary: 'what the system itself does moves as much as what the service beside it does',
    workloads: [
      ...system,
      background('log-collector', { kind: 'wave', low: 0.1, high: 1, seconds: 190 }, 0.16, 'storage'),
      background('service-mesh', { kind: 'steps', low: 0.1, high: 1, seconds: 35 }, 0.2, 'network'),
      workload('shop', 'cpu', { kind: 'steps', low: 0.2, high: 1, seconds: 30 }, 0.5),
    ],
  },
  churn: {
    name: 'churn',
    summary: 'pods that come and go',
    workloads: [
      ...system,
      ...Array.from({ length: 6 }, (_, i) => ({
        ...workload(
          `job-${i}`,
          i % 2 === 0 ? 'cpu' : 'memory',
          { kind: 'steps', low: 0.3, high: 1, seconds: 25 },
          0.14,
        ),
        start: 20 * i,
        runs: 60 + 15 * i,
        pauses: 30 + 10 * (5 - i),
      })),
    ],
  },
  resets: {
    name: 'resets',
    summary: 'mixed work, and the exporter restarts every ten minutes',
    workloads: [...system, cpu, memory, network],
    resetEvery: 600,
  },
})

function workload(name: string, profile: ProfileName, pattern: Pattern, share: number): Workload {
  return { name, pod: `${name}-5d4f`, namespace: 'default', background: false, profile, pattern, share }
}

function background(name: string, pattern: Pattern, share: number, profile: ProfileName = 'system'): Workload {
  return { name, pod: `${name}-node-1`, namespace: 'kube-system', background: true, profile, pattern, share }
}

import type { NodeOsFeature } from '../core/feature-group.js'
import type { Zone } from './zone.js'

/** What this machine did between two readings: all that a model of its power may ask for. */
export interface NodeUsage {
  /** Seconds between the two readings, by the monotonic clock. */
  readonly seconds: number
  /** Part of its processors' time in which the machine itself worked, 0 to 1. Stolen time is not its own work. */
  readonly utilisation: number
  /** Part of its processors' time that the hypervisor gave to others although there was work, 0 to 1. */
  readonly steal: number
  /** Logical processors that were online. */
  readonly onlineCpus: number
  /** Part of the memory in use, 0 to 1; absent where the kernel does not tell. */
  readonly memoryUsed?: number
  /** Mean frequency of the processors in MHz; absent where it is not told. */
  readonly frequency?: number
  /** What the operating system counted, in the units of the feature group NodeOS; without what the kernel does not tell. */
  readonly system?: Readonly<Partial<Record<NodeOsFeature, number>>>
}

/** The power of one zone as a model has it, in watts. */
export interface ZonePower {
  readonly zone: Zone
  readonly watts: number
  /** Lower and upper end of the 90 % interval. */
  readonly low: number
  readonly high: number
  /** What the zone draws when the machine does nothing. */
  readonly idleWatts: number
  /** The model was asked for more than it has learnt: its value is a guess beyond its range. */
  readonly outOfRange: boolean
}

/** How far off a model was where it was tested, e.g. `{ metric: 'mape', value: 10.9 }`. */
export interface ModelAccuracy {
  readonly metric: string
  readonly value: number
}

/** Part of the host that this machine has. A machine of its own has all of it. */
export interface HostShare {
  /** 0 < fraction <= 1 */
  readonly fraction: number
  /** How it is known, for people: `--share`, `m5.4xlarge has 16 of 96 threads`. */
  readonly origin: string
}

/** Where watts come from: exported and printed with them, so that nobody takes an estimate for a measurement. */
export interface PowerProvenance {
  /** `trained`: for this machine. `calibrated`: the universal model through points of the user. */
  readonly kind: 'trained' | 'calibrated' | 'universal'
  readonly model: string
  readonly error?: ModelAccuracy
  /** Number of the user's calibration points. */
  readonly calibrationPoints: number
  readonly share: HostShare
  /** What the model had to assume about this machine, one sentence each. */
  readonly assumptions: readonly string[]
}

/**
 * What turns usage into watts. The meter is given one; it neither loads nor chooses models.
 * `power` throws a `ModelError` when it cannot answer: the meter says so and shows no new value.
 */
export interface PowerSource {
  readonly provenance: PowerProvenance
  /** The zones that `power` answers, always the same. */
  readonly zones: readonly Zone[]
  power(usage: NodeUsage): readonly ZonePower[]
}

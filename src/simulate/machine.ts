import type { MachineSpec } from '../core/machine-spec.js'
import { defaultCurve, type PowerCurve } from './power-curve.js'

/** A machine that exists only here. */
export interface SimulatedMachine {
  /** Name of the node in labels. */
  readonly instance: string
  readonly spec: Required<MachineSpec>
  /** What `kepler_node_node_info` says. */
  readonly nodeType: number
  readonly curve: PowerCurve
}

/** A two-socket machine of 32 cores. */
export const defaultMachine: SimulatedMachine = Object.freeze({
  instance: 'node-1',
  spec: Object.freeze({ processor: 'simulated_xeon_32', cores: 32, chips: 2, memory: 128, frequency: 3000 }),
  nodeType: 0,
  curve: defaultCurve,
})

/** What a machine is. Zero and '' count as "not known" and are never stored: an absent key says it. */
export interface MachineSpec {
  /** Normalised brand, e.g. `intel_xeon_e5_2686v4`. */
  readonly processor?: string
  /** Logical cores. */
  readonly cores?: number
  /** Sockets. */
  readonly chips?: number
  /** Whole GB. */
  readonly memory?: number
  /** Maximum frequency in MHz. */
  readonly frequency?: number
}

export const specAttributes = ['processor', 'cores', 'chips', 'memory', 'frequency'] as const
export type SpecAttribute = (typeof specAttributes)[number]

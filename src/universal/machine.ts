/** What is known of a machine. An absent field is not known. */
export interface MachineDescription {
  /** As the maker, the operating system or a node type of Kepler spells it. */
  readonly processor?: string
  /** Who built the machine. */
  readonly vendor?: string
  /** Sockets with a processor. */
  readonly chips?: number
  /** Cores of all chips, not hyper-threads. */
  readonly cores?: number
  /** Hardware threads of all chips. */
  readonly threads?: number
  /** Nominal frequency, not that of a turbo. */
  readonly megahertz?: number
  /** GB */
  readonly memory?: number
  /** Thermal design power of one chip, W. */
  readonly tdp?: number
  /** When it came to market; for a processor whose family is not known. */
  readonly year?: number
  /** Rated power of the power supplies that carry the load, W. */
  readonly supply?: number
  /** `1U`, `2U` ... or `Tower`. */
  readonly form?: string
  /** Machines in one enclosure that share fans and power supplies. */
  readonly nodes?: number
}

/** Shares of full load at which a curve is known: active idle, 10 % ... 100 %. */
export const loads: readonly number[] = Array.from({ length: 11 }, (_, i) => i / 10)

/** Watts at each of `loads`. */
export type Curve = Float64Array

/** A machine with its measured power at the wall, of one node. */
export interface MeasuredMachine extends MachineDescription {
  readonly processor: string
  readonly chips: number
  readonly cores: number
  readonly threads: number
  readonly megahertz: number
  /** The maker's name of the machine. */
  readonly model: string
  /** Where its TDP is from. */
  readonly tdpSource?: string
  /** When the result was published, `YYYY-MM-DD`. */
  readonly published?: string
  /** Watts at each of `loads`; NaN between idle and full load where only these two are known. */
  readonly watts: Curve
}

/** Whether all eleven loads were measured. */
export function hasWholeCurve({ watts }: MeasuredMachine): boolean {
  return watts.every((value) => value > 0)
}

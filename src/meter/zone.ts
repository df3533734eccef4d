/**
 * The zones that today's Kepler and the kernel's powercap tree name. `psys` is the whole platform: here the power at
 * the wall.
 */
export const zones = Object.freeze(['psys', 'package', 'core', 'uncore', 'dram'] as const)
export type Zone = (typeof zones)[number]

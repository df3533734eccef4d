import type { Component } from '../core/energy-source.js'

const ofPackage = ['cpu_instructions', 'bpf_cpu_time_ms'] as const
const ofDram = ['cache_miss', 'bpf_page_cache_hit'] as const

/** Column of the one feature that a curve fit looks at; of a group that has none of the known ones, the first. */
export function mainFeature(features: readonly string[], component: Component): number {
  for (const name of component === 'dram' ? ofDram : ofPackage) {
    const column = features.indexOf(name)
    if (column >= 0) return column
  }
  return 0
}

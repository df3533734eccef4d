import type { Component } from './energy-source.js'

const ofPackage = ['cpu_instructions', 'bpf_cpu_time_ms', 'cpu_time_ms', 'node_cpu_user_ratio'] as const
const ofDram = ['cache_miss', 'bpf_page_cache_hit', 'cpu_time_ms', 'node_cpu_user_ratio'] as const

/** Column of the one feature that a curve fit looks at; `undefined` for a group that has none of the known ones. */
export function mainFeature(features: readonly string[], component: Component): number | undefined {
  const wanted: readonly string[] = component === 'dram' ? ofDram : ofPackage
  return wanted.map((name) => features.indexOf(name)).find((column) => column >= 0)
}

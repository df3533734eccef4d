import { shownFeatures } from '../vocabulary/kepler-0.7.js'

/** What Kepler counts of a container, in the order of a usage vector. */
export const usageFeatures = shownFeatures

/** Columns of a usage vector. */
export const UsageColumn = {
  bpf_cpu_time_ms: 0,
  cpu_cycles: 1,
  cpu_instructions: 2,
  cache_miss: 3,
  bpf_page_cache_hit: 4,
  bpf_net_rx_irq: 5,
  bpf_net_tx_irq: 6,
  bpf_block_irq: 7,
} as const satisfies Readonly<Record<(typeof usageFeatures)[number], number>>

/** How a kind of work uses a core: what it costs depends on more than time. */
export interface UsageProfile {
  readonly instructionsPerCycle: number
  readonly missesPerInstruction: number
  /** Per second on one core. */
  readonly pageCacheHits: number
  readonly netReceived: number
  readonly netSent: number
  readonly blockIo: number
}

export type ProfileName = 'cpu' | 'memory' | 'network' | 'storage' | 'system'

export const usageProfiles: Readonly<Record<ProfileName, UsageProfile>> = Object.freeze({
  cpu: profile(2.2, 0.0004, 30),
  memory: profile(0.7, 0.012, 300),
  network: profile(0.9, 0.003, 150, 22_000, 18_000),
  storage: profile(0.8, 0.004, 9000, 200, 200, 3500),
  system: profile(1.1, 0.002, 400, 300, 250, 20),
})

/** A profile of its own, or one of those that have names. */
export function usageProfile(profile: ProfileName | UsageProfile): UsageProfile {
  return typeof profile === 'string' ? usageProfiles[profile] : profile
}

function profile(
  instructionsPerCycle: number,
  missesPerInstruction: number,
  pageCacheHits: number,
  netReceived = 0,
  netSent = 0,
  blockIo = 0,
): UsageProfile {
  return Object.freeze({ instructionsPerCycle, missesPerInstruction, pageCacheHits, netReceived, netSent, blockIo })
}

/** Usage per second of `cores` busy cores at `hertz`, in the order of {@link usageFeatures}. */
export function usageRates(of: UsageProfile, cores: number, hertz: number, out: Float64Array): void {
  const cycles = cores * hertz
  out[UsageColumn.bpf_cpu_time_ms] = cores * 1000
  out[UsageColumn.cpu_cycles] = cycles
  out[UsageColumn.cpu_instructions] = cycles * of.instructionsPerCycle
  out[UsageColumn.cache_miss] = cycles * of.instructionsPerCycle * of.missesPerInstruction
  out[UsageColumn.bpf_page_cache_hit] = cores * of.pageCacheHits
  out[UsageColumn.bpf_net_rx_irq] = cores * of.netReceived
  out[UsageColumn.bpf_net_tx_irq] = cores * of.netSent
  out[UsageColumn.bpf_block_irq] = cores * of.blockIo
}

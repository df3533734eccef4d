/** What Kepler counts of a container, in the order of a usage vector. */
export const usageFeatures = [
  'bpf_cpu_time_ms',
  'cpu_cycles',
  'cpu_instructions',
  'cache_miss',
  'bpf_page_cache_hit',
  'bpf_net_rx_irq',
  'bpf_net_tx_irq',
  'bpf_block_irq',
] as const

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
  out[0] = cores * 1000
  out[1] = cycles
  out[2] = cycles * of.instructionsPerCycle
  out[3] = cycles * of.instructionsPerCycle * of.missesPerInstruction
  out[4] = cores * of.pageCacheHits
  out[5] = cores * of.netReceived
  out[6] = cores * of.netSent
  out[7] = cores * of.blockIo
}

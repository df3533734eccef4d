/** One processor of `/proc/cpuinfo`, empty where the kernel of this architecture does not say. */
export interface CpuDescription {
  readonly processor: string
  readonly vendorId: string
  readonly modelName: string
  readonly physicalId: string
  readonly coreId: string
}

const keys: Readonly<Record<string, keyof CpuDescription>> = {
  processor: 'processor',
  vendor_id: 'vendorId',
  'model name': 'modelName',
  'physical id': 'physicalId',
  'core id': 'coreId',
}

/** Reads the text of `/proc/cpuinfo`. */
export function cpuDescriptions(text: string): readonly CpuDescription[] {
  const found: CpuDescription[] = []
  let current: { -readonly [K in keyof CpuDescription]: string } | undefined
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    const key = keys[line.slice(0, Math.max(0, colon)).trim()]
    if (key === undefined) continue
    const value = line.slice(colon + 1).trim()
    if (key === 'processor') {
      if (!/^\d+$/.test(value)) continue
      current = { processor: value, vendorId: '', modelName: '', physicalId: '', coreId: '' }
      found.push(current)
    } else if (current) current[key] = value
  }
  return found
}

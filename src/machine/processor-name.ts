/**
 * The name of a processor as node types spell it: `Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz` is
 * `intel_xeon_e5_2686v4`. Trademark signs, the frequency, "CPU" and "Processor" are removed. Idempotent. '' when nothing
 * is left.
 */
export function normaliseProcessorName(brand: string): string {
  return (
    brand
      .slice(0, longestBrand)
      .replace(/\((?:r|tm|c)\)|[®™©]/gi, ' ')
      .replace(/\([^()]*\)|\[[^\]]*\]/g, ' ')
      .replace(/[([].*/, ' ')
      .replace(/@?\s*\b\d+(?:\.\d+)?\s?[gm]hz\b/gi, ' ')
      .replace(/\b\d+-bit multi-core\b/gi, ' ')
      .replace(/\bw(?:ith|\/) .*\bgraphics\b.*$/i, ' ')
      // Node types of the model database say amd_epyc_7763, the processor itself adds how many cores it has.
      .replace(/\b\d+-cores?\b/gi, ' ')
      .replace(/\b(?:cpu|processor)\b/gi, ' ')
      .toLowerCase()
      .replace(/[^a-z0-9.+]+/g, '_')
      .replace(/_v(?=\d)/g, 'v')
      .replace(/^_|_$/g, '')
  )
}

const longestBrand = 256

/** ARM cores have no brand string, only numbers: implementer, then part. */
const armParts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '0x41': {
    '0xd03': 'arm_cortex_a53',
    '0xd05': 'arm_cortex_a55',
    '0xd07': 'arm_cortex_a57',
    '0xd08': 'arm_cortex_a72',
    '0xd09': 'arm_cortex_a73',
    '0xd0a': 'arm_cortex_a75',
    '0xd0b': 'arm_cortex_a76',
    '0xd0c': 'arm_neoverse_n1',
    '0xd40': 'arm_neoverse_v1',
    '0xd49': 'arm_neoverse_n2',
    '0xd4f': 'arm_neoverse_v2',
    '0xd84': 'arm_neoverse_v3',
    '0xd8e': 'arm_neoverse_n3',
  },
  '0x43': { '0x0af': 'cavium_thunderx2' },
  '0x46': { '0x001': 'fujitsu_a64fx' },
  '0x48': { '0xd01': 'hisilicon_kunpeng_920' },
  '0xc0': { '0xac3': 'ampere_ampereone', '0xac4': 'ampere_ampereone_a' },
}

/** Amazon's names of its processors, by the ARM core that `/proc/cpuinfo` reports. */
const gravitons: Readonly<Record<string, string>> = {
  arm_cortex_a72: 'aws_graviton',
  arm_neoverse_n1: 'aws_graviton2',
  arm_neoverse_v1: 'aws_graviton3',
  arm_neoverse_v2: 'aws_graviton4',
}

/**
 * The name of an ARM core by the numbers in `/proc/cpuinfo`; `undefined` when they are not in the table.
 *
 * @param vendor of the machine, from DMI
 */
export function armProcessorName(implementer: string, part: string, vendor = ''): string | undefined {
  const core = Object.entries(armParts[implementer.toLowerCase()] ?? {}).find(
    ([key]) => key === part.toLowerCase(),
  )?.[1]
  return core !== undefined && /^amazon/i.test(vendor) ? (gravitons[core] ?? core) : core
}

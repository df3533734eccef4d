import { cpus, platform, totalmem } from 'node:os'
import type { MachineSpec } from '../core/machine-spec.js'
import { type CpuInfo, countOfList, parseCpuInfo } from './cpuinfo.js'
import { armProcessorName, normaliseProcessorName } from './processor-name.js'
import { withoutUnknown } from './spec.js'
import { machineFiles, type SystemFiles } from './system-files.js'

const cpuFolder = '/sys/devices/system/cpu'
const nodeFolder = '/sys/devices/system/node'

/** What Node itself knows, for systems without `/proc`. */
export interface HostFacts {
  readonly brand: string
  readonly cores: number
  readonly memoryBytes: number
  readonly megahertz: number
}

/**
 * The spec of this machine. On Linux from `/proc` and `/sys`, no shell; limits of a container's cgroup do not change
 * it, for they change no watts. An attribute that cannot be found is absent; nothing is thrown.
 */
export function discoverMachine(files: SystemFiles = machineFiles, host: () => HostFacts = hostFacts): MachineSpec {
  const text = files.read('/proc/cpuinfo')
  if (text === undefined) return specOfHost(host())
  const info = parseCpuInfo(text)
  return withoutUnknown({
    processor: processorOf(info, files),
    cores: countOfList(files.read(`${cpuFolder}/online`) ?? '') || info.cores,
    chips: chipsOf(info, files),
    memory: wholeGigabytes(memoryBytes(files)),
    frequency: roundedMegahertz(maximumMegahertz(info, files)),
  })
}

function processorOf({ first }: CpuInfo, files: SystemFiles): string | undefined {
  // `cpu` is POWER's key; old ARM kernels have `Processor`, which says nothing of the core.
  const brand = first.get('model name') ?? first.get('cpu')?.replace(/,.*/, '')
  const named = brand === undefined ? '' : normaliseProcessorName(brand)
  if (named !== '' && !/^(?:armv|aarch64)/.test(named)) return named
  const vendor = files.read('/sys/class/dmi/id/sys_vendor')
  const part = armProcessorName(first.get('cpu implementer') ?? '', first.get('cpu part') ?? '', vendor)
  if (part !== undefined) return part
  // `arm,cortex-a72` and a NUL, most specific first.
  const compatible = files.read('/proc/device-tree/cpus/cpu@0/compatible') ?? first.get('uarch') ?? ''
  return normaliseProcessorName(compatible.split('\0')[0]!.replace(',', ' ')) || undefined
}

function chipsOf(info: CpuInfo, files: SystemFiles): number {
  const packages = new Set<string>()
  for (const name of files.list(cpuFolder)) {
    if (!/^cpu\d+$/.test(name)) continue
    const id = files.read(`${cpuFolder}/${name}/topology/physical_package_id`)?.trim()
    if (id !== undefined && /^\d+$/.test(id)) packages.add(id)
  }
  return packages.size || Math.max(1, info.chips)
}

/**
 * All memory. A container's view of `/proc/meminfo` may be cut to its limit (lxcfs), that of the memory nodes is not:
 * the larger of the two.
 */
function memoryBytes(files: SystemFiles): number {
  const ofMachine = kilobytes(files.read('/proc/meminfo'))
  const ofNodes = files
    .list(nodeFolder)
    .filter((name) => /^node\d+$/.test(name))
    .reduce((sum, name) => sum + kilobytes(files.read(`${nodeFolder}/${name}/meminfo`)), 0)
  return Math.max(ofMachine, ofNodes) * 1024
}

function kilobytes(meminfo: string | undefined): number {
  return Number(/\bMemTotal:\s*(\d{1,15}) kB/.exec(meminfo ?? '')?.[1] ?? 0)
}

/** The highest frequency that a core may run at; virtual machines only know the present one, or the one in the name. */
function maximumMegahertz(info: CpuInfo, files: SystemFiles): number {
  const policies = files.list(`${cpuFolder}/cpufreq`).filter((name) => /^policy\d+$/.test(name))
  const folders =
    policies.length > 0 ? policies.map((name) => `${cpuFolder}/cpufreq/${name}`) : [`${cpuFolder}/cpu0/cpufreq`]
  const kilohertz = folders.map((folder) => Number(files.read(`${folder}/cpuinfo_max_freq`)?.trim() ?? 0))
  const highest = Math.max(...kilohertz)
  if (highest > 0) return highest / 1000
  if (info.megahertz !== undefined) return info.megahertz
  const inName = /@\s*(\d{1,3}(?:\.\d{1,4})?)\s*GHz/i.exec(info.first.get('model name') ?? '')
  return inName ? Number(inName[1]) * 1000 : 0
}

function specOfHost({ brand, cores, memoryBytes: bytes, megahertz }: HostFacts): MachineSpec {
  return withoutUnknown({
    processor: normaliseProcessorName(brand),
    cores,
    memory: wholeGigabytes(bytes),
    frequency: roundedMegahertz(megahertz),
  })
}

function hostFacts(): HostFacts {
  const cores = cpus()
  return {
    brand: cores[0]?.model ?? '',
    cores: cores.length,
    memoryBytes: totalmem(),
    // On macOS with Apple silicon the speed is a guess of 2400.
    megahertz: platform() === 'darwin' ? 0 : Math.max(0, ...cores.map(({ speed }) => speed)),
  }
}

function wholeGigabytes(bytes: number): number {
  return Math.floor(bytes / 1024 ** 3)
}

function roundedMegahertz(megahertz: number): number {
  return Number.isFinite(megahertz) ? Math.round(megahertz / 100) * 100 : 0
}

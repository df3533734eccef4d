import { parseCpuInfo, countOfList } from '../machine/cpuinfo.js'
import { discoverMachine } from '../machine/discover.js'
import { machineFiles, type SystemFiles } from '../machine/system-files.js'
import type { MachineDescription } from './machine.js'
import { findInstance } from './virtual/instances.js'

/** This machine as the universal model sees it. */
export interface ThisMachine {
  readonly machine: MachineDescription
  /** Whether a hypervisor is below it: then its threads are a share of a host. */
  readonly virtual: boolean
  /** The cloud instance that it says it is, where a table has it. */
  readonly instance?: string
}

const topology = '/sys/devices/system/cpu/cpu0/topology'
const firmware = '/sys/class/dmi/id'

/** Describes this machine from `/proc` and `/sys`. What cannot be found is absent; nothing is thrown. */
export function describeThisMachine(files: SystemFiles = machineFiles): ThisMachine {
  const { processor, cores: threads, chips, memory } = discoverMachine(files)
  const info = parseCpuInfo(files.read('/proc/cpuinfo') ?? '')
  const siblings = countOfList(files.read(`${topology}/thread_siblings_list`) ?? '') || 1
  const brand = info.first.get('model name') ?? ''
  const vendor = files.read(`${firmware}/sys_vendor`)?.trim()
  const product = files.read(`${firmware}/product_name`)?.trim()
  const virtual =
    /\bhypervisor\b/.test(info.first.get('flags') ?? '') ||
    /qemu|kvm|vmware|virtual|amazon|google/i.test(`${vendor} ${product}`)
  const nominal = nominalMegahertz(brand, files)
  const machine: MachineDescription = {
    ...(processor ? { processor: brand === '' || /^(?:armv|aarch64)/i.test(brand) ? processor : brand } : {}),
    ...(threads ? { threads, cores: Math.max(1, Math.round(threads / siblings)) } : {}),
    ...(chips ? { chips: Math.min(chips, Math.max(1, Math.round((threads ?? 1) / siblings))) } : {}),
    ...(memory ? { memory } : {}),
    ...(nominal ? { megahertz: nominal } : {}),
    // The vendor of a virtual machine is the hypervisor's.
    ...(vendor && !virtual ? { vendor } : {}),
  }
  const instance = virtual && product && findInstance(product) ? product : undefined
  return { machine, virtual, ...(instance ? { instance } : {}) }
}

/** The clock that the maker sells it with; the highest, which `cpuinfo_max_freq` has, is another. */
function nominalMegahertz(brand: string, files: SystemFiles): number | undefined {
  const inName = /@\s*(\d(?:\.\d{1,3})?)\s*GHz/i.exec(brand)?.[1]
  if (inName) return Math.round(Number(inName) * 1000)
  const kilohertz = Number(files.read('/sys/devices/system/cpu/cpu0/cpufreq/base_frequency') ?? 0)
  return kilohertz >= 50_000 ? Math.round(kilohertz / 1000) : undefined
}

import { type Random, seededRandom } from '../../numeric/random.js'
import { type GuestProfile, type GuestProfileName, guestProfiles } from './guest-profile.js'
import { around, countingSystem, type OperatingSystem, type OsRates } from './operating-system.js'

/** A virtual machine, from inside. */
export interface Guest {
  /** As its hypervisor calls it, and in the labels of exporters in it. */
  readonly name: string
  /** A UUID, as QEMU has it. */
  readonly id: string
  readonly work: GuestProfileName
  readonly vcpus: number
  readonly system: OperatingSystem
}

export interface LivingGuest extends Guest {
  /** A new second begins in which it asks for `wanted` core-seconds a second and gets `got`. */
  begin(got: number, wanted: number): void
  pass(seconds: number): void
}

export interface GuestOptions {
  readonly name: string
  readonly work: GuestProfileName
  readonly vcpus: number
  readonly memoryBytes: number
  readonly seed: number
}

/** Work is never twice the same: deviation of its character from second to second. */
const unrest = 0.08

export function livingGuest({ name, work, vcpus, memoryBytes, seed }: GuestOptions): LivingGuest {
  const random = seededRandom(seed * 1_000_003 + 31)
  const profile = guestProfiles[work]
  const system = countingSystem(name, vcpus, memoryBytes)
  let rates = ratesOf(profile, vcpus, 0, 0, random)
  return {
    name,
    id: uuid(random),
    work,
    vcpus,
    system,
    begin(got, wanted) {
      rates = ratesOf(profile, vcpus, got, wanted, random)
    },
    pass: (seconds) => system.pass(rates, seconds),
  }
}

/** What a second of work looks like. Time that it wanted and did not get is `steal`. */
function ratesOf(profile: GuestProfile, vcpus: number, got: number, wanted: number, random: Random): OsRates {
  const steal = Math.min(Math.max(0, wanted - got), vcpus - got)
  const system = Math.min(0.9, profile.system * around(random, unrest)) * got
  const irq = Math.min(0.3, profile.irq * around(random, unrest)) * got
  const iowait = Math.min(profile.iowait * got * around(random, unrest), Math.max(0, vcpus - got - steal))
  const [idle, busy] = profile.memory
  return {
    cpu: { user: Math.max(0, got - system - irq), system, irq: 0.1 * irq, softirq: 0.9 * irq, iowait, steal },
    contextSwitches: profile.contextSwitches * got * around(random, unrest),
    pageFaults: profile.pageFaults * got * around(random, unrest),
    memoryUsed: idle + ((busy - idle) * wanted) / vcpus,
    running: wanted + iowait,
  }
}

function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.below(16).toString(16)).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

import type { MachineJson } from '../../api/answers.js'

/** A number with so many significant digits as watts deserve: `0.42`, `8.1`, `97`, `1,204`. */
export function shownNumber(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return '–'
  if (size >= 1e7) return value.toExponential(2)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

/** `97 W`; a dash for what is not known. */
export function watts(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${shownNumber(value)} W`
}

/** Of percent, as `mape` has it. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${shownNumber(value)} %`
}

/** Of a share from 0 to 1. */
export function share(value: number): string {
  return `${Math.round(value * 100)} %`
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length, Math.floor(Math.log10(count) / 3))
  return `${(count / 1000 ** power).toPrecision(3)} ${units[power - 1]}`
}

/** `1 model`, `5,449 models` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** `2026-11-28 09:31 UTC`; of what is no time, the text itself. */
export function time(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso
}

/** `intel_xeon_e5_2686v4, 32 processors in 2 chips, 128 GB, 2300 MHz`; only what is known. */
export function machineText({ processor, cores, chips, memory, frequency }: MachineJson): string {
  const counts = [
    cores === undefined ? '' : counted(cores, 'thread'),
    chips === undefined ? '' : `${cores === undefined ? '' : 'in '}${counted(chips, 'chip')}`,
  ]
  const parts = [
    processor ?? '',
    counts.filter(Boolean).join(' '),
    memory === undefined ? '' : `${memory.toLocaleString('en')} GB`,
    frequency === undefined ? '' : `${frequency.toLocaleString('en')} MHz`,
  ]
  return parts.filter(Boolean).join(', ') || 'not known'
}

/** `bpf_cpu_time_ms` stays as it is; the unit that it is given in stands beside it. */
export function unitOf(feature: string): string {
  if (/_ms$/.test(feature)) return 'ms per second'
  if (/_us$/.test(feature)) return 'µs per second'
  if (/_bytes$/.test(feature)) return 'bytes'
  if (/_hertz$/.test(feature)) return 'Hz'
  return 'per second'
}

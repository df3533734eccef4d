import stringWidth from 'string-width'
import { sparkline, type TopView, type TopZone } from '../../meter/top.js'

/** The last watts of each zone, the oldest first. */
export type PowerHistory = ReadonlyMap<string, readonly number[]>

const titles = { processes: 'PID', containers: 'CONTAINER', pods: 'POD', vms: 'VM' } as const
const owners = { processes: 'BELONGS TO', containers: 'POD OR RUNTIME', pods: 'NAMESPACE', vms: 'HYPERVISOR' } as const
const keys = 'p processes  c containers  o pods  v vms   w watts  e energy  n name   z zone   q quit'

/** The screen of `top` as lines that fit the terminal. */
export function topScreen(view: TopView, history: PowerHistory, columns: number, rows: number): readonly string[] {
  const { model, utilisation, steal, gap, zones } = view
  const head = [
    `ESTIMATE by ${model.kind} model ${model.name}, share of host ${percent(model.share.fraction)}`,
    utilisation === undefined
      ? 'first reading ...'
      : `processors ${percent(utilisation)} busy${steal && steal >= 0.005 ? `, ${percent(steal)} stolen` : ''}`,
    ...(gap === undefined ? [] : [`NO NEW VALUE: ${gap}`]),
    '',
    'ZONE          WATTS       90 % INTERVAL   ACTIVE     IDLE',
    ...zones.map((zone) => zoneLine(zone, history.get(zone.zone) ?? [], columns)),
    '',
  ]
  const workloads = [...workloadLines(view, columns)]
  const room = Math.max(0, rows - head.length - 2)
  return [...head, ...workloads.slice(0, room), '', keys].map((line) => cut(line, columns))
}

function zoneLine(zone: TopZone, values: readonly number[], columns: number): string {
  const { zone: name, watts, low, high, active_watts: active, idle_watts: idle, out_of_range: beyond } = zone
  const interval = `${low.toFixed(1)} to ${high.toFixed(1)}`
  const numbers = `${name.padEnd(9)}${watts.toFixed(1).padStart(10)}${interval.padStart(20)}${active.toFixed(1).padStart(9)}${idle.toFixed(1).padStart(9)}`
  const room = columns - numbers.length - 3
  return `${numbers}${beyond ? ' !' : '  '} ${room > 0 ? sparkline(values, Math.min(60, room)) : ''}`
}

function* workloadLines({ kind, zone, rows, count, order }: TopView, columns: number): Iterable<string> {
  const width = Math.max(12, Math.min(40, Math.floor((columns - 46) / 2)))
  yield `${titles[kind].padEnd(12)}  ${'NAME'.padEnd(width)}  ${'WATTS'.padStart(8)}  ${'JOULES'.padStart(10)}  ${'SHARE'.padStart(6)}  ${owners[kind]}`
  for (const { id, name, owner, watts, joules, share } of rows) {
    yield `${cut(id, 12).padEnd(12)}  ${cut(name, width).padEnd(width)}  ${watts.toFixed(2).padStart(8)}  ${joules.toFixed(0).padStart(10)}  ${percent(share).padStart(6)}  ${owner}`
  }
  if (count === 0) yield `no ${kind} seen`
  if (count > rows.length) yield `${count - rows.length} more; zone ${zone ?? ''}, by ${order}`
}

/** Cuts a text that is too wide, its end shown as `…`: names may have characters of two columns. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let short = text.slice(0, width)
  while (stringWidth(short) >= width) short = short.slice(0, -1)
  return `${short}…`
}

function percent(part: number): string {
  return `${(part * 100).toFixed(part < 0.0995 ? 1 : 0)}%`
}

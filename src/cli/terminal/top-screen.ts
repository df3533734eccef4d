import stringWidth from 'string-width'
import { sparkline, type TopView, type TopZone } from '../../meter/top.js'

/** The last watts of each zone, the oldest first. */
export interface PowerHistory {
  readonly watts: ReadonlyMap<string, readonly number[]>
  /** Time between the first and the last of them. */
  readonly seconds: number
}

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

const titles = { processes: 'PID', containers: 'CONTAINER', pods: 'POD', vms: 'VM' } as const
const owners = { processes: 'BELONGS TO', containers: 'POD OR RUNTIME', pods: 'NAMESPACE', vms: 'HYPERVISOR' } as const
const keys = 'p processes c containers o pods v vms  w watts e energy n name  z zone  q quit'
const zoneTitles = 'ZONE          WATTS       90 % INTERVAL   ACTIVE     IDLE'
/** Columns of the longest sparkline. */
const longestSparkline = 60

/** The screen of `top` as lines that fit the terminal: the last tells the keys, the one before it what is listed. */
export function topScreen(view: TopView, history: PowerHistory, { columns, rows }: ScreenSize): readonly string[] {
  const { model, utilisation, steal, gap, zones } = view
  const beyond = zones.some(({ out_of_range }) => out_of_range)
  const head = [
    `ESTIMATE by ${model.kind} model ${model.name}, share of host ${percent(model.share.fraction)}`,
    utilisation === undefined
      ? 'first reading ...'
      : `processors ${percent(utilisation)} busy${steal && steal >= 0.005 ? `, ${percent(steal)} stolen` : ''}`,
    ...(gap === undefined ? [] : [`NO NEW VALUE: ${gap}`]),
    ...(beyond ? ['! is beyond what the model was made from'] : []),
    '',
    `${zoneTitles}   ${history.seconds > 0 ? `LAST ${duration(history.seconds)}` : ''}`.trimEnd(),
    ...zones.map((zone) => zoneLine(zone, history.watts.get(zone.zone) ?? [], columns)),
    '',
  ]
  const room = Math.max(0, rows - head.length - 3)
  const shown = view.rows.slice(0, room)
  const list = shown.length > 0 ? [...workloadLines({ ...view, rows: shown }, columns)] : []
  return [...head, ...list, listed(view, shown.length), keys].slice(0, rows).map((line) => cut(line, columns))
}

function zoneLine(zone: TopZone, values: readonly number[], columns: number): string {
  const { zone: name, watts, low, high, active_watts: active, idle_watts: idle, out_of_range: beyond } = zone
  const interval = `${low.toFixed(1)} to ${high.toFixed(1)}`
  const numbers = `${name.padEnd(9)}${watts.toFixed(1).padStart(10)}${interval.padStart(20)}${active.toFixed(1).padStart(9)}${idle.toFixed(1).padStart(9)}`
  const room = columns - numbers.length - 3
  const line = room > 0 ? sparkline(values, Math.min(longestSparkline, room)) : ''
  return `${numbers}${beyond ? ' !' : '  '} ${line}`.trimEnd()
}

function* workloadLines({ kind, rows }: TopView, columns: number): Iterable<string> {
  const width = Math.max(12, Math.min(40, Math.floor((columns - 46) / 2)))
  yield `${titles[kind].padEnd(12)}  ${'NAME'.padEnd(width)}  ${'WATTS'.padStart(8)}  ${'JOULES'.padStart(10)}  ${'SHARE'.padStart(6)}  ${owners[kind]}`
  for (const { id, name, owner, watts, joules, share } of rows) {
    yield `${fit(id, 12)}  ${fit(name, width)}  ${watts.toFixed(2).padStart(8)}  ${joules.toFixed(0).padStart(10)}  ${percent(share).padStart(6)}  ${owner}`.trimEnd()
  }
}

/** `13 of 158 processes by watts, zone psys` */
function listed({ kind, zone, order, count }: TopView, shown: number): string {
  if (count === 0) return `no ${kind} seen`
  return `${shown} of ${count} ${kind} by ${order}${zone === undefined ? '' : `, zone ${zone}`}`
}

/** A text in exactly so many columns. */
function fit(text: string, width: number): string {
  const short = cut(text, width)
  return short + ' '.repeat(width - stringWidth(short))
}

/** Cuts a text that is too wide, its end shown as `…`: names may have characters of two columns, or of two code units. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let short = ''
  for (const character of text) {
    if (stringWidth(short + character) >= width) break
    short += character
  }
  return `${short}…`
}

function duration(seconds: number): string {
  return seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`
}

function percent(part: number): string {
  return `${(part * 100).toFixed(part < 0.0995 ? 1 : 0)}%`
}

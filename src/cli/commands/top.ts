import { type Command, InvalidArgumentError, Option } from 'commander'
import { ModelError } from '../../core/errors.js'
import { type TopKind, type TopOrder, type TopView, topKinds, topOrders } from '../../meter/top.js'
import { monotonicClock } from '../../runtime/ports.js'
import { describedCommand } from '../help/described-command.js'
import { meterFlags } from '../options/meter-flags.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'
import { keyPresses } from '../terminal/key-presses.js'
import { type PowerHistory, topScreen } from '../terminal/top-screen.js'

interface TopFlags {
  readonly once?: boolean
  readonly json?: boolean
  readonly rows?: number
  readonly by: TopKind
  readonly sort: TopOrder
}

/** Readings that the sparklines show: five minutes at one a second. */
const longestHistory = 300
const usualRows = 20
const usualSize = { columns: 80, rows: 24 } as const
const pipeColumns = 160
const noHistory: PowerHistory = { watts: new Map(), seconds: 0 }

/** `kepler-model top` */
export function topCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'top',
    group: 'use',
    summary: 'show what draws power on this machine now',
    description:
      'Shows the estimated power of this machine by zone with its 90 % interval, and of its processes, containers, pods or virtual machines. On a terminal it goes on until `q`; `--once` takes one reading and ends.',
    examples: [
      ['kepler-model top', 'watch processes by watts'],
      ['kepler-model top --by containers --sort joules', 'containers by the energy they used since the start'],
      ['kepler-model top --once --json', 'one reading for a script'],
    ],
  })
    .option('--once', 'take one reading and end')
    .option('--json', 'write JSON; only with --once')
    .option('-n, --rows <number>', 'rows at most', rowCount)
    .addOption(new Option('--by <kind>', 'what is listed').choices(topKinds).default('processes'))
    .addOption(new Option('--sort <order>', 'the order of the list').choices(topOrders).default('watts'))
  return addSettingOptions(command, meterFlags).action(async (given: TopFlags) => {
    if (given.json && !given.once) {
      throw new ModelError('INVALID_REQUEST', '--json writes one reading: it needs --once', { field: '--json' })
    }
    const { startTop } = await import('../../service/local-top.js')
    const config = io.loadConfig(settingOverrides(command, meterFlags))
    const top = await startTop(config)
    try {
      if (given.once || !io.stdout.isTTY) await showOnce(io, top, given)
      else await watch(io, top, given)
    } finally {
      top.close()
    }
  })
}

type Top = Awaited<ReturnType<typeof import('../../service/local-top.js')['startTop']>>

async function showOnce(io: CliIo, top: Top, { json, rows = usualRows, by, sort }: TopFlags): Promise<void> {
  await top.nextReading(io.signal)
  const view = top.view({ kind: by, order: sort, limit: rows, zone: 0 })
  if (json) return writeJson(io.stdout, view)
  const { columns = io.stdout.isTTY ? usualSize.columns : pipeColumns } = io.stdout
  writeLines(io.stdout, topScreen(view, noHistory, { columns, rows: Number.POSITIVE_INFINITY }).slice(0, -1))
}

async function watch(io: CliIo, top: Top, { rows, by, sort }: TopFlags): Promise<void> {
  let kind = by
  let order = sort
  let zone = 0
  const history = readingHistory()
  const shown = keyPresses(io.stdin)
  const done = new AbortController()
  const stop = () => done.abort()
  io.signal.addEventListener('abort', stop, { once: true })
  // It may have come while the model was opened.
  if (io.signal.aborted) stop()
  const draw = () => {
    const { columns = usualSize.columns, rows: height = usualSize.rows } = io.stdout
    const view = top.view({ kind, order, limit: rows ?? height, zone })
    const lines = topScreen(view, history.read(), { columns, rows: height })
    io.stdout.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`)
  }
  io.stdout.on?.('resize', draw)
  shown.onKey((key) => {
    if (key === 'q' || key === '\u0003') return stop()
    kind = kindKeys[key] ?? kind
    order = orderKeys[key] ?? order
    if (key === 'z') zone++
    draw()
  })
  // The other screen of the terminal, without cursor: what was there comes back at the end.
  io.stdout.write('\u001b[?1049h\u001b[?25l')
  try {
    while (!done.signal.aborted) {
      draw()
      await top.nextReading(done.signal)
      history.add(top.view({ kind, order, limit: 0, zone }).zones)
    }
  } finally {
    io.stdout.write('\u001b[?25h\u001b[?1049l')
    io.stdout.off?.('resize', draw)
    shown.close()
    io.signal.removeEventListener('abort', stop)
  }
}

const kindKeys: Readonly<Record<string, TopKind>> = { p: 'processes', c: 'containers', o: 'pods', v: 'vms' }
const orderKeys: Readonly<Record<string, TopOrder>> = { w: 'watts', e: 'joules', n: 'name' }

/** The last readings, for the sparklines. */
function readingHistory() {
  const watts = new Map<string, readonly number[]>()
  let times: readonly number[] = []
  return {
    add(zones: TopView['zones']): void {
      times = [...times, monotonicClock()].slice(-longestHistory)
      for (const { zone, watts: now } of zones)
        watts.set(zone, [...(watts.get(zone) ?? []), now].slice(-longestHistory))
    },
    read: (): PowerHistory => ({ watts, seconds: ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000 }),
  }
}

function rowCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number from 1')
}

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startNode } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** What a meter needs. All else is loaded when a setting or a request asks for it: each megabyte is one on every machine. */
const folders = 'bin cli config core http kubernetes machine meter metrics net runtime service'.split(' ')
const packages = 'commander fastify lru-cache pino prom-client zod'.split(' ')

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }

interface Loaded {
  readonly folders: ReadonlySet<string>
  readonly commands: ReadonlySet<string>
  /** Of the dependencies of this package, without theirs. */
  readonly packages: ReadonlySet<string>
}

/** Starts the meter, asks it what everybody asks, and tells what it has loaded. */
async function loadedBy(program: string, args: readonly string[]): Promise<Loaded> {
  const record = join(temporaryFolder(), 'modules')
  const preload = ['--import', 'tsx', '--import', './test/support/modules/record.ts']
  const meter = startNode(program, [...preload, `src/bin/${program}.ts`, ...args, '--port', '0'], {
    RECORD_MODULES: record,
    // OpenTelemetry sends a last time, to nobody.
    SHUTDOWN_TIMEOUT: '1',
  })
  const [, url = ''] = await meter.waitFor(/(http:\/\/\S+)\/metrics/)
  for (const path of ['/metrics', '/reading', '/readyz', '/healthz']) await (await fetch(url + path)).text()
  meter.signal('SIGTERM')
  assert.equal(await meter.ended, 0, meter.stderr())
  const modules = readFileSync(record, 'utf8').split('\n')
  const all = (pattern: RegExp) => new Set(modules.flatMap((module) => pattern.exec(module)?.[1] ?? []))
  const own = (pattern: string) => all(new RegExp(`^(?!.*/node_modules/).*/src/${pattern}`))
  return {
    folders: own('([^/]+)/'),
    commands: own('cli/commands/(.+)\\.ts'),
    packages: new Set([...all(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)].filter((name) => name in dependencies)),
  }
}

const sorted = (names: Iterable<string>) => [...names].sort()

describe('what a power meter loads at its start', () => {
  for (const [program, args] of [
    ['power-meter', []],
    ['kepler-model', ['meter']],
  ] as const) {
    it(`${[program, ...args].join(' ')}: what it needs, no model, no trainer, no plot`, {
      timeout: 120_000,
    }, async () => {
      const loaded = await loadedBy(program, args)
      assert.deepEqual(sorted(loaded.folders), folders)
      assert.deepEqual(sorted(loaded.commands), ['run-power-meter'])
      assert.deepEqual(sorted(loaded.packages), packages)
    })
  }

  it('OpenTelemetry when it is asked for', { timeout: 120_000 }, async () => {
    const loaded = await loadedBy('power-meter', ['--otlp', 'http://127.0.0.1:9/v1/metrics'])
    const more = sorted(loaded.packages).filter((name) => !packages.includes(name))
    assert.deepEqual(more, sorted(Object.keys(dependencies).filter((name) => name.startsWith('@opentelemetry/'))))
  })
})

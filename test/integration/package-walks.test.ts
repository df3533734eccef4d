import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  type InstalledPackage,
  installPacked,
  notPackable,
  type StartedProgram,
  unprivilegedUser,
} from '../support/packed.js'
import type { RunningProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { until } from '../support/until.js'

/** As Kepler asks: all in one write, and read until the other side closes. */
function askSocket(path: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(path, () => socket.write(request))
    socket.on('data', (chunk) => (answer += String(chunk)))
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

/** The tarball, as strangers meet it. Nothing here may use the sources. */
describe('the packed package', { skip: notPackable }, () => {
  const folder = temporaryFolder()
  let installed: InstalledPackage
  const programs: StartedProgram[] = []
  before(() => {
    installed = installPacked(folder)
  })
  after(() => {
    for (const program of programs) program.signalGroup('SIGKILL')
  })
  const started = (program: StartedProgram) => {
    programs.push(program)
    return program
  }
  const power = { metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], values: [[2000, 100]], output_type: 'AbsPower' }
  const announced = async (program: RunningProgram, name: string) =>
    (await program.waitFor(new RegExp(`"program":"${name}"(?:,"url":"(http[^"]+)")?`)))[1] ?? ''

  describe('for a user without rights on an empty machine', () => {
    const home = temporaryFolder()
    const user = unprivilegedUser(home)

    it('serves at `npx kepler-model-server`, and stops when its terminal says so', async () => {
      const npx = ['npx', '--no-install', '--prefix', installed.folder, 'kepler-model-server']
      const program = started(
        user.start([...npx, '--port', '0', '--http', '0', '--socket', join(home, 'e.sock'), '--offline']),
      )
      const url = await announced(program, 'model-server')
      const model = { metrics: power.metrics, output_type: 'AbsPower', weight: true }
      const answer = await fetch(`${url}/model`, { method: 'POST', body: JSON.stringify(model) })
      assert.equal(answer.status, 200)
      assert.match(await answer.text(), /"All_Weights"/)
      await announced(program, 'estimator')
      const { powers } = JSON.parse(await askSocket(join(home, 'e.sock'), JSON.stringify(power)))
      assert.ok(powers.package[0] > 0)
      program.signalGroup('SIGTERM')
      await program.ended
      await assert.rejects(fetch(`${url}/healthz`))
    })

    for (const [name, ...args] of [
      ['model-server', '--port', '0', '--offline'],
      ['estimator', '--socket', 'own.sock', '--offline'],
      ['offline-trainer', '--port', '0'],
      ['online-trainer', '--port', '0', '--prometheus', 'http://127.0.0.1:9'],
    ] as const) {
      it(`starts ${name} with its defaults, and ends it well`, async () => {
        const program = started(user.start([installed.bin(name), ...args]))
        await announced(program, name)
        program.signal('SIGTERM')
        assert.equal(await program.ended, 0, program.stderr())
        assert.doesNotMatch(program.stderr(), /^ {4}at /m)
      })
    }

    it('simulates, trains, and looks at the result, in a home that was empty', () => {
      const kepler = (...args: readonly string[]) => {
        const { status, stdout, stderr } = user.run([installed.bin('kepler-model'), ...args])
        assert.equal(status, 0, stderr)
        return stdout
      }
      kepler('simulate', '-o', 'prom_response.json', '--duration', '240')
      kepler('train', '-i', 'prom_response', '-p', 'mine', '--fast', '--trainers', 'SGDRegressorTrainer')
      assert.match(kepler('models', join('data', 'mine.zip')), /SGDRegressorTrainer_0/)
    })
  })

  describe("at the original's command lines", () => {
    const settings = temporaryFolder()
    const user = unprivilegedUser(temporaryFolder())

    it('starts what compose files start, and passes over what the images began with', async () => {
      writeFileSync(join(settings, 'MODEL_SERVER_PORT'), '0')
      chmodSync(settings, 0o755)
      for (const [name, ...args] of [
        ['model-server', '-l', 'debug', '--port', '0'],
        ['model-server', '--log-level', 'warn', '-c', settings],
        ['model-server', '--config-dir', settings],
        ['model-server', 'model-server', '-l', 'info', '--port', '0'],
        ['estimator', '-l', 'debug', '--socket', 'a.sock'],
        ['estimator', '-u', 'src/kepler_model/estimate/estimator.py', '--socket', 'b.sock'],
        ['estimator', 'src/estimate/estimator.py', '--socket', 'c.sock'],
      ] as const) {
        const program = started(user.start([installed.bin(name), ...args, '--offline']))
        await announced(program, name)
        program.signal('SIGTERM')
        assert.equal(await program.ended, 0, `${name} ${args.join(' ')}: ${program.stderr()}`)
      }
    })
  })

  describe('on a machine without a network', () => {
    // Nobody listens there, so whatever leaves the machine is refused.
    const nowhere = 'http://127.0.0.1:9'
    const environment = {
      http_proxy: nowhere,
      https_proxy: nowhere,
      HTTP_PROXY: nowhere,
      HTTPS_PROXY: nowhere,
      NO_PROXY: 'localhost,127.0.0.1',
    }
    const home = temporaryFolder()
    const user = unprivilegedUser(home)

    it('serves the universal model, says what it lacks, and answers', async () => {
      const socket = join(home, 'e.sock')
      const args = ['serve', '--port', '0', '--http', '0', '--socket', socket]
      const program = started(user.start([installed.bin('kepler-model'), ...args], environment))
      const url = await announced(program, 'model-server')
      assert.equal((await fetch(`${url}/readyz`)).status, 200)
      const { powers } = JSON.parse(await askSocket(socket, JSON.stringify(power)))
      assert.ok(powers.package[0] > 0)
      const best = await fetch(`${url}/best-models`)
      assert.match(await best.text(), /"BPFOnly":"UniversalTrainer_-1"/)
      await until('it says that downloads failed', () => program.stderr().includes('127.0.0.1:9'), program)
      program.signal('SIGTERM')
      assert.equal(await program.ended, 0, program.stderr())
      const refused = program
        .stderr()
        .split('\n')
        .filter((line) => line.includes('127.0.0.1:9') || /"level":"error"/.test(line))
      assert.ok(refused.length <= 8, refused.join('\n'))
    })

    it('ends with 69 and a line where a command needs the network', () => {
      const args = ['query', '-s', 'http://prometheus.example:9090', '-o', 'x', '--interval', '60']
      const { status, stderr } = user.run([installed.bin('kepler-model'), ...args], environment)
      assert.equal(status, 69, stderr)
      assert.match(stderr, /^error: [^\n]+127\.0\.0\.1:9[^\n]*\n$/m)
    })
  })

  describe('for a researcher', () => {
    it('trains, judges and predicts in plain JavaScript', () => {
      cpSync('test/fixtures/researcher/study.mjs', join(installed.folder, 'study.mjs'))
      const run = spawnSync(process.execPath, ['study.mjs'], { cwd: installed.folder, encoding: 'utf8' })
      assert.equal(run.status, 0, run.stderr)
      const study = JSON.parse(run.stdout)
      assert.equal(study.models, 2)
      for (const mae of Object.values<number>(study.judged)) assert.ok(mae > 0 && mae < 0.1 * study.truth, `${mae} W`)
      assert.ok(Math.abs(study.predicted - study.truth) < 0.05 * study.truth, run.stdout)
      assert.ok(study.inside >= study.coverage - 0.05, run.stdout)
      assert.ok(study.dynamicRows > 100)
      assert.ok(existsSync(join(installed.folder, 'study.zip')))
    })

    it('has types that a strict compiler takes', () => {
      const folder = join(installed.folder, 'types')
      mkdirSync(folder)
      cpSync('test/fixtures/researcher/types.ts', join(folder, 'types.ts'))
      const compilerOptions = {
        ...{ target: 'ES2022', module: 'NodeNext', moduleResolution: 'NodeNext', strict: true, noEmit: true },
        ...{ exactOptionalPropertyTypes: true, types: ['node'], typeRoots: [resolve('node_modules/@types')] },
      }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['types.ts'] }))
      const run = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
      assert.equal(run.status, 0, run.stdout)
    })

    it('runs the examples that came with it', () => {
      const examples = join(installed.folder, 'node_modules/kepler-model-server/examples')
      cpSync(examples, join(installed.folder, 'examples'), { recursive: true })
      const tsx = resolve('node_modules/tsx/dist/esm/index.mjs')
      const example = (...args: readonly string[]) => {
        const run = spawnSync(process.execPath, ['--import', tsx, ...args], { cwd: installed.folder, encoding: 'utf8' })
        assert.equal(run.status, 0, run.stderr)
        return run.stdout
      }
      example('examples/simulate.ts', 'loaded.json')
      assert.match(example('examples/train.ts', 'loaded.json', 'mine'), /90 % of measurements from [\d.]+ to [\d.]+ W/)
    })
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Command } from 'commander'
import { runCli } from '../../test/support/cli.js'
import { ModelError } from '../core/errors.js'
import { withoutLeftovers } from './options/original-arguments.js'
import { packageVersion } from './package-version.js'
import { keplerModelProgram, keplerModelServerProgram } from './program.js'

describe('run', () => {
  /** A program that keeps what it is given, or fails. */
  const program = (seen: unknown[], failure?: unknown) => () =>
    new Command('p')
      .option('--thirdparty-metrics <names>', 'a text of some length, which a narrow terminal has to wrap')
      .option('--feature-group <group>')
      .option('-o, --output-type <type>')
      .argument('[rest...]')
      .addCommand(new Command('child').argument('<one>').action(() => {}))
      .action((rest: readonly string[], options: object) => {
        seen.push([rest, options])
        if (failure !== undefined) throw failure
      })

  it('spells out the options of two letters, before -- only', async () => {
    const seen: unknown[] = []
    const args = ['-tm', 'a', '-fg', 'b', '-ot', 'c', 'd', '--', '-tm', '-x']
    assert.equal((await runCli(program(seen), args)).code, 0)
    const options = { thirdpartyMetrics: 'a', featureGroup: 'b', outputType: 'c' }
    assert.deepEqual(seen, [[['d', '-tm', '-x'], options]])
  })

  it('ends with 2 for a wrong command line, also of a subcommand, and with 0 for help', async () => {
    for (const [args, code] of [
      [['--unknown'], 2],
      [['child'], 2],
      [['child', '--help'], 0],
      [['--help'], 0],
    ] as const) {
      const { code: ended, stdout, stderr } = await runCli(program([]), args)
      assert.equal(ended, code, args.join(' '))
      assert.equal(stdout === '', code === 2, args.join(' '))
      assert.equal(stderr === '', code === 0)
    }
  })

  it('says what failed, and where settings are described', async () => {
    const failed = (failure: unknown) => runCli(program([], failure), [])
    const config = await failed(new ModelError('INVALID_CONFIG', 'X="y": no number'))
    assert.equal(config.code, 2)
    assert.equal(config.stderr, 'error: X="y": no number\nsee `p --help`, or docs/configuration.md for every setting\n')
    const data = await failed(new ModelError('INVALID_DATA', 'no rows'))
    assert.deepEqual([data.code, data.stderr], [1, 'error: no rows\n'])
    const bug = await failed(new Error('a bug'))
    assert.deepEqual([bug.code, bug.stderr], [1, 'error: a bug\n'])
    const stopped = await runCli(program([], new Error('x')), [], { signal: AbortSignal.abort('SIGTERM') })
    assert.equal(stopped.code, 143)
  })

  it('wraps help to the terminal, and to 100 columns where there is none', async () => {
    const longest = async (columns?: number) => {
      const { stdout } = await runCli(program([]), ['--help'], columns === undefined ? {} : { columns })
      return Math.max(...stdout.split('\n').map((line) => line.length))
    }
    assert.ok((await longest(90)) <= 90)
    assert.ok((await longest()) <= 100)
    assert.ok((await longest()) > 80)
  })

  it('passes over what a manifest of the original leaves in front, and says so', async () => {
    const seen: unknown[] = []
    const estimator = () =>
      new Command('estimator').option('-l <level>').action((options: object) => void seen.push(options))
    const leftovers = ['python3', '-u', 'src/kepler_model/estimate/estimator.py', 'estimator']
    const { code, stderr } = await runCli(estimator, [...leftovers, '-l', 'debug'])
    assert.deepEqual([code, seen], [0, [{ l: 'debug' }]])
    assert.equal(stderr, `warning: arguments of the original's image are ignored: ${leftovers.join(' ')}\n`)
    assert.equal((await runCli(estimator, ['-l', 'debug'])).stderr, '')
  })
})

describe('leftovers', () => {
  const kept = (program: string, ...args: string[]) => withoutLeftovers(program, args).args
  it('are of the four programs of the original, under either name', () => {
    for (const program of ['estimator', 'model-server', 'offline-trainer', 'online-trainer']) {
      assert.deepEqual(kept(program, '-u', program, 'x'), ['x'])
      assert.deepEqual(kept('kepler-model', program, '-u', 'x'), [program, 'x'])
    }
    assert.deepEqual(kept('power-meter', '-u', 'x'), ['-u', 'x'])
    assert.deepEqual(kept('kepler-model', 'serve', '-u'), ['serve', '-u'])
    assert.deepEqual(kept('kepler-model'), [])
    assert.deepEqual(kept('other', 'estimator', '-u'), ['estimator', '-u'])
  })

  it('are an interpreter of any version at any place, and what ends in .py', () => {
    for (const python of [
      'python',
      'python3',
      'python3.12',
      '/usr/local/bin/python3',
      'bin/python',
      '/bin/python3.8',
    ]) {
      assert.deepEqual(kept('estimator', python, '-x'), ['-x'], python)
    }
    for (const other of ['python4', 'xpython', 'python3.', '/usr/python3', 'python3x', 'a.pyc', 'a.py.x', '--u']) {
      assert.deepEqual(kept('estimator', other, '-u'), [other, '-u'], other)
    }
  })
})

describe('programs', () => {
  it('have one command where the arguments name it, else all of them', async () => {
    const names = async (...args: string[]) => {
      let found: readonly string[] = []
      await runCli(
        async (io, given) => {
          const program = await keplerModelProgram(io, given)
          found = program.commands.map((command) => command.name())
          return program
        },
        [...args, '--version'],
      )
      return found
    }
    assert.deepEqual(await names('config'), ['config'])
    assert.equal((await names()).length, 33)
    assert.equal((await names('toString')).length, 33)
  })

  it('say their version', async () => {
    for (const program of [keplerModelProgram, keplerModelServerProgram]) {
      for (const flag of ['-V', '--version'])
        assert.equal((await runCli(program, [flag])).stdout, `${packageVersion()}\n`)
    }
  })

  it('describe one command', async () => {
    const { code, stdout } = await runCli(keplerModelProgram, ['help', 'config'])
    assert.equal(code, 0)
    assert.match(stdout, /^Usage: kepler-model config /)
  })

  it('serve by default under the name of the package alone', async () => {
    const server = await runCli(keplerModelServerProgram, ['--online', '--port', 'x'])
    assert.match(server.stderr, /MODEL_SERVER_PORT="x"/)
    const model = await runCli(keplerModelProgram, ['--port', 'x'])
    assert.match(model.stderr, /unknown option '--port'/)
  })

  it('complete themselves in three shells, and no other', async () => {
    for (const [shell, first] of [
      ['bash', '# bash completion for kepler-model'],
      ['zsh', '#compdef kepler-model'],
      ['fish', '# fish completion for kepler-model'],
    ] as const) {
      const { code, stdout } = await runCli(keplerModelProgram, ['completion', shell])
      assert.equal(code, 0)
      assert.equal(stdout.split('\n')[0], first)
      assert.match(stdout, /specpower/)
    }
    const { code, stderr } = await runCli(keplerModelProgram, ['completion', 'csh'])
    assert.equal(code, 2)
    assert.match(stderr, /Allowed choices are bash, zsh, fish/)
    const own = await runCli(keplerModelServerProgram, ['completion', 'bash'])
    assert.match(own.stdout, /^# bash completion for kepler-model-server\n/)
  })
})

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { runCli } from '../../test/support/cli.js'
import { ModelError } from '../core/errors.js'
import { completionValues } from './help/completion-values.js'
import { describedProgram } from './help/described-program.js'
import { packageVersion } from './package-version.js'
import { keplerModelProgram, keplerModelServerProgram } from './program.js'
import { exitCodeOf } from './terminal/exit-code.js'

describe('kepler-model', () => {
  it('teaches: the help lists commands, examples and exit codes', async () => {
    const { code, stdout } = await runCli(keplerModelProgram, ['--help'])
    assert.equal(code, 0)
    for (const part of ['Usage: kepler-model', 'completion', 'Examples:', '69 ']) assert.ok(stdout.includes(part), part)
  })

  it('shows an example in the help of every command', async () => {
    for (const { name } of await commandNames()) {
      const { code, stdout } = await runCli(keplerModelProgram, [name, '--help'])
      assert.equal(code, 0)
      assert.match(stdout, /Examples:\n {2}# /, name)
    }
  })

  it('prints its version', async () => {
    assert.equal((await runCli(keplerModelProgram, ['--version'])).stdout, `${packageVersion()}\n`)
  })

  it('answers a misspelt command with exit code 2 and a suggestion', async () => {
    const { code, stderr } = await runCli(keplerModelProgram, ['confg'])
    assert.equal(code, 2)
    assert.match(stderr, /unknown command 'confg'\n\(Did you mean config\?\)/)
  })

  it('names a wrong setting, its value and its origin, and exits with 2', async () => {
    const { code, stderr } = await runCli(keplerModelProgram, ['config'], { environment: { MODEL_SERVER_PORT: 'x' } })
    assert.equal(code, 2)
    assert.match(stderr, /^error: MODEL_SERVER_PORT="x" from environment variable MODEL_SERVER_PORT: expected a port/)
  })

  it('takes the two-letter options of the original', async () => {
    const seen: unknown[] = []
    const program = () =>
      describedProgram('p', 'test')
        .option('-o, --output-type <type>')
        .action((options: object) => void seen.push(options))
    assert.equal((await runCli(program, ['-ot', 'AbsPower'])).code, 0)
    assert.deepEqual(seen, [{ outputType: 'AbsPower' }])
  })

  it('completes values of options that there are', async () => {
    const { stdout } = await runCli(keplerModelProgram, ['completion', 'fish'])
    for (const long of Object.keys(completionValues)) assert.ok(stdout.includes(` -l ${long.slice(2)} `), long)
  })

  it('prints completion scripts that the shell can read', async () => {
    const { stdout } = await runCli(keplerModelProgram, ['completion', 'bash'])
    assert.match(stdout, /words="bash zsh fish --help"/)
    assert.equal(spawnSync('bash', ['-n'], { input: stdout }).status, 0)
    const fish = await runCli(keplerModelProgram, ['completion', 'fish'])
    assert.match(fish.stdout, /__fish_use_subcommand -f -a config/)
    assert.match(stdout, /train:--trainers\) words="PolynomialRegressionTrainer /)
    assert.match(stdout, /models:--output-type\) words="AbsPower DynPower"/)
  })
})

describe('kepler-model-server, the name of the package', () => {
  it('serves when no command is named, and takes the options of serve', async () => {
    const { code, stderr } = await runCli(keplerModelServerProgram, ['--port', 'nowhere'])
    assert.equal(code, 2)
    assert.match(stderr, /MODEL_SERVER_PORT="nowhere" from the command line/)
  })

  it('has every command of kepler-model', async () => {
    const { code, stdout } = await runCli(keplerModelServerProgram, ['--help'])
    assert.equal(code, 0)
    for (const part of ['Usage: kepler-model-server', 'serve', 'train_from_data'])
      assert.ok(stdout.includes(part), part)
    assert.equal((await runCli(keplerModelServerProgram, ['train', '--help'])).code, 0)
  })
})

describe('exit codes', () => {
  const running = new AbortController().signal

  it('tell wrong input, failure and unavailability apart', () => {
    assert.equal(exitCodeOf(new ModelError('INVALID_REQUEST', ''), running), 2)
    assert.equal(exitCodeOf(new ModelError('NO_MODEL', ''), running), 1)
    assert.equal(exitCodeOf(new ModelError('UNAVAILABLE', ''), running), 69)
    assert.equal(exitCodeOf(new Error('a bug'), running), 1)
  })

  it('are loaded by the name that they have', async () => {
    for (const { name } of await commandNames()) {
      await runCli(
        async (io, args) => {
          const program = await keplerModelProgram(io, args)
          assert.deepEqual(
            program.commands.map((command) => command.name()),
            [name],
          )
          return program
        },
        [name, '--help'],
      )
    }
  })

  it('say which signal stopped a command', () => {
    const error = new ModelError('CANCELLED', '')
    assert.equal(exitCodeOf(error, AbortSignal.abort('SIGINT')), 130)
    assert.equal(exitCodeOf(error, AbortSignal.abort('SIGTERM')), 143)
  })
})

async function commandNames(): Promise<readonly { name: string }[]> {
  const { commandTree } = await import('./help/command-tree.js')
  let names: readonly { name: string }[] = []
  await runCli(
    async (io) => {
      const program = await keplerModelProgram(io)
      names = commandTree(program).commands
      return program
    },
    ['--version'],
  )
  return names
}

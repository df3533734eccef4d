import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Command } from 'commander'
import { recordedIo, runCli } from '../../../test/support/cli.js'
import { keplerModelProgram, keplerModelServerProgram } from '../program.js'
import { commandGroups } from './described-command.js'

/** The words of a command line as a shell splits it; quoted ones stay together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'[^']*'|"[^"]*"|[^\s'"]+/g)].map(([word]) => word.replaceAll(/^['"]|['"]$/g, ''))
}
/** `-ot` of the original is `--output-type`. */
const twoLetters: Readonly<Record<string, string>> = { '-ot': '--output-type', '-fg': '--feature-group' }

describe('the help of every command', () => {
  let commands: readonly Command[] = []
  const helps = new Map<string, string>()
  before(async () => {
    const { io } = recordedIo()
    const { commands: own } = await keplerModelProgram(io)
    commands = [...own, ...own.flatMap((command) => command.commands)].filter((command) => command.name() !== 'help')
    for (const command of commands) {
      const parts: string[] = []
      command.configureOutput({ writeOut: (part) => parts.push(part), getOutHelpWidth: () => 1000 }).outputHelp()
      helps.set(command.name(), parts.join(''))
    }
  })
  const examplesOf = (command: Command) =>
    [...(helps.get(command.name()) ?? '').matchAll(/^ {2}# (.*)\n {2}\$ (.*)$/gm)].map(
      ([, purpose = '', line = '']) => ({ purpose, line }),
    )

  it('says what it is for, in a group', () => {
    const groups: readonly string[] = Object.values(commandGroups)
    assert.ok(Object.isFrozen(commandGroups))
    for (const command of commands) {
      assert.ok(command.summary().length > 8, command.name())
      assert.ok(command.description().length >= command.summary().length, command.name())
      assert.ok(groups.includes(command.helpGroup()), command.name())
      assert.doesNotMatch(helps.get(command.name()) ?? '', /undefined|\[object/, command.name())
    }
  })

  it('has several examples of this command, with options that it has', () => {
    for (const command of commands) {
      const examples = examplesOf(command)
      assert.ok(examples.length >= 2, command.name())
      for (const { purpose, line } of examples) {
        assert.ok(purpose.length > 3, line)
        // What stands before and after a pipe is of other programs; so is what stands in a redirection.
        const words = wordsOf(line).filter((word) => !word.startsWith('>'))
        const options = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => twoLetters[word] ?? word)
        const named = commands.filter((one) => one === command || words.includes(one.name()))
        for (const option of options) {
          const known = named.some((one) => one.options.some(({ long, short }) => option === long || option === short))
          assert.ok(known, `${command.name()}: ${line} has ${option}`)
        }
      }
    }
  })

  it('describes each option and argument', () => {
    for (const command of commands) {
      for (const { flags, description } of command.options)
        assert.ok(description.length > 3, `${command.name()} ${flags}`)
      for (const argument of command.registeredArguments) assert.ok(argument.description.length > 3, command.name())
    }
  })

  it('of the whole program has examples and exit codes, by either name', async () => {
    for (const [name, program] of [
      ['kepler-model', keplerModelProgram],
      ['kepler-model-server', keplerModelServerProgram],
    ] as const) {
      const { stdout } = await runCli(program, ['--help'])
      for (const command of ['serve', 'config', 'help config']) assert.ok(stdout.includes(`  $ ${name} ${command}\n`))
      assert.match(stdout, /\nExit codes:\n {2}0 {4}done\n/)
      for (const group of Object.values(commandGroups)) assert.ok(stdout.includes(`\n${group}\n`), group)
    }
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Argument, Command, Option } from 'commander'
import { trainerNames } from '../../regression/trainers.js'
import { commandTree } from './command-tree.js'
import { completionValues } from './completion-values.js'
import { bashCompletion, fishCompletion, zshCompletion } from './completion-scripts.js'
import { describedCommand, examplesText, exitCodesText } from './described-command.js'
import { describedProgram, standalone } from './described-program.js'

function program(): Command {
  const paint = new Command('paint')
    .summary("paint it, don't scratch")
    .description('long text')
    .addArgument(new Argument('<what>').choices(['door', 'wall']))
    .addArgument(new Argument('[how]').choices(['well']))
    .addOption(new Option('-c, --colour <name>', 'which [colour]: one').choices(['red', 'blue']))
    .addOption(new Option('--trainer <name>', 'who'))
    .addOption(new Option('-w, --width [pixels]', 'how wide'))
    .addOption(new Option('--secret').hideHelp())
    .addOption(new Option('-s', 'short alone'))
    .option('--dry', 'or not')
  return new Command('my-tool')
    .option('--fast', 'be fast')
    .addCommand(paint)
    .addCommand(new Command('wash').description('wash it'))
}

describe('values that a shell completes', () => {
  it('are those of each group, also of features that the user names', () => {
    const groups = completionValues['--feature-group'] ?? []
    for (const group of ['BPFOnly', 'NodeOS', 'ThirdParty']) assert.ok(groups.includes(group), group)
    assert.deepEqual(completionValues['--trainer'], trainerNames)
  })
})

describe('commandTree', () => {
  it('has what can be completed: visible options with a long form, choices, subcommands without help', () => {
    const [paint, wash, ...others] = commandTree(program()).commands
    assert.deepEqual(others, [])
    assert.deepEqual([wash?.name, wash?.summary, wash?.choices], ['wash', 'wash it', []])
    assert.deepEqual([paint?.summary, paint?.choices], ["paint it, don't scratch", ['door', 'wall']])
    assert.deepEqual(paint?.options, [
      { long: '--colour', short: '-c', description: 'which [colour]: one', takesValue: true, choices: ['red', 'blue'] },
      { long: '--trainer', short: undefined, description: 'who', takesValue: true, choices: trainerNames },
      { long: '--width', short: '-w', description: 'how wide', takesValue: true, choices: [] },
      { long: '--dry', short: undefined, description: 'or not', takesValue: false, choices: [] },
      { long: '--help', short: '-h', description: 'display help for command', takesValue: false, choices: [] },
    ])
  })
})

describe('completion', () => {
  const tree = commandTree(program())
  const trainers = trainerNames.join(' ')

  it('of bash: subcommands first, their options, and the choices of an option by both of its names', () => {
    const lines = bashCompletion(tree).split('\n')
    assert.equal(lines[0], '# bash completion for my-tool')
    assert.equal(lines[1], '_my_tool() {')
    assert.ok(lines.includes('    paint:--colour|paint:-c) words="red blue" ;;'))
    assert.ok(lines.includes(`    paint:--trainer) words="${trainers}" ;;`))
    assert.ok(!lines.some((line) => line.includes('paint:--dry)') || line.includes('paint:--width)')))
    assert.ok(lines.includes('        paint) words="door wall --colour --trainer --width --dry --help" ;;'))
    assert.ok(lines.includes('        wash) words="--help" ;;'))
    assert.ok(lines.includes('      [ "$COMP_CWORD" -eq 1 ] && words="paint wash help --fast --help"'))
    assert.deepEqual(lines.slice(-3), ['}', 'complete -o filenames -F _my_tool my-tool', ''])
  })

  it('of zsh: subcommands with what they are for, and their options with brackets and colons left out', () => {
    const lines = zshCompletion(tree).split('\n')
    assert.deepEqual([lines[0], lines.at(-2), lines.at(-1)], ['#compdef my-tool', '_my_tool "$@"', ''])
    assert.ok(lines.includes("    'paint:paint it, don'\\''t scratch'"))
    const arguments_ = lines.filter((line) => line.includes('_arguments'))
    assert.deepEqual(arguments_, [
      `    paint) shift words; (( CURRENT-- )); _arguments ${[
        "'--colour[which  colour   one]:value:(red blue)'",
        `'--trainer[who]:value:(${trainers})'`,
        "'--width[how wide]:value:_files'",
        "'--dry[or not]'",
        "'--help[display help for command]'",
        "'1:argument:(door wall)'",
      ].join(' ')} ;;`,
      "    wash) shift words; (( CURRENT-- )); _arguments '--help[display help for command]' '*:file:_files' ;;",
    ])
  })

  it('of fish: a line for each subcommand, its choices and its options', () => {
    const paint = "complete -c my-tool -n '__fish_seen_subcommand_from paint'"
    assert.deepEqual(fishCompletion(tree).split('\n'), [
      '# fish completion for my-tool',
      "complete -c my-tool -n __fish_use_subcommand -f -a paint -d 'paint it, don'\\''t scratch'",
      `${paint} -f -a 'door wall'`,
      `${paint} -l colour -s c -x -a 'red blue' -d 'which [colour]: one'`,
      `${paint} -l trainer -x -a '${trainers}' -d 'who'`,
      `${paint} -l width -s w -r -d 'how wide'`,
      `${paint} -l dry -d 'or not'`,
      `${paint} -l help -s h -d 'display help for command'`,
      "complete -c my-tool -n __fish_use_subcommand -f -a wash -d 'wash it'",
      "complete -c my-tool -n '__fish_seen_subcommand_from wash' -l help -s h -d 'display help for command'",
      '',
    ])
  })
})

describe('the help of a command', () => {
  const info = { name: 'paint', group: 'use', summary: 'paints', examples: [['paint it', 'once']] } as const
  const helpOf = (command: Command) => {
    const parts: string[] = []
    command.configureOutput({ writeOut: (part) => parts.push(part) }).outputHelp()
    return parts.join('')
  }

  it('has its examples, and its summary where there is no description', () => {
    assert.match(helpOf(describedCommand(info)), /\n\npaints\n[\s\S]*\nExamples:\n {2}# once\n {2}\$ paint it\n$/)
    const described = describedCommand({ ...info, description: 'at length' })
    assert.match(helpOf(described), /\n\nat length\n/)
    assert.equal(described.summary(), 'paints')
    assert.equal(described.helpGroup(), 'Use models:')
  })

  it('lists examples and exit codes a line each', () => {
    assert.equal(
      examplesText([
        ['a', 'x'],
        ['b', 'y'],
      ]),
      '\nExamples:\n  # x\n  $ a\n  # y\n  $ b',
    )
    const lines = exitCodesText().split('\n')
    assert.deepEqual(lines.slice(0, 2), ['', 'Exit codes:'])
    assert.deepEqual(
      lines.slice(2).map((line) => line.slice(0, 7)),
      ['  0    ', '  1    ', '  2    ', '  69   ', '  130  ', '  143  '],
    )
  })

  it('knows the version of a program, and of a command that is one', () => {
    assert.match(helpOf(standalone(describedCommand(info))), /-V, --version +print the version/)
    assert.match(helpOf(describedProgram('p', 'does')), /^Usage: p[\s\S]*does[\s\S]*-V, --version +print the version/)
  })
})

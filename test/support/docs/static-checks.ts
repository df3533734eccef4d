import { parseAllDocuments } from 'yaml'
import { messageOf } from '../../../src/core/errors.js'
import { loadConfig } from '../../../src/config/config.js'
import { options } from '../../../src/config/options.js'
import type { Block, ShownCode } from './blocks.js'
import { commandMistakes, ownPrograms } from './known-commands.js'
import { rehearse } from './rehearse.js'

/** What can be said to be wrong with a block without running it. */
export async function mistakesIn(block: Block): Promise<readonly string[]> {
  switch (block.language) {
    case 'sh':
      return scriptMistakes(block.text)
    case 'console':
      return scriptMistakes(commandsOf(block.text).join('\n'))
    case 'text':
      return shownCommandMistakes(block.text)
    case 'json':
      return parsed(() => JSON.parse(block.text))
    case 'yaml':
      return parseAllDocuments(block.text).flatMap(({ errors }) => errors.map(messageOf))
    case 'ini':
      return settingMistakes(block.text)
    default:
      return []
  }
}

/** What is wrong with a command in a sentence, which need not be whole. */
export async function mentionMistakes(text: string): Promise<readonly string[]> {
  return (await scriptMistakes(text)).filter(
    (mistake) => !/ not specified$|argument missing$|^error: missing required argument/.test(mistake),
  )
}

/** Commands in sentences that begin with the name of one of our programs. */
export function inlineCommands({ inline }: ShownCode): ShownCode['inline'] {
  // Three dots, a bar, brackets and capitals stand for what a reader fills in.
  return inline.filter(
    ({ text }) =>
      /^[a-z-]+ /.test(text) && text.split(' ')[0]! in ownPrograms && !/\.\.\.|[|<[]| [A-Z]+( |$)/.test(text),
  )
}

async function scriptMistakes(script: string): Promise<readonly string[]> {
  const { commands, error } = rehearse(script)
  const wrong = await Promise.all(commands.map(commandMistakes))
  return [...(error === '' ? [] : [error]), ...wrong.flat()]
}

/** The lines of a `console` block after its `$ `, with those that go on after `> `. */
export function commandsOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (/^[$>] /.test(line) ? [line.slice(2)] : []))
}

/** In `text`, as in the help of a program, lines after `$ ` are commands too. */
async function shownCommandMistakes(text: string): Promise<readonly string[]> {
  const lines = text.split('\n').flatMap((line) => /^\s*\$ (.*)$/.exec(line)?.[1] ?? [])
  const wrong: string[] = []
  for (const line of lines) {
    const { commands, error } = rehearse(line)
    // Files that a help text writes to, such as those of completion, lie in folders of the reader.
    const known = error === '' || /No such file or directory/.test(error)
    const mistakes = await Promise.all(commands.map(commandMistakes))
    wrong.push(...[...(known ? [] : [error]), ...mistakes.flat()].map((mistake) => `$ ${line}: ${mistake}`))
  }
  return wrong
}

function settingMistakes(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const pairs = lines.map((line): [string, string] => {
    const [, key = line, value = ''] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? []
    return [key, value]
  })
  const unknown = pairs.filter(([key]) => !(key in options)).map(([key]) => `${key} is no setting`)
  return [
    ...unknown,
    ...parsed(() => loadConfig({ environment: { CONFIG_PATH: '/nonexistent', ...Object.fromEntries(pairs) } })),
  ]
}

function parsed(parse: () => unknown): readonly string[] {
  try {
    parse()
    return []
  } catch (error) {
    return [messageOf(error)]
  }
}

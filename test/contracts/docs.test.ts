import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { placeOf } from '../support/docs/blocks.js'
import { wrongMarks } from '../support/docs/marks.js'
import { allPages } from '../support/docs/pages.js'
import { inlineCommands, mistakesIn, mentionMistakes } from '../support/docs/static-checks.js'
import { typeMistakes } from '../support/docs/type-check.js'

const pages = allPages()
const blocks = pages.flatMap((page) => page.blocks.map((block) => ({ block, generated: page.generated })))

/** Tests that name all mistakes of their kind at once, for who mends them. */
function none(mistakes: readonly string[]): void {
  assert.ok(mistakes.length === 0, `\n${mistakes.join('\n')}\n(the rules are in CONTRIBUTING.md, "Snippets")`)
}

describe('what the pages show as code', () => {
  it('is found', () => {
    assert.ok(pages.length > 20 && blocks.length > 100, `${blocks.length} blocks on ${pages.length} pages`)
  })

  it('has a language, and marks that are known', () => {
    none(
      blocks.flatMap(({ block, generated }) =>
        wrongMarks(block, generated).map((mistake) => `${placeOf(block)}: ${mistake}`),
      ),
    )
  })

  it('stands between ```, never indented, where nobody can tell what it is', () => {
    none(pages.flatMap(({ path, indented }) => indented.map((line) => `${path}:${line}: put it between \`\`\``)))
  })

  it('can be read: commands by the parser of the program, settings and data by theirs', async () => {
    const found = await Promise.all(
      blocks.map(async ({ block }) => (await mistakesIn(block)).map((mistake) => `${placeOf(block)}: ${mistake}`)),
    )
    none(found.flat())
  })

  it('within sentences takes options that there are', async () => {
    const found = await Promise.all(
      pages.flatMap((page) =>
        inlineCommands(page).map(async ({ line, text }) =>
          (await mentionMistakes(text)).map((mistake) => `${page.path}:${line}: \`${text}\`: ${mistake}`),
        ),
      ),
    )
    none(found.flat())
  })

  it('is right TypeScript', () => {
    none(typeMistakes(blocks.map(({ block }) => block)))
  })

  it('is run by .ci/run where it says so', () => {
    const checks = readFileSync('.ci/run', 'utf8').replaceAll(' --silent', '')
    const commands = blocks
      .filter(({ block }) => block.marks.has('ci'))
      .flatMap(({ block }) => block.text.split(/\n|&&/).map((command) => ({ block, command: command.trim() })))
    none(
      commands
        .filter(({ command }) => command !== '' && !checks.includes(command))
        .map(({ block, command }) => `${placeOf(block)}: .ci/run does not run "${command}"`),
    )
  })
})

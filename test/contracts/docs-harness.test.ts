import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shownCode } from '../support/docs/blocks.js'
import { commandMistakes } from '../support/docs/known-commands.js'
import { wrongMarks } from '../support/docs/marks.js'
import { pageScript } from '../support/docs/page-script.js'
import { rehearse } from '../support/docs/rehearse.js'
import { differenceFrom, shownCommands } from '../support/docs/shown-output.js'
import { mistakesIn } from '../support/docs/static-checks.js'
import { typeMistakes } from '../support/docs/type-check.js'

/** The blocks of a page with this text. */
function blocksOf(...lines: readonly string[]) {
  return shownCode('page.md', lines.join('\n')).blocks
}
const block = (info: string, ...text: readonly string[]) => blocksOf(`\`\`\`${info}`, ...text, '```')[0]!

describe('what checks the snippets', () => {
  it('finds blocks with their marks and lines, also in lists, and indented ones', () => {
    const { blocks, indented } = shownCode(
      'p.md',
      'a\n\n- b\n\n  ```sh serves=http://x/ exit=2\n  ls\n  ```\n\nc\n\n    d\n',
    )
    assert.deepEqual(
      blocks.map(({ line, language, text, marks }) => ({ line, language, text, marks: [...marks] })),
      [
        {
          line: 6,
          language: 'sh',
          text: 'ls\n',
          marks: [
            ['serves', 'http://x/'],
            ['exit', '2'],
          ],
        },
      ],
    )
    assert.deepEqual(indented, [11])
  })

  it('refuses languages and marks that it does not know', () => {
    for (const [info, mistake] of [
      ['', /say its language/],
      ['bash', /"sh"/],
      ['sh need=x', /"need" is no mark/],
      ['sh needs=luck', /"needs=luck" is none of/],
      ['sh serves=8100', /takes a URL/],
      ['python', /python is not run here/],
      ['ts signature', /generated/],
      ['csv file=../x', /below the clone/],
    ] as const) {
      assert.match(wrongMarks(block(info, 'x'), false).join(), mistake, info)
    }
    assert.deepEqual(wrongMarks(block('python needs=python', 'x'), false), [])
  })

  it('reads commands as the shell does, and starts none', () => {
    const { commands, error } = rehearse('x=1\ncurl "a b" | jq .y\nfalse-one --n=$x $(inner)\n')
    const sorted = commands.map((words) => words.join('|')).sort()
    assert.deepEqual(sorted, ['curl|a b', 'false-one|--n=1', 'inner', 'jq|.y'])
    assert.equal(error, '')
    assert.match(rehearse('echo (').error, /syntax error/)
  })

  it('knows options, files, scripts and profiles that there are', async () => {
    for (const [command, mistake] of [
      ['kepler-model train --nonsense', /unknown option '--nonsense'/],
      ['kepler-model trian', /unknown command/],
      ['npx kepler-model models', /missing required argument/],
      ['npm run nothing', /no script "nothing"/],
      ['kubectl apply -k deploy/nowhere', /there is no deploy\/nowhere/],
      ['kubectl exec pod -- kepler-model versions --rolback', /unknown option/],
      ['docker compose --profile nothing up', /no profile "nothing"/],
      ['nobody-knows', /no program of ours/],
    ] as const) {
      assert.match((await commandMistakes(command.split(' '))).join(), mistake, command)
    }
    for (const command of ['kepler-model train -fg BPFOnly', 'power-meter', 'npm test', 'kepler-model help train']) {
      assert.deepEqual(await commandMistakes(command.split(' ')), [], command)
    }
  })

  it('parses data and settings', async () => {
    assert.match((await mistakesIn(block('json', '{"a": 1,}'))).join(), /JSON/)
    assert.match((await mistakesIn(block('yaml', 'a: [1'))).join(), /flow/i)
    assert.match((await mistakesIn(block('ini', 'PROM_SERVR=http://x'))).join(), /PROM_SERVR is no setting/)
    assert.match((await mistakesIn(block('ini', 'PROM_SERVER=nowhere'))).join(), /PROM_SERVER/)
    assert.match((await mistakesIn(block('text', '  $ kepler-model top --onc'))).join(), /unknown option/)
    assert.deepEqual(await mistakesIn(block('text', 'a ──> b')), [])
  })

  it('compiles programs, and names the line of the page', () => {
    const [mistake = ''] = typeMistakes([
      block('ts', '', "import { extract } from 'kepler-model-server'", 'extract(1)'),
    ])
    assert.match(mistake, /^page\.md:4,9\): error TS2345/)
  })

  it('compares what is printed with what is shown', () => {
    const same = (shown: string, printed: string) => assert.equal(differenceFrom(shown, printed), undefined)
    same('a  \nb', 'a\nb\n')
    same('MAE ... W\n...\nend', 'MAE 1.2 W\nx\ny\nend')
    same('...', '')
    same('a\n...', 'a\nb\nc')
    same('a.b (c)', 'a.b (c)')
    assert.match(differenceFrom('a\nb', 'a\nc')!, /shows\n {4}b\nand it prints\n {4}c/)
    assert.match(differenceFrom('a', 'a\nb')!, /nothing more\nand it prints\n {4}b/)
    assert.match(differenceFrom('a\n...\nz', 'a\nb')!, /z/)
    assert.match(differenceFrom('a.b', 'axb')!, /a\.b/)
  })

  it('takes a console block apart, with continued lines', () => {
    assert.deepEqual(shownCommands('$ a \\\n>   b\nout\n$ c\n'), [
      { command: 'a \\\n  b', output: 'out\n' },
      { command: 'c', output: '' },
    ])
    assert.throws(() => shownCommands('out\n'), /begins with/)
  })

  it('runs blocks in their order, each as one step', () => {
    const { steps, script } = pageScript([], blocksOf('```csv file=a.csv', '1', '```', '```console', '$ x', 'y', '```'))
    assert.deepEqual(
      steps.map(({ block, output }) => [block.language, output]),
      [
        ['csv', undefined],
        ['console', 'y\n'],
      ],
    )
    assert.ok(script.indexOf("cat >'a.csv'") < script.indexOf('\nx\n'))
  })
})

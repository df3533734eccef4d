import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { keplerModelProgram } from '../../src/cli/program.js'
import { browserPath, startBrowser } from '../support/browser.js'
import { runCli } from '../support/cli.js'
import { openedReport } from '../support/opened-report.js'
import { pipelineFiles, zipOf } from '../support/pipeline-fixture.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Names as somebody may send them. The reader of archives refuses some; the page must not depend on that. */
const evil = '<script>alert(1)<script>"\'&'
const rtl = 'שלום مرحبا'
const hostileTypes = {
  '0': { attrs: { processor: `${evil}<img src=x onerror=alert(2)>`, cores: 8 }, members: [evil] },
  '1': { attrs: { processor: 'p'.repeat(250), cores: 16 }, members: [] },
  '10': { attrs: { processor: rtl }, members: [] },
}

describe('a report in a browser', { skip: browserPath === undefined ? 'needs chromium' : false }, () => {
  const folder = temporaryFolder()
  const environment = { DATAPATH: folder, MODEL_PATH: join(folder, 'models') }
  let browser: Browser

  const run = async (line: string, ...more: readonly string[]) => {
    const { code, stderr } = await runCli(keplerModelProgram, [...line.split(' '), ...more], { environment })
    assert.equal(code, 0, `${line}: ${stderr}`)
  }

  before(async () => {
    browser = await startBrowser()
    const trainers = 'SGDRegressorTrainer,PolynomialRegressionTrainer,KNeighborsRegressorTrainer'
    await run('simulate -o measured --duration 600')
    await run(`train -i measured -p mine --feature-group BPFOnly,Basic --isolator min --trainers ${trainers}`)
    const models = [
      { folder: `acpi/DynPower/${evil}`, name: 'A_0' },
      { name: `${'x'.repeat(150)}_1`, mae: 1e300 },
      { folder: `acpi/AbsPower/${rtl}`, name: 'B_10', features: [evil, 'y'.repeat(300)] },
    ]
    writeFileSync(join(folder, 'hostile.zip'), zipOf(pipelineFiles(models, hostileTypes)))
    writeFileSync(join(folder, 'empty.zip'), zipOf(pipelineFiles([])))
    await run('report -p mine -i measured -o mine')
    await run('report -p demo/demo-0.1.0.zip -o demo')
    await run('report -p hostile')
    await run('report -p empty')
    await run('report -i measured')
  })
  after(() => browser.close())

  for (const name of ['mine', 'demo', 'hostile', 'empty', 'measured']) {
    for (const [width, colorScheme] of [
      [390, 'dark'],
      [1024, 'light'],
      [1440, 'dark'],
    ] as const) {
      it(`of ${name}, ${width} pixels wide and ${colorScheme}, is whole, asks for nothing and satisfies axe`, async () => {
        const opened = await openedReport(browser, join(folder, `${name}.html`), { width, colorScheme })
        assert.deepEqual(opened.faults, [])
        assert.deepEqual(opened.axe, [])
        assert.ok(opened.overflow <= 0, `${opened.overflow} pixels are cut off`)
        assert.match(opened.title, /^(?:Pipeline|Measurements) /)
        // Of each picture either the wide or the narrow one is there.
        assert.equal(opened.shown, opened.hidden)
        if (name === 'mine') assert.ok(opened.shown >= 8)
      })
    }
  }
})

/**
 * Makes the pictures of docs/report.md: a report of a pipeline of simulated machines, as chromium shows it.
 *
 *     npx tsx scripts/draw-report.ts
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { keplerModelProgram } from '../src/cli/program.js'
import { startBrowser } from '../test/support/browser.js'
import { runCli } from '../test/support/cli.js'

const folder = mkdtempSync(join(tmpdir(), 'draw-report-'))
const trainers =
  'SGDRegressorTrainer,PolynomialRegressionTrainer,GradientBoostingRegressorTrainer,KNeighborsRegressorTrainer'
const lines = [
  'simulate -o measured --duration 1200 --step 5 --seed 1',
  `train -i measured -p simulated -e acpi --isolator min --feature-group BPFOnly,Basic --trainers ${trainers}`,
  'report -p simulated -i measured --isolator min',
]
const browser = await startBrowser()
try {
  for (const line of lines) {
    const environment = { DATAPATH: folder, MODEL_PATH: join(folder, 'models') }
    const { code, stderr } = await runCli(keplerModelProgram, line.split(' '), { environment })
    if (code !== 0) throw new Error(`${line}: ${stderr}`)
  }
  const url = pathToFileURL(join(folder, 'simulated.html')).href
  for (const [name, width, height, colorScheme, section] of [
    ['report', 1024, 1250, 'light', ''],
    ['report-phone', 390, 1250, 'dark', '#residuals'],
  ] as const) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme })
    await page.goto(url + section)
    await page.screenshot({ path: resolve(`docs/img/${name}.png`) })
    await page.close()
  }
} finally {
  await browser.close()
  rmSync(folder, { recursive: true })
}

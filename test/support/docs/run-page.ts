import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { placeOf, type Block } from './blocks.js'
import { pageScript } from './page-script.js'
import { type Page, runnable } from './pages.js'
import { runInSandbox } from './sandbox.js'
import { differenceFrom } from './shown-output.js'

export interface PageRun {
  /** A clone, which is copied. */
  readonly clone: string
  /** Blocks that come before those of the page. */
  readonly setup: readonly Block[]
  /** Peers that are here, of those that blocks may need. */
  readonly peers: readonly string[]
  /** Whether the page installs the packages itself. */
  readonly installs: boolean
}

/** The blocks of a page that are run where these peers are. The rest is only looked at. */
export function runHere(page: Page, peers: readonly string[]): readonly Block[] {
  return runnable(page).filter(({ marks }) => {
    const needed = marks.get('needs')
    return !marks.has('ci') && (needed === undefined || needed.split(',').every((peer) => peers.includes(peer)))
  })
}

/** Runs a page from its first block to its last, and compares what is printed with what it shows. */
export async function runPage(page: Page, { clone, setup, peers, installs }: PageRun): Promise<void> {
  const whole = pageScript(setup, runHere(page, peers))
  const options = { clone, timeout: 1_200_000, ...(installs ? {} : { packages: resolve('node_modules') }) }
  const { printed, failed } = await runInSandbox(whole, options)
  if (failed) {
    const { step, code } = failed
    const block = step ? `${placeOf(step.block)}: a reader who copies this\n\n${indent(step.block.text)}\n` : page.path
    assert.fail(`${block}gets exit code ${code} and\n\n${indent(lastLines(failed.printed))}`)
  }
  for (const [i, { block, output }] of whole.steps.entries()) {
    if (output === undefined || output === '') continue
    const difference = differenceFrom(output, printed[i]!)
    if (difference !== undefined) {
      assert.fail(`${placeOf(block)}: ${difference}\n\nAll that it prints:\n\n${indent(printed[i]!)}`)
    }
  }
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '    ')
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-40).join('\n')
}

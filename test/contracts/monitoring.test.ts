import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { processMetrics, programMetrics } from '../../scripts/program-metrics.js'
import { alertRules, dashboardExpressions } from '../support/monitoring-files.js'

/** Labels of each metric, its histogram series included. */
function knownMetrics(): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>([['up', new Set()]])
  for (const { name, type, labels } of [...[...programMetrics().values()].flat(), ...processMetrics()]) {
    known.set(name, new Set(labels))
    if (type !== 'histogram') continue
    known.set(`${name}_bucket`, new Set([...labels, 'le']))
    for (const suffix of ['_sum', '_count']) known.set(name + suffix, new Set(labels))
  }
  return known
}

/** What a scrape adds to every series. */
const ofScrape = ['job', 'instance']

function assertKnown(expr: string, known: ReturnType<typeof knownMetrics>): void {
  const used = [...expr.matchAll(/\b(up|(?:kepler|process|nodejs)_\w+)\b(?:\{([^}]*)\})?/g)].filter(
    ([, name]) => !expr.includes(`"${name}`),
  )
  assert.ok(used.length > 0, `no metric in: ${expr}`)
  const labels = new Set(ofScrape)
  for (const [, name = '', matchers = ''] of used) {
    const own = known.get(name)
    assert.ok(own, `${name} is no metric of ours: ${expr}`)
    for (const label of own) labels.add(label)
    for (const [, label = ''] of matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)) {
      assert.ok(own.has(label) || ofScrape.includes(label), `${name} has no label ${label}: ${expr}`)
    }
  }
  for (const [, list = ''] of expr.matchAll(/\b(?:by|on|without) \(([^)]*)\)/g)) {
    for (const label of list.split(',')) assert.ok(labels.has(label.trim()), `nobody has ${label.trim()}: ${expr}`)
  }
}

describe('what watches the programs', () => {
  const known = knownMetrics()

  it('alerts on metrics and labels that there are', () => {
    for (const { expr } of alertRules()) assertKnown(expr, known)
  })
  it('draws metrics and labels that there are', () => {
    for (const expr of dashboardExpressions()) assertKnown(expr, known)
  })
  it('says of each alert how bad it is, what it is, and what to do', () => {
    const guide = readFileSync(fileURLToPath(new URL('../../docs/operations.md', import.meta.url)), 'utf8')
    const anchors = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    )
    const names = new Set<string>()
    for (const { alert, labels, annotations } of alertRules()) {
      assert.ok(!names.has(alert), `${alert} is there twice`)
      names.add(alert)
      assert.match(labels.severity ?? '', /^(critical|warning|info)$/, alert)
      assert.ok(annotations.summary && annotations.description, alert)
      const [file, anchor = ''] = (annotations.runbook ?? '').split('#')
      assert.equal(file, 'docs/operations.md', alert)
      assert.ok(anchors.includes(anchor), `docs/operations.md has no heading for ${alert}: #${anchor}`)
      assert.ok(guide.includes(alert), `docs/operations.md does not name ${alert}`)
    }
  })
})

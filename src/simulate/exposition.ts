import type { Emit, ShownMetric, ShownNode } from '../vocabulary/shown-metric.js'

/** What a node shows now, in Prometheus' text format 0.0.4. */
export function expositionText(node: ShownNode, metrics: readonly ShownMetric[]): string {
  return textFormat(metrics, node)
}

/** What a target shows now, in the same format. */
export function textFormat<Target>(
  metrics: readonly {
    readonly name: string
    readonly type: string
    readonly help: string
    read(target: Target, emit: Emit): void
  }[],
  target: Target,
): string {
  const lines: string[] = []
  for (const { name, type, help, read } of metrics) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    read(target, (_, labels, value) => {
      const text = Object.entries(labels())
        .filter(([label]) => !targetLabels.has(label))
        .map(([label, content]) => `${label}="${escaped(content)}"`)
        .join(',')
      lines.push(`${name}{${text}} ${value}`)
    })
  }
  return `${lines.join('\n')}\n`
}

/** Prometheus itself puts these on what it scrapes. */
const targetLabels: ReadonlySet<string> = new Set(['job', 'instance'])

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

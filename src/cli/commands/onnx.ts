import { type Command, Option } from 'commander'
import type { ModelArchive } from '../../archive/read-model-archive.js'
import { type Component, components } from '../../core/energy-source.js'
import { ModelError, quote } from '../../core/errors.js'
import { toOnnx } from '../../onnx/to-onnx.js'
import { isPipelineName } from '../../registry/pipeline-name.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { describedCommand } from '../help/described-command.js'
import { readNamedArchive } from '../inputs/named-archive.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'

interface OnnxCommandOptions {
  readonly output?: string
  readonly component?: Component
  readonly each?: boolean
  readonly intervals?: boolean
  readonly json?: boolean
}

/** `kepler-model onnx`: a model archive as ONNX, for programs in other languages. */
export function onnxCommand(io: CliIo): Command {
  return describedCommand({
    name: 'onnx',
    group: 'use',
    summary: 'write a model as ONNX, for programs in Go, Rust, C, Python, …',
    description:
      'Writes a model archive, a zip or an http(s) or file URL of one, as an ONNX graph: raw usage per second in, watts of each component out, both in doubles. Scalers are in the graph; names, units and errors are in its metadata. See docs/onnx.md.',
    examples: [
      ['kepler-model onnx XgboostFitTrainer_0.zip', 'all components in XgboostFitTrainer_0.onnx'],
      ['kepler-model onnx XgboostFitTrainer_0.zip --each', 'a file a component'],
      ['kepler-model onnx https://host/model.zip --component package -o package.onnx', 'one component, to a file'],
    ],
  })
    .argument('<archive>', 'zip or URL of a model')
    .option('-o, --output <file>', 'where to (default: <model>.onnx in the working directory)')
    .addOption(new Option('--component <name>', 'only this one').choices(components).conflicts('each'))
    .option('--each', 'a file for each component, <file>.<component>.onnx, instead of one for all')
    .option('--intervals', 'also the bounds that nine measurements of ten lie between, as further outputs')
    .option('--json', 'print JSON')
    .action(async (named: string, options: OnnxCommandOptions) => {
      const archive = await readNamedArchive(named, io.loadConfig(), io.signal)
      if (options.intervals) warnOfUnknownErrors(io, archive)
      const written: WrittenFile[] = []
      for (const file of filesOf(archive, options)) {
        const bytes = toOnnx(archive, {
          intervals: options.intervals ?? false,
          ...(file.component !== undefined && { component: file.component }),
        })
        await writeFileAtomic(file.path, [bytes], { signal: io.signal })
        written.push({ file: file.path, components: file.component ? [file.component] : archive.components })
      }
      report(io, archive, written, options)
    })
}

/** A component whose errors are not known gets no bounds. */
function warnOfUnknownErrors({ stderr }: CliIo, { model, components: own, estimate }: ModelArchive): void {
  const { intervals } = estimate(model.features, [model.features.map(() => 0)])
  const unknown = own.filter((component) => intervals[component] === undefined)
  if (unknown.length === 0) return
  writeLines(stderr, [`warning: the errors of ${unknown.join(', ')} are not known, so there are no bounds of them`])
}

interface WrittenFile {
  readonly file: string
  readonly components: readonly Component[]
}

function filesOf(
  archive: ModelArchive,
  { output, component, each }: OnnxCommandOptions,
): readonly { readonly path: string; readonly component: Component | undefined }[] {
  const path = output ?? `${safeName(archive.metadata.model_name)}.onnx`
  if (!each) return [{ path, component }]
  return archive.components.map((one) => ({ path: `${path.replace(/\.onnx$/, '')}.${one}.onnx`, component: one }))
}

/** Whoever made the archive chose the name. */
function safeName(name: string): string {
  if (isPipelineName(name)) return name
  throw new ModelError(
    'INVALID_REQUEST',
    `the model's name ${quote(name)} is no name of a file: give one with --output`,
    {
      field: 'output',
    },
  )
}

function report(
  { stdout }: CliIo,
  { metadata, model }: ModelArchive,
  written: readonly WrittenFile[],
  { json }: OnnxCommandOptions,
): void {
  if (json) {
    writeJson(stdout, { model_name: metadata.model_name, features: model.features, files: written })
    return
  }
  writeLines(
    stdout,
    written.map(
      ({ file, components }) => `${file}: ${components.join(', ')} in watts, from ${model.features.join(', ')}`,
    ),
  )
}
